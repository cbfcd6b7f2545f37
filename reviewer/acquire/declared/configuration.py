"""A client's configuration: the servers that it starts and the folders of its Skills. Of everything else in it nothing is kept."""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from checks.model import Unreadable
from reviewer.acquire.declared.documents import at, read_document
from reviewer.acquire.declared.plan import Means, Page, Plan, Wanted
from reviewer.acquire.declared.redaction import HIDDEN, masked, masked_reference, masked_url, masked_words, names_of, steering
from reviewer.acquire.declared.starts import Start, read_start
from reviewer.documents import strings
from reviewer.model import Origin
from reviewer.tables import load_table

__all__ = ["LAUNCH_PAGE", "REMOTE_PAGE", "client_table", "is_common", "is_configuration", "read_configuration"]

LAUNCH_PAGE = "launch.json"
REMOTE_PAGE = "remote.json"
SERVERS = 500
"""How many servers of one configuration are read; people have some dozens."""
FOLDERS = 100
"""How many folders of Skills of one configuration are read."""
Notes = tuple[tuple[str, bool], ...]
_FIELD = 500  # characters of a kept field

_SAID = (
    "a client's configuration: the values of variables and headers, and what looks like a secret, were left out before it was kept. "
    "Its digests and lines are those of what is left, not of the file"
)


@functools.cache
def client_table() -> Mapping[str, Any]:
    """Give the table of clients."""
    table: Mapping[str, Any] = load_table(Path(__file__).parent / "clients.yaml")
    return table


def is_configuration(path: PurePosixPath | Path) -> bool:
    """Tell by its name whether a file is a configuration."""
    return any(_is_of(client, path) for client in client_table()["clients"])


def is_common(path: PurePosixPath | Path) -> bool:
    """Tell whether a configuration has a name that files of other programs have too, and lies in no folder of a client."""
    return path.name.lower() in client_table()["common_names"] and not path.parent.name.startswith(".")


def _is_of(client: Mapping[str, Any], path: PurePosixPath | Path) -> bool:
    folders = client.get("folders")
    return path.name.lower() in client["files"] and (not folders or path.parent.name in folders)


def read_configuration(path: str, text: str) -> Plan:
    """Read a configuration.

    Args:
        path: where it lies, which says whose it is.
        text: what it holds, secrets and all.

    Returns:
        A plan in which nothing stands that was not gone through.
    """
    place = PurePosixPath(path)
    document = read_document(place.name, text)
    if not isinstance(document.value, dict):
        return Plan(fault=masked("; ".join(document.faults)) or "it holds no mapping")
    clients = [client for client in client_table()["clients"] if _is_of(client, place)]
    client = next((each for each in clients if any(True for _ in _servers(document.value, each))), clients[0])
    kept, wanted, rows = _read_servers(_servers(document.value, client))
    folders = [masked(folder) for path in client.get("skills", []) for found in at(document.value, path) for folder in strings(found)]
    wanted += [_skills(folder, optional=False) for folder in folders[:FOLDERS]]
    wanted += [_skills(folder, optional=True) for folder in client["beside"]]
    own = {"client": client["client"], "mcpServers": kept, "skills": folders[:FOLDERS]}
    name = place.name if place.name.lower().endswith(".json") else f"{place.name}.json"
    faults = [Unreadable(path=name, reason=masked(fault), gate=True) for fault in document.faults]
    if len(folders) > FOLDERS:
        faults.append(Unreadable(path=name, reason=f"more than {FOLDERS} folders of Skills: the others are not read", gate=True))
    faults += [Unreadable(path=name, reason=reason, gate=True) for reason in _not_kept(document.mapping)]
    said = Unreadable(path=name, reason=_SAID, gate=False)
    page = Page(path=name, text=json.dumps(own, indent=1, sort_keys=False, ensure_ascii=True) + "\n")
    return Plan(name=place.name, pages=(page,), wanted=tuple(wanted), unreadable=(said, *faults, *_rows(name, rows)))


def _not_kept(value: Mapping[str, Any]) -> Iterator[str]:
    """Tell of fields that run commands and are not servers."""
    found = [key for key in client_table()["run_fields"] if value.get(key)]
    if found:
        yield f"it also holds {', '.join(found)}, which run commands; only servers and Skills are read of a configuration"


