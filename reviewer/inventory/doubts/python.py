"""Python: modules and functions with powers that are used otherwise than by a call that stands there."""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.model import CapabilityId, Certainty, Location
from reviewer.inventory.doubts.tables import Doubt, Powers, powers
from reviewer.inventory.languages.python.servers import load_registry

__all__ = ["doubts"]

_UNUSUAL = re.compile(r"[A-Za-z_0-9]{0,100}[^\W\x00-\x7f]\w{0,100}")
_ANY_CODE = frozenset({CapabilityId.CODE_EVAL})


def doubts(path: str, text: str) -> Iterator[Doubt]:
    """Give the doubts of one file. Raises SyntaxError, ValueError, RecursionError or MemoryError if it is not to be parsed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the escapes of hostile strings
        tree = ast.parse(text.removeprefix("\ufeff"))
    yield from _disguised(path, text, tree)
    yield from _File(path, tree, powers("python")).doubts()


def _disguised(path: str, text: str, tree: ast.Module) -> Iterator[Doubt]:
    """Find names in letters that Python reads as ASCII ones, and a reader of the text does not."""
    if text.isascii():
        return
    used = {node.id if isinstance(node, ast.Name) else node.attr for node in ast.walk(tree) if isinstance(node, (ast.Name, ast.Attribute))}
    for match in _UNUSUAL.finditer(text):
        plain = unicodedata.normalize("NFKC", match[0])
        if plain.isascii() and plain in used:
            yield Doubt(at=Location(path=path, line=text.count("\n", 0, match.start()) + 1), powers=_ANY_CODE)
            return


@dataclass(slots=True)
class _File:
    path: str
    tree: ast.Module
    powers: Powers
    names: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    quiet: set[ast.AST] = field(default_factory=set)

    def doubts(self) -> Iterator[Doubt]:
        nodes = list(ast.walk(self.tree))
        self._prepare(nodes)
        for node in nodes:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from self._imported(node)
        self.quiet.update(run for node in nodes if isinstance(node, ast.Call) for run in self._run_elsewhere(node))
        for node in nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load) and node not in self.quiet:
                yield from self._used(node)
            elif isinstance(node, ast.Call):
                yield from self._called(node)
            elif isinstance(node, ast.Dict):
                yield from self._configured(node)

    def _prepare(self, nodes: list[ast.AST]) -> None:
        """Note parents, and what stands in annotations, where a name only tells."""
        for node in nodes:
            self.parents.update((child, node) for child in ast.iter_child_nodes(node))
            for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
                if annotation is not None:
                    self.quiet.update(ast.walk(annotation))

    def _run_elsewhere(self, node: ast.Call) -> Iterator[ast.AST]:
        """Give what a call like ``asyncio.to_thread(f, x)`` runs: the reader of the language follows it as a call."""
        if isinstance(node.func, (ast.Name, ast.Attribute)):
            runners = load_registry().runners
            position = runners.get(self._name(node.func) or "")
            if position is None and isinstance(node.func, ast.Attribute):
                position = runners.get(f".{node.func.attr}")
            if position is not None:
                yield from node.args[position : position + 1]

    def _at(self, node: ast.AST) -> Location:
        return Location(path=self.path, line=getattr(node, "lineno", 0))

    def _imported(self, node: ast.Import | ast.ImportFrom) -> Iterator[Doubt]:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and node.level:
            return
        if isinstance(node, ast.Import):
            self.modules.update(above for alias in node.names for above in (alias.name, alias.name.partition(".")[0]))
        for alias in node.names:
            whole = ".".join(filter(None, (module, alias.name)))
            self.names[alias.asname or (whole.partition(".")[0] if not module else alias.name)] = (
                whole if alias.asname or module else whole.partition(".")[0]
            )
            if alias.name == "*" and self.powers.of_module(module):
                yield Doubt(at=self._at(node), powers=self.powers.of_module(module))
            elif not self.powers.is_known(whole):
                yield Doubt(at=self._at(node), package=whole.partition(".")[0])

    def _used(self, node: ast.Name | ast.Attribute) -> Iterator[Doubt]:
        parent = self.parents.get(node)
        if isinstance(node, ast.Attribute) and node.attr in self.powers.reaching:
            yield Doubt(at=self._at(node), powers=_ANY_CODE)
        name = self._name(node)
        if name is None or (isinstance(parent, ast.Attribute) and parent.attr != "__dict__"):
            return
        if name in self.powers.tables:
            if not (isinstance(parent, ast.Compare) or self._is_key_constant(parent)):
                yield Doubt(at=self._at(node), powers=_ANY_CODE)
        elif not (isinstance(parent, ast.Call) and parent.func is node):
            held = self.powers.of_name(name) or self.powers.of_module(name)
            if held and not isinstance(parent, (ast.Subscript, ast.Compare, ast.ExceptHandler, ast.withitem)) and not self._is_data(name):
                whole = self.powers.of_name(name) or name in self.modules  # else a class, which is named for many reasons
                yield Doubt(at=self._at(node), powers=held, certainty=Certainty.PRESENT if whole else Certainty.POSSIBLE)

    def _is_data(self, name: str) -> bool:
        """Tell whether the readers follow a name as data: the environment."""
        return name.startswith(("os.environ", "sys.argv"))

    def _is_key_constant(self, parent: ast.AST | None) -> bool:
        """Tell whether a module is asked for by a name that stands there, and is not one with powers."""
        if not (isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant)):
            return False
        return self.powers.is_harmless(str(parent.slice.value))

    def _called(self, node: ast.Call) -> Iterator[Doubt]:
        name = self._name(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else None
        first = node.args[0] if node.args else None
        if name in {"globals", "locals"} and not isinstance(self.parents.get(node), (ast.Compare, ast.Expr)):
            yield Doubt(at=self._at(node), powers=_ANY_CODE)
        elif name in {"__import__", "importlib.import_module", "importlib.__import__"}:
            module = first.value if isinstance(first, ast.Constant) else None
            if isinstance(module, str) and isinstance(self.parents.get(node), ast.Attribute):
                return  # one name of a named module: the readers follow it as they follow any other
            held = self.powers.of_module(module) if isinstance(module, str) else _ANY_CODE
            yield Doubt(at=self._at(node), powers=held)
        elif name in self.powers.lookups and self._hides(node.args[1:] if name == "getattr" else node.args):
            yield Doubt(at=self._at(node), powers=_ANY_CODE)

    def _configured(self, node: ast.Dict) -> Iterator[Doubt]:
        """``logging.config.dictConfig`` calls what stands under the key ``()``, by its name as a text."""
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "()" and isinstance(value, ast.Constant) and isinstance(value.value, str):
                name = value.value.removeprefix("ext://")
                held = self.powers.of_name(name if "." in name else f"builtins.{name}")
                if held:
                    yield Doubt(at=self._at(value), powers=held)

    def _hides(self, arguments: list[ast.expr]) -> bool:
        """Tell whether a name is put together from constants alone: whoever does that hides it."""
        for argument in arguments[:1]:
            leaves = [leaf for leaf in ast.walk(argument) if isinstance(leaf, (ast.Constant, ast.Name))]
            if not isinstance(argument, ast.Constant) and leaves and all(isinstance(leaf, ast.Constant) for leaf in leaves):
                return True
        return False

    def _name(self, node: ast.expr) -> str | None:
        """Give the dotted name that an expression means, imports resolved; None for a name of the file's own."""
        trail: list[str] = []
        while isinstance(node, ast.Attribute):
            trail.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        start = self.names.get(node.id)
        if start is None and (trail or node.id not in _BUILT_IN):
            return None if node.id not in self.powers.tables else ".".join([node.id, *reversed(trail)])
        return ".".join([start or node.id, *reversed(trail)])


_BUILT_IN = frozenset({"open", "eval", "exec", "compile", "getattr", "vars", "dir", "globals", "locals", "__import__", "__builtins__"})
