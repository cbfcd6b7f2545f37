"""What a project brings along that runs while somebody works on it: shells that enter its folder, git, build tools, pipelines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.model import AutoRun, Location, Trigger
from reviewer.documents import line_of, read_yaml, strings
from reviewer.inventory.conventions import conventions
from reviewer.inventory.tree import Tree

__all__ = ["project_runs"]

#: How many commands of one file are listed.
COMMANDS = 300
#: How many characters of a command are kept.
COMMAND_LENGTH = 4_000
#: How deep a pipeline's jobs and steps are searched for commands.
DEPTH = 12

_EXEC = re.compile(r"""<Exec\b[^>]{0,400}?\bCommand\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})')""", re.IGNORECASE)
_MAVEN = re.compile(
    r"""<executable>\s{0,99}([^<]{1,300}?)\s{0,99}</executable>|<exec\b[^>]{0,400}?\bexecutable\s{0,9}=\s{0,9}["']([^"'<>]{1,300})"""
)
_ARGUMENT = re.compile(
    r"""<argument>([^<]{1,2000})</argument>|<arg\b[^>]{0,99}?\b(?:value|line)\s{0,9}=\s{0,9}(?:"([^"<>]{1,2000})"|'([^'<>]{1,2000})')"""
)
_BLOCK = re.compile(r"</(?:configuration|exec)>")
_GRADLE = re.compile(r"""\b(?:commandLine|executable)\b[\s(=]{0,5}((?:["'][^"'\n]{1,300}["'][,\s]{0,5}){1,20})""")
_WORD = re.compile(r"""["']([^"'\n]{1,300})["']""")
_PROJECTS = (".csproj", ".fsproj", ".vbproj", ".targets", ".props")


def project_runs(tree: Tree) -> Iterator[AutoRun]:
    """Give everything of this kind."""
    yield from _shell_folders(tree)
    yield from _git_hooks(tree)
    yield from _composer(tree)
    yield from _msbuild(tree)
    yield from _maven(tree)
    yield from _pipelines(tree)


def _shell_folders(tree: Tree) -> Iterator[AutoRun]:
    """A ``.envrc`` runs when a shell with direnv enters the folder."""
    for path in tree.named(".envrc"):
        for number, line in _lines(tree.texts[path]):
            yield AutoRun(event="direnv:enter", command=line, trigger=Trigger.AUTOMATIC, at=Location(path=path, line=number))


def _git_hooks(tree: Tree) -> Iterator[AutoRun]:
    table = conventions()["git_hooks"]
    for path in tree.named(*table["names"]):
        folders = path.lower().split("/")[:-1]
        if not set(folders).isdisjoint(table["folders"]) or folders[-2:] == [".git", "hooks"]:
            event = f"git:{path.rpartition('/')[2].lower()}"
            yield AutoRun(event=event, command=f"sh {path}", trigger=Trigger.AUTOMATIC, at=Location(path=path, line=1))
    for path in tree.named(".pre-commit-config.yaml"):
        found = read_yaml(tree.texts[path]).value
        for entry in _values(found, ("entry",)):
            at = Location(path=path, line=line_of(tree.texts[path], entry[:60]))
            yield AutoRun(event="pre-commit:commit", command=entry[:COMMAND_LENGTH], trigger=Trigger.AUTOMATIC, at=at)


def _composer(tree: Tree) -> Iterator[AutoRun]:
    for path in tree.named("composer.json"):
        scripts = tree.document(path).mapping.get("scripts")
        for event in conventions()["composer_events"]:
            for command in strings(scripts.get(event)) if isinstance(scripts, dict) else ():
                at = Location(path=path, line=line_of(tree.texts[path], f'"{event}"'))
                yield AutoRun(event=f"composer:root:{event}", command=command[:COMMAND_LENGTH], trigger=Trigger.INSTALL, at=at)


def _msbuild(tree: Tree) -> Iterator[AutoRun]:
    """``Exec`` tasks of MSBuild run at every build; those of a package's ``build/*.targets`` in every project that uses it."""
    for path, text in tree.texts.items():
        if path.lower().endswith(_PROJECTS):
            for match in list(_EXEC.finditer(text))[:COMMANDS]:
                at = Location(path=path, line=text.count("\n", 0, match.start()) + 1)
                yield AutoRun(event="msbuild:Exec", command=match[1] or match[2], trigger=Trigger.INSTALL, at=at)
        elif path.lower().endswith((".gradle", ".gradle.kts")):
            for match in list(_GRADLE.finditer(text))[:COMMANDS]:
                at = Location(path=path, line=text.count("\n", 0, match.start()) + 1)
                yield AutoRun(event="gradle:exec", command=" ".join(_WORD.findall(match[1])), trigger=Trigger.INSTALL, at=at)


def _maven(tree: Tree) -> Iterator[AutoRun]:
    """Plugins of Maven that start a program at a build, with its arguments; ``<exec executable="sh">`` is a task of Ant."""
    for path in tree.named("pom.xml"):
        text = tree.texts[path]
        for match in list(_MAVEN.finditer(text))[:COMMANDS]:
            behind = _BLOCK.split(text[match.end() : match.end() + COMMAND_LENGTH], maxsplit=1)[0]
            words = ["".join(found.groups("")).strip() for found in _ARGUMENT.finditer(behind)]
            command = " ".join([match[1] or match[2], *words])[:COMMAND_LENGTH]
            at = Location(path=path, line=text.count("\n", 0, match.start()) + 1)
            yield AutoRun(event="maven:exec", command=command, trigger=Trigger.INSTALL, at=at)


def _pipelines(tree: Tree) -> Iterator[AutoRun]:
    for row in conventions()["pipelines"]:
        wanted = re.compile(row["pattern"])
        for path in tree.texts:
            if wanted.search(path):
                yield from _pipeline(path, tree.texts[path], row)


def _pipeline(path: str, text: str, row: dict[str, str]) -> Iterator[AutoRun]:
    content = read_yaml(text).value
    started = content.get(row["events"], content.get("true")) if isinstance(content, dict) else None
    names = list(started) if isinstance(started, dict) else strings(started)
    event = f"{row['event']}:{','.join(str(name) for name in names[:6]) or 'pipeline'}"
    for command in list(_values(content, conventions()["pipeline_commands"]))[:COMMANDS]:
        at = Location(path=path, line=line_of(text, command.strip().partition("\n")[0][:60]))
        yield AutoRun(event=event, command=command[:COMMAND_LENGTH], trigger=Trigger.AUTOMATIC, at=at, elsewhere=True)


def _values(value: object, keys: list[str] | tuple[str, ...]) -> Iterator[str]:
    """Give the texts under these keys, wherever they stand. Nesting beyond ``DEPTH`` holds no command of any pipeline."""
    level = [value]
    for _ in range(DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                yield from (text for key in keys for text in strings(item.get(key)))
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = below


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines()[:COMMANDS], 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()[:COMMAND_LENGTH]
