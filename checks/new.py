"""Begins a check: ``python -m checks.new what-was-seen`` writes its folder with everything that a check has."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from checks.loader import CATALOG

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_FILES = {
    "check.yaml": """\
title: What a reader sees first, in at most 70 characters
kind: weakness  # malice: somebody means harm; weakness: somebody can be harmed; hygiene: something is untidy
family: F01
severity: low
confidence: low
question: Does …?
why: >-
  What happens if it is so, and how often honest submissions look the same.
remedy: What the author should do.
since: "0.1"
cwe: []
references: []
taxonomy: {{}}
""",
    "__init__.py": '''\
"""What is looked for, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Hit, Location, Target


def inspect(target: Target) -> Iterator[Hit]:
    """Say where it is looked for."""
    for path, text in target.texts.items():
        at = text.find("{name}: replace this line")
        if at >= 0:
            yield Hit(at=Location(path=path, line=text.count("\\n", 0, at) + 1), message="It stands here.", evidence=text[at : at + 80])
''',
    "examples/flagged/first/SKILL.md": "{skill}{name}: replace this line\n",
    "examples/flagged/second/SKILL.md": "{skill}Again, {name}: replace this line\n",
    "examples/clean/near_miss/SKILL.md": "{skill}It looks like it, and is not.\n",
    "examples/clean/another_near_miss/SKILL.md": "{skill}This looks like it too.\n",
    "examples/clean/ordinary/SKILL.md": "{skill}Nothing of the kind.\n",
}
_SKILL = "---\nname: example\ndescription: A small submission that was written for this check.\n---\n\n# Example\n\n"


def begin(name: str, catalog: Path = CATALOG) -> Path:
    """Write the folder of a new check and give it.

    Raises ValueError if the name is not one, and FileExistsError if it is taken.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a check: say what was seen, in lower-case words joined by -")
    folder = catalog / name.replace("-", "_")
    try:
        folder.mkdir()
    except FileExistsError:
        raise FileExistsError(f"there is a check {name} already; choose another name, nothing was changed") from None
    for path, text in _FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.format(name=folder.name.replace("_", "-"), skill=_SKILL), encoding="utf-8")
    return folder


def main(arguments: Sequence[str]) -> int:
    """Begin the check that is named; say what to do next."""
    if len(arguments) != 1:
        sys.stderr.write("Say the name of the check: make check NAME=what-was-seen\n")
        return 2
    try:
        folder = begin(arguments[0])
    except (ValueError, FileExistsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.write(f"{folder} is begun: write check.yaml, inspect (or semgrep.yaml instead) and the examples; then make docs test.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
