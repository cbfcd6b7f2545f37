"""Reads Rust: servers made with rmcp or rust-mcp-sdk, and what their tools, programs and build scripts can do."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger, Unreadable
from reviewer.inventory.languages.interface import Extraction

__all__ = ["MANIFESTS", "READS", "extract"]

READS = frozenset({"rust"})
MANIFESTS = frozenset({"cargo.toml"})


#: Names of the standard library of which a macro is given a part: ``std::$a::$b``.
_PIECED = re.compile(r"\b(?:std|core|tokio|libc|nix)\s{0,9}::\s{0,9}(?:\w{1,60}\s{0,9}::\s{0,9}){0,6}\$\s{0,9}\w")
#: A text that becomes code; macros are mostly written with ``quote!``, which stands in the source.
_FROM_TEXT = re.compile(r"\.parse(?:::<[^<>]{0,80}>)?\(\)\s{0,99}\.(?:unwrap|expect)|\bTokenStream\s{0,9}::\s{0,9}from_str")
_PROCEDURAL = re.compile(r"#\s{0,9}\[\s{0,9}proc_macro(?:_derive|_attribute)?\b")
#: Code of a file that is not known by its name: ``#[path = "x.txt"] mod x;``, ``include!("x.inc")``.
_TAKEN_IN = re.compile(r"""#\s{0,9}\[\s{0,9}path\s{0,9}=\s{0,9}"([^"\n]{1,300})"|\binclude!\s{0,9}[({\[]\s{0,99}"([^"\n]{1,300})\"""")


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all Rust files (path to text). Cargo runs ``build.rs``, and procedural macros run, where the program is built."""
    sources = {path: files[path] for path in files if path.rpartition("/")[2].lower() not in MANIFESTS}
    manifests = {path: files[path] for path in files if path not in sources}
    if not sources:
        return Extraction()
    from reviewer.inventory.languages.rust.cargo import building_programs, names_of  # noqa: PLC0415  only where there is Rust
    from reviewer.inventory.languages.rust.crates import own_names  # noqa: PLC0415  as above
    from reviewer.inventory.languages.rust.lowering import lower  # noqa: PLC0415  as above
    from reviewer.inventory.program import read  # noqa: PLC0415  as above
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  as above

    own = own_names(list(sources.values()))
    dialect = Dialect(
        name="rust", folder=Path(__file__).parent, lower=functools.partial(lower, own=own, crates=names_of(sources, manifests))
    )
    programs = dict(building_programs(manifests))
    building = {path: text for path, text in sources.items() if path.rpartition("/")[2] == "build.rs" or path in programs}
    found = read(dialect, {path: text for path, text in sources.items() if path not in building})
    built = read(dialect, building) if building else Extraction()
    return replace(
        found,
        capabilities=(*found.capabilities, *map(_at_build, built.capabilities), *_made_by_macros(sources)),
        unreadable=(*found.unreadable, *built.unreadable, *_taken_in(sources), *_other_names(programs)),
    )


def _other_names(programs: Mapping[str, str]) -> Iterator[Unreadable]:
    for path, manifest in programs.items():
        if not path.endswith(".rs"):
            yield Unreadable(path=manifest, reason=f"compiles {path[:200]}, which is not read as Rust", gate=True)


def _made_by_macros(files: Mapping[str, str]) -> Iterator[Capability]:
    """Code that stands nowhere: what a procedural macro gives may be anything, and so may a name that a macro puts together."""
    for path, text in files.items():
        procedural = Certainty.PRESENT if _FROM_TEXT.search(text) else Certainty.POSSIBLE
        for pattern, certainty in ((_PROCEDURAL, procedural), (_PIECED, Certainty.PRESENT)):
            match = pattern.search(text)
            if match is not None:
                at = Location(path=path, line=text.count("\n", 0, match.start()) + 1)
                yield Capability(id=CapabilityId.CODE_EVAL, scope=Scope.ANY, certainty=certainty, evidence=(at,))


def _at_build(capability: Capability) -> Capability:
    return replace(capability, trigger=Trigger.INSTALL) if capability.trigger is Trigger.AUTOMATIC else capability


def _taken_in(files: Mapping[str, str]) -> Iterator[Unreadable]:
    """Say what a file takes in as code that is not read as Rust."""
    for path in files:
        for match in _TAKEN_IN.finditer(files[path]):
            name = match[1] or match[2]
            if not name.endswith(".rs"):
                yield Unreadable(path=path, reason=f"takes in code from {name[:100]}, which is not read as Rust", gate=True)
