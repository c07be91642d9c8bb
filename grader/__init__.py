"""Evidence from a finished drill, counterfactuals, rules, scorecard, debrief, reference players."""
