"""What is known of .NET names before anything is resolved: types that a place asks for, texts that some calls put together.

The facts are in ``known.yaml`` beside this module. A name counts by its last parts, so that ``File.…`` and ``System.IO.File.…`` are one.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from reviewer.inventory.program.model import Argument, Collection, Expression, Member, Text, TypeName

__all__ = ["argument_type", "known_text", "property_type"]

_TEXTS = frozenset({"string", "String", "System.String"})


class _Type(BaseModel):
    """A type and its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    arguments: tuple[str, ...] = ()


class _Sheet(BaseModel):
    """The whole of ``known.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    types: Mapping[str, _Type]
    folders: Mapping[str, str]


@functools.cache
def _sheet() -> _Sheet:
    text = (Path(__file__).parent / "known.yaml").read_bytes()
    return _Sheet.model_validate(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506  both are safe loaders


def property_type(owner: TypeName | None, name: str) -> TypeName | None:
    """Give the type of a property of a library's type, where it is known; ``*`` is any type, subclasses among them."""
    return (_type(f"{owner.name.rpartition('.')[2]}.{name}") if owner else None) or _type(f"*.{name}")


def argument_type(callee: str, position: int | str) -> TypeName | None:
    """Give the type of a parameter of a library's method, where it is known."""
    return _type(f"{'.'.join(callee.split('.')[-2:])}.{position}") if "." in callee else None


def _type(key: str) -> TypeName | None:
    found = _sheet().types.get(key)
    return TypeName(name=found.name, arguments=tuple(TypeName(name=name) for name in found.arguments)) if found else None


def known_text(callee: str, arguments: tuple[Argument, ...], line: int) -> Text | None:
    """Give the text that a call puts together from its arguments: formats, joins, paths, well-known folders."""
    owner, _, method = callee.rpartition(".")
    values = tuple(argument.value for argument in arguments)
    if not values or not owner:
        return None
    if owner in _TEXTS:
        return _put_together(method, values, line)
    if method in {"Combine", "Join"} and owner.rpartition(".")[2] == "Path":
        return Text(parts=_between(values, "/"), line=line)
    if method == "GetFolderPath" and owner.rpartition(".")[2] == "Environment" and isinstance(values[0], Member):
        folder = _sheet().folders.get(values[0].name)
        return Text(parts=(folder,), line=line) if folder else None
    return None


def _put_together(method: str, values: tuple[Expression, ...], line: int) -> Text | None:
    if method == "Concat":
        return Text(parts=values, line=line)
    if method == "Join" and len(values) > 1:
        items = values[1].items if len(values) == 2 and isinstance(values[1], Collection) else values[1:]  # noqa: PLR2004  separator, list
        return Text(parts=_between(items, values[0]), line=line)
    if method == "Format":
        return _formatted(values, line)
    return None


def _between(values: tuple[Expression, ...], separator: str | Expression) -> tuple[str | Expression, ...]:
    return tuple(part for index, value in enumerate(values) for part in ((separator, value) if index else (value,)))


def _formatted(values: tuple[Expression, ...], line: int) -> Text:
    """Put arguments into the places of a literal format; of another format only the pieces are known, in an unknown order."""
    form = values[0]
    if not isinstance(form, Text) or not all(isinstance(part, str) for part in form.parts):
        return Text(parts=values, line=line)
    found: list[str | Expression] = []
    for index, piece in enumerate("".join(part for part in form.parts if isinstance(part, str)).split("{")):
        place, closed, rest = piece.partition("}")
        number = place.partition(":")[0].partition(",")[0]
        known = index and closed and number.isdecimal() and len(number) < 3 and int(number) + 1 < len(values)  # noqa: PLR2004  two digits
        found += [values[int(number) + 1], rest] if known else [piece]
    return Text(parts=tuple(part for part in found if part != ""), line=line)
