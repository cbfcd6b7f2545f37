"""The shape of a policy: what can be set, and within which bounds. Every number in the file stands beside its reason (``policy.py``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from checks.model import CapabilityId, Certainty, Confidence, Kind, Scope, Severity
from reviewer.model import GateEffect, Recommendation

__all__ = [
    "Combination",
    "Conditions",
    "Evidence",
    "Explanation",
    "Formula",
    "GateRule",
    "Impact",
    "Lifetimes",
    "Provenance",
    "Review",
    "Row",
    "Rules",
    "Weight",
]

Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0, le=10)]
Factor = Annotated[float, Field(gt=0, le=2)]
Raising = Annotated[float, Field(ge=1, le=2)]
Days = Annotated[int, Field(ge=1, le=3650)]
Prose = Annotated[str, Field(min_length=10)]
# YAML knows neither tuples nor enumerations, so these are read leniently; everything else is strict.
Words = Annotated[tuple[str, ...], Field(strict=False)]
Ability = Annotated[CapabilityId, Field(strict=False)]
Abilities = Annotated[tuple[Ability, ...], Field(strict=False)]
Reach = Annotated[Scope, Field(strict=False)]
Standing = Annotated[Certainty, Field(strict=False)]
Sureness = Annotated[Confidence, Field(strict=False)]
Grade = Annotated[Severity, Field(strict=False)]
Sort = Annotated[Kind, Field(strict=False)]
Effect = Annotated[GateEffect, Field(strict=False)]
Advice = Annotated[Recommendation, Field(strict=False)]


class Rule(BaseModel):
    """Frozen; unknown keys and wrong types are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Weight(Rule):
    """What a capability could cost at worst, 0 to 10: ``base``, or by who chooses its object."""

    base: Points
    scopes: Mapping[Reach, Points] = {}


class Combination(Rule):
    """Capabilities that are worse together: one of each leg must be there; ``automatic``: something must run unasked."""

    points: Points
    legs: Annotated[tuple[Abilities, ...], Field(strict=False)] = ()
    automatic: bool = False
    says: Prose


class Impact(Rule):
    """How capabilities add up: the heaviest, plus ``following`` times each of the next ``counted``.

    ``reach`` is what evidence of malice, and what was not read, count for at least.
    """

    following: Share
    counted: Annotated[int, Field(ge=0, le=10)]
    data_class: Share
    data: Abilities
    certainty: Mapping[Standing, Share]
    reach: Points


class Strength(Rule):
    """How strongly a finding of a severity speaks, 0 to 1."""

    malice: Mapping[Grade, Share]
    weakness: Mapping[Grade, Share]
    checks: Mapping[str, Share] = {}


class Caps(Rule):
    """How much one family of checks can say, however often."""

    malice: Share
    weakness: Share
    families: Mapping[str, Share] = {}


class Evidence(Rule):
    """How findings become malice and weakness. ``repeated`` are the factors of the first, second … finding of a family."""

    confidence: Mapping[Sureness, Share]
    repeated: tuple[Share, ...] = Field(strict=False)
    quiet: Annotated[float, Field(ge=0.5, le=1)]
    quiet_folders: Words
    strength: Strength
    caps: Caps


class Formula(Rule):
    """The constants of the risk formula."""

    weakness_share: Share
    inherent: Share
    unread_share: Share


class Provenance(Rule):
    """Factors around 1, multiplied and kept within bounds. ``traits`` are facts of the submission, ``checks`` are findings."""

    lowest: Factor
    highest: Factor
    traits: Mapping[Literal["published", "commit", "no-lock", "no-version", "install-script"], Factor] = {}
    checks: Mapping[str, Raising] = {}
    lock_files: Words
    manifests: Words


class GateRule(Rule):
    """Which findings decide by themselves; empty ``checks`` or ``families``: any. In quiet folders the effect is ``in_quiet``."""

    effect: Effect
    in_quiet: Effect
    kind: Sort
    severity: Grade
    confidence: Sureness
    checks: Words = ()
    families: Words = ()
    reason: Prose


class StateRule(Rule):
    """What a state of the examination does."""

    effect: Effect
    reason: Prose


class Gates(Rule):
    """What decides before any number."""

    findings: Mapping[str, GateRule]
    unread: StateRule
    check_failed: StateRule = Field(alias="check-failed")
    reading_failed: StateRule = Field(alias="reading-failed")


class When(Rule):
    """Conditions that must all hold. ``reachable``: weakness counts outside quiet folders only."""

    malice: Share | None = None
    reachable: Share | None = None
    impact: Points | None = None
    coverage_below: Share | None = Field(default=None, alias="coverage-below")
    combination: str | None = None


class Row(Rule):
    """One row of the decision table; the worst row that holds decides."""

    recommendation: Advice
    when: When
    reason: Prose


class Conditions(Rule):
    """Sentences that narrow an approval, by capability; ``{objects}`` are the known hosts, paths or programs."""

    sentences: Mapping[Ability, Prose]
    tools_tried: Annotated[int, Field(ge=0, le=500)]


class Explanation(Rule):
    """How much is explained."""

    findings_tried: Annotated[int, Field(ge=0, le=100)]
    shown: Annotated[int, Field(ge=0, le=100)]
    least_points: Annotated[float, Field(ge=0, le=100)]


class Review(Rule):
    """How many people must approve (None: nobody can), and for how many days at most."""

    approvals: Mapping[Advice, Annotated[int, Field(ge=1, le=20)] | None]
    longest_days: Mapping[Advice, Days]


class Lifetimes(Rule):
    """For how many days signed files hold."""

    root_days: Days
    list_days: Days
    timestamp_days: Days


class Rules(Rule):
    """A whole policy, as it stands in the file once the reasons beside numbers are set apart."""

    schema_: Literal["reviewer.policy/1"] = Field(alias="schema")
    name: str
    weights: Mapping[Ability, Weight]
    impact: Impact
    combinations: Mapping[str, Combination]
    evidence: Evidence
    formula: Formula
    provenance: Provenance
    gates: Gates
    table: tuple[Row, ...] = Field(strict=False)
    conditions: Conditions
    explanation: Explanation
    review: Review
    lifetimes: Lifetimes

    @model_validator(mode="after")
    def _is_whole(self) -> Rules:
        """Refuse a policy that says nothing about something that can occur. Raises ValueError naming every place."""
        demanded: tuple[tuple[str, Collection[str], type[StrEnum]], ...] = (
            ("weights", self.weights, CapabilityId),
            ("impact.certainty", self.impact.certainty, Certainty),
            ("evidence.confidence", self.evidence.confidence, Confidence),
            ("evidence.strength.malice", self.evidence.strength.malice, Severity),
            ("evidence.strength.weakness", self.evidence.strength.weakness, Severity),
            ("review.approvals", self.review.approvals, Recommendation),
            ("review.longest_days", self.review.longest_days, Recommendation),
        )
        faults = [f"{place}.{member}: is missing" for place, given, kind in demanded for member in kind if member not in given]
        named = [row.when.combination for row in self.table if row.when.combination]
        faults += [f"table: no combination is called {name}" for name in named if name not in self.combinations]
        if self.provenance.lowest > 1 or self.provenance.highest < 1:
            faults.append("provenance: lowest and highest must lie on either side of 1")
        if faults:
            raise ValueError("\n".join(faults))
        return self
