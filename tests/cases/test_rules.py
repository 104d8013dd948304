"""Rules as they are written and decided: every mistake named, the floor never undercut, the same inputs the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.evidence.test_formal import WEAK, _as_it_is, _firm, _made

from courtside.metrics.block import Places
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.errors import DefinitionErrors
from courtside.metrics.load import build_written, read_blocks
from courtside.rules import decide as deciding
from courtside.rules import examples
from courtside.rules.collect import Look, Sheet, evaluate
from courtside.rules.evaluation import Evaluation, made, recompute
from courtside.rules.floor import lacks
from courtside.rules.managers import FIGURES, Duty, tally
from courtside.rules.read import read_rule, read_rules
from courtside.rules.rule import Exclusion, Level, Proposes, Rule, Subject, Window
from courtside.rules.words import sentence
from courtside.services.definitions import read_installed_pack

GATES = (
    "examples of pack rules run", "mistakes in rules named with their place", "ways to undercut the floor refused",
    "evaluations worked out again bit for bit", "verdicts of rules that are those of the card",
    "circumstances that keep a rule from holding", "rules that ignore leave caught",
)  # fmt: skip
Counted = Callable[[str, int], None]
PACKS = ("sales", "staffing")
CLOSING = Rule(
    "closing", "Closing", "closing_rate", Window(3, "months"), Level.ELIGIBLE, Proposes.IMPROVEMENT_PLAN,
    exclude=frozenset(Exclusion),
)  # fmt: skip


@cache
def _catalogue(pack: str = "sales") -> Catalogue:
    found = read_installed_pack(pack)
    return build_written(read_blocks(found.files), found)


def _pack_rules(pack: str) -> list[Rule]:
    folders = read_installed_pack(pack).folders
    files = [path for folder in folders for path in sorted((folder / "rules").glob("*.yaml"))]
    return [rule for rule, _ in read_rules(files, _catalogue(pack))]


def _sheet(on: date = date(2026, 7, 31), **changed: Any) -> Sheet:
    scorer = _made(**changed) if changed else _as_it_is()
    return Sheet(scorer, CLOSING.metric, CLOSING.window, Look(on))


def test_every_example_of_every_pack_rule_comes_out_as_it_says(counted: Counted) -> None:
    ran = 0
    for pack in PACKS:
        rules = _pack_rules(pack)
        assert {rule.proposes for rule in rules} == set(Proposes)
        assert any(rule.subject is Subject.MANAGER for rule in rules)
        for rule in rules:
            assert list(examples.run(rule)) == [], rule.name
            assert lacks(rule, _catalogue(pack)) == (), rule.name
            ran += sum(map(len, rule.history.values()))
    counted(GATES[0], ran)


def test_an_example_that_comes_out_otherwise_is_told() -> None:
    rule = next(rule for rule in _pack_rules("sales") if rule.name == "closing_below_target")
    turned = {"fires": rule.history["does_not"], "does_not": rule.history["fires"]}
    told = list(examples.run(Rule(**{**_fields(rule), "history": turned})))
    assert len(told) == sum(map(len, turned.values()))


def _fields(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in Rule.__dataclass_fields__}


GOOD = """- rule: few_meetings
  label: Few meetings
  metric: meetings
  window: {weeks: 8}
  level: coach
  proposes: coaching_plan
  exclude: [leave, ramp, open_dispute]
  history:
    fires: [{target: 30, hits: [10, 10, 10]}]
    does_not: [{target: 30, hits: [30, 30, 30]}]
