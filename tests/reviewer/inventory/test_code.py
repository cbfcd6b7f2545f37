from __future__ import annotations

import types

import pytest

from checks.model import Unreadable
from reviewer.inventory import ledger
from reviewer.inventory.code import extract_code
from reviewer.inventory.languages import discover
from reviewer.inventory.languages.interface import Language
from reviewer.inventory.texts import Texts
from reviewer.inventory.tree import Tree
from tests.reviewer.inventory.worlds import submitted


class Broken(types.SimpleNamespace):
    READS = frozenset({"go"})

    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self._error = error

    def extract(self, files: object) -> None:
        raise self._error(f"strange code: {files!r:.20}")


@pytest.mark.parametrize("error", [RecursionError, MemoryError, TypeError, KeyError, AttributeError, ValueError, ZeroDivisionError])
def test_a_reader_that_breaks_costs_its_own_files_only(error: type[Exception]) -> None:
    snapshot, contents = submitted({"main.go": "package main", "server.py": "import os\nos.system('ls')\n"})
    kept = ledger.keep_ledger(snapshot, contents, ["go", "python"])
    tree = Tree(snapshot, {file.path: file for file in kept.files}, Texts(contents, kept.origins))
    readers: dict[str, Language] = {"go": Broken(error), "python": discover()["python"]}  # type: ignore[dict-item]  # a reader that fails

    extraction, rows = extract_code(readers, tree)

    assert rows == (Unreadable(path="main.go", reason=f"broke its reader ({error.__name__}): not understood as code", gate=True),)
    assert [held.id.value for held in extraction.capabilities] == ["proc.exec"]
