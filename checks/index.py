"""Writes checks/README.md, the index of the catalogue: ``python -m checks.index [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from checks.loader import load_checks
from checks.model import Check, Kind

INDEX = Path(__file__).with_name("README.md")
_KINDS = {
    Kind.MALICE: "Malice: somebody means harm",
    Kind.WEAKNESS: "Weakness: somebody can be harmed",
    Kind.HYGIENE: "Hygiene: something is untidy",
}


def render(checks: Iterable[Check]) -> str:
    """Give the index as Markdown, by kind, worst first."""
    every = list(checks)
    parts = [
        "<!-- Written by `make docs` from the check.yaml files: do not edit. -->",
        "# What is looked for",
        (
            "Every folder of `catalog/` is a check; `make check NAME=what-was-seen` begins a new one.\n"
            "Severity is the highest that a finding can have."
        ),
    ]
    for kind, title in _KINDS.items():
        chosen = sorted(
            (check for check in every if check.definition.kind is kind), key=lambda check: (-check.definition.severity.rank, check.id)
        )
        if chosen:
            parts.append(f"## {title}")
            parts.extend(_entry(check) for check in chosen)
    return "\n\n".join(parts) + "\n"


def _entry(check: Check) -> str:
    definition = check.definition
    ids = "; ".join(f"{scheme}: {', '.join(names)}" for scheme, names in definition.taxonomy.items())
    method = "data flow" if check.semgrep else "inspection"
    level = f"{definition.severity}, confidence {definition.confidence}"
    lines = [
        f"### {check.id}",
        f"**{definition.title}.** {level}, family {definition.family}, {method}, since {definition.since}",
        f"*{definition.question.strip()}*",
        definition.why.strip(),
        f"What to do: {definition.remedy.strip()}",
        "\n".join(
            filter(None, [f"- {', '.join(definition.cwe)}", f"- {ids}" if ids else "", *(f"- <{url}>" for url in definition.references)])
        ),
    ]
    return "\n\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Write the index, or with ``--check`` say by the exit code whether it is current."""
    text = render(load_checks())
    if "--check" not in arguments:
        INDEX.write_text(text, encoding="utf-8")
        return 0
    if INDEX.is_file() and INDEX.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("checks/README.md is not current: run `make docs`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
