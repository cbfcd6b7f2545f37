"""Where a file stands among the crates, and what its paths mean. Rust reference, «Paths» and «Module source filenames»."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Place", "own_crates", "own_names", "place_of"]

#: Files that are the root of a crate or of a folder of modules.
_ROOTS = frozenset({"lib.rs", "main.rs", "mod.rs"})
_TARGETS = frozenset({"tests", "benches", "examples"})
_USED = re.compile(r"\b([a-z_][a-z0-9_]{0,60})::\{?\s{0,80}([A-Za-z_]\w{0,60})")
_DECLARED = re.compile(r"\b(?:fn|struct|enum|union|trait|mod|type|as|macro_rules!)\s+([A-Za-z_]\w{0,100})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A module of a crate. ``crate`` and ``package`` are joined by ``.``; ``inside`` are the inline modules around what is read.

    ``crates`` are other names of crates of the submission with those that they have here.
    """

    crate: str
    package: str
    inside: tuple[str, ...] = ()
    itself: str = ""
    crates: tuple[tuple[str, str], ...] = ()

    @property
    def module(self) -> str:
        """The full name of the module, inline modules included."""
        return ".".join((self.package, *self.inside))

    def full(self, parts: Iterable[str]) -> str:
        """Give a path as others would write it: ``crate``, ``self``, ``super`` and ``Self`` are replaced."""
        words = [part.removeprefix("r#") for part in parts]
        known = dict(self.crates)
        if words and words[0] in known:
            return ".".join((known[words[0]], *words[1:]))
        if not words or words[0] not in {"crate", "self", "super", "Self", "$crate"}:
            return ".".join(words)
        if words[0] == "Self":
            return ".".join((self.itself or "Self", *words[1:]))
        base = self.crate if words[0].endswith("crate") else self.module
        rest = words[1:] if words[0] != "super" else words
        while rest and rest[0] == "super":
            base, rest = base.rpartition(".")[0] or base, rest[1:]
        return ".".join((base, *rest))


def place_of(path: str) -> Place:
    """Give the module that a file is: ``crates/foo-bar/src/a/b.rs`` is ``foo_bar.a.b`` of the crate ``foo_bar``.

    A crate is named after its folder, as nearly all are; that of the whole submission is ``crate``.
    """
    folders, name = path.split("/")[:-1], path.rpartition("/")[2]
    at = next((i for i in range(len(folders) - 1, -1, -1) if folders[i] in {"src", *_TARGETS}), len(folders))
    crate = _identifier(folders[at - 1]) if at else "crate"
    inner = [_identifier(folder) for folder in folders[at + 1 :]]
    stem = _identifier(name.removesuffix(".rs"))
    target = "bin" if inner[:1] == ["bin"] or name == "build.rs" else folders[at] if at < len(folders) and folders[at] in _TARGETS else ""
    if target:  # a test, an example, a second program: a crate of its own
        modules = [part for part in inner if part != "bin"] or [stem]
        own = f"{crate}.{target}.{modules[0]}"
        return Place(crate=own, package=".".join((own, *modules[1:])))
    modules = inner if name in _ROOTS else [*inner, stem]
    return Place(crate=crate, package=".".join((crate, *modules)))


def own_crates(files: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Give, by the folder of a package, the name by which its programs and tests call its library, with the name that it has here.

    Cargo.toml says the name; here it is what a program beside a library imports its modules from, and the library itself does not.
    """
    found: dict[str, dict[str, str]] = {}
    for path in files:
        folder, _, name = path.rpartition("src/")
        if name != "lib.rs" or not (folder == "" or folder.endswith("/")):
            continue
        inside = [other for other in files if other.startswith(f"{folder}src/")]
        modules = {_identifier(other.removeprefix(f"{folder}src/").split("/")[0].removesuffix(".rs")) for other in inside}
        names = modules | own_names([files[path]])
        programs = [other for other in files if other.startswith(folder) and _is_beside(other.removeprefix(folder))]
        used = {match[1]: place_of(path).crate for other in programs for match in _USED.finditer(files[other]) if match[2] in names}
        taken = {match[1] for other in inside if other not in programs for match in _USED.finditer(files[other])}
        found[folder] = {name: crate for name, crate in used.items() if name not in taken and name not in {"std", "core", "alloc"}}
    return found


def _is_beside(path: str) -> bool:
    return path == "src/main.rs" or path.startswith(("src/bin/", "tests/", "examples/", "benches/"))


def own_names(texts: Collection[str]) -> frozenset[str]:
    """Give every name that the submission declares, so that a wrapper of the standard library is told from a function of its own."""
    return frozenset(match[1] for text in texts for match in _DECLARED.finditer(text))


def _identifier(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")
