"""Commands that start a server or a program, where they stand: configurations, manifests, documentation."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping

from checks.model import AutoRun, Capability, CapabilityId, Launch, Location, Scope, Trigger
from reviewer.documents import line_of, read_json, read_toml, strings
from reviewer.inventory.conventions import conventions
from reviewer.inventory.facts import Facts, beyond, together
from reviewer.inventory.file_types import is_vendored
from reviewer.inventory.languages import shell
from reviewer.inventory.languages.values import host_of
from reviewer.inventory.pages import fences, shell_text
from reviewer.inventory.tree import Tree

#: How many characters of a documentation page are read for commands.
PAGE_LENGTH = 400_000
#: How many launches one place gives.
KEPT = 300

_URL_KEYS = ("url", "serverUrl", "httpUrl", "endpoint")
_DOCUMENTED = re.compile(
    r"(^|/)(readme|install|installation|setup|usage|quickstart|getting[-_]?started)[^/]*\.(md|mdx|markdown|rst|txt)$", re.IGNORECASE
)
_NAMES = re.compile(r'"(?:mcpServers|mcp_servers|context_servers|lspServers)"|"servers"\s*:\s*\{')


def read_servers(value: object, path: str, text: str, part: str = "", context: str = "configuration") -> Facts:
    """Read ``{name: {command, args, env} | {url, headers}}``. Of environment and headers only names are kept."""
    servers = value if isinstance(value, dict) else {}
    entries = [(str(name), entry) for name, entry in servers.items() if isinstance(entry, dict)]
    found = [_server(name, entry, path, text, part, context) for name, entry in entries[:KEPT]]
    return together([*found, beyond(entries, KEPT, path, "servers")])


def is_servers(value: object) -> bool:
    """Tell whether a mapping is one of server entries."""
    return isinstance(value, dict) and any(
        isinstance(v, dict) and ("command" in v or any(key in v for key in _URL_KEYS)) for v in value.values()
    )


def _server(name: str, entry: Mapping[str, object], path: str, text: str, part: str, context: str) -> Facts:
    at = Location(path=path, line=line_of(text, json.dumps(name)) or line_of(text, name))
    env = entry.get("env")
    headers = entry.get("headers")
    names = (*(env if isinstance(env, dict) else ()), *(f"header:{key}" for key in (headers if isinstance(headers, dict) else ())))
    command = _argv(entry)
    facts = [
        Facts(launches=(Launch(command=command, at=at, part=part, env=tuple(map(str, names)), context=context),)) if command else Facts()
    ]
    if context != "documentation":
        facts.append(Facts(capabilities=tuple(_connects(command, at))))
        helper = entry.get("headersHelper")
        if isinstance(helper, str):
            run = AutoRun(event="mcp:headersHelper", command=helper, trigger=Trigger.AUTOMATIC, at=at)
            facts.append(Facts(autoruns=(run,), capabilities=shell.read_command(helper, at=at, trigger=Trigger.AUTOMATIC)))
    return together(facts)


def _argv(entry: Mapping[str, object]) -> tuple[str, ...]:
    command = entry.get("command")
    if isinstance(command, dict):  # Zed: {path, args}
        return tuple(map(str, filter(None, [command.get("path"), *strings(command.get("args"))])))
    words = [command] if isinstance(command, str) and command else strings(command)
    if words:
        return (*words, *strings(entry.get("args")))
    return next(((url,) for key in _URL_KEYS if isinstance(url := entry.get(key), str) and url), ())


def _connects(command: tuple[str, ...], at: Location) -> Iterator[Capability]:
    """Give what starting or connecting a configured server means. It happens when the client starts."""
    if len(command) == 1 and "://" in command[0]:
        host = host_of(command[0], complete=True)
        known = host is not None and "$" not in host
        scope = Scope.LITERAL if known else Scope.CONFIGURATION
        objects = (host,) if host is not None and known else ()
        yield Capability(id=CapabilityId.NET_OUT, scope=scope, trigger=Trigger.AUTOMATIC, objects=objects, evidence=(at,))
    elif command:
        quoted = " ".join(word if word.startswith("$") else shlex.quote(word) for word in command)
        yield from shell.read_command(quoted, at=at, trigger=Trigger.AUTOMATIC)


def find_launches(tree: Tree) -> Facts:
    """Find the servers that JSON and TOML files configure, and the launches that documentation shows."""
    facts = []
    for path, file in tree.files.items():
        if path not in tree.texts or is_vendored(path):
            continue
        if file.language in {"json", "toml"} and not path.lower().endswith((".map", "lock.json", ".lock")):
            facts.append(_configured(path, tree))
        elif file.language in {"markdown", "restructuredtext", "text"} and _DOCUMENTED.search(path):
            facts.append(documented(tree.texts[path], path))
    return together(facts)


def _configured(path: str, tree: Tree) -> Facts:
    text = tree.texts[path]
    if path.endswith(".toml"):
        return _sections(tree.document(path).value, path, text) if "mcp" in text.lower() else Facts()
    name = path.rpartition("/")[2].lower()
    if name in {"plugin.json", "marketplace.json"}:  # their kinds read them
        return Facts()
    if name not in conventions()["configurations"] and not _NAMES.search(text):  # a client's own file is read whatever it holds
        return Facts()
    return _sections(tree.document(path).value, path, text)


def _sections(value: object, path: str, text: str, context: str = "configuration") -> Facts:
    """Find server entries under the known keys, up to three levels down."""
    keys, facts, level = conventions()["server_keys"], [], [value]
    for _ in range(4):
        below: list[object] = []
        for item in level:
            for key, inner in item.items() if isinstance(item, dict) else ():
                if key in keys and is_servers(inner):
                    facts.append(read_servers(inner, path, text, context=context))
                else:
                    below.append(inner)
        level = below
    return together(facts)


def documented(text: str, path: str, first_line: int = 1) -> Facts:
    """Find launches in the fences of a page: configurations in JSON or TOML, and commands that fetch what they start."""
    found: list[Launch] = []
    for fence in fences(text[:PAGE_LENGTH], first_line):
        commands = shell_text(fence)
        if commands is not None:
            found.extend(_commands(commands, path, fence.line))
        elif fence.language in {"json", "jsonc", "json5", "toml", ""} and any(key in fence.text for key in conventions()["server_keys"]):
            found.extend(_snippet(fence.text, fence.language, path, fence.line))
    return Facts(launches=tuple(found[:KEPT]))


def _snippet(text: str, language: str, path: str, line: int) -> Iterator[Launch]:
    body = text.strip()
    if language == "toml":
        value = read_toml(body).value
    else:
        value = read_json(body, lenient=True).value or read_json("{" + body.rstrip(",") + "}", lenient=True).value
    for launch in _sections(value, path, text, "documentation").launches:
        at = Location(path=path, line=line + max(launch.at.line, 1) - 1)
        yield Launch(command=launch.command, at=at, env=launch.env, context="documentation")


def _commands(text: str, path: str, line: int) -> Iterator[Launch]:
    if not any(word in text for word in _words()):
        return
    for command in shell.commands(text):
        at = Location(path=path, line=line + command.line - 1)
        registered = _registered(command.argv)
        argv = registered or command.argv
        joined = " ".join(argv[:3])
        if registered or any(joined == launcher or joined.startswith(f"{launcher} ") for launcher in conventions()["launchers"]):
            yield Launch(command=argv, at=at, context="documentation")


def _words() -> set[str]:
    return {entry.split()[0] for entry in (*conventions()["launchers"], *conventions()["registrars"])}


def _registered(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Give what ``claude mcp add name -- command …`` will start; empty if this is no such command."""
    if " ".join(argv[:3]) not in conventions()["registrars"]:
        return ()
    if "--" in argv:
        return argv[argv.index("--") + 1 :]
    address = next((word for word in argv if "://" in word), None)
    operands = [word for word in argv[3:] if not word.startswith("-")]
    return (address,) if address else tuple(operands[1:])
