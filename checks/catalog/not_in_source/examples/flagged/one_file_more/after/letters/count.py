"""Counts."""

COUNT = 1
