"""Submissions that hide something, each with a harmless twin of the same shape: ``make evasions``.

What is hidden must be found, or stand in the ledger with a gate; the twin must raise nothing. All texts and containers are made here.
"""
