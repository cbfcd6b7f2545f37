"""JavaScript and TypeScript: modules and functions with powers that are used otherwise than by a call that stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import Config, Rule, SgNode, SgRoot

from checks.model import CapabilityId, Location
from reviewer.inventory.doubts.tables import Doubt, Powers, powers

__all__ = ["doubts"]

_ANY_CODE = frozenset({CapabilityId.CODE_EVAL})
#: How many names of one file are looked at.
_NAMES = 20_000
_QUOTED = re.compile(r"[\"'`]([^\"'`]{1,200})[\"'`]")
_CLAUSE = re.compile(r"(?P<all>\*\s*as\s+(?P<space>[\w$]+))|\{(?P<list>[^{}]*)\}|(?P<default>[\w$]+)")
_SPELLED = re.compile(r"\s*(?:type\s+)?([\w$]+)(?:\s*(?:as|:)\s*([\w$]+))?\s*$")
_INTEROP = re.compile(r"^_*(import(Star|Default)|toESM|interop\w*)$")
_TYPES = frozenset(
    {
        "type_query",
        "nested_type_identifier",
        "nested_identifier",
        "import_clause",
        "import_specifier",
        "namespace_import",
        "export_specifier",
    }
)
_FOLLOWED = frozenset(
    {
        "variable_declarator",
        "assignment_expression",
        "namespace_import",
        "import_clause",
        "import_specifier",
        "extends_clause",
        "class_heritage",
    }
)
#: Methods of functions that call them.
_CALLING = frozenset({"call", "apply"})
_SHADOWING = frozenset(
    {"required_parameter", "optional_parameter", "formal_parameters", "labeled_statement", "object_pattern", "array_pattern"}
)


def doubts(path: str, text: str) -> Iterator[Doubt]:
    """Give the doubts of one file."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    root = SgRoot(text, "tsx" if path.lower().endswith(("x", ".js", ".mjs", ".cjs")) else "typescript").root()
    yield from _File(path, root, powers("javascript")).doubts()


