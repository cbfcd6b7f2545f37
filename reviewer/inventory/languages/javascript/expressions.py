"""Read one expression by the kind of its node: names, literals, operators, members; ``KINDS`` is the table."""

from __future__ import annotations

import re
from dataclasses import replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.calls import call_value
from reviewer.inventory.languages.javascript.domain import (
    Class,
    Constant,
    Function,
    Imported,
    Instance,
    Joined,
    Lazy,
    Listing,
    Parameter,
    Record,
    Setting,
    Unknown,
    Value,
    joined,
    mixed,
    text_of,
)
from reviewer.inventory.languages.javascript.evaluate import MEMBERS as _MEMBER_LIMIT
from reviewer.inventory.languages.javascript.evaluate import Evaluator, KindReader
from reviewer.inventory.languages.javascript.literals import number_of, string_text, unescape
from reviewer.inventory.languages.javascript.nodes import member_key
from reviewer.inventory.languages.javascript.source import span

_WRAPPERS = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "await_expression", "expression_statement"}
)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def _string(_: Evaluator, asked: Lazy) -> Value:
    return Constant(value=string_text(asked.node) or "", seen=asked)


def _template(evaluator: Evaluator, asked: Lazy) -> Value:
    parts: list[Value] = []
    text = asked.node.text()
    start, _ = span(asked.node)
    done = start + 1
    for child in asked.node.children():
        if child.kind() == "template_substitution":
            begin, end = span(child)
            parts.append(Constant(value=unescape(text[done - start : begin - start].replace("\r\n", "\n"))))
            parts.append(evaluator.evaluate(Lazy(child.children()[1], asked.source, asked.env)))
            done = end
    parts.append(Constant(value=unescape(text[done - start : -1].replace("\r\n", "\n"))))
    return joined([part for part in parts if text_of(part) != ""], asked)


def _number(_: Evaluator, asked: Lazy) -> Value:
    value = number_of(asked.node.text())
    return Unknown(seen=asked) if value is None else Constant(value=value, seen=asked)


def _identifier(evaluator: Evaluator, asked: Lazy) -> Value:
    name = asked.node.text()
    binding = asked.source.scope_at(span(asked.node)[0]).find(name)
    if binding is not None:
        value = evaluator.bound(binding, asked.env)
        return replace(value, seen=asked) if isinstance(value, Parameter) and value.seen is None else value
    return Constant(value=None, seen=asked) if name == "undefined" else Imported(path=name)


def _this(_: Evaluator, asked: Lazy) -> Value:
    owner = asked.source.scope_at(span(asked.node)[0]).nearest("class")
    return Unknown(seen=asked) if owner is None else Instance(scope=owner)


def _wrapped(evaluator: Evaluator, asked: Lazy) -> Value:
    inner = next((child for child in asked.node.children() if child.is_named() and child.kind() != "comment"), None)
    return Unknown(seen=asked) if inner is None else evaluator.evaluate(Lazy(inner, asked.source, asked.env))


def _last(evaluator: Evaluator, asked: Lazy) -> Value:
    return evaluator.evaluate(Lazy(asked.node.children()[-1], asked.source, asked.env))


def _conditional(evaluator: Evaluator, asked: Lazy) -> Value:
    condition, yes, no = (asked.node.field(name) for name in ("condition", "consequence", "alternative"))
    if condition is None or yes is None or no is None:
        return Unknown(seen=asked)
    known = evaluator.evaluate(Lazy(condition, asked.source, asked.env))
    if isinstance(known, Constant):
        return evaluator.evaluate(Lazy(yes if known.value else no, asked.source, asked.env))
    return mixed([evaluator.evaluate(Lazy(each, asked.source, asked.env)) for each in (yes, no)], asked)


def _binary(evaluator: Evaluator, asked: Lazy) -> Value:
    operator = asked.node.field("operator")
    sign = operator.text() if operator is not None else ""
    if sign == "+":
        return _sum(evaluator, asked)
    left, right = asked.node.field("left"), asked.node.field("right")
    if left is None or right is None:
        return Unknown(seen=asked)
    sides = [evaluator.evaluate(Lazy(each, asked.source, asked.env)) for each in (left, right)]
    if sign in {"||", "??"}:
        known = isinstance(sides[0], Constant) and (bool(sides[0].value) if sign == "||" else sides[0].value is not None)
        return sides[0] if known else mixed(sides, asked)
    if sign == "&&":
        return sides[1]
    if sign in {"===", "!==", "==", "!="} and isinstance(sides[0], Constant) and isinstance(sides[1], Constant):
        return Constant(value=(sides[0].value == sides[1].value) == (sign[0] == "="), seen=asked)
    return Unknown(origins=tuple(sides), seen=asked)


