"""The child around semgrep: lays the sources out under neutral names, runs it, reads its JSON. Confined before the first hostile byte.

Neutral names in a flat folder outside any repository, with every ignore feature off, leave a submission nothing to hide behind:
``nosemgrep``, ``.semgrepignore``, ``.gitignore``, test folders, sizes, odd names, encodings. What semgrep still did not read is told.

The native front end is called (``semgrep-core`` under the name ``osemgrep``), which starts in 0.1 s where the Python one takes 3 s.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from reviewer import wire
from reviewer.examine import attempt
from reviewer.inventory.decoding import as_latin1, by_pattern, marked_or_utf8
from reviewer.isolation import confine, die_with_parent
from reviewer.sandbox.frames import FAILED, READ, STATUS, frame, receive, take_doors
from reviewer.sandbox.semgrep_frames import Match, Problem, Sight, Source, Task, Trouble

FLAGS = (
    "--experimental",
    "--disable-nosem",
    "--no-git-ignore",
    "--x-ignore-semgrepignore-files",
    "--max-target-bytes=0",
    "--metrics=off",
    "--disable-version-check",
    "--no-rewrite-rule-ids",
    "--timeout-threshold=1",
    "--json",
    "--quiet",
)
_MATCHES_PER_FILE = 1000  # of one rule; what is beyond is a problem, not silence
_TEXT = 600  # characters of message and evidence; the parent shortens further
_RULE_TROUBLE = ("rule", "pattern")


def main() -> None:
    """Do one task from standard input, answer on standard output."""
    die_with_parent()
    tasks, answers = take_doors()
    raw = receive(tasks)
    if raw is None:
        return
    task = wire.decode(Task, raw)
    level = confine(task.limits, readable=task.readable, writable=(task.scratch,), listable=task.listable, level=task.level)
    answer, failure = attempt(lambda: wire.encode(_run(task)))
    said = FAILED + failure.encode("utf-8", "backslashreplace") if answer is None else READ + answer
    answers.write(frame(STATUS.pack(0) + level.value.encode() + b"\n" + said))
    answers.flush()


def _run(task: Task) -> Sight:
    folder = task.scratch / "sources"
    folder.mkdir()
    missing = [source.name for source in task.sources if not _lay_out(source, task.blobs, folder)]
    output, messages = task.scratch / "output.json", task.scratch / "messages.txt"
    configs = [f"--config={path}" for path in task.rules]
    with output.open("wb") as answers, messages.open("wb") as complaints:
        done = subprocess.run(  # noqa: S603  our own command line, our own program
            ["osemgrep", "scan", *FLAGS, f"--timeout={task.rule_seconds:g}", f"--jobs={task.jobs}", *configs, str(folder)],  # noqa: S607  a name, not a path: by it the program knows which front end to be
            executable=task.program,
            stdin=subprocess.DEVNULL,
            stdout=answers,
            stderr=complaints,
            cwd=folder,
            env=_environment(task),
            check=False,
        )
    document = _document(output, done.returncode, messages)
    matches, cut = _matches(document["results"], folder)
    problems = [*_problems(document, folder), *cut, *(_unread(name, "its bytes are not at hand") for name in missing)]
    return Sight(matches=tuple(matches), problems=tuple(problems), scanned=frozenset(map(_name, document["paths"]["scanned"])))


def _lay_out(source: Source, blobs: Path, folder: Path) -> bool:
    """Write one source as UTF-8, whatever it was; false when its bytes are not there."""
    if source.text is not None:
        (folder / source.name).write_bytes(source.text.encode("utf-8", "replace"))
        return True
    try:
        content = (blobs / source.sha256[:2] / source.sha256).read_bytes()
    except OSError:
        return False
    encoding = marked_or_utf8(content) or by_pattern(content) or as_latin1(content)
    text = encoding.decode(content) if encoding else content.decode("utf-8", "replace")
    (folder / source.name).write_bytes(text.encode("utf-8", "replace"))
    return True


def _environment(task: Task) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ},
        "LD_LIBRARY_PATH": str(task.program.parent / "libs"),  # without /proc it cannot find out where it lies
        "SSL_CERT_FILE": str(task.certificates),
        # 32 MB of young objects per domain: its domains wait for each other at every collection, for long where the cores are busy
        "OCAMLRUNPARAM": "s=4M",
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "NO_COLOR": "1",
    }


def _document(output: Path, code: int, messages: Path) -> dict[str, Any]:
    """Read what it printed. Raises ValueError when it has crashed or printed something else."""
    try:
        document = json.loads(output.read_bytes().decode("utf-8", "replace"))
    except ValueError:
        document = None
    if code not in (0, 1) or not isinstance(document, dict):
        lines = messages.read_text("utf-8", "replace").strip().splitlines()
        raise ValueError(f"semgrep ended with {code}: {lines[-1] if lines else 'no message'}")
    return document


def _matches(results: Iterable[Mapping[str, Any]], folder: Path) -> tuple[list[Match], list[Problem]]:
    found, counts = [], Counter[tuple[str, str]]()
    lines = _Lines(folder)
    for result in results:
        rule, name = result["check_id"], _name(result["path"])
        counts[rule, name] += 1
        if counts[rule, name] <= _MATCHES_PER_FILE:
            first, last = result["start"]["line"], result["end"]["line"]
            message = result["extra"]["message"][:_TEXT]
            found.append(Match(rule=rule, name=name, line=first, message=message, evidence=lines.between(name, first, last)))
    cut = [_unread(name, f"more than {_MATCHES_PER_FILE} matches of {rule}") for (rule, name), n in counts.items() if n > _MATCHES_PER_FILE]
    return found, cut


def _problems(document: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    lines = _Lines(folder)
    for error in document["errors"]:
        name, rule = _name(error.get("path") or ""), error.get("rule_id") or ""
        kind = error["type"][0] if isinstance(error["type"], list) else str(error["type"])
        if not (folder / name).is_file() or kind.lower().startswith(_RULE_TROUBLE):
            yield Problem(kind=Trouble.RULE, rule=rule, detail=f"{kind}: {error.get('message', '')}"[:_TEXT])
        elif kind == "PartialParsing":
            spans = [(span["start"]["line"], span["end"]["line"]) for span in error.get("spans") or ()]
            lost = sum(len(lines.between(name, first, last, limit=None)) for first, last in spans)
            yield Problem(kind=Trouble.PARTIAL, name=name, detail=f"line {spans[0][0]}" if spans else "", lost=lost)
        else:
            yield _unread(name, f"{kind.lower()} in {rule}" if rule else kind.lower())
    for skipped in document.get("skipped_rules") or ():
        yield Problem(kind=Trouble.RULE, rule=str(skipped.get("rule_id", "")), detail="skipped")


def _unread(name: str, why: str) -> Problem:
    return Problem(kind=Trouble.UNREAD, name=name, detail=why[:_TEXT])


def _name(path: str) -> str:
    return path.rpartition("/")[2]


class _Lines:
    """Lines of the files that were laid out; one file is kept at a time, since semgrep answers file by file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = ""
        self._lines: list[str] = []

    def between(self, name: str, first: int, last: int, *, limit: int | None = _TEXT) -> str:
        """Give the text from one line to another, counted from 1."""
        if name != self._name:
            self._lines = (self._folder / name).read_text("utf-8", "replace").split("\n")
            self._name = name
        return "\n".join(self._lines[max(0, first - 1) : last])[:limit]
