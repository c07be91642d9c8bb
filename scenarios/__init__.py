"""What goes wrong, and the drill that plays it."""
