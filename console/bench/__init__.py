"""Benchmarks, each against its peer or its limit in the same run."""
