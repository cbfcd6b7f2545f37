"""Which files are read, and how: what is no text, too large, a declaration, a test, or somebody else's package."""

from __future__ import annotations

from reviewer.inventory.languages.javascript.source import Source
from reviewer.inventory.languages.javascript.tables import load_registrations

#: A larger file is not parsed; all files together are parsed up to the second number of characters.
LARGEST = 4_000_000
ALL = 16_000_000
#: A text with more than this share of control characters and replaced bytes is no program.
_NOISE = 0.02
_SAMPLE = 200_000


def refused(text: str) -> str:
    """Say why a text is not parsed; empty if it is."""
    if len(text) > LARGEST:
        return f"larger than {LARGEST} characters"
    sample = text[:_SAMPLE]
    odd = sum(sample.count(letter) for letter in "\x00\x01\x02\x03\x04\x05\x06\x0e\x0f\x10\x7f\N{REPLACEMENT CHARACTER}")
    return "not the text of a program" if odd > _NOISE * len(sample) + 8 else ""


def is_declaration(path: str) -> bool:
    """Tell whether a file holds types only."""
    return path.endswith((".d.ts", ".d.mts", ".d.cts"))


def is_dependency(path: str) -> bool:
    """Tell whether a file belongs to an installed package, which the list of packages covers."""
    return "/node_modules/" in "/" + path


def is_test(source: Source) -> bool:
    """Tell whether a file is a test: its path says so and it uses a test framework, or it is nothing but mocks."""
    tests = load_registrations().tests
    *folders, name = source.path.lower().split("/")
    stem = name.rpartition(".")[0]
    named = bool(tests.folders.intersection(folders)) or stem.endswith(tests.suffixes)
    uses = bool(source.modules & tests.frameworks) or any(f"{word}(" in source.text for word in ("describe", "it", "test", "beforeEach"))
    return named and (uses or "__mocks__" in folders)
