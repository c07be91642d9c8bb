"""Reference players, which keep the grader honest."""
