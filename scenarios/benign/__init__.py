"""Benign changes by what they change. `scenarios.decoys` has them all by id."""
