"""``reviewer checks``: what is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewer.cli.console import put, put_json, table
from reviewer.cli.desk import plain_or_json
from reviewer.cli.world import catalogue
from reviewer.errors import UsageFault

if TYPE_CHECKING:
    from checks.model import Check


@click.group(name="checks")
def command() -> None:
    """List and explain the checks.

    Example: reviewer checks explain hidden-unicode
    """


@command.command(name="list")
@plain_or_json
def list_(style: str) -> None:
    """List all checks.

    Example: reviewer checks list
    """
    checks = catalogue()
    if style == "json":
        put_json([_document(check) for check in checks])
        return
    rows = [
        (check.id, check.definition.kind, check.definition.severity, check.definition.family, check.definition.title) for check in checks
    ]
    put(table(("ID", "KIND", "SEVERITY", "FAMILY", "WHAT"), rows))


@command.command()
@click.argument("check_id", metavar="ID")
@plain_or_json
def explain(check_id: str, style: str) -> None:
    """Say what a check asks, why, and what to do when it speaks up.

    Example: reviewer checks explain command-injection
    """
    known = {check.id: check for check in catalogue()}
    if check_id not in known:
        raise UsageFault(f"there is no check {check_id}", hint=f"known: {', '.join(known)}")
    check = known[check_id]
    if style == "json":
        put_json(_document(check))
    else:
        put("\n".join(_lines(check)))


def _document(check: Check) -> dict[str, object]:
    d = check.definition
    return {
        "id": check.id,
        "title": d.title,
        "kind": d.kind.value,
        "family": d.family,
        "severity": d.severity.value,
        "confidence": d.confidence.value,
        "method": "semgrep" if check.semgrep else "inspection",
        "question": d.question,
        "why": d.why,
        "remedy": d.remedy,
        "cwe": list(d.cwe),
        "taxonomy": {name: list(ids) for name, ids in d.taxonomy.items()},
        "references": list(d.references),
        "since": d.since,
    }


def _lines(check: Check) -> list[str]:
    d = check.definition
    lines = [f"{check.id}: {d.title}", f"  {d.kind} · {d.severity} · confidence {d.confidence} · family {d.family} · since {d.since}", ""]
    for heading, text in (("Question", d.question), ("Why", d.why), ("Remedy", d.remedy)):
        lines += [heading, *(f"  {line}" for line in text.strip().splitlines()), ""]
    lines += [f"{name}: {', '.join(ids)}" for name, ids in (*d.taxonomy.items(), ("cwe", d.cwe)) if ids]
    return [*lines, *d.references]
