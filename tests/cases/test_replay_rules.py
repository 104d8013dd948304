"""Rules replayed on a simulated firm: the weak closer is found, the unlucky one is not, and the past stays the past."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.simulated import Company, made

from courtside.analysis.statistics import alarms
from courtside.analysis.statistics.guard import Years
from courtside.rules.chance import at_target, by_duties
from courtside.rules.evaluation import Evaluation
from courtside.rules.replay import replayed
from courtside.rules.rule import Level

GATES = (
    "looks at the past compared before and after later rows", "replays that look ahead caught",
    "years at target drawn", "namings of a replay checked against what is true",
)  # fmt: skip
Counted = Callable[[str, int], None]
UNTIL = date(2025, 12, 31)
IMPORTED = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIRST, LAST = date(2024, 12, 31), date(2025, 12, 31)
COACH = """- rule: coach_closing
  label: Closing clearly below target
  metric: closing_rate
  window: {months: 3}
  level: coach
  proposes: coaching_plan
  exclude: [leave, ramp, territory_change, open_dispute, thin_logging, target_missed_by_peers]
  history:
    fires: [{target: 0.2, hits: [3, 2, 3, 3, 2, 3], of: [40, 40, 40, 40, 40, 40]}]
    does_not: [{target: 0.2, hits: [8, 8, 8, 8, 8, 8], of: [40, 40, 40, 40, 40, 40]}]
