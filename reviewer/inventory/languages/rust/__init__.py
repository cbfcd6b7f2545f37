"""Reads Rust: servers made with rmcp or rust-mcp-sdk, and what their tools, programs and build scripts can do."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from checks.model import Capability, Trigger, Unreadable
from reviewer.inventory.languages.interface import Extraction

__all__ = ["MANIFESTS", "READS", "extract"]

READS = frozenset({"rust"})
MANIFESTS = frozenset({"cargo.toml"})


#: Code of a file that is not known by its name: ``#[path = "x.txt"] mod x;``, ``include!("x.inc")``.
_TAKEN_IN = re.compile(r"""#\s{0,9}\[\s{0,9}path\s{0,9}=\s{0,9}"([^"\n]{1,300})"|\binclude!\s{0,9}[({\[]\s{0,99}"([^"\n]{1,300})\"""")


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all Rust files (path to text). Cargo runs ``build.rs``, and procedural macros run, where the program is built."""
    sources = {path: files[path] for path in files if path.rpartition("/")[2].lower() not in MANIFESTS}
    manifests = {path: files[path] for path in files if path not in sources}
    if not sources:
        return Extraction()
    from reviewer.inventory.languages.rust.cargo import names_of  # noqa: PLC0415  only where there is Rust
    from reviewer.inventory.languages.rust.crates import own_names  # noqa: PLC0415  as above
    from reviewer.inventory.languages.rust.lowering import lower  # noqa: PLC0415  as above
    from reviewer.inventory.program import read  # noqa: PLC0415  as above
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  as above

    own = own_names(list(sources.values()))
    dialect = Dialect(
        name="rust", folder=Path(__file__).parent, lower=functools.partial(lower, own=own, crates=names_of(sources, manifests))
    )
    building = {path: text for path, text in sources.items() if path.rpartition("/")[2] == "build.rs"}
    found = read(dialect, {path: text for path, text in sources.items() if path not in building})
    built = read(dialect, building) if building else Extraction()
    return replace(
        found,
        capabilities=(*found.capabilities, *map(_at_build, built.capabilities)),
        unreadable=(*found.unreadable, *built.unreadable, *_taken_in(sources)),
    )


def _at_build(capability: Capability) -> Capability:
    return replace(capability, trigger=Trigger.INSTALL) if capability.trigger is Trigger.AUTOMATIC else capability


def _taken_in(files: Mapping[str, str]) -> Iterator[Unreadable]:
    """Say what a file takes in as code that is not read as Rust."""
    for path in files:
        for match in _TAKEN_IN.finditer(files[path]):
            name = match[1] or match[2]
            if not name.endswith(".rs"):
                yield Unreadable(path=path, reason=f"takes in code from {name[:100]}, which is not read as Rust", gate=True)
