"""Everything that a drill shows, as plain text for a terminal, a pipe or a log."""
