"""Which expressions are streams: a ``StreamReader`` of one opens no file, a ``StreamReader`` of a path does.

.NET gives both constructors one name. What is certainly a stream is handed on as the argument ``stream``; everything else may be a path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewer.inventory.program.model import Argument, Call, Collection, Expression, Member, Name, Record, TypeName

__all__ = ["is_stream", "note", "without_stream"]

_WRAPPERS = frozenset({"StreamReader", "StreamWriter"})
_GIVERS = ("Stream", "StreamAsync", "OpenStandardInput", "OpenStandardOutput", "OpenStandardError", "OpenRead", "OpenWrite", "OpenEntry")
_MEMBERS = frozenset({"StandardInput", "StandardOutput", "StandardError", "Body", "InputStream", "OutputStream", "BaseStream"})


def is_stream(value: Expression | None, known: Mapping[str, bool]) -> bool:
    """Tell whether a value is certainly a stream; ``known`` are the names that hold one."""
    if isinstance(value, Name):
        return known.get(value.name, False)
    if isinstance(value, Member):
        return value.name in _MEMBERS
    if isinstance(value, Record):
        return value.type is not None and value.type.name.endswith("Stream")
    if isinstance(value, Call):
        callee = value.callee
        last = callee.name.rpartition(".")[2] if isinstance(callee, Name | Member) else ""
        return last.endswith("Stream") if value.new else last.endswith(_GIVERS)
    return False


def note(known: dict[str, bool], name: str, kind: TypeName | None, value: Expression | None) -> None:
    """Note what a name holds. One that also holds something else is no stream for certain."""
    if kind is None and value is None:
        return
    typed = kind is not None and kind.name.endswith("Stream")
    known[name] = known.get(name, True) and (typed or is_stream(value, known))


def without_stream(call: Call, known: Mapping[str, bool]) -> Call:
    """Give a call that makes a reader or writer with its stream named as such."""
    name = call.callee.name.rpartition(".")[2] if isinstance(call.callee, Name) else ""
    if not call.new or name not in _WRAPPERS or not call.arguments or call.arguments[0].keyword is not None:
        return call
    first = call.arguments[0]
    if isinstance(first.value, Collection) or not is_stream(first.value, known):
        return call
    return replace(call, arguments=(Argument(value=first.value, keyword="stream"), *call.arguments[1:]))