def _sum(evaluator: Evaluator, asked: Lazy) -> Value:
    """A chain of ``+`` of any length, without recursion along it."""
    parts: list[Value] = []
    node: SgNode | None = asked.node
    while node is not None and node.kind() == "binary_expression" and (sign := node.field("operator")) is not None and sign.text() == "+":
        right = node.field("right")
        if right is not None:
            parts.append(evaluator.evaluate(Lazy(right, asked.source, asked.env)))
        node = node.field("left")
    if node is not None:
        parts.append(evaluator.evaluate(Lazy(node, asked.source, asked.env)))
    parts.reverse()
    if any((isinstance(part, Constant) and isinstance(part.value, str)) or isinstance(part, Joined) for part in parts):
        return joined(parts, asked)
    return Unknown(origins=tuple(parts), seen=asked)


def _unary(evaluator: Evaluator, asked: Lazy) -> Value:
    operator, argument = asked.node.field("operator"), asked.node.field("argument")
    if operator is None or argument is None or operator.text() == "void":
        return Constant(value=None, seen=asked)
    value = evaluator.evaluate(Lazy(argument, asked.source, asked.env))
    if operator.text() == "typeof" and (name := _type_name(value)):
        return Constant(value=name, seen=asked)
    if isinstance(value, Constant):
        if operator.text() == "!":
            return Constant(value=not value.value, seen=asked)
        if operator.text() == "-" and isinstance(value.value, float):
            return Constant(value=-value.value, seen=asked)
    return Unknown(origins=(value,), seen=asked)


def _type_name(value: Value) -> str:
    """Give what ``typeof`` says, empty where it is not certain."""
    if isinstance(value, Constant):
        names = {str: "string", float: "number", bool: "boolean"}
        return names.get(type(value.value), "")
    if isinstance(value, (Function, Class)):
        return "function"
    return {Joined: "string", Record: "object", Listing: "object", Instance: "object"}.get(type(value), "")


def _assigned(evaluator: Evaluator, asked: Lazy) -> Value:
    left, right = asked.node.field("left"), asked.node.field("right")
    if left is not None and left.kind() == "identifier":
        return evaluator.evaluate(Lazy(left, asked.source, asked.env))  # `exports.Names = Names = {}`: all that the name is
    return Unknown(seen=asked) if right is None else evaluator.evaluate(Lazy(right, asked.source, asked.env))


def _array(evaluator: Evaluator, asked: Lazy) -> Value:
    nodes = [child for child in asked.node.children() if child.is_named() and child.kind() != "comment"]
    items, rest = evaluator.spread(nodes, asked.source, asked.env)
    return Listing(items=tuple(items), rest=tuple(rest), seen=asked)


def _object(evaluator: Evaluator, asked: Lazy) -> Value:
    entries: dict[str, Lazy | Value] = {}
    rest: list[Value] = []
    for child in asked.node.children()[: 2 * _MEMBER_LIMIT]:
        kind = child.kind()
        if kind == "shorthand_property_identifier":
            entries[child.text()] = Lazy(child, asked.source, asked.env)
        elif kind == "spread_element":
            evaluator.merge(evaluator.evaluate(Lazy(child.children()[-1], asked.source, asked.env)), entries, rest)
        elif kind in {"pair", "method_definition"} and (key := child.field("key") or child.field("name")) is not None:
            name = _property_name(evaluator, key, asked)
            value = child.field("value") or child
            if name is not None:
                entries[name] = Lazy(value, asked.source, asked.env)
            else:
                rest.append(Unknown(origins=(evaluator.evaluate(Lazy(value, asked.source, asked.env)),)))
    return Record(entries=entries, rest=tuple(rest), seen=asked)


def _property_name(evaluator: Evaluator, key: SgNode, asked: Lazy) -> str | None:
    if key.kind() == "computed_property_name":
        return text_of(evaluator.evaluate(Lazy(key.children()[1], asked.source, asked.env)))
    text = string_text(key)
    return key.text() if text is None else text


def _function(_: Evaluator, asked: Lazy) -> Value:
    scope = asked.source.owners.get(span(asked.node))
    return Unknown(seen=asked) if scope is None else Function(scope=scope, env=asked.env, seen=asked)


def _class(_: Evaluator, asked: Lazy) -> Value:
    scope = asked.source.owners.get(span(asked.node))
    return Unknown(seen=asked) if scope is None else Class(scope=scope, seen=asked)


