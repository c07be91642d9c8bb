"""Where a drill runs: its seat, and the process of its own that the app talks to."""
