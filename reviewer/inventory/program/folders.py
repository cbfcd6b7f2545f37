"""Which address of a package stands for which folder of a submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from reviewer.inventory.program.model import Module

__all__ = ["folders_of"]


def folders_of(modules: list[Module], known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Tell which address of a package stands for which folder: what most packages of the submission agree on."""
    own = {module.package for module in modules if module.package}
    votes: Counter[tuple[str, str]] = Counter()
    imported = {name for module in modules for name in (*module.imports.values(), *module.wildcards) if "/" in name and not known(name)}
    endings: dict[str, list[str]] = {}
    for package in own:
        endings.setdefault(package.rpartition("/")[2], []).append(package)
    for name in imported - own:
        for package in endings.get(name.rpartition("/")[2], ()):
            theirs, ours = name.split("/"), package.split("/")
            while theirs and ours and theirs[-1] == ours[-1]:
                theirs.pop()
                ours.pop()
            if theirs:
                votes["/".join(theirs), "/".join(ours)] += 1
    return [pair for pair, _ in sorted(votes.items(), key=lambda vote: (-vote[1], len(vote[0][1])))][:8]


def together(one: Module, other: Module) -> bool:
    """Tell whether two files may declare parts of one type: they are of one package, whose files lie near each other."""
    return one.path == other.path or one.path.split("/")[0] == other.path.split("/")[0] or "/" not in one.path + other.path


def common(one: str, other: str) -> int:
    """Count the folders that two paths have in common."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return next((index for index, (left, right) in enumerate(pairs) if left != right), min(one.count("/"), other.count("/")) + 1)
