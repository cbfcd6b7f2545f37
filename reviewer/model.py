"""The values handed from step to step, in the order of the walk. All frozen; none knows how it was made."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.model import CapabilityId, Component, File, Hit, Location, Relation, Result, Scan, Target, TargetKind, Unreadable

__all__ = [
    "Assessment",
    "Bom",
    "Counterpart",
    "Dossier",
    "Gate",
    "GateEffect",
    "Isolation",
    "Leg",
    "Origin",
    "Package",
    "PackageScope",
    "Part",
    "PublishedPackage",
    "Reading",
    "Reason",
    "Recommendation",
    "SemgrepReport",
    "Snapshot",
    "SourcePart",
    "Submission",
    "Toxic",
    "Versions",
]


class Isolation(enum.StrEnum):
    """How far the child that reads hostile bytes was cut off, from well to badly."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    RLIMITS = "rlimits"


class Recommendation(enum.StrEnum):
    """What the evidence asks of a person, from worst to best."""

    BLOCK = "block"
    INVESTIGATE = "investigate"
    FIX_FIRST = "fix-first"
    RESTRICT = "restrict"
    APPROVE = "approve"

    @property
    def rank(self) -> int:
        """0 for approve, up to 4 for block."""
        members = list(type(self))
        return len(members) - 1 - members.index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A wish: this source, for this team, because of this reason.

    ``requested_by`` is unproven; ``account`` is the user of the operating system who typed it, empty where there is none.
    """

    source: str
    requested_by: str
    team: str
    reason: str
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPackage:
    """A package of a registry, at one version. ``integrity`` is Subresource Integrity text, ``sha512-…``, or ``sha256:…`` hex for PyPI."""

    ecosystem: str  # "npm" | "pypi"
    name: str
    version: str
    filename: str
    integrity: str

    @property
    def purl(self) -> str:
        """Package URL, as the purl specification writes it."""
        from packageurl import PackageURL  # noqa: PLC0415  needed only where a purl is shown

        namespace, _, name = self.name.rpartition("/")
        return PackageURL(type=self.ecosystem, namespace=namespace or None, name=name, version=self.version).to_string()


class Origin(enum.StrEnum):
    """What led to a part of a submission that names other sources."""

    PACKAGE = "package"  # a package of a registry entry
    PLUGIN = "plugin"  # an entry of a marketplace
    SERVER = "server"  # a server that a client's configuration starts
    REMOTE = "remote"  # a server that runs elsewhere, known by its declaration
    SKILLS = "skills"  # a folder from which a client takes Skills


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePart:
    """A part that a document of the submission names and that lies in a folder ``root`` of its own.

    ``source`` is canonical, empty where nothing could be fetched; ``digests`` are those of the part as if it had been submitted alone.
    ``fetched`` is false where only a declaration of ours lies in the folder.
    """

    root: str
    name: str
    origin: Origin
    source: str = ""
    fetched: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)
    package: PublishedPackage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every file of a submission at one moment; the bytes lie in the blob store under their sha256.

    ``source`` is canonical: a git ref is resolved to its commit, a package to its version. ``digests``
    maps ``dirHash`` (Go ``h1:``), and where they exist ``gitCommit``, ``gitTree``, ``integrity``,
    ``artifactSha256``. ``unreadable`` are ledger rows of acquire: what a limit or a rule left out.
    ``counterparts`` are readings to compare with; they are gone once the comparison is made.
    ``parts`` are what a registry entry, a marketplace or a configuration led to.
    """

    source: str
    name: str
    digests: Mapping[str, str]
    files: tuple[File, ...]
    version: str | None = None
    package: PublishedPackage | None = None
    repository: str | None = None
    unreadable: tuple[Unreadable, ...] = ()
    parts: tuple[SourcePart, ...] = ()
    counterparts: tuple[Counterpart, ...] = ()

    @property
    def identity(self) -> str:
        """What makes two requests the same: the bytes, and the package coordinates under which they would be started."""
        return " ".join(filter(None, (self.digests["dirHash"], self.package.purl if self.package else "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterpart:
    """Another snapshot to compare with. ``snapshot`` is None where it could not be had, and ``note`` says why."""

    relation: Relation
    source: str
    snapshot: Snapshot | None = None
    note: str = ""


class PackageScope(enum.StrEnum):
    """What a dependency is needed for."""

    RUNTIME = "runtime"
    DEVELOPMENT = "development"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A dependency as a manifest or lock file names it. ``version`` is None where only a range is known; ``also`` are further places."""

    ecosystem: str  # purl type: "npm", "pypi", …
    name: str
    version: str | None
    at: Location
    requirement: str = ""
    scope: PackageScope = PackageScope.RUNTIME
    direct: bool = False
    integrity: str = ""
    licence: str = ""
    install_script: bool = False
    also: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the sandboxed child gives back for one snapshot.

    ``failure`` is set when the child died or gave nothing usable: then the target holds only what acquire knew. ``inner`` is the
    source code, by the sha256 of its UTF-8, that lies inside files and of which nobody else has the bytes.
    """

    target: Target
    results: tuple[Result, ...] = ()
    packages: tuple[Package, ...] = ()
    isolation: Isolation = Isolation.RLIMITS
    failure: str | None = None
    inner: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SemgrepReport:
    """What semgrep saw in one submission: hits per check id, and per check id why it failed.

    ``unreadable`` are files of which it read nothing (a gate) or not all; ``unread_bytes`` is how much that is together.
    """

    hits: Mapping[str, tuple[Hit, ...]] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    unread_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bom:
    """A CycloneDX document as JSON bytes, its sha256, and what it counts."""

    document: bytes = field(repr=False)
    digest: str
    components: int
    vulnerabilities: int | None = None  # None: no advisory data, which is unknown and not zero


class GateEffect(enum.StrEnum):
    """What a gate does to the recommendation, whatever the score."""

    BLOCK = "block"
    INVESTIGATE = "investigate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition that decides before any number does."""

    id: str
    effect: GateEffect
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One explained contribution.

    ``axis`` is impact, malice, weakness, provenance or coverage; ``points`` is what the score loses without it.
    """

    axis: str
    sentence: str
    points: float
    family: str = ""
    at: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One of the things that are toxic together: which capabilities, which tools hold them, and some places beside all tools."""

    capabilities: tuple[CapabilityId, ...]
    tools: tuple[str, ...] = ()
    elsewhere: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Toxic:
    """Capabilities that are worse together, such as the lethal trifecta.

    ``cut`` are the fewest tools without which it falls apart; empty where leaving tools out does not break it.
    """

    name: str
    says: str
    legs: tuple[Leg, ...]
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The judgement: four numbers shown apart, one score, one recommendation, every point explained.

    ``score`` and ``upper`` run 0 to 100, higher is riskier; ``impact`` 0 to 10; ``malice``, ``weakness``, ``coverage`` 0 to 1;
    ``provenance`` is a bounded multiplier around 1.
    """

    recommendation: Recommendation
    complete: bool
    score: int
    upper: int
    impact: float
    malice: float
    weakness: float
    provenance: float
    coverage: float
    gates: tuple[Gate, ...] = ()
    reasons: tuple[Reason, ...] = ()
    counterfactuals: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    toxic: tuple[Toxic, ...] = ()
    policy_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component of the submission, judged by itself; its tools and findings are those of the whole under its root."""

    component: Component
    digests: Mapping[str, str]
    assessment: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What made a dossier, so that the same question gets the same answer."""

    reviewer: str
    catalogue_digest: str
    policy_digest: str
    advisories: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that a reviewer reads.

    Its digest is what a verdict names. It holds no time and no host, so that the same bytes give the same digest.
    """

    snapshot: Snapshot
    target: Target
    scan: Scan
    packages: tuple[Package, ...]
    bom: Bom
    assessment: Assessment
    isolation: Isolation
    versions: Versions
    parts: tuple[Part, ...] = ()
    failure: str | None = None

    @property
    def kind(self) -> TargetKind:
        """What the whole is."""
        return self.target.kind
