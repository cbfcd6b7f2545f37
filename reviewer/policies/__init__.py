"""Policies as YAML: how facts become a recommendation, with a reason beside every number."""
