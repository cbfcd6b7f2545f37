"""JSON, TOML and YAML of strangers into plain values, with every ambiguity told.

* A key that stands twice, ``NaN``, nesting beyond ``DEPTH`` and YAML aliases are read differently by different programs: they are faults.
* Nothing here raises for what a text holds, nothing recurses deeper than ``DEPTH``, and the time that is needed grows with the length.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import yaml

#: How deep lists and mappings may nest. Settings and manifests of every client stay below ten.
DEPTH = 64
#: How many characters of YAML are read: frontmatter has a few hundred.
YAML_LENGTH = 100_000
#: How many YAML nodes are read.
YAML_NODES = 20_000

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_JSONC = re.compile(r'"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\\?\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*+[}\]])', re.DOTALL)
_SCALAR = re.compile(r"^([A-Za-z][\w-]{0,60}):(.*)$", re.MULTILINE)
_KEY = r"(?:\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'|[\w-]++)"
_LONG_KEY = re.compile(rf"(?<![^\s=\[{{,]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{DEPTH}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a text says. ``value`` is None where it could not be read. ``faults`` are sentences for the ledger.

    ``grave`` is true when another program may read other content out of the same text, or when nothing could be read.
    """

    value: Any = None
    faults: tuple[str, ...] = ()
    grave: bool = False

    @property
    def mapping(self) -> dict[str, Any]:
        """The value if it is a mapping, else an empty one."""
        return self.value if isinstance(self.value, dict) else {}


def read_json(text: str, *, lenient: bool = False) -> Document:
    """Read JSON. ``lenient`` also takes comments and trailing commas, as editors do in their settings."""
    faults: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) < len(items):
            counted = Counter(name for name, _ in items)
            faults.append(f"the key {counted.most_common(1)[0][0][:60]!r} stands twice in one JSON object")
        return result

    def constant(name: str) -> None:
        faults.append(f"{name} is not JSON")

    body = text.removeprefix("\ufeff")
    try:
        value = json.loads(_without_comments(body) if lenient else body, object_pairs_hook=pairs, parse_constant=constant)
    except RecursionError:
        return Document(faults=("nested too deeply to be read as JSON",), grave=True)
    except ValueError as error:
        return Document(faults=(f"not JSON: {str(error)[:120]}",), grave=True)
    if too_deep(value):
        return Document(faults=(f"nested deeper than {DEPTH} levels",), grave=True)
    if _SURROGATE.search(body):
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return Document(value=value, faults=tuple(dict.fromkeys(faults)), grave=bool(faults))


def _without_comments(text: str) -> str:
    return _JSONC.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)


def read_toml(text: str) -> Document:
    """Read TOML, which itself forbids keys that stand twice."""
    if has_long_key(text):
        return Document(faults=(f"nested deeper than {DEPTH} levels",), grave=True)
    try:
        value = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except RecursionError:
        return Document(faults=("nested too deeply to be read as TOML",), grave=True)
    except ValueError as error:
        return Document(faults=(f"not TOML: {str(error)[:120]}",), grave=True)
    if too_deep(value):
        return Document(faults=(f"nested deeper than {DEPTH} levels",), grave=True)
    return Document(value=value)


def has_long_key(toml: str) -> bool:
    """Tell whether a dotted key of more than ``DEPTH`` parts may stand in a text: ``tomllib`` needs quadratic time for one."""
    return _LONG_KEY.search(toml) is not None


def too_deep(value: object) -> bool:
    """Tell whether lists and mappings nest deeper than ``DEPTH``."""
    level = [value]
    for _ in range(DEPTH + 1):
        below: list[object] = []
        for item in level:
            below.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        if not below:
            return False
        level = below
    return True


class _RefusedError(ValueError):
    """A limit on YAML was reached."""


def read_yaml(text: str) -> Document:
    """Read one YAML document event by event; every scalar stays text, as YAML's failsafe schema has it (an empty one is None).

    Aliases are refused: they multiply. Where the text is no YAML, top-level lines ``key: text`` are still read, as lenient clients do.
    """
    if len(text) > YAML_LENGTH:
        return Document(faults=(f"longer than {YAML_LENGTH} characters of YAML",), grave=True)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except _RefusedError as refusal:
        return Document(value=_lines(text), faults=(str(refusal),), grave=True)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        return Document(value=_lines(text), faults=(f"not YAML: {str(problem)[:120]}",))
    return Document(value=builder.value, faults=tuple(dict.fromkeys(builder.faults)), grave=bool(builder.faults))


def _lines(text: str) -> dict[str, str]:
    return {match[1]: match[2].strip().strip("\"'") for match in _SCALAR.finditer(text)}


class _Builder:
    """Builds a value from YAML events with a stack of its own, so that nesting costs no recursion."""

    def __init__(self) -> None:
        self.value: Any = None
        self.faults: list[str] = []
        self._stack: list[tuple[Any, list[str]]] = []  # a collection and, for a mapping, the key that waits for its value
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event. Raises _RefusedError at a limit."""
        self._count += 1
        if self._count > YAML_NODES:
            raise _RefusedError(f"more than {YAML_NODES} YAML nodes")
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError("YAML aliases are not followed")
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
        elif isinstance(event, yaml.ScalarEvent):
            self._add(None if not event.value and not event.style else str(event.value))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._stack) >= DEPTH:
            raise _RefusedError(f"nested deeper than {DEPTH} levels")
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._add(value)
        self._stack.append((value, []))

    def _add(self, value: Any) -> None:  # noqa: ANN401  a scalar, a list or a mapping
        if not self._stack:
            if self._documents <= 1:
                self.value = value
            return
        parent, waiting = self._stack[-1]
        if isinstance(parent, list):
            parent.append(value)
        elif not waiting:
            waiting.append(value if isinstance(value, str) else str(value)[:60])
        else:
            key = waiting.pop()
            if key in parent:
                self.faults.append(f"the key {key[:60]!r} stands twice in one YAML mapping")
            parent[key] = value


def strings(value: object) -> list[str]:
    """Give a text or a list of texts as a list; anything else is empty."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text_or_none(value: object) -> str | None:
    """Give a non-empty text, else None."""
    return value if isinstance(value, str) and value else None


def line_of(text: str, needle: str, start: int = 0) -> int:
    """Give the line on which ``needle`` first stands, 0 if it does not."""
    at = text.find(needle, start) if needle else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else 0