"""


class Firm:
    """A simulated firm, imported at one instant."""

    def __init__(self, folder: Path) -> None:
        from tests.serving import set_up_django

        from courtside.services.caller import Caller
        from courtside.services.import_records import Request, import_records
        from courtside.services.initialise import initialise
        from courtside.services.workspace import Settings

        set_up_django()
        self.company: Company = made(folder / "records", seed=11, until=UNTIL, people=40, months=18)
        self.caller = Caller("host", clock=lambda: IMPORTED)
        self.workspace, _ = initialise(folder / "firm", Settings(name="Firm", pack="staffing"), self.caller)
        import_records(self.workspace, self.caller, Request((self.company.folder,)))
        (self.workspace.root / "rules").mkdir()
        (self.workspace.root / "rules" / "own.yaml").write_text(COACH, encoding="utf-8")

    def replay(self, rule: str, first: date = FIRST, last: date = LAST) -> Any:
        """A rule replayed, with its rows and figures."""
        from courtside.services.replay_rule import ReplayRule, replay_rule

        return replay_rule(self.workspace, self.caller, ReplayRule(rule, None, first, last))

    def evaluations(self, days: Sequence[date], *, looks_ahead: bool = False) -> Mapping[str, str]:
        """The hash of every look of some past days, as known then (or, looking ahead, as known now)."""
        from courtside.services.rule_books import on_disk
        from courtside.services.rule_evaluate import evaluations
        from courtside.services.rule_sheets import rule_sheets

        with rule_sheets(self.workspace, self.caller) as sheets:
            rule = on_disk(self.workspace)["coach_closing"].rule
            return {
                f"{day} {one.subject}": one.sha256
                for day in days
                for one in evaluations(rule, 1, sheets, day, None if looks_ahead else sheets.known_on(day))
            }


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    return Firm(tmp_path_factory.mktemp("replayed"))


def test_the_weak_closer_is_found_and_the_unlucky_one_is_not_eligible(firm: Firm, counted: Counted) -> None:
    weak, unlucky = firm.company.story("weak-closer")["person_id"], firm.company.story("unlucky")["person_id"]
    coached, eligible = firm.replay("coach_closing"), firm.replay("closing_below_target")
    assert weak in {row["person"] for row in coached.rows}
    assert unlucky not in {row["person"] for row in eligible.rows}
    truth = firm.company.truth
    for row in eligible.rows:
        assert truth["people"][row["person"]]["closing_rate"] < truth["benchmark"]["closing_rate"]
    figures = coached.summary
    assert figures["looks"] >= 12
    assert 0 < figures["flags_per_person_year"] < 0.2
    assert 0.01 < figures["false_alarm_rate_by_chance"] < 0.09
    assert eligible.summary["false_alarm_rate_by_chance"] < 0.05
    assert {one["dimension"] for one in figures["splits"]} == {"role", "tenure", "region", "team"}
    assert len(figures["strip"]) == 9
    assert sum(one["is_rule"] for one in figures["strip"]) == 1
    short = [firm.replay("coach_closing", date(2025, 10, 31)) for _ in range(2)]
    assert (short[0].rows, short[0].summary) == (short[1].rows, short[1].summary)
    counted(GATES[3], len(coached.rows) + len(eligible.rows))


def test_later_rows_leave_every_past_look_as_it_was(firm: Firm, counted: Counted, tmp_path: Path) -> None:
    """More deals of the very months looked at, recorded later: what was known then is what it was."""
    from courtside.services.import_records import Request, import_records

    days = (date(2025, 6, 30), date(2025, 9, 30))
    before, ahead = firm.evaluations(days), firm.evaluations(days, looks_ahead=True)
    later = _later(firm.company, tmp_path)
    firm.caller = type(firm.caller)("host", clock=lambda: IMPORTED + timedelta(days=3))
    import_records(firm.workspace, firm.caller, Request((later,)))
    assert firm.evaluations(days) == before
    assert len(before) > 60
    changed = firm.evaluations(days, looks_ahead=True)
    differ = sum(ahead[key] != changed[key] for key in ahead)
    assert differ > 0, "a replay that uses what is known now must be seen to change"
    counted(GATES[0], len(before))
    counted(GATES[1], differ)


def _later(company: Company, folder: Path) -> Path:
    """The weak closer's lost deals of the year turned into won ones, as an export that comes later."""
    weak = company.story("weak-closer")["person_id"]
    rows = [
        {**row, "status": "won"} for row in company.rows("opportunities")
        if row["person_id"] == weak and row["status"] == "lost"
    ]  # fmt: skip
    assert rows
    with (folder / "opportunities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_chance_at_target_is_what_the_alarms_spend(counted: Counted) -> None:
    """Rates: the alarm's own 5 % a year; the exact chance of one crossing bounds the guard, which asks for two."""
    rates = Years(
        np.zeros((40, 12)), np.full((40, 12), 20.0), np.full((40, 12), 4.0), np.ones(40), is_rate=True
    )  # fmt: skip
    found = at_target([rates], Level.COACH, 12, seed=1, draws=100)
    assert found.rate is not None
    assert abs(found.rate - alarms.A_YEAR) < 4 * found.error + 0.005
    guard = at_target([rates], Level.ELIGIBLE, 12, seed=1, draws=100)
    assert guard.rate is not None
    assert guard.rate <= alarms.crossing(20, 0.2, 20.0) + 4 * guard.error
    counts = Years(
        np.zeros((40, 12)), np.zeros((40, 12)), np.full((40, 12), 30.0), np.full(40, 2.0), is_rate=False
    )  # fmt: skip
    bursty = at_target([counts], Level.COACH, 3, seed=1, draws=100)
    assert bursty.rate is not None
    assert bursty.rate < 0.1
    same = [at_target([rates], Level.COACH, 12, seed=1, draws=20) for _ in range(2)]
    assert same[0] == same[1]
    assert at_target([], Level.COACH, 3, seed=1).rate is None
    counted(GATES[2], found.years + guard.years + bursty.years)


def test_chance_of_managers_is_exact() -> None:
    alone = by_duties([18], 0.9, Level.COACH, 12).rate
    assert alone is not None
    assert 0 < alone < 0.01
    quarterly = by_duties([18], 0.9, Level.COACH, 3).rate
    assert quarterly is not None
    assert quarterly == pytest.approx(1 - (1 - alone) ** 4, abs=1e-5)
    assert by_duties([3], 0.9, Level.WATCH, 3).rate == 0


def _look(person: str, on: date, *, holds: bool, value: float = 5.0) -> Evaluation:
    inputs: dict[str, Any] = {
        "figure": {"value": value, "reference": 10.0, "early": None}, "rule": {"is_down": False}, "like": {"role": "a"}
    }  # fmt: skip
    return Evaluation("r", 1, person, "m", on, holds, "watch", inputs, (), "coach", None)


def test_a_naming_is_counted_once_and_coming_back_unaided_needs_no_plan() -> None:
    ends = [date(2025, month + 1, 1) - timedelta(days=1) for month in range(1, 8)]
    holding = {
        "back": (1, 2), "stays": (1, 2, 3, 4, 5, 6), "helped": (1, 2), "twice": (0, 5), "never": (),
    }  # fmt: skip
    looks = {
        day: [
            _look(person, day, holds=at in holds, value=5.0 if at in holds else 10.0)
            for person, holds in holding.items()
        ]
        for at, day in enumerate(ends)
    }
    found = replayed(looks, ends[-1], lambda person, _first, _last: person == "helped")
    told = [(one.person, one.on) for one in found.firings]
    assert told == [
        ("twice", ends[0]), ("back", ends[1]), ("helped", ends[1]), ("stays", ends[1]), ("twice", ends[5]),
    ]  # fmt: skip
    came_back = {(one.person, one.on): one.recovered_unaided for one in found.firings}
    assert came_back["back", ends[1]] is True
    assert came_back["stays", ends[1]] is False
    assert came_back["helped", ends[1]] is None
    assert came_back["twice", ends[5]] is None
    assert found.recovered == (2, 3)
    assert found.flags_per_person_year == pytest.approx(5 / found.person_years)
