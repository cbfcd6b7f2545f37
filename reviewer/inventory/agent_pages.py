"""Pages that instruct an agent: what Skills, commands and agents share."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from checks.model import AutoRun, Certainty, Location, Surface, SurfaceRole, Trigger
from reviewer.inventory.declarations import declared, granted, permissions
from reviewer.inventory.facts import Facts, together
from reviewer.inventory.hooks import read_hooks
from reviewer.inventory.languages import shell
from reviewer.inventory.launches import documented
from reviewer.inventory.pages import Page, limits, mentions, prose_capabilities, read_page, run_on_load
from reviewer.inventory.tree import Tree

#: How many files one page may lead to, its references' references included.
REFERENCES = 500
#: Languages that an agent reads as text when it is led to a file.
_READ = frozenset({"markdown", "text", "restructuredtext", "html", "yaml", "json", "toml", "csv", "xml", "ini"})
_RULES = frozenset({"allowed-tools", "allowed_tools", "tools", "disallowed-tools", "disallowedTools"})
_SWITCHES = ("permissionMode", "context", "agent", "model", "disable-model-invocation", "user-invocable")


def page_of(path: str, tree: Tree) -> Page:
    """Read a page of the submission."""
    return read_page(path, tree.texts[path])


def instructions(page: Page, owner: str, role: SurfaceRole, described: SurfaceRole) -> Facts:
    """Give all that one page says by itself: its texts, permissions, hooks, commands."""
    start = Location(path=page.path, line=page.body_line)
    texts = [Surface(role=role, owner=owner, text=page.body, at=start)] if page.body.strip() else []
    texts.extend(
        Surface(role=described, owner=owner, text=page.text(key), at=Location(path=page.path, line=page.line(key)))
        for key in ("name", "description", "when_to_use", "when-to-use", "argument-hint")
        if page.text(key)
    )
    if page.unreadable and not page.text("description"):
        texts.append(Surface(role=described, owner=owner, text=page.header, at=Location(path=page.path, line=2)))
    hooks = read_hooks(page.front.get("hooks"), page.path, page.header, owner)
    own = Facts(surfaces=tuple(texts), unreadable=page.unreadable, capabilities=prose_capabilities(page, Certainty.PRESENT))
    return together([own, _permissions(page, owner), _on_load(page), hooks, documented(page.body, page.path, page.body_line)])


def _permissions(page: Page, owner: str) -> Facts:
    facts = []
    for key in page.front:
        if key in _RULES:
            at = Location(path=page.path, line=page.line(key))
            every = permissions(page.front[key])
            capabilities = tuple(granted(every, at)) if not key.startswith("disallow") else ()
            facts.append(Facts(declarations=declared(key, every, at, owner), capabilities=capabilities))
        elif key in _SWITCHES and page.text(key):
            facts.append(Facts(declarations=declared(key, [page.text(key)], Location(path=page.path, line=page.line(key)), owner)))
    return together(facts)


def _on_load(page: Page) -> Facts:
    runs = [
        AutoRun(event="page:load", command=command, trigger=Trigger.AUTOMATIC, at=Location(path=page.path, line=line))
        for command, line in run_on_load(page)
    ]
    found = [capability for run in runs for capability in shell.read_command(run.command, at=run.at, trigger=run.trigger)]
    return Facts(autoruns=tuple(runs), capabilities=tuple(found))


def led_to(page: Page, root: str, owner: str, tree: Tree) -> tuple[tuple[str, ...], Facts]:
    """Follow the paths that a page names, and those that the named texts name, up to ``REFERENCES`` files.

    Gives all files that an agent is led to, and what the texts among them say.
    """
    seen: dict[str, None] = {}
    waiting = deque((*tree.led_to(page.path)[1:], *_named(page.path, page.header + "\n" + page.body, root, tree)))
    facts: list[Facts] = []
    while waiting and len(seen) < REFERENCES:
        path = waiting.popleft()
        if path in seen or path == page.path:
            continue
        seen[path] = None
        language = tree.files[path].language
        if path in tree.texts and language in _READ:
            facts.append(_reference(path, owner, tree))
            if language in {"markdown", "text", "restructuredtext"}:
                waiting.extend(_named(path, tree.texts[path], root, tree))
    return tuple(seen), together(facts)


def _named(path: str, text: str, root: str, tree: Tree) -> Iterator[str]:
    here = path.rpartition("/")[0]
    for place in mentions(text, tree, here, root):
        yield from tree.led_to(place)


def _reference(path: str, owner: str, tree: Tree) -> Facts:
    text = tree.texts[path]
    surface = Surface(role=SurfaceRole.REFERENCE, owner=owner, text=text, at=Location(path=path, line=1))
    if tree.files[path].language != "markdown":
        return Facts(surfaces=(surface,), unreadable=limits(path, text))
    page = Page(path=path, front={}, header="", body=text, body_line=1)
    return together(
        [
            Facts(surfaces=(surface,), unreadable=limits(path, text), capabilities=prose_capabilities(page, Certainty.POSSIBLE)),
            documented(text, path),
        ]
    )


def named_pages(paths: list[str], role: SurfaceRole, owner: str, root: str, tree: Tree) -> tuple[tuple[str, ...], Facts]:
    """Read the commands or agents of a plugin or a project: what they say and which files they lead to."""
    references: dict[str, None] = {}
    facts: list[Facts] = []
    for path in paths:
        page = page_of(path, tree)
        led, further = led_to(page, root, owner, tree)
        references.update(dict.fromkeys(led))
        facts.extend([instructions(page, owner, role, role), further])
    return tuple(references), together(facts)
