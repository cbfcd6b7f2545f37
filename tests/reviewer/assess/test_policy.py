"""A policy file is taken whole or refused with every error and its place."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewer.assess.policy import load_policy
from reviewer.errors import ExitCode, UsageFault

DEFAULT = resources.files("reviewer.policies").joinpath("default.yaml").read_text(encoding="utf-8")


def refused(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageFault) as caught:
        load_policy(path)
    assert caught.value.exit_code is ExitCode.USAGE
    return caught.value.message.splitlines()[1:]


def changed(**different: Any) -> str:
    document = yaml.safe_load(DEFAULT)
    for place, value in different.items():
        *folders, last = place.split("__")
        inner = document
        for folder in folders:
            inner = inner[folder]
        if value is None:
            del inner[last]
        else:
            inner[last] = value
    return yaml.safe_dump(document)


def number(value: object) -> dict[str, object]:
    return {"value": value, "reason": "because the test says so"}


@pytest.mark.parametrize(
    ("different", "place"),
    [
        ({"weights__exfil": {"base": number(3)}}, "weights.exfil"),
        ({"weights__persist": None}, "weights.persist: is missing"),
        ({"weights__persist": {"base": number(11)}}, "weights.persist.base"),
        ({"weights__persist": {"base": number("nine")}}, "weights.persist.base"),
        ({"weights__persist": {"base": 9}}, "weights.persist.base: a number without a reason"),
        ({"weights__persist": {"base": {"value": 9}}}, "weights.persist.base: a number needs a reason"),
        ({"weights__persist": {"base": {"value": 9, "reason": "so"}}}, "weights.persist.base: a number needs a reason"),
        ({"weights__persist": {"base": number(9) | {"why": "x"}}}, "weights.persist.base.why: unknown key"),
        ({"colour": "blue"}, "colour: Extra inputs"),
        ({"formula": None}, "formula: Field required"),
        ({"schema": "reviewer.policy/2"}, "schema"),
        ({"review__approvals__block": number("many")}, "review.approvals.block"),
        ({"review__longest_days__approve": None}, "review.longest_days.approve: is missing"),
        ({"provenance__checks": {"unpinned-launcher": number(0.5)}}, "provenance.checks.unpinned-launcher"),
        ({"evidence__quiet": number(0.1)}, "evidence.quiet"),
        ({"gates__findings__harm-shown__effect": "explode"}, "gates.findings.harm-shown.effect"),
        (
            {"table": [{"recommendation": "restrict", "when": {"combination": "gone"}, "reason": "long enough"}]},
            "table: no combination is called gone",
        ),
    ],
)
def test_an_error_names_its_place(tmp_path: Path, different: dict[str, Any], place: str) -> None:
    faults = refused(tmp_path, changed(**different))

    assert any(fault.startswith(place) for fault in faults), faults


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    faults = refused(tmp_path, changed(weights__exfil={"base": 3}, colour="blue", formula__inherent=number(7)))

    assert {fault.partition(":")[0] for fault in faults} >= {"weights.exfil", "weights.exfil.base", "colour", "formula.inherent"}


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "a: !!python/object:os.system {}", "\tx", "[" * 500])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    with pytest.raises(UsageFault):
        load_policy(path)


def test_a_missing_file_or_wrong_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff")
    for name in ("gone.yaml", "latin.yaml"):
        with pytest.raises(UsageFault, match="cannot be read"):
            load_policy(tmp_path / name)


def test_the_digest_is_of_the_content_not_of_its_layout(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(changed())
    assert load_policy(path).digest == load_policy().digest
    path.write_text(changed(formula__inherent=number(0.2)))
    assert load_policy(path).digest != load_policy().digest
