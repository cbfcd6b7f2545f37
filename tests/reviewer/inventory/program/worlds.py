"""Small programs that are written in the common form itself, and a language whose texts are names of such programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.program import read
from reviewer.inventory.program.dialect import Dialect
from reviewer.inventory.program.model import (
    Argument,
    Bind,
    Block,
    Call,
    Expression,
    Function,
    Lambda,
    Member,
    Module,
    Name,
    Parameter,
    Record,
    Return,
    Statement,
    Text,
    TypeName,
)

CAPABILITIES = """
configuration: [lib.settings]
same: {lib.Client: [lib.Client.make]}
apis:
  - {names: [lib.read], capability: [fs.read], object: path, argument: 0}
  - {names: [lib.run], capability: [proc.exec], object: program, argument: 0}
  - {names: [lib.Client.fetch], capability: [net.out], object: host, argument: 0}
"""
REGISTRATIONS = """
annotated:
  - {names: [sdk.Tool], kind: tool, name: [{keyword: name}], named: snake, strip: [Async], description: [{doc: true}], why: a test}
makers:
  - calls: [sdk.tool]
    records: [sdk.Described]
    name: [{field: name}, {argument: 0}]
    description: [{option: sdk.about}, {field: about}, {argument: 1}]
    why: a test
registrars:
  - calls: [sdk.Server.add]
    tool: [{argument: 0}]
    handler: [{argument: 1}]
    why: a test
dispatchers:
  - {methods: [sdk.Server.answer], why: a test}
servers:
  - {calls: [sdk.Server], name: [{argument: 0}], why: a test}
pure: [lib.join, .trim]
transparent: {types: [lib.Maybe], methods: [unwrap]}
"""


def name(text: str, line: int = 1) -> Name:
    return Name(name=text, line=line)


def text(*parts: str | Expression) -> Text:
    return Text(parts=parts, line=1)


def call(callee: str | Expression, *arguments: Expression, line: int = 1) -> Call:
    target = name(callee, line) if isinstance(callee, str) else callee
    return Call(callee=target, line=line, arguments=tuple(Argument(value=each) for each in arguments))


def member(value: Expression, *path: str) -> Expression:
    for each in path:
        value = Member(object=value, name=each, line=1)
    return value


def bind(target: str, value: Expression | None, type_: str | None = None) -> Bind:
    return Bind(names=(target,), value=value, line=1, type=TypeName(name=type_) if type_ else None)


def record(type_: str, **pairs: Expression) -> Record:
    return Record(pairs=tuple((text(key), value) for key, value in pairs.items()), line=1, type=TypeName(name=type_))


def parameter(label: str, type_: str | None = None) -> Parameter:
    return Parameter(names=(label,), type=TypeName(name=type_) if type_ else None)


def function(label: str, *body: Statement, takes: tuple[Parameter, ...] = (), line: int = 1) -> Function:
    return Function(name=label, line=line, last=line, parameters=takes, body=body)


def given(*values: Expression) -> Return:
    return Return(values=values, line=1)


def arrow(*body: Statement, takes: tuple[Parameter, ...] = (), line: int = 1) -> Lambda:
    return Lambda(parameters=takes, body=body, line=line, last=line)


def module(path: str = "main", *, functions: tuple[Function, ...] = (), body: Block = (), **more: Any) -> Module:
    return Module(path=path, package=path, functions=functions, body=body, **more)


def extract(folder: Path, *modules: Module) -> Extraction:
    """Read modules with the tables above, written into a folder."""
    for label, content in {"capabilities": CAPABILITIES, "registrations": REGISTRATIONS}.items():
        (folder / f"{label}.yaml").write_text(content, encoding="utf-8")
    known: Mapping[str, Module] = {each.path: each for each in modules}
    return read(Dialect(name="test", folder=folder, lower=lambda path, _: known[path]), dict.fromkeys(known, ""))


def powers(extraction: Extraction, tool: str) -> set[str]:
    found = next(each for each in extraction.tools if each.name == tool)
    return {f"{each.id.value}:{each.scope.value}" for each in found.capabilities}
