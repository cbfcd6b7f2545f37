"""Find what a call gives: imports, functions of the submission, methods of texts, lists and objects, things of other packages."""

from __future__ import annotations

from ast_grep_py import SgNode

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
    Record,
    Unknown,
    Value,
    mixed,
)
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.methods import METHODS, STATICS
from reviewer.inventory.languages.javascript.nodes import arguments_of, member_key
from reviewer.inventory.languages.javascript.tables import load_registrations

#: How many alternatives of a callee are called.
_CALLEES = 8


def call_value(evaluator: Evaluator, asked: Lazy) -> Value:
    """Give the value of a call or ``new`` expression."""
    if asked.node.kind() == "new_expression":
        return _made(evaluator, asked)
    callee = asked.node.field("function")
    if callee is None:
        return Unknown(seen=asked)
    if callee.kind() == "import" or (callee.kind() == "identifier" and callee.text() == "require"):
        return _required(evaluator, asked)
    items, rest = evaluator.spread(arguments_of(asked.node), asked.source, asked.env)
    if callee.kind() in {"member_expression", "subscript_expression"}:
        known = _method_value(evaluator, asked, callee, items)
        if known is not None:
            return known
    target = evaluator.supplied(evaluator.evaluate(Lazy(callee, asked.source, asked.env)))
    given = asked.node.field("arguments")
    if given is not None and given.kind() == "template_string":
        return _tagged(evaluator, asked, callee, given)
    callees = [each for each in _options(target) if not isinstance(each, (Constant, Record, Listing))] or [target]
    return mixed([_called(evaluator, each, asked, items, rest) for each in callees], asked)


def _options(target: Value) -> tuple[Value, ...]:
    return target.options[:_CALLEES] if isinstance(target, Mixed) else (target,)


def _called(evaluator: Evaluator, target: Value, asked: Lazy, items: list[Lazy | Value], rest: list[Value]) -> Value:
    first = evaluator.evaluate(items[0]) if items else None
    if isinstance(target, Imported):
        return _called_elsewhere(target, first, asked)
    if isinstance(first, Constant) and len(items) == 1 and (module := _platform_module(first)):
        return Imported(path=module)  # a bundle's own `require`
    if isinstance(target, Function):
        value = evaluator.invoke(target, items)
        if not isinstance(value, Unknown):
            return value
    if isinstance(first, Module) or (isinstance(first, Imported) and first.seen is None and first.made is None):
        return first  # a bundle's or compiler's wrapper around a module: __toESM(require("x")), __importStar(require("x"))
    origins = [evaluator.evaluate(item) for item in items[:8]]
    return Unknown(origins=(*origins, *rest, *([target] if not isinstance(target, Function) else [])), seen=asked)


def _called_elsewhere(target: Imported, first: Value | None, asked: Lazy) -> Value:
    if isinstance(first, (Module, Imported, Function)) and _is_interop(target.path):
        return first
    if target.path.endswith(".bind"):
        return Imported(path=target.path.removesuffix(".bind"), made=target.made)
    return Imported(path=target.path, made=asked, seen=asked)


def _platform_module(named: Constant) -> str:
    bare = named.value.removeprefix("node:") if isinstance(named.value, str) else ""
    return bare if bare in load_registrations().platform else ""


def _is_interop(path: str) -> bool:
    """Tell whether a function gives its first argument in another form."""
    return path.rpartition(".")[2] in load_registrations().transparent


def _required(evaluator: Evaluator, asked: Lazy) -> Value:
    given = arguments_of(asked.node)
    known = evaluator.evaluate(Lazy(given[0], asked.source, asked.env)) if given else Unknown()
    if isinstance(known, Constant) and isinstance(known.value, str):
        return evaluator.module_member(asked.source, known.value, "*")
    return Unknown(origins=(known,), seen=asked)


def _made(evaluator: Evaluator, asked: Lazy) -> Value:
    maker = asked.node.field("constructor")
    target = evaluator.evaluate(Lazy(maker, asked.source, asked.env)) if maker is not None else Unknown()
    made: list[Value] = []
    for option in _options(target):
        if isinstance(option, Class):
            made.append(Instance(scope=option.scope, seen=asked))
        elif isinstance(option, Imported):
            made.append(_collection(evaluator, option, asked))
        else:
            made.append(Unknown(origins=(option,), seen=asked))
    return mixed(made, asked)


def _collection(evaluator: Evaluator, maker: Imported, asked: Lazy) -> Value:
    given = arguments_of(asked.node)
    if maker.path in {"Set", "Map", "String"} and given:
        value = evaluator.evaluate(Lazy(given[0], asked.source, asked.env))
        return STATICS["Object.fromEntries"](evaluator, [value], asked) if maker.path == "Map" else value
    return Imported(path=maker.path, made=asked, seen=asked)


def _method_value(evaluator: Evaluator, asked: Lazy, callee: SgNode, items: list[Lazy | Value]) -> Value | None:
    """Read what the language itself gives; None where the method is not one of its own, or its object is something else."""
    key, holder = member_key(callee), callee.field("object")
    if key is None or holder is None:
        return None
    if holder.kind() == "identifier":
        static = STATICS.get(f"{holder.text()}.{key}")
        if static is not None and asked.source.top.find(holder.text()) is None:
            return static(evaluator, items, asked)
    method = METHODS.get(key)
    if method is None:
        return None
    value = evaluator.evaluate(Lazy(holder, asked.source, asked.env))
    if not isinstance(value, Mixed):
        return method(evaluator, value, items, asked)
    results = [(option, method(evaluator, option, items, asked)) for option in value.options[:_CALLEES]]
    if all(result is None for _, result in results):
        return None
    return mixed([Unknown(origins=(option,), seen=asked) if result is None else result for option, result in results], asked)


def _tagged(evaluator: Evaluator, asked: Lazy, tag: SgNode, template: SgNode) -> Value:
    value = evaluator.evaluate(Lazy(template, asked.source, asked.env))
    name = tag.text().rpartition(".")[2].lower()
    if isinstance(value, Constant) and isinstance(value.value, str):
        if "dent" in name:  # dedent, outdent, stripIndent
            return Constant(value=_dedented(value.value), seen=asked)
        if name == "raw":
            return Constant(value=template.text()[1:-1], seen=asked)
    return value


def _dedented(text: str) -> str:
    lines = text.split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    return "\n".join([lines[0], *(line[margin:] for line in lines[1:])]).strip()
