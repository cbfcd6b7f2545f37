"""From «may I connect this?» to a signed line that a tenant's own software can check."""

__version__ = "0.2.0"