def _enum(_: Evaluator, asked: Lazy) -> Value:
    entries: dict[str, Lazy | Value] = {}
    body = asked.node.field("body")
    for index, child in enumerate(part for part in (body.children() if body is not None else []) if part.is_named()):
        name, value = child.field("name"), child.field("value")
        if child.kind() == "enum_assignment" and name is not None and value is not None:
            entries[string_text(name) or name.text()] = Lazy(value, asked.source, asked.env)
        elif child.kind() != "comment":
            entries[child.text()] = Constant(value=float(index))
    return Record(entries=entries, seen=asked)


def _member_expression(evaluator: Evaluator, asked: Lazy) -> Value:
    holder = asked.node.field("object")
    if holder is None:
        return Unknown(seen=asked)
    key: str | int | None = member_key(asked.node)
    if key is None and (index := asked.node.field("index")) is not None:
        key = _index(evaluator.evaluate(Lazy(index, asked.source, asked.env)))
    if holder.kind() == "identifier" and isinstance(key, str) and (found := _set_on(evaluator, holder, key, asked)) is not None:
        return evaluator.evaluate(found)
    value = evaluator.evaluate(Lazy(holder, asked.source, asked.env))
    if key is None:
        return _any_member(evaluator, value, asked)
    if isinstance(key, str) and isinstance(value, (Unknown, Parameter, Imported)) and is_variable(holder, key):
        return Setting(name=key, seen=asked)
    return evaluator.member(value, key, asked)


def is_variable(holder: SgNode, key: str) -> bool:
    """Tell whether a member is a variable of an environment by how it is written: ``c.env.TOKEN``, ``this.env.TOKEN``, ``env.TOKEN``.

    Every runtime calls its variables so: process, import.meta, and what a Worker's handlers and classes are given as bindings.
    """
    name = holder.text() if holder.kind() == "identifier" else member_key(holder) if holder.kind() == "member_expression" else None
    return name == "env" and _VARIABLE.fullmatch(key) is not None


def _index(known: Value) -> str | int | None:
    number = known.value if isinstance(known, Constant) else None
    return int(number) if isinstance(number, float) and number.is_integer() else text_of(known)


def _set_on(evaluator: Evaluator, holder: SgNode, key: str, asked: Lazy) -> Lazy | Value | None:
    """Give what ``name.key = …`` sets."""
    binding = asked.source.scope_at(span(holder)[0]).find(holder.text())
    if binding is None or binding in asked.env:
        return None
    return evaluator.properties(binding, binding.scope.source, asked.env).get(key)


def _any_member(evaluator: Evaluator, value: Value, asked: Lazy) -> Value:
    """``table[name]`` with a name chosen at run time may be any member of the table."""
    if isinstance(value, Record) and value.entries and not value.rest:
        return mixed([evaluator.evaluate(each) for each in list(value.entries.values())[:_MEMBER_LIMIT]], asked)
    return Setting() if isinstance(value, Setting) and not value.name else Unknown(origins=(value,), seen=asked)


KINDS: dict[str, KindReader] = {
    **dict.fromkeys(_WRAPPERS, _wrapped),
    "type_assertion": _last,
    "sequence_expression": _last,
    "string": _string,
    "template_string": _template,
    "number": _number,
    "true": lambda _, asked: Constant(value=True, seen=asked),
    "false": lambda _, asked: Constant(value=False, seen=asked),
    "null": lambda _, asked: Constant(value=None, seen=asked),
    "undefined": lambda _, asked: Constant(value=None, seen=asked),
    **dict.fromkeys(("identifier", "shorthand_property_identifier", "type_identifier", "property_identifier"), _identifier),
    **dict.fromkeys(("shorthand_property_identifier_pattern",), _identifier),
    "regex": lambda _, asked: Unknown(origins=(Constant(value=""),), seen=asked),
    "meta_property": lambda _, asked: Imported(path=asked.node.text()),
    "this": _this,
    "ternary_expression": _conditional,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "assignment_expression": _assigned,
    "array": _array,
    "object": _object,
    **dict.fromkeys(("function_expression", "arrow_function", "function_declaration", "method_definition"), _function),
    **dict.fromkeys(("generator_function", "generator_function_declaration"), _function),
    **dict.fromkeys(("class", "class_declaration", "abstract_class_declaration"), _class),
    "enum_declaration": _enum,
    "member_expression": _member_expression,
    "subscript_expression": _member_expression,
    **dict.fromkeys(("call_expression", "new_expression"), call_value),
}
