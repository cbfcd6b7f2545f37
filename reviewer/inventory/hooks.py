"""Hooks and settings of clients: commands that run because something happens, and prompts that are put in then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from checks.model import AutoRun, Capability, CapabilityId, Certainty, Declaration, Location, Scope, Surface, SurfaceRole, Trigger
from reviewer.documents import line_of, strings
from reviewer.inventory.conventions import conventions, names
from reviewer.inventory.declarations import declared, granted, permissions
from reviewer.inventory.facts import Facts, beyond, together
from reviewer.inventory.languages import shell
from reviewer.inventory.tree import Tree

#: How many hooks of one file are read.
HOOKS = 500


def read_hooks(value: object, path: str, text: str, owner: str) -> Facts:
    """Read ``{event: [{matcher, hooks: [{type, command}]}]}``, and the flat form ``{event: [{command}]}``."""
    every = list(_each(value))
    found = [_hook(event, matcher, hook, path, text, owner) for event, matcher, hook in every[:HOOKS]]
    return together([*found, beyond(every, HOOKS, path, "hooks")])


def _each(value: object) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for event, groups in value.items() if isinstance(value, dict) else ():
        for group in groups if isinstance(groups, list) else [groups]:
            if not isinstance(group, dict):
                continue
            matcher = group.get("matcher")
            inner = group.get("hooks")
            for hook in inner if isinstance(inner, list) else [group]:
                if isinstance(hook, dict):
                    yield str(event), matcher if isinstance(matcher, str) else "", hook


def _hook(event: str, matcher: str, hook: Mapping[str, object], path: str, text: str, owner: str) -> Facts:
    command, prompt = _command(hook), hook.get("prompt")
    anchor = command or (prompt if isinstance(prompt, str) else "") or event
    at = Location(path=path, line=_line(text, anchor, event))
    found: list[Capability] = []
    if event in names("observed_events"):
        scope = Scope.ANY if matcher in {"", "*", ".*"} else Scope.LITERAL
        objects = (f"{event}({matcher})" if matcher else event,)
        identity = CapabilityId.AGENT_OBSERVE
        found.append(Capability(id=identity, scope=scope, trigger=Trigger.AUTOMATIC, objects=objects, evidence=(at,)))
    autoruns: tuple[AutoRun, ...] = ()
    if command:
        autoruns = (AutoRun(event=f"hook:{event}", command=command, trigger=Trigger.AUTOMATIC, at=at, matcher=matcher),)
        found.extend(shell.read_command(command, at=at, trigger=Trigger.AUTOMATIC))
    surfaces = (Surface(role=SurfaceRole.HOOK, owner=owner, text=prompt, at=at),) if isinstance(prompt, str) else ()
    return Facts(autoruns=autoruns, capabilities=tuple(found), surfaces=surfaces)


def _command(hook: Mapping[str, object]) -> str:
    """Give what a hook runs. An ``http`` hook posts the event to its ``url``: the same as a ``curl`` of it."""
    command, url = hook.get("command"), hook.get("url")
    if isinstance(command, str):
        return " ".join([command, *strings(hook.get("args"))])
    return f"curl -d @- {url}" if isinstance(url, str) else ""


def _line(text: str, anchor: str, event: str) -> int:
    start = max(text.find(f'"{event}"'), 0)
    return line_of(text, json.dumps(anchor)[1:60].rstrip("\\"), start) or line_of(text, anchor[:60], start) or line_of(text, event)


def find_settings(tree: Tree) -> Facts:
    """Read the settings of clients that a submission brings along."""
    table = conventions()["settings"]
    paths = [path for path in tree.named(*table["names"]) if any(f"/{folder}/" in f"/{path}" for folder in table["folders"])]
    return together(_settings(path, tree) for path in paths)


def _settings(path: str, tree: Tree) -> Facts:
    content, text = tree.document(path).mapping, tree.texts[path]
    facts = [read_hooks(content.get("hooks"), path, text, path)]
    facts.extend(_helper(key, content.get(key), path, text) for key in conventions()["settings"]["commands"])
    status = content.get("statusLine")
    facts.append(_helper("statusLine", status.get("command") if isinstance(status, dict) else None, path, text))
    facts.append(Facts(declarations=tuple(_switches(content, path, text))))
    given = content.get("permissions")
    rules = given if isinstance(given, dict) else {}
    for mode in ("allow", "ask", "deny"):
        every = permissions(rules.get(mode))
        at = Location(path=path, line=line_of(text, f'"{mode}"'))
        allowed = tuple(granted(every, at)) if mode == "allow" else ()
        facts.append(Facts(declarations=declared(f"permissions.{mode}", every, at, ""), capabilities=allowed))
    return together(facts)


def _helper(key: str, command: object, path: str, text: str) -> Facts:
    if not isinstance(command, str) or not command:
        return Facts()
    at = Location(path=path, line=line_of(text, f'"{key}"'))
    run = AutoRun(event=f"settings:{key}", command=command, trigger=Trigger.AUTOMATIC, at=at)
    return Facts(autoruns=(run,), capabilities=shell.read_command(command, at=at, trigger=Trigger.AUTOMATIC, certainty=Certainty.PRESENT))


def _switches(content: Mapping[str, object], path: str, text: str) -> Iterator[Declaration]:
    for key in conventions()["settings"]["switches"]:
        if key in content:
            value = json.dumps(content[key])[:200]
            yield Declaration(field=key, value=value, at=Location(path=path, line=line_of(text, f'"{key}"')))
    env, rules = content.get("env"), content.get("permissions")
    for name in env if isinstance(env, dict) else ():
        yield Declaration(field="env", value=str(name)[:200], at=Location(path=path, line=line_of(text, f'"{name}"')))
    mode = rules.get("defaultMode") if isinstance(rules, dict) else None
    if isinstance(mode, str):
        yield Declaration(field="permissions.defaultMode", value=mode, at=Location(path=path, line=line_of(text, '"defaultMode"')))
