"""The command line of a drill in a plain terminal."""