def _rows(name: str, reasons: Iterable[str]) -> Iterator[Unreadable]:
    return (Unreadable(path=name, reason=reason, gate=True) for reason in reasons)


def _servers(value: object, client: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Give names and entries: a mapping by name, or a list of entries that have a name."""
    for path in client["servers"]:
        for found in at(value, path):
            if isinstance(found, dict):
                yield from ((str(name), entry) for name, entry in found.items())
            elif isinstance(found, list):
                for number, entry in enumerate(found):
                    name = entry.get("name") if isinstance(entry, dict) else None
                    yield (name if isinstance(name, str) else str(number)), entry


def _skills(folder: str, *, optional: bool) -> Wanted:
    name = PurePosixPath(folder.replace("\\", "/")).name or "skills"
    return Wanted(name=name, origin=Origin.SKILLS, means=Means.LOCAL, address=folder, optional=optional)


def _read_servers(entries: Iterable[tuple[str, object]]) -> tuple[dict[str, Any], list[Wanted], list[str]]:
    kept: dict[str, Any] = {}
    wanted: list[Wanted] = []
    rows: list[str] = []
    for number, (name, entry) in enumerate(entries):
        shown = masked(name)[:100] or "unnamed"
        if number >= SERVERS:
            rows.append(f"more than {SERVERS} servers: the others are not read")
            break
        if not isinstance(entry, dict):
            rows.append(f"the server {shown} is no mapping and was not read")
            continue
        own, one = _read_server(shown, entry)
        key = shown
        while key in kept:
            key = f"{key}~"
        kept[key] = own
        wanted.append(one)
    return kept, wanted, rows


def _read_server(name: str, entry: Mapping[str, Any]) -> tuple[dict[str, Any], Wanted]:
    command = _command(entry)
    address = _address(entry)
    environment = _environment(entry)
    own: dict[str, Any] = {}
    masked_command = masked_words(command, start=read_start(command).program + 1) if command else ()
    if masked_command:
        own |= {"command": masked_command[0], "args": list(masked_command[1:])}
    if address:
        own["url"] = masked_url(address) if "://" in address else masked(address)
    if environment:
        own["env"] = environment
    if headers := _headers(entry):
        own["headers"] = headers
    own |= _kept_fields(entry)
    helper = entry.get("headersHelper")
    if isinstance(helper, str):
        own["headersHelper"] = masked(helper)
    return own, _wanted(name, own, masked_command, environment, odd=tuple(_odd(entry)))


def _odd(entry: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Tell what clients may read otherwise."""
    arguments = entry.get("args")
    if isinstance(arguments, dict) or (isinstance(arguments, list) and any(isinstance(word, list | dict) for word in arguments)):
        yield "some of its arguments are lists or mappings and were not read", True
    inner = entry.get("transport")
    holders = (entry, inner if isinstance(inner, dict) else {})
    for what, fields in (
        ("addresses", client_table()["address_fields"]),
        ("commands", ("command", "cmd")),
        ("lists of arguments", ("args", "arguments")),
    ):
        if len({json.dumps(holder[key], sort_keys=True) for holder in holders for key in fields if holder.get(key)}) > 1:
            yield f"it names several {what}; clients differ in which they take", True
    found = [key for key in client_table()["server_run_fields"] if entry.get(key)]
    if found:
        yield f"it also holds {', '.join(found)}, which run commands and were not read", True


def _command(entry: Mapping[str, Any]) -> tuple[str, ...]:
    command = entry.get("command", entry.get("cmd"))
    arguments = entry.get("args", entry.get("arguments"))
    if isinstance(command, dict):  # Zed: {path, args, env}
        arguments = command.get("args", arguments)
        command = command.get("path")
    inner = entry.get("transport")
    if isinstance(inner, dict):  # Continue: transport: {type, command, args}
        command, arguments = command or inner.get("command"), arguments or inner.get("args")
    words = [word for word in strings(command) if word]
    if len(words) == 1:
        words = _split(words[0])
    rest = [str(word) for word in arguments if isinstance(word, str | int | float)] if isinstance(arguments, list) else strings(arguments)
    return tuple(word for word in (*words, *rest)) if words else ()


def _split(text: str) -> list[str]:
    """Split a whole command line that stands in one text; a path with spaces in it is one word."""
    if " " not in text.strip() or re.search(r"[\\/][^\\/]* [^\\/]*[\\/]|\\|\.exe", text):
        return [text]
    try:
        return shlex.split(text) or [text]
    except ValueError:  # a quote that never ends: what follows is one word, as it may be one secret
        start, quote, rest = re.split(r"([\"'])", text, maxsplit=1)
        return [*start.split(), quote + rest]


def _address(entry: Mapping[str, Any]) -> str:
    inner = entry.get("transport")
    sources = (entry, inner if isinstance(inner, dict) else {})
    return next((str(s[key]) for s in sources for key in client_table()["address_fields"] if isinstance(s.get(key), str) and s[key]), "")


def _environment(entry: Mapping[str, Any]) -> dict[str, str]:
    """Give the variables, each with its own name or those of the variables to which it refers; never a value."""
    found: dict[str, str] = {}
    command = entry.get("command")
    for holder in (entry, command if isinstance(command, dict) else {}):
        for key in client_table()["environment_fields"]:
            values = holder.get(key)
            pairs = values.items() if isinstance(values, dict) else _listed(values)
            for name, value in pairs:
                shown = masked(str(name))[:200]
                found[shown] = "".join(names_of(value)) if isinstance(value, str) and "$" in value else f"${{{shown}}}"
    return found


def _listed(values: object) -> Iterator[tuple[str, object]]:
    """Read ``[NAME=value]`` and ``[{name, value}]``."""
    for item in values if isinstance(values, list) else ():
        if isinstance(item, str):
            yield item.partition("=")[0], ""
        elif isinstance(item, dict) and isinstance(item.get("name"), str):
            yield item["name"], ""


def _headers(entry: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in client_table()["header_fields"]:
        for value in at(entry, path):
            for name, content in value.items() if isinstance(value, dict) else ():
                found[masked(str(name))[:200]] = "".join(names_of(content)) if isinstance(content, str) else ""
    return {name: references or HIDDEN for name, references in found.items()}


def _kept_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    fields = client_table()["kept_fields"]
    kept: dict[str, Any] = {}
    for key in fields["lists"]:
        if isinstance(entry.get(key), list):
            kept[key] = [masked(word)[:_FIELD] for word in strings(entry[key])][:SERVERS]
    for key in fields["texts"]:
        if isinstance(entry.get(key), str):
            kept[key] = masked_reference(masked(entry[key]))[:_FIELD]
    for key in fields["switches"]:
        if isinstance(entry.get(key), bool):
            kept[key] = entry[key]
    return kept


def _wanted(name: str, own: Mapping[str, Any], command: tuple[str, ...], environment: Mapping[str, str], *, odd: Notes) -> Wanted:
    start = read_start(command) if command else Start(means=Means.NOTHING, notes=(("it names neither a command nor an address", True),))
    before = [word.partition("=")[0] for word in command[: start.program] if "=" in word]
    steered = steering(dict.fromkeys((*environment, *before)))
    both = [("it names both a command and an address; clients differ in which they take", True)] if command and "url" in own else []
    notes = [(f"it sets {', '.join(steered)}, which can decide what code runs; the value is not kept", True)] if steered else []
    notes += [*both, *odd]
    if not command and "url" in own:
        page = Page(path=REMOTE_PAGE, text=_canonical({key: own[key] for key in own if key != "env"}))
        return Wanted(name=name, origin=Origin.REMOTE, means=Means.NOTHING, address=own["url"], pages=(page,), notes=tuple(notes))
    page = Page(path=LAUNCH_PAGE, text=_canonical(own))
    return Wanted(
        name=name,
        origin=Origin.SERVER,
        means=start.means,
        address=_local(start, own.get("cwd", "")) if start.means is Means.LOCAL else start.address,
        registry=start.registry,
        pages=(page,),
        notes=(*start.notes, *notes),
    )


def _local(start: Start, folder: str) -> str:
    """Give the path of what is started, seen from the folder in which it is."""
    base = start.folder or folder
    if not base or re.match(r"(?:[/~\\]|[A-Za-z]:|\$)", start.address):
        return start.address
    return f"{base.rstrip('/')}/{start.address}" if start.address else base


def _canonical(own: Mapping[str, Any]) -> str:
    return json.dumps(own, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
