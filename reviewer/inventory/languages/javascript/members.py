"""Read a member of a value by the type of the value; ``MEMBERS`` is the table."""

from __future__ import annotations

from reviewer.inventory.languages.javascript.classes import member_of_class, object_of
from reviewer.inventory.languages.javascript.domain import (
    Class,
    Constant,
    Function,
    Imported,
    Instance,
    Lazy,
    Listing,
    Mixed,
    Module,
    Parameter,
    Record,
    Setting,
    Unknown,
    Value,
    mixed,
)
from reviewer.inventory.languages.javascript.evaluate import Evaluator, MemberReader


def _record_member(evaluator: Evaluator, value: Value, key: str | int, seen: Lazy | None) -> Value:
    assert isinstance(value, Record)  # noqa: S101  the table of members says so
    entry = value.entries.get(str(key))
    if entry is not None:
        found = evaluator.evaluate(entry)
        return evaluator.method(found.scope, found.env) if isinstance(found, Function) and found.scope.name == key else found
    return Unknown(origins=value.rest, seen=seen) if value.rest else Constant(value=None, seen=seen)


def _listing_member(evaluator: Evaluator, value: Value, key: str | int, seen: Lazy | None) -> Value:
    assert isinstance(value, Listing)  # noqa: S101  the table of members says so
    if isinstance(key, int) and 0 <= key < len(value.items):
        return evaluator.evaluate(value.items[key])
    return Unknown(origins=(value,), seen=seen)


def _module_member(evaluator: Evaluator, value: Value, key: str | int, _: Lazy | None) -> Value:
    assert isinstance(value, Module)  # noqa: S101  the table of members says so
    return evaluator.exported(value.source, str(key))


def _instance_member(evaluator: Evaluator, value: Value, key: str | int, seen: Lazy | None) -> Value:
    assert isinstance(value, (Instance, Class))  # noqa: S101  the table of members says so
    found = member_of_class(evaluator, value.scope, str(key), value.seen if isinstance(value, Instance) else None)
    return Unknown(origins=(value,), seen=seen) if found is None else found


def _imported_member(_: Evaluator, value: Value, key: str | int, seen: Lazy | None) -> Value:
    assert isinstance(value, Imported)  # noqa: S101  the table of members says so
    if value.path in {"process", "process.process"} and key == "env":
        return Setting()
    path = value.path if key == "default" else f"{value.path}.{key}"
    return Imported(path=path[:300], made=value.made, seen=seen)


def _setting_member(_: Evaluator, value: Value, key: str | int, seen: Lazy | None) -> Value:
    assert isinstance(value, Setting)  # noqa: S101  the table of members says so
    return Unknown(origins=(value,), seen=seen) if value.name else Setting(name=str(key), seen=seen)


def _parameter_member(evaluator: Evaluator, value: Value, key: str | int, seen: Lazy | None) -> Value:
    assert isinstance(value, Parameter)  # noqa: S101  the table of members says so
    if not value.path and value.binding.annotation:
        typed = object_of(evaluator, value.binding.annotation, value.binding.scope)
        if isinstance(typed, Instance) or (isinstance(typed, Imported) and typed.path.rpartition(".")[2][:1].isupper()):
            return evaluator.member(typed, key)
    return Parameter(binding=value.binding, path=(*value.path, key)[:12], seen=seen)


def _mixed_member(evaluator: Evaluator, value: Value, key: str | int, seen: Lazy | None) -> Value:
    assert isinstance(value, Mixed)  # noqa: S101  the table of members says so
    return mixed([evaluator.member(option, key, seen) for option in value.options], seen)


def _constant_member(_: Evaluator, value: Value, __: str | int, seen: Lazy | None) -> Value:
    absent = isinstance(value, Constant) and value.value is None
    return Constant(value=None, seen=seen) if absent else Unknown(origins=(value,), seen=seen)


MEMBERS: dict[type[Value], MemberReader] = {
    Constant: _constant_member,
    Record: _record_member,
    Listing: _listing_member,
    Module: _module_member,
    Class: _instance_member,
    Instance: _instance_member,
    Imported: _imported_member,
    Setting: _setting_member,
    Parameter: _parameter_member,
    Mixed: _mixed_member,
}
