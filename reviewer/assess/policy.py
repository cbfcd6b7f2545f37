"""Load a policy: strict, whole, with every error and its place, and with a digest over its content.

In the file every number is written ``{value: 0.5, reason: "why"}``; a number without a reason is an error. Loaded, the numbers
stand in ``rules`` and the reasons in ``reasons``, by place: ``policy.reasons["weights.fs.read.base"]``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from reviewer.assess.rules import Lifetimes, Review, Rules
from reviewer.errors import UsageFault

__all__ = ["Lifetimes", "Policy", "Review", "load_policy"]

_LEAST_REASON = 10  # characters; shorter is no reason
_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy as it is used: numbers, reasons by place, and the sha256 (hex) of both as canonical JSON."""

    rules: Rules
    reasons: Mapping[str, str] = field(repr=False)
    digest: str

    @property
    def review(self) -> Review:
        """Who must approve, and for how long at most."""
        return self.rules.review

    @property
    def lifetimes(self) -> Lifetimes:
        """For how long signed files hold."""
        return self.rules.lifetimes

    def reason(self, place: str) -> str:
        """Give the reason of the number at a place, empty where there is none."""
        return self.reasons.get(place, "")


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file, by default the one that ships with the program.

    Raises:
        UsageFault: the file cannot be read or is no policy; the message has one line per error, each with its place.
    """
    name = str(path) if path else "default.yaml"
    document = _document(name, _text(path))
    faults: list[str] = []
    reasons: dict[str, str] = {}
    plain = _set_apart(document, "", reasons, faults)
    rules = None
    try:
        rules = Rules.model_validate(plain)
    except ValidationError as error:
        faults += [fault for item in error.errors() for fault in _named(item)]
    if faults or rules is None:
        raise UsageFault(
            "\n".join((f"{name} is no valid policy:", *sorted(set(faults)))), hint="nothing was changed; correct the places named"
        )
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return Policy(rules=rules, reasons=reasons, digest=hashlib.sha256(canonical.encode()).hexdigest())


def _text(path: Path | None) -> str:
    if path is None:
        return resources.files("reviewer.policies").joinpath("default.yaml").read_text(encoding="utf-8")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise UsageFault(f"{path} cannot be read: {error}", hint="give a policy file in UTF-8") from error


def _document(name: str, text: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UsageFault(f"{name} is not YAML: {' '.join(str(error).split())[:300]}", hint="nothing was changed") from error
    if not isinstance(document, dict):
        raise UsageFault(f"{name} is not a mapping", hint="begin with `schema: reviewer.policy/1`")
    return document


def _set_apart(value: object, place: str, reasons: dict[str, str], faults: list[str]) -> object:
    """Take the reasons out; note every number that has none."""
    if place.count(".") + place.count("[") > _DEEPEST:
        faults.append(f"{place}: nested too deeply")
        return None
    if isinstance(value, dict) and "value" in value:
        reason = value.get("reason")
        if not isinstance(reason, str) or len(reason.strip()) < _LEAST_REASON:
            faults.append(f"{place}: a number needs a reason of at least {_LEAST_REASON} characters")
        faults += [f"{place}.{key}: unknown key beside value and reason" for key in value if key not in {"value", "reason"}]
        reasons[place] = str(reason)
        return value["value"]
    if isinstance(value, dict):
        return {str(key): _set_apart(inner, f"{place}.{key}".lstrip("."), reasons, faults) for key, inner in value.items()}
    if isinstance(value, list):
        return [_set_apart(inner, f"{place}[{index}]", reasons, faults) for index, inner in enumerate(value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        faults.append(f"{place}: a number without a reason; write {{value: {value}, reason: …}}")
    return value


def _named(item: Any) -> list[str]:  # noqa: ANN401  pydantic's error dictionary
    if item["type"] == "value_error" and not item["loc"]:
        return str(item["ctx"]["error"]).splitlines()
    place = ""
    for step in item["loc"]:
        if step != "[key]":
            place += f"[{step}]" if isinstance(step, int) else f".{step}"
    return [f"{place.lstrip('.') or 'policy'}: {item['msg']}"]
