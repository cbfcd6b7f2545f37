"""The words of the reports, from ``vocabulary.yaml``: what a capability means to an employee, and how a recommendation is said."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

from checks.model import Capability, CapabilityId, Scope, Trigger
from checks.text import escape
from reviewer.model import Assessment, Recommendation

__all__ = ["ability", "absences", "chooser", "kind_word", "level", "level_word", "said_recommendation", "sentence", "started"]

_OBJECTS = 6
_NAME = 60  # characters of a host, path or program in a sentence


@functools.cache
def _words() -> Mapping[str, Any]:
    text = resources.files("reviewer.reports").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders
    return loaded


def level(capability: Capability) -> int:
    """Give 1 (benign) to 4 (critical), by id and by who chooses the object."""
    words = _words()["capabilities"][capability.id.value]
    return int(words.get("levels", {}).get(capability.scope.value, words["level"]))


def level_word(capability: Capability) -> str:
    """Give the level as a word."""
    return str(_words()["levels"][level(capability)])


def sentence(capability: Capability) -> str:
    """Say to an employee what can be done, with the hosts, paths or programs where they are known."""
    said = ability(capability.id, capability.scope)
    known = [escape(item, _NAME) for item in capability.objects[:_OBJECTS]]
    more = [f"{len(capability.objects) - _OBJECTS} more"] if len(capability.objects) > _OBJECTS else []
    seen = ", ".join(known + more)
    chosen = capability.scope in {Scope.ARGUMENT, Scope.ANY}
    objects = f" (seen: {seen})" if seen and chosen else f": {seen}" if seen else ""
    when = started(capability.trigger)
    return f"{said}{objects}{', ' if when else ''}{when}"


def started(trigger: Trigger) -> str:
    """Say what starts it; nothing where the assistant does, as usual."""
    return str(_words()["triggers"][trigger.value])


def ability(identity: CapabilityId, scope: Scope) -> str:
    """Say what can be done and who chooses its object, without naming any."""
    return str(_words()["capabilities"][identity.value]["sentence"]).format(scope=_chooser(identity, scope)).rstrip()


def chooser(identity: CapabilityId, scope: Scope) -> str:
    """Say who chooses the object of a capability; the name of the scope where there are no words of its own."""
    return _chooser(identity, scope).lstrip(" ,:") or scope.value


def _chooser(identity: CapabilityId, scope: Scope) -> str:
    return str(_words()["capabilities"][identity.value].get("scopes", {}).get(scope.value, ""))


def absences(present: frozenset[CapabilityId]) -> tuple[str, ...]:
    """Say what was not seen. True only where everything was read; the caller has to know that."""
    words = _words()["capabilities"]
    return tuple(
        str(words[identity.value]["absent"]) for identity in CapabilityId if identity not in present and "absent" in words[identity.value]
    )


def said_recommendation(assessment: Assessment, *, findings: int) -> tuple[str, str]:
    """Give the word and the sentence of a recommendation."""
    words = _words()["recommendations"]
    clear = assessment.recommendation is not Recommendation.APPROVE or (findings == 0 and assessment.coverage == 1)
    chosen = words[assessment.recommendation.value if clear else "found"]
    return str(chosen["word"]), str(chosen["says"])


def kind_word(kind: str) -> str:
    """Give the kind of a submission as people say it."""
    return str(_words()["kinds"].get(kind, kind))
