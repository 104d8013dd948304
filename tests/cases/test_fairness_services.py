"""HR alone sees the fairness of steps, over a served firm; nobody sees that a single plan worked."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.serving import Served

    from courtside.services.viewing import Visit

GATES = ("viewers refused the fairness of steps", "viewers refused what plans did")
Counted = Callable[[str, int], None]
SINCE = date(2026, 2, 1)
EVERYBODY = ("rae", "tom", "maya", "gwen", "eve", "ada", "ola", "ari", "otto")


def _visit(username: str) -> Visit:
    from django.contrib.auth import get_user_model

    from courtside.services.viewing import visit_of

    visit = visit_of(get_user_model().objects.get(username=username).pk)
    assert visit is not None
    return visit


def _stated(served: Served, text: str, mode: int = 0o600) -> None:
    path = served.root / "protected" / "groups.csv"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_only_hr_sees_the_fairness_of_steps(served: Served, counted: Counted) -> None:
    from courtside.services.show_fairness import show_fairness
    from courtside.services.viewing import NotFound

    for username in EVERYBODY:
        with pytest.raises(NotFound):
            show_fairness(_visit(username), [], SINCE)
        counted("viewers refused the fairness of steps", 1)


def test_hr_sees_every_step_by_what_the_records_hold_and_what_they_state(own_copy: Served) -> None:
    from courtside.services.show_fairness import Reached, show_fairness
    from courtside.store import audit

    everybody = sorted(own_copy.hierarchy.names)
    rows = "".join(f"{person},{'North' if n % 2 else 'South'}\n" for n, person in enumerate(everybody))
    _stated(own_copy, f"person_id,location\n{rows}")
    north = [person for n, person in enumerate(everybody) if n % 2]
    reached = [Reached(person, "watch") for person in north] + [Reached(person, "plan") for person in north]
    found = show_fairness(_visit("hana"), reached, SINCE)
    assert found.hold
    assert "location" in {line.grouping for line in found.preview.lines}
    assert found.preview.lines[0].people >= 5
    assert {one.grouping for one in found.preview.held} >= {"location"}
    shown = [row for one in found.panels for row in one.rows]
    assert shown
    assert all(row.people >= 5 for row in shown)
    assert all(row.low <= row.per_100 <= row.high for row in shown)
    look = audit.last("show_fairness")
    assert look is not None
    assert look.who == "hana"
    assert look.detail == {
        "comparisons": len(found.preview.comparisons), "held": len(found.preview.held), "hold": True,
    }  # fmt: skip


def test_who_has_left_is_counted_where_they_were(served: Served) -> None:
    from courtside.services.show_fairness import show_fairness

    visit = _visit("hana")
    found = show_fairness(visit, [], SINCE)
    with visit.session() as session:
        firm = session.open_firm()
    there = {
        row[0]
        for row in firm.spans
        if row[1] <= visit.today
        and (row[2] is None or row[2] > SINCE)
        and (firm.people[row[0]].left_on or visit.today) >= SINCE
    }
    teams = [line.people for line in found.preview.lines if line.grouping == "team"]
    assert sum(teams) in (0, len(there))
    roles = [line.people for line in found.preview.lines if line.grouping == "role"]
    assert sum(roles) == len(there)


def test_only_those_concerned_are_counted(served: Served) -> None:
    from courtside.services.show_fairness import show_fairness

    found = show_fairness(_visit("hana"), [], SINCE, concerned=served.members)
    assert max((line.people for line in found.preview.lines), default=0) <= len(served.members)


def test_a_file_others_can_open_and_one_with_faults_are_refused(own_copy: Served) -> None:
    from courtside.services.refused import Refused
    from courtside.services.show_fairness import Reached, show_fairness

    person = own_copy.people["rae"]
    _stated(own_copy, f"person_id,location\n{person},North\n", mode=0o644)
    if os.name == "posix":
        with pytest.raises(Refused, match="others on this computer can open this file"):
            show_fairness(_visit("hana"), [], SINCE)
    _stated(own_copy, "person_id,location\nnobody,North\n")
    with pytest.raises(Refused) as refused:
        show_fairness(_visit("hana"), [], SINCE)
    assert refused.value.lines[0].startswith("groups.csv:2:1: 'nobody' nobody in the records has this id")
    _stated(own_copy, f"person_id,location\n{person},North\n")
    with pytest.raises(Refused, match="no step 'fired'"):
        show_fairness(_visit("hana"), [Reached(person, "fired")], SINCE)


def _outcomes(number: int, **change: Any) -> list[Any]:
    import numpy as np

    from courtside.analysis.effect.expectation import expect_rate
    from courtside.analysis.statistics.distributions import array
    from courtside.analysis.statistics.shrinkage import Pools
    from courtside.services.show_effect import PlanOutcome

    pools = Pools(*(array([value]) for value in (0.2, 63.0, 1000.0, 5000.0, 40.0)))
    rng = np.random.default_rng(4)
    made = [expect_rate("closing_rate", date(2026, 4, 1), 3, 30, pools).to_json() for _ in range(number)]
    given: dict[str, Any] = {"kind": "coaching", "of": 30.0, "label": "Closing %", "name": "Lee"} | change
    seen = [float(rng.binomial(int(given["of"]), 0.168)) for _ in range(number)]
    return [PlanOutcome(plan_id=f"P{n}", expectation=made[n], seen=seen[n], **given) for n in range(number)]


def test_only_hr_and_executives_see_what_plans_did(served: Served, counted: Counted) -> None:
    from courtside.services.show_effect import show_effect
    from courtside.services.viewing import NotFound

    for username in EVERYBODY:
        if username != "eve":
            with pytest.raises(NotFound):
                show_effect(_visit(username), _outcomes(6))
            counted("viewers refused what plans did", 1)
    assert show_effect(_visit("eve"), _outcomes(6)).each == ()


def test_plans_are_credited_together_or_not_at_all(served: Served) -> None:
    from courtside.services.show_effect import show_effect

    found = show_effect(_visit("hana"), [*_outcomes(12), *_outcomes(2, kind="improvement", of=0.0)])
    coaching, improvement = found.together
    assert (coaching.plans, coaching.too_early, coaching.metric) == (12, 0, "closing_rate")
    assert coaching.sentences[0].startswith("Across 12 plans the gain beyond that is ")
    assert coaching.sentences[1].startswith("A true gain of +3 points would show in 8 of 10 cases after about ")
    assert (improvement.plans, improvement.too_early, improvement.pooled) == (0, 2, None)
    assert improvement.sentences == ("0 plans so far: fewer than 5 are too few to say anything over them.",)
    assert len(found.each) == 12
    assert all(one.sentence.endswith("So we cannot credit the plan yet.") for one in found.each)
    assert show_effect(_visit("hana"), _outcomes(6, name="")).each == ()


def test_a_stored_expectation_that_cannot_be_read_is_named(served: Served) -> None:
    from dataclasses import replace

    from courtside.services.refused import Refused
    from courtside.services.show_effect import show_effect

    (good,) = _outcomes(1)
    with pytest.raises(Refused, match="plan P0: this is no expectation"):
        show_effect(_visit("hana"), [replace(good, expectation={"mean": 1})])
    with pytest.raises(Refused, match="plan P0: 31 of 30 cannot have been seen"):
        show_effect(_visit("hana"), [replace(good, seen=31.0)])
