"""A PowerShell text into its commands and method calls, with what is known of their arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.model import Scope
from reviewer.inventory.languages.powershell.syntax import ContortedError, first, inner, line_of, named, parse, text_of, walk
from reviewer.inventory.languages.powershell.words import COMPUTED, Known, name_of, table, variable_name
from reviewer.inventory.languages.values import Value

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Command", "ContortedError", "Script", "Written", "functions_of", "read_script"]

#: How many commands and calls of one text are read.
COMMANDS = 20_000
_TWO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command or method call. ``name`` is lower case, aliases replaced, None where it is computed: then ``computed`` says what is known.

    ``parameters`` are by lower-case name, as they are abbreviated; ``fed`` is what a pipe gives it; ``sourced`` stands for ``. file``.
    """

    name: str | None
    line: int
    words: tuple[Value, ...] = ()
    parameters: Mapping[str, Value] = field(default_factory=dict)
    order: tuple[Value, ...] = ()
    fed: Value | None = None
    computed: Value | None = None
    sourced: bool = False
    method: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that a redirection writes."""

    path: Value
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All of a PowerShell text.

    ``settings`` are (name, line) of variables of the environment; ``doubt`` is the share that is no PowerShell.
    """

    commands: tuple[Command, ...] = ()
    written: tuple[Written, ...] = ()
    settings: tuple[tuple[str, int], ...] = ()
    functions: frozenset[str] = frozenset()
    doubt: float = 0.0


def read_script(text: str) -> Script:
    """Parse a PowerShell text. Raises ContortedError beyond a limit; anything else is read as far as it is PowerShell."""
    root = parse(text)
    nodes = list(walk(root))
    known = _known(nodes)
    found = [command for node in nodes for command in _commands(node, known)]
    wrong = sum(node.end_byte - node.start_byte for node in nodes if node.type == "ERROR" and _is_wrong(node))
    return Script(
        commands=tuple(found[:COMMANDS]),
        written=tuple(written for node in nodes if node.type == "redirection" for written in _written(node, known)),
        settings=tuple(_settings(nodes)),
        functions=functions_of(nodes),
        doubt=wrong / max(1, root.end_byte),
    )


def functions_of(nodes: list[Node]) -> frozenset[str]:
    """Give the names of the functions that a script defines, lower case."""
    names = (first(node, "function_name") for node in nodes if node.type == "function_statement")
    return frozenset(text_of(name).lower().rpartition(":")[2] for name in names if name is not None)


def _is_wrong(node: Node) -> bool:
    """Tell whether an error is one: the grammar has none for a text of comments alone."""
    if node.parent is not None and node.parent.type == "ERROR":
        return False
    rest = node.text or b""
    for child in [child for child in node.children if child.type == "comment"][:1000]:
        rest = rest.replace(child.text or b"", b"", 1)
    return bool(rest.strip())


def _known(nodes: list[Node]) -> Known:
    """Follow assignments in the order of the text; what a loop or a parameter gives a variable too."""
    known = Known()
    for node in nodes:
        if node.type in {"script_parameter", "function_parameter_declaration"}:
            known.parameters.update(
                variable_name(text_of(part)) for part in walk(node) if part.type == "variable" and not _is_default(part)
            )
        elif node.type == "assignment_expression":
            _assign(node, known)
        elif node.type == "foreach_statement":
            parts = named(node)
            if len(parts) > _TWO and parts[0].type == "variable":
                over = known.value(parts[1])
                for item in (over.items or (over.blurred,))[:8]:
                    known.assign(variable_name(text_of(parts[0])), item)
        elif node.type == "command":
            _set_variable(node, known)
    return known


def _is_default(node: Node) -> bool:
    above = node.parent
    while above is not None and above.type not in {"script_parameter", "function_parameter_declaration"}:
        if above.type == "script_parameter_default":
            return True
        above = above.parent
    return False


def _assign(node: Node, known: Known) -> None:
    parts = [
        part for part in node.children if part.is_named and part.type not in {"assignement_operator", "comment", "command_argument_sep"}
    ]
    target = inner(parts[0]) if parts else None
    if target is None or len(parts) < _TWO or target.type not in {"variable", "braced_variable"}:
        return
    name, source = variable_name(text_of(target)), inner(parts[-1])
    sign = first(node, "assignement_operator")
    value = known.value(source)
    if sign is not None and text_of(sign) == "+=" and name in known.variables:
        known.variables[name] = known.variables[name].followed_by(value)
    else:
        known.assign(name, value)
    kind = known.type_of(source)
    if kind != "?":
        known.types[name] = kind
    if source.type == "hash_literal_expression":
        known.tables[name] = _pairs(source, known)


def _pairs(node: Node, known: Known) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for entry in [part for part in walk(node) if part.type == "hash_entry"][:200]:
        parts = named(entry)
        if len(parts) >= _TWO:
            key = known.value(parts[0]).text or text_of(parts[0])
            found[key.lower()] = known.value(parts[-1])
    return found