"""
MISTAKES: tuple[tuple[str, str, str], ...] = (
    ("metric: meetings", "metric: meetingz", "3:3: metric: there is no metric 'meetingz'; nearest: meetings"),
    ("level: coach", "levle: coach", "5:10: levle: unknown key 'levle'; nearest: level"),
    ("level: coach", "level: sure", "5:10: level: 'sure' is none of watch, coach, eligible"),
    ("proposes: coaching_plan", "proposes: dismissal", "6:13: proposes: 'dismissal' is none of watch"),
    ("{weeks: 8}", "{weeks: 0}", "4:19: window.weeks: 0 is no whole number from 1 to 52"),
    ("{weeks: 8}", "{weeks: true}", "4:19: window.weeks: True is no whole number"),
    ("{weeks: 8}", "{days: 8}", "4:18: window.days: unknown key 'days'"),
    ("{weeks: 8}", "8", "4:11: window: 8 is no mapping"),
    ("{weeks: 8}", "{weeks: 8, months: 2}", "one of weeks or months is needed"),
    ("[leave, ramp, open_dispute]", "[holidays]", "7:13: exclude.0: 'holidays' is none of leave"),
    ("[leave, ramp, open_dispute]", "leave", "7:12: exclude: 'leave' is no list"),
    ("rule: few_meetings", "rule: Few Meetings", "1:9: rule: 'Few Meetings' is no name"),
    ("label: Few meetings", "label: 7", "2:10: label: 7 is no text"),
    ("hits: [10, 10, 10]", "hits: [10, -1, 10]", "history.fires.0.hits.1: -1 is no number of 0 or more"),
    ("hits: [10, 10, 10]", "hits: []", "history.fires.0.hits: 0 months; give 1 to 12"),
    ("hits: [10, 10, 10]", "hits: [10], of: [1, 2]", "2 months of cases beside 1 of hits"),
    ("    does_not: [{target: 30, hits: [30, 30, 30]}]\n", "", "at least one example that does not is needed"),
    ("metric: meetings", "metric: new_leads", "new_leads is handed to people"),
    ("metric: meetings", "metric: stage_conversion", "stage_conversion is told stage by stage"),
    ("level: coach", "level: coach\n  target: 0.9", "people's targets are the firm's"),
    ("level: coach", "level: coach\n  subjects: {role: []}", "an empty list would be nobody"),
    ("level: coach", "level: coach\n  subjects: {shoe: [a]}", "unknown key 'shoe'"),
    (GOOD, "rule: few_meetings", "1:1: a list of rule blocks is needed"),
    (GOOD, "- few_meetings", "1:1: a list of rule blocks is needed"),
    ("metric: meetings", "metric: [", "5:3: expected"),
)


@pytest.mark.parametrize(("was", "written", "told"), MISTAKES)
def test_a_mistake_is_named_with_file_line_and_column(
    was: str, written: str, told: str, tmp_path: Path, counted: Counted
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GOOD.replace(was, written, 1), encoding="utf-8")
    with pytest.raises(DefinitionErrors) as caught:
        read_rules([path], _catalogue())
    assert f"{path}:" in str(caught.value)
    assert told in str(caught.value)
    counted(GATES[1], 1)


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    label = "{{ 7*7 }} {0.__class__} %s <script>alert(1)</script>"
    path = tmp_path / "own.yaml"
    path.write_text(GOOD.replace("Few meetings", json.dumps(label)), encoding="utf-8")
    ((rule, _),) = read_rules([path], _catalogue())
    assert rule.label == label
    path.write_text(GOOD.replace("Few meetings", "!!python/object/apply:os.system ['true']"), encoding="utf-8")
    with pytest.raises(DefinitionErrors):
        read_rules([path], _catalogue())


UNDERCUT: tuple[Mapping[str, Any], ...] = (
    *({"exclude": frozenset(Exclusion) - {one}} for one in Exclusion),
    {"level": Level.COACH},
    {"level": Level.WATCH},
    {"window": Window(8, "weeks")},
    {"window": Window(2, "months")},
    {"metric": "revenue"},
    {"metric": "placements", "window": Window(7, "weeks")},
    {"subject": Subject.MANAGER, "metric": "check_ins_kept", "target": 0.9},
    {"proposes": Proposes.COACHING_PLAN, "level": Level.WATCH},
    {"proposes": Proposes.COACHING_PLAN, "level": Level.COACH, "exclude": frozenset({Exclusion.LEAVE, Exclusion.RAMP})},
    {"proposes": Proposes.WATCH, "level": Level.WATCH, "exclude": frozenset({Exclusion.LEAVE})},
    {"proposes": Proposes.WATCH, "level": Level.WATCH, "window": Window(3, "weeks")},
)  # fmt: skip


@pytest.mark.parametrize("change", UNDERCUT)
def test_the_floor_cannot_be_undercut(change: Mapping[str, Any], counted: Counted) -> None:
    assert lacks(CLOSING, _catalogue()) == ()
    assert lacks(Rule(**{**_fields(CLOSING), **change}), _catalogue())
    counted(GATES[2], 1)


def test_a_rule_reads_as_one_plain_sentence() -> None:
    rule = Rule(
        "x", "X", "follow_ups_per_contact", Window(8, "weeks"), Level.COACH, Proposes.COACHING_PLAN,
        among={"role": ("seller",)},
    )  # fmt: skip
    said = "If follow-ups per contact stay clearly below target for 8 complete weeks, propose a coaching plan"
    assert sentence(rule, "Follow-ups per contact") == f"{said} (only role seller)."
    assert "clearly above target" in sentence(rule, "Days to close", is_down=True)


def test_the_weak_closer_alone_is_proposed_and_every_look_is_worked_out_again(counted: Counted) -> None:
    found = list(evaluate(CLOSING, 1, _sheet()))
    assert [one.subject for one in found if one.holds] == [WEAK]
    assert len(found) == len({one.subject for one in found}) == 16
    for one in found:
        stored = Evaluation.from_json(json.loads(json.dumps(one.to_json())))
        assert recompute(stored) == one
        assert recompute(stored).sha256 == one.sha256
        assert one.verdict == one.inputs["figure"]["verdict"]
    altered = found[0].to_json()
    altered["inputs"]["figure"]["p_below"] = 0.99
    assert recompute(Evaluation.from_json(altered)).sha256 != found[0].sha256
    counted(GATES[3], len(found))
    counted(GATES[4], len(found))


def _circumstances() -> Iterator[tuple[str, Mapping[str, Any]]]:
    hired = [{**row, "hired_on": date(2026, 6, 1)} if row["person_id"] == WEAK else row for row in _firm()["people"]]
    yield "ramp", {"people": hired}
    away = {"person_id": WEAK, "starts_on": date(2026, 4, 1), "ends_on": date(2026, 6, 30), "kind": "leave"}
    yield "leave", {"absences": [away]}
    moved = {"person_id": WEAK, "valid_from": date(2026, 6, 1), "team": "South"}
    until = {"valid_to": date(2026, 5, 31)}
    before = [{**row, **until} if row["person_id"] == WEAK else row for row in _firm()["assignments"]]
    yield "move", {"assignments": [*before, moved]}
    calls = [row for row in _firm()["activities"] if row["person_id"] != WEAK or row["at"].weekday() == 0]
    yield "thin", {"activities": calls}


@pytest.mark.parametrize(("what", "changed"), list(_circumstances()))
def test_a_circumstance_keeps_the_rule_from_holding(what: str, changed: Mapping[str, Any], counted: Counted) -> None:
    found = {one.subject: one for one in evaluate(CLOSING, 1, _sheet(**changed))}
    assert not found[WEAK].holds, what
    counted(GATES[5], 1)


def test_a_rule_or_an_evaluator_that_ignores_leave_is_caught(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody away, with a year that would otherwise suffice: the check, and what was decided, both say no."""
    lax = Rule(**{**_fields(CLOSING), "exclude": frozenset(Exclusion) - {Exclusion.LEAVE}})
    assert any("leave missing" in why for why in lacks(lax, _catalogue()))
    short = {"target": 0.2, "hits": [3, 2, 3, 3, 2, 3], "of": [40] * 6, "leave": True}
    for rule in (CLOSING, lax):
        assert not examples.evaluated(rule, short).holds  # the guard leaves them alone even where the rule would not
    coaching = {"level": Level.COACH, "proposes": Proposes.COACHING_PLAN}
    assert not examples.evaluated(Rule(**{**_fields(CLOSING), **coaching}), short).holds
    careful = deciding.hindrances

    def naive(inputs: Mapping[str, Any]) -> Iterator[Exclusion]:
        return (one for one in careful(inputs) if one is not Exclusion.LEAVE)

    monkeypatch.setattr(deciding, "hindrances", naive)
    rule = next(rule for rule in _pack_rules("sales") if rule.name == "coach_meetings")
    gone = {**rule.history["fires"][0], "leave": True}
    away = Rule(**{**_fields(rule), "history": {"fires": (), "does_not": (gone,)}})
    assert list(examples.run(away)), "an evaluator that ignores leave fires on somebody away"
    counted(GATES[6], 3)


def test_managers_are_judged_by_what_they_kept() -> None:
    duties = [Duty("M1", "check_ins_kept", date(2026, 6, n), n > 9) for n in range(1, 19)]
    kept = tally(duties, "check_ins_kept", date(2026, 6, 1), date(2026, 6, 30))
    assert (kept["M1"].kept, kept["M1"].owed) == (9, 18)
    assert tally(duties, "one_on_ones_held", date(2026, 6, 1), date(2026, 6, 30)) == {}
    rule = next(rule for rule in _pack_rules("sales") if rule.subject is Subject.MANAGER)
    assert rule.metric in FIGURES
    inputs = examples.evaluated(rule, {"kept": 9, "owed": 18}).inputs
    assert made(1, "M1", date(2026, 6, 30), inputs).holds


def test_a_block_kept_as_data_is_the_same_rule() -> None:
    rule = _pack_rules("sales")[0]
    again = read_rule(json.loads(json.dumps(rule.block)), Places({}), _catalogue())
    assert again.sha256 == rule.sha256
    assert again == rule
