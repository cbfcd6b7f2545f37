from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from checks.model import CapabilityId, Unreadable
from reviewer.inventory import take_inventory
from tests.reviewer.inventory.worlds import gates, inventory, rows, skill, submitted

ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("inner.md", "hello")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.parametrize(
    ("content", "gate"),
    [
        (b"\x7fELF" + bytes(range(256)), True),
        (b"MZ\x90\x00" + bytes(range(256)), True),
        (b"\x00asm\x01\x00\x00\x00" + bytes(64), True),
        (b"\xca\xfe\xba\xbe" + bytes(64), True),
        (b"\x80\x04\x95" + bytes(range(256)), True),
        (b"\x1f\x8b\x08" + bytes(range(256)), True),
        (b"7z\xbc\xaf\x27\x1c" + bytes(range(256)), True),
        (b"SQLite format 3\x00" + bytes(range(256)), True),
        (bytes(range(256)) * 4, True),
        (PNG, False),
        (b"GIF89a" + bytes(range(256)), False),
        (b"RIFF\x10\x00\x00\x00WEBP" + bytes(range(256)), False),
        (b"wOF2" + bytes(range(256)), False),
    ],
)
def test_what_could_execute_is_a_gate_and_inert_media_are_not(content: bytes, gate: bool) -> None:  # noqa: FBT001  a column of the table
    target = inventory({"asset": content, "README.md": "text"})
    assert [row.gate for row in rows(target, "asset")] == [gate]


def test_an_archive_is_opened_and_needs_no_row() -> None:
    target = inventory({"more.zip": ZIP.getvalue()})
    assert target.texts["more.zip!/inner.md"] == "hello"
    assert not target.unreadable


def test_an_archive_of_a_kind_that_is_not_opened_is_a_gate() -> None:
    assert "not opened" in rows(inventory({"more.7z": b"7z\xbc\xaf\x27\x1c" + bytes(range(256))}), "more.7z")[0].reason


def test_an_encrypted_zip_is_told_from_an_open_one() -> None:
    locked = bytearray(ZIP.getvalue())
    locked[6] |= 1
    assert "encrypted" in rows(inventory({"more.zip": bytes(locked)}), "more.zip")[0].reason


def test_a_picture_with_an_archive_behind_it_is_a_gate() -> None:
    assert gates(inventory({"logo.png": PNG + ZIP.getvalue()})) == {"logo.png"}


def test_a_picture_named_like_code_or_prose_is_a_gate() -> None:
    assert gates(inventory({"tool.py": PNG, "notes.md": PNG, "logo.png": PNG})) == {"tool.py", "notes.md"}


def test_text_is_read_whatever_its_first_bytes_and_its_name_pretend() -> None:
    target = inventory({"logo.png": "GIF89a = run()", "paper.pdf": "%PDF-1.4 now do this instead"})
    assert set(target.texts) == {"logo.png", "paper.pdf"}
    assert not target.unreadable


def test_bytecode_and_pickles_are_gates_even_when_they_look_like_text() -> None:
    assert gates(inventory({"a.pyc": "plain", "model.pkl": "cos\nsystem\n(S'x'\ntR."})) == {"a.pyc", "model.pkl"}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_text_is_decoded_in_every_usual_encoding(codec: str) -> None:
    text = "Grüße aus dem Süden, und noch ein wenig mehr Text\n" * 3
    assert inventory({"notes.txt": text.encode(codec)}).texts["notes.txt"].lstrip("\ufeff") == text


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "latin-1"])
def test_prose_that_other_programs_read_differently_is_a_gate(codec: str) -> None:
    target = inventory({"SKILL.md": skill("name: x\ndescription: Grüße").encode(codec)})
    assert gates(target) == {"SKILL.md"}
    assert target.components[0].name == "x"


def test_a_source_that_asks_for_another_encoding_is_a_gate() -> None:
    target = inventory({"a.py": "# -*- coding: utf-7 -*-\n", "b.py": "# -*- coding: utf-8 -*-\n", "c.py": "# coding: latin-1\n"})
    assert gates(target) == {"a.py"}


def test_links_out_are_gates_and_links_inside_give_the_text_of_their_target() -> None:
    target = inventory(
        {"real/notes.md": "hello"}, links={"in.md": "real/notes.md", "out": "../../etc/passwd", "abs": "/etc/passwd", "dir": "real"}
    )
    assert gates(target) == {"out", "abs"}
    assert target.texts["in.md"] == "hello"


def test_links_in_a_circle_end() -> None:
    assert not gates(inventory({}, links={"a": "b", "b": "a"}))


def test_a_pointer_of_git_lfs_is_a_gate_unless_it_stands_for_a_picture() -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    assert gates(inventory({"data.bin": pointer, "logo.png": pointer})) == {"data.bin"}


def test_a_file_over_the_limit_is_a_gate() -> None:
    assert gates(inventory({"big.txt": b"a" * 10_000_001})) == {"big.txt"}


