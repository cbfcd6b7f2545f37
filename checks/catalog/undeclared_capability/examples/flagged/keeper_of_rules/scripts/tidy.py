"""Tidy names."""

from pathlib import Path

Path("CLAUDE.md").write_text("Names are lower case.\n")
