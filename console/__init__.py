"""Screens and commands: the edge where errors are rendered."""
