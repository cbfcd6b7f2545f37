"""A desk with an organisation, two reviewers, an admin and their keys, made through the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.program import Ran, run

SKILL = """---
name: {name}
description: Write {name} for a team. Use when the user asks for them.
---

# {name}

1. Ask what the {name} are for.
2. Write a draft and show it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskWorld:
    """A home folder and where things lie around it."""

    home: Path
    scratch: Path

    def run(self, *words: str) -> Ran:
        """Run a command on this desk."""
        return run(*words, home=self.home)

    def must(self, *words: str) -> Ran:
        """Run a command that has to succeed."""
        ran = self.run(*words)
        assert ran.code == 0, (words, ran)
        return ran

    def key(self, name: str) -> str:
        """Give a person's private key file."""
        return str(self.home / "keys" / name)

    @property
    def root(self) -> str:
        """Give the trusted root."""
        return str(self.home / "trust" / "root.json")

    def skill(self, name: str) -> str:
        """Write a harmless Skill; give its folder."""
        folder = self.scratch / name
        folder.mkdir(exist_ok=True)
        (folder / "SKILL.md").write_text(SKILL.format(name=name), encoding="utf-8")
        return str(folder)

    def ask(self, source: str, name: str = "ada", team: str = "finance") -> Ran:
        """Have somebody ask for a source."""
        return self.must("request", source, "--team", team, "--reason", "we need it", "--as", name, "--format", "json")


def a_desk(folder: Path) -> DeskWorld:
    """Make a desk with the reviewers rosa and theo and the admin ines."""
    desk = DeskWorld(home=folder / "home", scratch=folder)
    desk.must("init", "--org", "Test Ltd")
    for name, role in (("rosa", "reviewer"), ("theo", "reviewer"), ("ines", "admin")):
        desk.must("keys", "new", name)
        desk.must("people", "add", name, "--role", role, "--key", f"{desk.key(name)}.pub")
    return desk
