"""Process rules: pure functions from the steps of a drill to a finding."""