@dataclass(slots=True)
class _File:
    path: str
    root: SgNode
    powers: Powers
    names: dict[str, str] = field(default_factory=dict)

    def doubts(self) -> Iterator[Doubt]:
        yield from self._imports()
        yield from self._requires()
        yield from self._reached()
        wanted = [*self.names, *self.powers.tables, "require", "eval", "Function", "Reflect"]
        pattern = f"^({'|'.join(map(re.escape, wanted))})$"
        found = self.root.find_all(Config(rule={"kind": "identifier", "regex": pattern}))
        for node in found[:_NAMES]:
            yield from self._used(node)
        if len(found) > _NAMES:
            yield Doubt(at=Location(path=self.path))

    def _at(self, node: SgNode) -> Location:
        return Location(path=self.path, line=node.range().start.line + 1)

    def _imports(self) -> Iterator[Doubt]:
        rule: Config = {
            "rule": {"any": [{"kind": "import_statement"}, {"kind": "export_statement", "has": {"field": "source", "kind": "string"}}]}
        }
        for node in self.root.find_all(rule):
            source, text = node.field("source"), node.text()
            if source is None or re.match(r"(import|export)\s+type\b", text):
                continue
            module = _module(source.text())
            yield from self._package(module, node)
            if node.kind() == "import_statement":
                self._bind(text[len("import") : text.rfind("from")] if "from" in text else "", module)
            elif self.powers.of_module(module):
                yield Doubt(at=self._at(node), powers=self.powers.of_module(module))

    def _package(self, module: str, node: SgNode) -> Iterator[Doubt]:
        if not module.startswith(".") and not self.powers.is_known(module):
            yield Doubt(at=self._at(node), package=module, powers=_ANY_CODE if module.startswith("data:") else frozenset())

    def _bind(self, clause: str, module: str) -> None:
        for match in _CLAUSE.finditer(clause):
            if match["list"] is not None:
                for part in match["list"].split(","):
                    if spelled := _SPELLED.match(part):
                        self.names[spelled[2] or spelled[1]] = module if spelled[1] == "default" else f"{module}.{spelled[1]}"
            elif name := match["space"] or match["default"]:
                self.names[name] = module

    def _requires(self) -> Iterator[Doubt]:
        made = [node.parent() for node in self.root.find_all(Config(rule={"pattern": "createRequire($$$)"}))]
        named = [name.text() for parent in made if parent is not None and (name := parent.field("name")) is not None]
        requires: list[Rule] = [{"pattern": f"{name}($$$)"} for name in ("require", "import", *named) if name.isidentifier()]
        for node in self.root.find_all(Config(rule={"any": requires})):
            given = _QUOTED.fullmatch(_argument(node))
            if given is None or "${" in given[1]:
                yield Doubt(at=self._at(node), powers=_ANY_CODE)
                continue
            module = _module(given[0])
            yield from self._package(module, node)
            yield from self._bound(node, module)

    def _bound(self, node: SgNode, module: str) -> Iterator[Doubt]:
        """Note the name that a module gets; used in another way than by one, it is handed over."""
        parent = node.parent()
        while parent is not None and parent.kind() in {
            "await_expression",
            "parenthesized_expression",
            "as_expression",
            "non_null_expression",
        }:
            parent = parent.parent()
        kind = parent.kind() if parent is not None else ""
        name = parent.field("name") if parent is not None and kind == "variable_declarator" else None
        if name is not None:
            self._bind(name.text(), module)
        elif (
            kind == "member_expression"
            and parent is not None
            and (called := parent.field("property"))
            and called.text() in {"then", "catch"}
        ):
            held = self.powers.of_module(module)
            if held:
                yield Doubt(at=self._at(node), powers=held)

    def _reached(self) -> Iterator[Doubt]:
        pattern = f"^({'|'.join(map(re.escape, sorted(self.powers.reaching)))})$"
        for node in self.root.find_all(Config(rule={"kind": "property_identifier", "regex": pattern}))[:_NAMES]:
            parent = node.parent()
            if parent is None or parent.kind() != "member_expression":
                continue
            above = parent.parent()
            name = node.text()
            if name in {"constructor", "__proto__"} and (
                above is None or above.kind() not in {"call_expression", "variable_declarator", "new_expression"}
            ):
                continue  # «x.constructor.name» only tells
            if name == "constructor" and above is not None and above.kind() == "call_expression" and above.field("function") != parent:
                continue
            yield Doubt(at=self._at(node), powers=_ANY_CODE)
        quoted = f"^[\"'`]({'|'.join(map(re.escape, sorted(self.powers.reaching)))})[\"'`]$"
        for node in self.root.find_all(Config(rule={"kind": "subscript_expression", "has": {"field": "index", "regex": quoted}}))[:_NAMES]:
            yield Doubt(at=self._at(node), powers=_ANY_CODE)
        for node in self.root.find_all(
            Config(rule={"any": [{"kind": "identifier", "regex": r"\\u"}, {"kind": "property_identifier", "regex": r"\\u"}]})
        )[:1]:
            yield Doubt(at=self._at(node), powers=_ANY_CODE)

    def _used(self, node: SgNode) -> Iterator[Doubt]:
        parent = node.parent()
        name, kind = node.text(), parent.kind() if parent is not None else ""
        if parent is None or kind in _TYPES or kind in _SHADOWING:
            return
        if name in self.powers.tables or name in {"require", "Reflect"}:
            if name not in self.names and self._is_searched(node, parent):
                yield Doubt(at=self._at(node), powers=_ANY_CODE)
            return
        whole = self.names.get(name, name)
        top = node
        while kind == "member_expression" and parent is not None and parent.field("object") == top:
            key = parent.field("property")
            if key is not None and key.text() in _CALLING:
                break
            whole, top = f"{whole}.{key.text() if key is not None else ''}", parent
            parent = top.parent()
            kind = parent.kind() if parent is not None else ""
        if parent is not None:
            yield from self._handed(whole, top, parent)

    def _is_searched(self, node: SgNode, parent: SgNode) -> bool:
        """Tell whether something is looked up in an object of everything by a name that does not stand there."""
        kind = parent.kind()
        if kind == "subscript_expression" and parent.field("object") == node:
            index = parent.field("index")
            return index is not None and index.kind() != "string"
        if kind == "member_expression":
            return node.text() == "Reflect"
        if kind == "variable_declarator" and parent.field("name") == node:
            return False
        return node.text() not in {"module", "window", "self"} and kind in {"arguments", "variable_declarator", "spread_element", "array"}

    def _handed(self, whole: str, top: SgNode, parent: SgNode) -> Iterator[Doubt]:
        kind = parent.kind()
        if kind in {"call_expression", "new_expression"} and top in {parent.field("function"), parent.field("constructor")}:
            return
        held = self.powers.of_name(whole) or (self.powers.of_module(whole) if top.kind() == "identifier" else frozenset())
        if not held or kind in _TYPES:
            return
        if kind in _FOLLOWED:
            return  # the reader follows it by its new name
        call = parent.parent()
        callee = call.field("function") if kind == "arguments" and call is not None else None
        if callee is not None and _INTEROP.match(callee.text()):
            return
        yield Doubt(at=self._at(top), powers=held)


def _module(quoted: str) -> str:
    return quoted.strip("\"'`").removeprefix("node:")


def _argument(call: SgNode) -> str:
    given = call.field("arguments")
    text = given.text() if given is not None else ""
    return text.strip().removeprefix("(").removesuffix(")").strip().rstrip(",").strip()
