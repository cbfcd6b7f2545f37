"""Measurements against labelled submissions: each prints a table and fails when a promise is broken."""
