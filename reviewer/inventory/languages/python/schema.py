"""Function parameters and models to JSON Schema, as FastMCP makes it from annotations: enough of it to show what a tool takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ast_grep_py import SgNode

from reviewer.inventory.languages.python.constants import UNKNOWN, Constants, Made
from reviewer.inventory.languages.python.names import Names
from reviewer.inventory.languages.python.scopes import Bound, Parameter, Scope
from reviewer.inventory.languages.python.syntax import children

__all__ = ["Schemas", "is_plain"]

#: How deep types are nested, and how many types one schema may consist of.
DEPTH, TYPES = 6, 2_000

_PLAIN: Mapping[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "bytes": {"type": "string", "format": "binary"},
    "list": {"type": "array"},
    "List": {"type": "array"},
    "Sequence": {"type": "array"},
    "Iterable": {"type": "array"},
    "tuple": {"type": "array"},
    "Tuple": {"type": "array"},
    "set": {"type": "array", "uniqueItems": True},
    "Set": {"type": "array", "uniqueItems": True},
    "dict": {"type": "object"},
    "Dict": {"type": "object"},
    "Mapping": {"type": "object"},
    "None": {"type": "null"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "Path": {"type": "string", "format": "path"},
    "UUID": {"type": "string", "format": "uuid"},
    "AnyUrl": {"type": "string", "format": "uri"},
    "HttpUrl": {"type": "string", "format": "uri"},
}
#: Arguments of ``Field`` and what JSON Schema calls them.
_FIELD: Mapping[str, str] = {
    "title": "title",
    "description": "description",
    "default": "default",
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "examples": "examples",
}
_INJECTED = frozenset({"Context", "MCPContext", "Request", "RequestContext"})
_DEPENDENCIES = frozenset({"Depends", "CurrentContext", "CurrentFastMCP", "CurrentRequest"})


class Schemas:
    """Makes schemas from annotations of one submission."""

    def __init__(self, names: Names, constants: Constants) -> None:
        """Take what resolves and evaluates."""
        self._names = names
        self._constants = constants
        self._left = TYPES

    def of_function(self, function: Scope) -> dict[str, Any]:
        """Give the schema of a handler's arguments; the context and other injected parameters are left out."""
        self._left = TYPES
        listed = function.parameters[1:] if function.is_method else function.parameters
        properties: dict[str, Any] = {}
        required: list[str] = []
        for parameter in listed:
            if parameter.star or self._is_injected(parameter, function):
                continue
            schema, has_default = self._parameter(parameter, function)
            properties[parameter.name] = schema
            if not has_default:
                required.append(parameter.name)
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def _is_injected(self, parameter: Parameter, function: Scope) -> bool:
        ref = self._names.instance(parameter.annotation, function)
        named = ref.name.rpartition(".")[2] if ref is not None and ref.scope is None else ""
        if named in _INJECTED and ref is not None and ref.name != "Request":
            return True
        default = parameter.default.field("function") if parameter.default is not None and parameter.default.kind() == "call" else None
        return default is not None and default.text().rpartition(".")[2] in _DEPENDENCIES

    def _parameter(self, parameter: Parameter, function: Scope) -> tuple[dict[str, Any], bool]:
        home = function.parent or function
        schema = self.of_type(parameter.annotation, home)
        if parameter.default is None:
            return schema, "default" in schema
        default = self._constants.of(parameter.default, home)
        if isinstance(default, Made):
            more, optional = self._field(default)
            return schema | more, optional
        return (schema | {"default": default} if is_plain(default) else schema), True

    def _field(self, made: Made) -> tuple[dict[str, Any], bool]:
        """Give what ``Field(…)`` says, and whether it gives a default."""
        given = dict(made.given)
        if "0" in given:
            given["default"] = given.pop("0")
        elif "default" not in given:
            first = next(iter(children(made.node.field("arguments") or made.node)), None)
            if first is not None and first.text() == "...":
                given.pop("default", None)
        optional = ("default" in given and not _is_ellipsis(made)) or "default_factory" in given
        return {_FIELD[name]: value for name, value in given.items() if name in _FIELD and is_plain(value)}, optional

    def of_type(self, node: SgNode | None, scope: Scope, depth: int = DEPTH) -> dict[str, Any]:
        """Give the schema of an annotation; an empty one where it is not known."""
        self._left -= 1
        if node is None or depth <= 0 or self._left <= 0:
            return {}
        kind, inside = node.kind(), children(node)
        match kind:
            case "type" | "parenthesized_expression" if inside:
                return self.of_type(inside[0], scope, depth)
            case "generic_type" | "subscript" if len(inside) > 1:
                return self._generic(inside[0], children(inside[-1]) if kind == "generic_type" else inside[1:], scope, depth)
            case "binary_operator" | "union_type":
                return self._union(inside, scope, depth)
            case "identifier" | "attribute":
                return self._named(node, scope, depth)
            case _:
                return {"type": "null"} if kind == "none" else {}

    def _generic(self, base: SgNode, inner: list[SgNode], scope: Scope, depth: int) -> dict[str, Any]:
        name = base.text().rpartition(".")[2]
        if name == "Annotated" and inner:
            return self._annotated(inner, scope, depth)
        if name in {"Optional", "Union"}:
            union = self._union(inner, scope, depth)
            return {"anyOf": [*union.get("anyOf", [union]), {"type": "null"}]} if name == "Optional" else union
        if name == "Literal":
            values = [self._constants.of(_bare(part), scope) for part in inner]
            return {"enum": [value for value in values if is_plain(value)]}
        plain = dict(_PLAIN.get(name, {}))
        if plain.get("type") == "array" and inner:
            items = self.of_type(inner[0], scope, depth - 1)
            return plain | ({"items": items} if items else {})
        if plain.get("type") == "object" and len(inner) > 1:
            values_schema = self.of_type(inner[1], scope, depth - 1)
            return plain | ({"additionalProperties": values_schema} if values_schema else {})
        return plain

    def _annotated(self, inner: list[SgNode], scope: Scope, depth: int) -> dict[str, Any]:
        schema = self.of_type(inner[0], scope, depth)
        for part in inner[1:]:
            found = self._constants.of(_bare(part), scope)
            if isinstance(found, Made):
                schema |= self._field(found)[0]
            elif isinstance(found, str):
                schema["description"] = found
        return schema

    def _union(self, parts: list[SgNode], scope: Scope, depth: int) -> dict[str, Any]:
        ways = [self.of_type(part, scope, depth - 1) for part in parts]
        flat = [way for part in ways for way in (part["anyOf"] if set(part) == {"anyOf"} else [part])]
        return {"anyOf": flat} if len(flat) > 1 else (flat[0] if flat else {})

    def _named(self, node: SgNode, scope: Scope, depth: int) -> dict[str, Any]:
        ref = self._names.resolve(node, scope)
        if ref is None or ref.scope is None:
            return dict(_PLAIN.get(node.text().rpartition(".")[2], {}))
        if ref.scope.kind != "class":
            return {}
        bases = {base.rpartition(".")[2] for base in self._names.external_bases(ref.scope)}
        if any("Enum" in base for base in bases):
            values = [self._constants.of(b.node, b.scope) for found in ref.scope.bindings.values() for b in found if b.bound is Bound.VALUE]
            return {"enum": [value for value in values if is_plain(value)]}
        return self.of_model(ref.scope, depth - 1)

    def of_model(self, model: Scope, depth: int = DEPTH) -> dict[str, Any]:
        """Give the schema of a class with annotated attributes: a pydantic model, a dataclass, a TypedDict; base classes first."""
        properties: dict[str, Any] = {}
        required: list[str] = []
        for base in self._names.bases(model) if depth > 0 else []:
            if base.scope is not None and base.scope is not model:
                above = self.of_model(base.scope, depth - 1)
                properties |= above.get("properties", {})
                required += above.get("required", [])
        for name, bindings in model.bindings.items():
            binding = bindings[-1]
            if binding.annotation is None or name.startswith("_") or name == "model_config":
                continue
            parameter = Parameter(name=name, annotation=binding.annotation, default=binding.node)
            properties[name], optional = self._field_of_model(parameter, model, depth)
            if not optional:
                required.append(name)
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def _field_of_model(self, parameter: Parameter, model: Scope, depth: int) -> tuple[dict[str, Any], bool]:
        schema = self.of_type(parameter.annotation, model, depth)
        if parameter.default is None:
            return schema, False
        default = self._constants.of(parameter.default, model)
        if isinstance(default, Made):
            more, optional = self._field(default)
            return schema | more, optional
        return (schema | {"default": default} if is_plain(default) else schema), True


def _bare(node: SgNode) -> SgNode:
    inside = children(node)
    return inside[0] if node.kind() == "type" and len(inside) == 1 else node


def _is_ellipsis(made: Made) -> bool:
    listed = made.node.field("arguments")
    first = next(iter(children(listed)), None) if listed is not None else None
    return first is not None and first.text().replace(" ", "") in {"...", "default=..."}


def is_plain(value: Any) -> bool:  # noqa: ANN401  any constant
    """Tell whether a constant can stand in JSON as it is."""
    waiting, seen = [value], 0
    while waiting:
        one, seen = waiting.pop(), seen + 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif one is UNKNOWN or not isinstance(one, str | int | float | None):
            return False
        if seen > 20_000:  # noqa: PLR2004  nobody reads a longer schema
            return False
    return True