def test_encrypted_text_is_a_gate() -> None:
    assert gates(inventory({"x.yml": "$ANSIBLE_VAULT;1.1;AES256\n3031\n", "m.asc": "-----BEGIN PGP MESSAGE-----\n"})) == {"x.yml", "m.asc"}


def test_code_without_a_reader_is_a_gate_where_something_runs_it() -> None:
    target = inventory(
        {
            "mix.exs": "defmodule X do\nend\n",
            "lib/main.ex": "defmodule Y do\nend\n",
            "docs/sample.lua": "print(1)\n",
            "scripts/clean.tcl": "puts x\n",
            "tool": "#!/usr/bin/env ruby\nputs 1\n",
        }
    )
    assert gates(target) == {"mix.exs", "lib/main.ex", "scripts/clean.tcl", "tool"}
    assert "no reader for lua yet" in rows(target, "docs/sample.lua")[0].reason


def test_code_without_a_reader_is_a_gate_where_a_skill_leads_to_it() -> None:
    body = "Run `tools/convert.rb` on the file.\n"
    assert gates(inventory({"SKILL.md": skill("name: x\ndescription: y", body), "tools/convert.rb": "puts 1", "old/x.rb": "puts 2"})) == {
        "tools/convert.rb"
    }


def test_a_document_is_a_gate_only_where_a_skill_leads_to_it() -> None:
    pdf = b"%PDF-1.7\n" + bytes(range(256))
    target = inventory({"SKILL.md": skill("name: x\ndescription: y", "Follow guide.pdf.\n"), "guide.pdf": pdf, "paper.pdf": pdf})
    assert gates(target) == {"guide.pdf"}


def test_minified_code_is_noted_and_read() -> None:
    target = inventory({"dist.js": "a=1;" * 3000})
    assert [(row.gate, "without its source" in row.reason) for row in rows(target, "dist.js")] == [(False, True)]
    assert "dist.js" in target.texts


def test_minified_code_with_its_source_says_so() -> None:
    target = inventory({"dist.min.js": "a=1;" * 3000, "dist.js": "a = 1;\n"})
    assert "its source is read as dist.js" in rows(target, "dist.min.js")[0].reason


def test_plain_data_and_prose_make_no_rows() -> None:
    files = {"a.json": "[1]", "b.css": "a{}", "c.html": "<p>", "d.yaml": "a: 1", "e.lock": "x", "f.txt": "y", "LICENSE": "z", "g.md": "# h"}
    target = inventory(files)
    assert not target.unreadable
    assert target.coverage == 1.0


def test_coverage_is_the_share_of_reachable_bytes() -> None:
    target = inventory({"a.txt": "a" * 300, "b.bin": bytes(100), "logo.png": PNG * 10})
    assert target.coverage == 0.75


def test_rows_of_acquire_are_kept_and_lower_coverage() -> None:
    snapshot, contents = submitted({"a.txt": "a" * 100})
    target = take_inventory(replace(snapshot, unreadable=(Unreadable(path="b.txt", reason="over a limit", gate=True),)), contents)
    assert rows(target, "b.txt")
    assert target.coverage == 0.5


def test_bytes_that_were_not_kept_are_a_gate_once() -> None:
    snapshot, _ = submitted({"a.txt": "a"})
    assert [row.path for row in take_inventory(snapshot, {}).unreadable] == ["a.txt"]


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        ("tool", "#!/usr/bin/env python3\n", "python"),
        ("tool", "#!/usr/bin/env -S uv run --script\n", "python"),
        ("run.txt", "#!/bin/bash\n", "shell"),
        ("index.ts", "#!/usr/bin/env node\n", "typescript"),
        ("a.mjs", "", "javascript"),
        ("a.tsx", "", "tsx"),
        ("Dockerfile", "FROM x", "dockerfile"),
        ("Dockerfile.dev", "FROM x", "dockerfile"),
        (".bashrc", "", "shell"),
        ("SKILL.md", "", "markdown"),
        ("unknown", "words", "text"),
        ("page", "<!doctype html>", "html"),
        ("a.kt", "", "kotlin"),
    ],
)
def test_the_language_follows_content_first_and_the_name_second(path: str, text: str, language: str) -> None:
    assert inventory({path: text}).files[0].language == language


def test_an_executable_text_without_an_interpreter_is_a_script_of_the_shell() -> None:
    script = "curl -fsSL https://get.example/agent -o agent\n"

    run = inventory({"tools/setup": script}, executable=["tools/setup"])
    kept = inventory({"tools/setup": script})
    prose = inventory({"LICENSE": "You may run the program, for any purpose.\n"}, executable=["LICENSE"])

    assert {file.language for file in run.files} == {"shell"}
    assert CapabilityId.NET_OUT in {capability.id for capability in run.capabilities}
    assert {file.language for file in kept.files} == {"text"}
    assert prose.capabilities == ()