def _set_variable(node: Node, known: Known) -> None:
    """Follow ``Set-Alias`` and ``Set-Variable``, which name things by text."""
    called = first(node, "command_name")
    if called is None or name_of(text_of(called)) not in {"set-variable", "new-variable"}:
        return
    words = [value for _, value in _elements(node, known) if value is not None]
    if len(words) >= _TWO and words[0].text is not None:
        known.assign(words[0].text.lower(), words[1])


def _commands(node: Node, known: Known) -> Iterator[Command]:
    if node.type == "command":
        yield _command(node, known)
    elif node.type == "invokation_expression":
        name = known.method(node)
        name = "system.type.gettype" if name.startswith(f"{COMPUTED}.") else name
        yield Command(name=name, line=line_of(node), words=tuple(known.arguments(node)), method=True)
    elif node.type == "member_access" and (node.parent is None or node.parent.type != "invokation_expression"):
        yield Command(name=known.method(node), line=line_of(node), method=True)


def _command(node: Node, known: Known) -> Command:
    operator, called = first(node, "command_invokation_operator"), first(node, "command_name", "command_name_expr")
    sourced = operator is not None and text_of(operator) == "."
    name, computed = _called(called, known)
    words: list[Value] = []
    order: list[Value] = []
    parameters: dict[str, Value] = {}
    elements = _elements(node, known)
    switches = frozenset(table()["switches"]) - frozenset(table()["valued"].get(name, ()))
    waiting: str | None = None
    for text, value in elements:
        if value is None:
            order.append(Value.literal(text))
            label, colon, _ = text.lower().lstrip("-").partition(":")
            waiting = None if label in switches and not colon else label
            parameters.setdefault(label, Value.literal(""))
        else:
            order.append(value)
            if waiting is not None:
                parameters[waiting] = value
            else:
                words.append(value)
            waiting = None
    parameters |= {key: value for part in _splatted(node, known) for key, value in part.items()}
    made = known.made_by(node) if name == "new-object" else ""
    return Command(
        name=made if made and made != "?" else name,
        line=line_of(node),
        words=tuple(words[1:] if made and made != "?" else words),
        parameters=parameters,
        order=tuple(order),
        fed=_fed(node, known),
        computed=computed,
        sourced=sourced,
        method=bool(made) and made != "?",
    )


def _called(node: Node | None, known: Known) -> tuple[str | None, Value | None]:
    """Give the name of the command, or what is known of a computed one; a block that is called is read where it stands."""
    if node is None:
        return None, None
    target = inner(node)
    if target.type == "command_name":
        return name_of(text_of(target)), Value.literal(text_of(target).replace("`", ""))
    if target.type == "script_block_expression":
        return "", None
    value = known.value(target)
    text = value.text
    return (name_of(text), value) if text is not None else (None, value)


def _elements(node: Node, known: Known) -> list[tuple[str, Value | None]]:
    """Give parameters (their text, None) and words (their text, their value) of a command, in order."""
    elements = first(node, "command_elements")
    found: list[tuple[str, Value | None]] = []
    for part in named(elements) if elements is not None else []:
        if part.type == "command_parameter":
            found.append((text_of(part), None))
        elif part.type == "redirection" or (inner(part).type == "variable" and text_of(part).startswith("@")):
            continue
        elif part.type == "generic_token" and text_of(part).startswith("-") and not text_of(part).lstrip("-")[:1].isdigit():
            found.append((text_of(part), None))
        else:
            found.append((text_of(part)[:200], known.value(part)))
    return found


def _splatted(node: Node, known: Known) -> Iterator[dict[str, Value]]:
    elements = first(node, "command_elements")
    for part in named(elements) if elements is not None else []:
        text = text_of(inner(part))
        if inner(part).type == "variable" and text.startswith("@"):
            yield known.tables.get(variable_name(text), {})


def _fed(node: Node, known: Known) -> Value | None:
    """Give what a pipe hands to a command."""
    above = node.parent
    if above is None or above.type != "pipeline_chain":
        return None
    before = [part for part in named(above) if part.end_byte <= node.start_byte]
    if not before:
        return None
    return Value.chosen(Scope.ANY) if before[-1].type == "command" else known.value(before[-1])


def _written(node: Node, known: Known) -> Iterator[Written]:
    target = first(node, "redirected_file_name")
    if target is None:
        return
    parts = named(target)
    path = known.value(parts[0]) if parts else None
    if path is not None and (path.text or "x").lower() not in {"$null", "nul", "/dev/null"} and text_of(parts[0]).lower() != "$null":
        yield Written(path=path, line=line_of(node))


def _settings(nodes: list[Node]) -> Iterator[tuple[str, int]]:
    quiet = frozenset(table()["own"]) | frozenset(table()["folders"])
    seen: set[str] = set()
    for node in nodes:
        if node.type in {"variable", "braced_variable"}:
            name = variable_name(text_of(node))
            if name.startswith("env:") and name not in quiet and name not in seen:
                seen.add(name)
                yield text_of(node).lstrip("$").strip("{}")[4:], line_of(node)
