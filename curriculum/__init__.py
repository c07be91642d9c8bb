"""Tracks, lessons and plans: what a person learns over time."""
