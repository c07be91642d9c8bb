"""Moves, one module per subsystem moved. A move pulls levers or starts platform processes."""
