"""The checks: one folder each."""
