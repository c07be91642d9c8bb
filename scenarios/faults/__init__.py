"""Fault mechanisms: each turns drawn parameters into edits of levers, and never into a symptom."""
