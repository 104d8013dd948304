"""Goals of plans from the records: refused and accepted by worked numbers, with the figures score cards have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cases import planned
from tests.cases.planned import SPRING, at, improvement, now, visit
from tests.serving import Served

GATES = (
    "goals refused and accepted by their numbers",
    "figures of goals equal to those of score cards",
    "expectations kept when goals are chosen",
)
PERIOD = (date(2026, 8, 17), date(2026, 10, 16))
"""60 days: 44 weekdays, less the holidays of the region."""


def test_goals_are_refused_and_accepted_by_their_numbers(served: Served, counted: Callable[[str, int], None]) -> None:
    at(SPRING.date())
    done = _results_are_refused(served) + _too_few_are_refused(served) + _reach(served) + _fine(served)
    counted("goals refused and accepted by their numbers", done)


def _weighed(served: Served, metric: str, level: float, period: tuple[date, date] = PERIOD) -> Any:
    from courtside.services.plan_goals import weigh

    return weigh(visit("maya"), served.people["rae"], metric, level, period, is_decisive=True)


def _results_are_refused(served: Served) -> int:
    from courtside.services.refused import Refused

    said = " ".join(_weighed(served, "placements", 1.0).checked.refusals)
    assert "is a result" in said
    for metric, why in (("revenue", "no count"), ("nothing_of_the_kind", "metric")):
        with pytest.raises(Refused, match=why):
            _weighed(served, metric, 1.0)
    return 3


def _too_few_are_refused(served: Served) -> int:
    """4 interviews in 60 days say nothing; how long would be enough follows from the events due and their bursts."""
    from courtside.services.plan_figures import days_of

    days = days_of(visit("maya"), served.people["rae"], *PERIOD)
    found = _weighed(served, "client_interviews", 4 * 5 / days.working)
    assert found.goal.target == pytest.approx(4)
    assert found.goal.due_events == pytest.approx(4 * days.present / days.working)
    assert found.checked.needed == pytest.approx(64 * found.goal.phi)
    enough = found.checked.days_needed
    assert enough == pytest.approx(60 * found.checked.needed / found.goal.due_events, abs=1)
    assert any("toss of a coin" in said and f"{enough:,} days" in said for said in found.checked.refusals)
    return 1


def _reach(served: Served) -> int:
    from courtside.services.plan_figures import recent

    figure = recent(visit("maya"), "dials", served.people["rae"])
    assert figure is not None
    best = max(figure.peers)
    assert _weighed(served, "dials", best * 5 * 1.01).goal.share_of_peers == 0
    assert any("None of the peers" in said for said in _weighed(served, "dials", best * 5 * 1.01).checked.refusals)
    one = _weighed(served, "dials", best * 5 * 0.999)
    assert one.goal.share_of_peers == pytest.approx(1 / len(figure.peers))
    assert any("Only" in said for said in one.checked.warnings)
    return 2


def _fine(served: Served) -> int:
    """8 meetings a week over 60 days are 69 and do, since they come in no bursts; 7 are too few to tell."""
    from courtside.services.plan_figures import days_of

    days = days_of(visit("maya"), served.people["rae"], *PERIOD)
    meetings = _weighed(served, "meetings", 8.0)
    assert meetings.goal.target == pytest.approx(8 / 5 * days.working)
    assert 64 <= meetings.goal.target <= 71
    assert meetings.goal.phi == 1, "weeks before the records begin are no bursts"
    assert meetings.checked.is_fine
    fewer = _weighed(served, "meetings", 7.0)
    assert not fewer.checked.is_fine
    until = PERIOD[0] + timedelta(days=int(fewer.checked.days_needed) + 14)
    assert _weighed(served, "meetings", 7.0, (PERIOD[0], until)).checked.is_fine
    assert _weighed(served, "next_step_secured_rate", 0.45).checked.is_fine
    return 3


def test_live_figures_are_those_of_score_cards(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services.plan_goals import live
    from courtside.services.scoring import scorer_of
    from courtside.warehouse.question import Question

    at(SPRING.date())
    plan, compared = planned.active(improvement(own_copy)), 0
    at(plan.starts_on + timedelta(days=40))
    seen = visit("maya")
    for one in live(seen, now(plan)):
        question = Question(one.goal.metric, ("person",), None, plan.starts_on, seen.today, seen.today)
        with seen.session() as session:
            rows = scorer_of(session).ask(question).rows
        (row,) = [row for row in rows if row["scope"] == f"person:{plan.person_id}"]
        assert one.now.value == pytest.approx(row["value"])
        assert one.now.n == pytest.approx(row["n"] if one.goal.unit.value == "percent" else row["value"])
        assert one.now.low <= one.now.value <= one.now.high
        assert one.due <= one.whole + 1e-9
        assert "The goal is" not in one.now.sentence
        compared += 1
    counted("figures of goals equal to those of score cards", compared)


def test_what_is_to_be_expected_is_kept_when_goals_are_chosen(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    """METHODS 10 b: later records change neither what was expected nor, by an edit, what a goal was chosen on."""
    from courtside.services.edit_plan import edit_plan
    from courtside.services.plan_effects import expected_at_selection, outcomes, pooled_sentences
    from courtside.services.plan_figures import recent
    from courtside.services.viewing import NotFound

    at(SPRING.date())
    plan = improvement(own_copy)
    kept = dict(expected_at_selection()[plan.id])
    figure = recent(visit("maya"), "next_step_secured_rate", plan.person_id)
    assert figure is not None
    assert kept["next_step_secured_rate"] == figure.expectation
    assert min(figure.value, figure.usual or 0) <= (figure.expected or 0) <= max(figure.value, figure.usual or 1)
    at(SPRING.date() + timedelta(days=3))
    edit_plan(visit("maya"), plan.id, planned.written(SPRING.date() + timedelta(days=3), purpose="Otherwise."))
    assert expected_at_selection()[plan.id] == kept
    assert now(plan).content.goals[0].expected_next == plan.content.goals[0].expected_next
    planned.active(now(plan))
    at(plan.starts_on + timedelta(days=50))
    (row,) = outcomes(visit("hana"))
    assert row.of > 0
    assert row.expectation == kept["next_step_secured_rate"]
    assert pooled_sentences(visit("hana")) == ()
    with pytest.raises(NotFound):
        pooled_sentences(visit("rae"))
    counted("expectations kept when goals are chosen", len(kept))
