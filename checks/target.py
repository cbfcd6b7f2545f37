"""What was submitted, as facts: the values that inventory makes and that checks read.

All values are frozen and can be written as JSON (pydantic's ``TypeAdapter`` does it, at the two doors
where bytes enter: the sandbox and the store). Paths are relative to the submission, ``/``-separated;
a file inside an archive keeps its way in: ``outer.zip!/inner.md``. Lines count from 1.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class TargetKind(enum.StrEnum):
    """What a submission, or a part of one, is."""

    MCP_SERVER = "mcp-server"
    SKILL = "skill"
    PLUGIN = "plugin"
    BUNDLE = "bundle"
    REMOTE = "remote"
    COLLECTION = "collection"


class ToolKind(enum.StrEnum):
    """The three things that an MCP server registers."""

    TOOL = "tool"
    PROMPT = "prompt"
    RESOURCE = "resource"


class CapabilityId(enum.StrEnum):
    """The twenty things that code or prose can be able to do."""

    FS_READ = "fs.read"
    FS_WRITE = "fs.write"
    SECRET_READ = "secret.read"  # noqa: S105  a capability's name, not a secret
    ENV_USE = "env.use"
    NET_OUT = "net.out"
    NET_LISTEN = "net.listen"
    PROC_EXEC = "proc.exec"
    CODE_EVAL = "code.eval"
    INSTALL_SOFTWARE = "install.software"
    NATIVE_CODE = "native.code"
    PERSIST = "persist"
    AGENT_CONFIG = "agent.config"
    AGENT_MEMORY = "agent.memory"
    AGENT_OBSERVE = "agent.observe"
    DATA_PERSONAL = "data.personal"
    DATA_QUERY = "data.query"
    MSG_SEND = "msg.send"
    MONEY_MOVE = "money.move"
    UI_CONTROL = "ui.control"
    CONTENT_UNTRUSTED = "content.untrusted"


class Scope(enum.StrEnum):
    """Who chooses the object of a capability, from narrow to wide."""

    LITERAL = "literal"
    CONFIGURATION = "configuration"
    ARGUMENT = "tool-argument"
    ANY = "any"

    def wider(self, other: Scope) -> Scope:
        """Give the wider of the two."""
        order = list(Scope)
        return max(self, other, key=order.index)


class Trigger(enum.StrEnum):
    """What starts the code that has a capability."""

    MODEL = "model"
    AUTOMATIC = "automatic"
    INSTALL = "install"


class Certainty(enum.StrEnum):
    """How well a capability is established, from well to badly."""

    PROVEN = "proven"  # a call that a tool's handler reaches
    PRESENT = "present"  # a call, whether it is reached unknown
    POSSIBLE = "possible"  # dynamic or opaque
    DECLARED = "declared"  # somebody says so; no code seen


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A line in a file of the submission; line 0 is the file as a whole."""

    path: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One thing that the code can do.

    ``objects`` are the literal hosts, paths, programs or variable names where they are known.
    """

    id: CapabilityId
    scope: Scope
    trigger: Trigger = Trigger.MODEL
    certainty: Certainty = Certainty.PRESENT
    declared: bool = False
    objects: tuple[str, ...] = ()
    evidence: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool, prompt or resource that an MCP server registers.

    ``name`` is the registered name, or the source expression where it is computed at run time;
    ``dynamic`` is true when name or description is computed at run time. ``part`` is the id of the
    component that registers it. ``handler`` is where the code that answers begins, ``last`` its last line.
    """

    kind: ToolKind
    part: str
    name: str
    at: Location
    dynamic: bool = False
    description: str | None = None
    input_schema: Mapping[str, Any] | None = None
    annotations: Mapping[str, Any] | None = None
    capabilities: tuple[Capability, ...] = ()
    handler: Location | None = None
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the submission. ``language`` is a lower-case name such as ``python``, by content first, by name second.

    ``within`` is the submitted file inside which it lies, empty for a submitted file itself. What lies inside one is read like the
    others; no digest of the submission names it apart.
    """

    path: str
    mode: str  # "100644" "100755" "120000", as git writes them
    size: int
    sha256: str
    language: str | None = None
    within: str = ""


class SurfaceRole(enum.StrEnum):
    """Which way a text takes into the model."""

    TOOL_NAME = "tool-name"
    TOOL_DESCRIPTION = "tool-description"
    SCHEMA = "schema"
    PROMPT = "prompt"
    RESOURCE = "resource"
    INSTRUCTIONS = "instructions"
    SKILL_DESCRIPTION = "skill-description"
    SKILL_BODY = "skill-body"
    REFERENCE = "reference"
    COMMAND = "command"
    AGENT = "agent"
    RULES = "rules"
    HOOK = "hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A text that a model reads. ``owner`` is a tool's name or a component's id; ``at.line`` is its first line."""

    role: SurfaceRole
    owner: str
    text: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A command that starts a server or a program, where it stands. ``env`` holds names only, never values."""

    command: tuple[str, ...]
    at: Location
    part: str = ""
    env: tuple[str, ...] = ()
    context: str = "documentation"  # "configuration" | "manifest" | "documentation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoRun:
    """Something that runs without the model asking: a hook, a lifecycle script, import-time code of an installer.

    ``gate`` says what a person is asked before it runs, empty where nobody is. ``hosts`` are those that the command names.
    ``elsewhere``: it runs where the submission is made (a pipeline), not where it is used.
    """

    event: str  # "npm:postinstall", "setup.py", "hook:PreToolUse", …
    command: str
    trigger: Trigger
    at: Location
    matcher: str = ""  # of a hook: the tools for which it runs, as a pattern; empty for all
    gate: str = ""
    hosts: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A permission that the submission states itself, such as ``allowed-tools`` or a manifest's ``user_config``."""

    field: str
    value: str
    at: Location
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A server, Skill, plugin or bundle inside the submission.

    ``root`` is the folder that belongs to it (``""`` for the whole). ``id`` is unique in the submission.
    ``references`` are paths that its text leads an agent to read or run.
    """

    id: str
    kind: TargetKind
    root: str
    name: str
    at: Location
    version: str | None = None
    description: str | None = None
    language: str | None = None
    transport: str | None = None  # "stdio" | "http" | "sse"
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A path that could not be read, and why. ``gate``: it could execute or instruct, so a person must look."""

    path: str
    reason: str
    gate: bool = False


