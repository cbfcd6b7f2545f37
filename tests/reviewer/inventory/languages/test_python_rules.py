from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ast_grep_py import SgRoot

from reviewer.inventory.languages.python.servers import load_registry

RULES = load_registry().rules


@pytest.mark.parametrize("rule", RULES, ids=[rule["id"] for rule in RULES])
def test_each_rule_finds_its_examples_and_looks_only_downwards(rule: Mapping[str, Any]) -> None:
    examples = rule["examples"]
    for example in examples:
        assert SgRoot(example, "python").root().find_all({"rule": rule["rule"]}), example
    assert "inside" not in str(rule["rule"])
