"""Looks, one module per subsystem looked at. A look changes nothing."""