class Relation(enum.StrEnum):
    """What another reading is to this one."""

    REPOSITORY = "repository"  # the source from which the published artefact says that it was made
    PREVIOUS = "previous"  # the version that was approved before
    NAMED = "named"  # whatever somebody asked to compare with


class ChangeKind(enum.StrEnum):
    """What can differ between two readings, in terms that a reviewer cares about."""

    FILE_ADDED = "file-added"
    FILE_CHANGED = "file-changed"
    FILE_REMOVED = "file-removed"
    TOOL_ADDED = "tool-added"
    TOOL_CHANGED = "tool-changed"
    TOOL_REMOVED = "tool-removed"
    CAPABILITY_ADDED = "capability-added"
    HOST_ADDED = "host-added"
    DEPENDENCY_ADDED = "dependency-added"
    DEPENDENCY_CHANGED = "dependency-changed"
    DEPENDENCY_REMOVED = "dependency-removed"
    HOOK_ADDED = "hook-added"
    LITERAL_ADDED = "literal-added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. ``subject`` is a path, a tool's name, a host, a package, an event or a literal; ``at`` is where it now stands.

    ``expected`` is true where publishing itself makes such a difference: compiled files, the index of a wheel.
    """

    kind: ChangeKind
    subject: str
    at: Location
    before: str = ""
    after: str = ""
    expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """This submission against another reading. ``omitted`` changes were beyond the limit; ``note`` says why there is none at all."""

    relation: Relation
    source: str
    digest: str = ""
    changes: tuple[Change, ...] = ()
    omitted: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """All that was understood of a submission: what checks read.

    ``texts`` maps every readable path to its decoded text (lazily; empty once a target has left the
    sandbox, as are ``surfaces``). ``programs`` are the commands that the package puts on the path
    (``bin`` of package.json, console scripts of a wheel). ``coverage`` is the share of reachable bytes that was parsed, 0 to 1.
    ``doubts`` are some places of its code that cannot be followed, so that nothing can be said about what the code never does.
    ``comparisons`` are with the source repository, the version approved before, or what somebody named.
    """

    kind: TargetKind
    name: str
    version: str | None = None
    components: tuple[Component, ...] = ()
    files: tuple[File, ...] = ()
    tools: tuple[Tool, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    launches: tuple[Launch, ...] = ()
    autoruns: tuple[AutoRun, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    programs: tuple[str, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    coverage: float = 1.0
    doubts: tuple[Location, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
