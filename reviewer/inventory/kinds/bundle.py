"""Desktop extensions (``.mcpb``, ``.dxt``): a folder with a ``manifest.json`` that says how its server is started (MCPB 0.1 to 0.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from checks.model import (
    Capability,
    CapabilityId,
    Certainty,
    Component,
    Declaration,
    Launch,
    Location,
    Scope,
    Surface,
    SurfaceRole,
    TargetKind,
    Tool,
    ToolKind,
)
from reviewer.documents import line_of, strings, text_or_none
from reviewer.inventory.facts import Facts, together
from reviewer.inventory.identity import component_id
from reviewer.inventory.launches import read_servers
from reviewer.inventory.tree import Tree


def is_manifest(content: Mapping[str, Any]) -> bool:
    """Tell a bundle's manifest from those of browser extensions and web apps."""
    return isinstance(content.get("server"), dict) and ("manifest_version" in content or "dxt_version" in content)


def find(tree: Tree) -> Facts:
    """Give every bundle: its server's launch, the tools and prompts that it declares, what it asks of the user."""
    paths = (path for path in tree.named("manifest.json") if '"server"' in tree.texts[path])
    return together(_bundle(path, tree) for path in paths if is_manifest(tree.document(path).mapping))


def _bundle(path: str, tree: Tree) -> Facts:
    content, text = tree.document(path).mapping, tree.texts[path]
    root = path.rpartition("/")[0]
    identity = component_id(TargetKind.BUNDLE, root)
    server = content["server"]
    entry = text_or_none(server.get("entry_point"))
    component = Component(
        id=identity,
        kind=TargetKind.BUNDLE,
        root=root,
        name=text_or_none(content.get("name")) or tree.snapshot.name,
        at=Location(path=path, line=1),
        version=text_or_none(content.get("version")),
        description=text_or_none(content.get("description")),
        language={"node": "javascript", "python": "python", "uv": "python"}.get(str(server.get("type"))),
        transport="stdio",
        references=tuple(filter(None, [tree.resolve(entry, root)])) if entry else (),
    )
    described = [
        Surface(role=SurfaceRole.INSTRUCTIONS, owner=identity, text=content[key], at=Location(path=path, line=line_of(text, f'"{key}"')))
        for key in ("description", "long_description")
        if text_or_none(content.get(key))
    ]
    listed = tuple(_declared_tools(content, path, text, identity))
    names = tuple(
        Declaration(field="manifest.tools", value=tool.name[:200], at=tool.at, part=identity)
        for tool in listed
        if tool.kind is ToolKind.TOOL and not tool.dynamic
    )
    facts = Facts(components=(component,), tools=listed, declarations=names, surfaces=tuple(described))
    return together([facts, *_launches(server, path, text, identity), _asked(content, path, text, identity), _prompts(content, path, text)])


def _launches(server: Mapping[str, Any], path: str, text: str, identity: str) -> Iterator[Facts]:
    config = server.get("mcp_config")
    if not isinstance(config, dict):
        return
    yield read_servers({"mcp_config": config}, path, text, identity, "manifest")
    overrides = config.get("platform_overrides")
    for platform, changed in overrides.items() if isinstance(overrides, dict) else ():
        if isinstance(changed, dict):
            yield read_servers({str(platform): {**config, **changed}}, path, text, identity, "manifest")
    if not config.get("command") and text_or_none(server.get("entry_point")):
        at = Location(path=path, line=line_of(text, '"entry_point"'))
        yield Facts(launches=(Launch(command=(server["entry_point"],), at=at, part=identity, context="manifest"),))


def _declared_tools(content: Mapping[str, Any], path: str, text: str, identity: str) -> Iterator[Tool]:
    """Give tools and prompts as the manifest lists them; the code's own registration is preferred where there is one."""
    for key, kind in (("tools", ToolKind.TOOL), ("prompts", ToolKind.PROMPT)):
        generated = content.get(f"{key}_generated") is True
        listed = content.get(key)
        for entry in listed if isinstance(listed, list) else ():
            name = entry.get("name") if isinstance(entry, dict) else None
            if isinstance(name, str) and name:
                at = Location(path=path, line=line_of(text, json.dumps(name)))
                description = text_or_none(entry.get("description"))
                schema = entry.get("inputSchema")
                schema = schema if isinstance(schema, dict) else None
                yield Tool(kind=kind, part=identity, name=name, at=at, dynamic=generated, description=description, input_schema=schema)


def _prompts(content: Mapping[str, Any], path: str, text: str) -> Facts:
    listed = content.get("prompts")
    found = []
    for entry in listed if isinstance(listed, list) else ():
        prompt = entry.get("text") if isinstance(entry, dict) else None
        if isinstance(prompt, str):
            at = Location(path=path, line=line_of(text, json.dumps(prompt)[:60]))
            found.append(Surface(role=SurfaceRole.PROMPT, owner=str(entry.get("name")), text=prompt, at=at))
    return Facts(surfaces=tuple(found))


def _asked(content: Mapping[str, Any], path: str, text: str, identity: str) -> Facts:
    """Give what the user is asked for: names, never values; secrets are marked."""
    fields = content.get("user_config")
    every = {str(name): field for name, field in fields.items() if isinstance(field, dict)} if isinstance(fields, dict) else {}
    declarations, found = [], []
    for name, field in every.items():
        at = Location(path=path, line=line_of(text, json.dumps(name)))
        marks = [str(field.get("type", "")), *(["sensitive"] if field.get("sensitive") is True else [])]
        declarations.append(Declaration(field="user_config", value=f"{name} ({', '.join(filter(None, marks))})", at=at, part=identity))
        if field.get("type") in {"directory", "file"}:
            defaults = strings(field.get("default"))
            scope = Scope.CONFIGURATION
            found.append(_declared(CapabilityId.FS_READ, scope, (name, *defaults), at))
        else:
            found.append(_declared(CapabilityId.ENV_USE, Scope.CONFIGURATION, (name,), at))
    return Facts(declarations=tuple(declarations), capabilities=tuple(found))


def _declared(identity: CapabilityId, scope: Scope, objects: tuple[str, ...], at: Location) -> Capability:
    return Capability(id=identity, scope=scope, certainty=Certainty.DECLARED, declared=True, objects=objects, evidence=(at,))
