"""What the reference says of a rule's keys is what the reader takes: every example there is read as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.cases.test_rules import _catalogue

from courtside.metrics.block import Places
from courtside.metrics.errors import MetricError
from courtside.rules.keys import EXAMPLE, KEYS
from courtside.rules.read import read_rule

GATES = ("examples of the reference read",)
PLAIN = {"rule", "label", "metric", "window", "level", "proposes", "history"}


def value_of(example: str) -> Any:
    """An example as a file would hold it."""
    return YAML(typ="safe").load(example)


def test_every_example_of_a_key_is_read(counted: Callable[[str, int], None]) -> None:
    whole = {name: value_of(key.example) for name, key in KEYS.items()}
    people = {name: value for name, value in whole.items() if name not in ("subject", "target")}
    for name in people:
        block = {one: people[one] for one in people if one in PLAIN or one == name}
        assert read_rule(block, Places({}), _catalogue()).name == whole["rule"], name
        counted("examples of the reference read", 1)
    kept = {"kept": value_of(EXAMPLE["kept"].example), "owed": value_of(EXAMPLE["owed"].example)}
    managers = {**whole, "metric": "check_ins_kept", "history": {"fires": [kept], "does_not": [kept]}}
    assert read_rule(managers, Places({}), _catalogue()).target == value_of(KEYS["target"].example)
    counted("examples of the reference read", 4)
    plain = {"target": 30, "hits": [14, 16, 13]}
    for name, key in EXAMPLE.items():
        example = {**plain, name: value_of(key.example)}
        if name in ("kept", "owed"):
            continue
        block = {**people, "history": {"fires": [example], "does_not": [plain]}}
        assert read_rule(block, Places({}), _catalogue()), name
        counted("examples of the reference read", 1)


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_key_that_is_needed_is_missed(name: str) -> None:
    block = {one: value_of(KEYS[one].example) for one in PLAIN if one != name}
    with pytest.raises(MetricError):
        read_rule(block, Places({}), _catalogue())
    assert KEYS[name].default == "needed"
