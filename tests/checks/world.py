"""Submissions as folders or as texts, understood by the real inventory, and semgrep over many folders in one run."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from checks.loader import load_checks
from checks.model import Check, File, Hit, Location, Relation, Target
from reviewer.compare import Side, compare
from reviewer.inventory import take_inventory
from reviewer.model import Snapshot
from reviewer.sbom.lockfiles import read_packages


@functools.cache
def every_check() -> tuple[Check, ...]:
    return load_checks()


def the_check(identity: str) -> Check:
    return next(check for check in every_check() if check.id == identity)


def target_of(texts: Mapping[str, str | bytes]) -> Target:
    contents: dict[str, bytes] = {}
    files = []
    for path, text in texts.items():
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(content).hexdigest()
        contents[digest] = content
        files.append(File(path=path, mode="100644", size=len(content), sha256=digest))
    return take_inventory(Snapshot(source="./world", name="world", digests={"dirHash": "h1:world"}, files=tuple(files)), contents)


def target_in(folder: Path) -> Target:
    """Understand a folder. One with ``after`` and ``previous`` or ``repository`` in it is compared with the latter."""
    others = [relation for relation in Relation if (folder / "after").is_dir() and (folder / relation.value).is_dir()]
    if not others:
        return _read_folder(folder)
    target, before = _read_folder(folder / "after"), _read_folder(folder / others[0].value)
    sides = [Side.of(each, read_packages(each)[0]) for each in (before, target)]
    return replace(target, comparisons=(compare(*sides, relation=others[0], source="before"),))


def _read_folder(folder: Path) -> Target:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return target_of({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def hits_of(check: str, texts: Mapping[str, str | bytes]) -> list[Hit]:
    inspect = the_check(check).inspect
    assert inspect is not None
    return list(inspect(target_of(texts)))


def semgrep_hits(folder: Path, checks: Iterable[Check]) -> dict[str, list[tuple[str, Hit]]]:
    """Run all rules over all files below a folder at once; give (check id, hit) per path."""
    rules = [argument for check in checks if check.semgrep for argument in ("--config", str(check.semgrep))]
    program = shutil.which("semgrep", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    assert program is not None
    flags = ["--json", "--metrics=off", "--disable-version-check", "--disable-nosem", "--no-git-ignore"]
    flags += ["--x-ignore-semgrepignore-files", "--max-target-bytes", "0", "--quiet"]
    ran = subprocess.run([program, "scan", "--experimental", *rules, *flags, str(folder)], capture_output=True, check=False)
    answer = json.loads(ran.stdout)
    assert answer["errors"] == []
    found: dict[str, list[tuple[str, Hit]]] = {}
    for result in answer["results"]:
        rule = result["check_id"].rpartition(".")[2]
        owner = max((check.id for check in every_check() if rule == check.id or rule.startswith(f"{check.id}-")), key=len)
        at = Location(path=result["path"], line=result["start"]["line"])
        found.setdefault(result["path"], []).append((owner, Hit(at=at, message=result["extra"]["message"])))
    return found
