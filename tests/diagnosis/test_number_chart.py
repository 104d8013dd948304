"""The run chart of an opened number and the funnel of a team: limits, or words why there are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.urls import reverse

from courtside.analysis.statistics.charts import individuals
from courtside.records.period import Grain
from courtside.services.box_score import card_in_force
from courtside.services.box_score_periods import frame_of
from courtside.services.counted_rates import counted_rates, plain_rates
from courtside.services.number_chart import CHARTED, chart_of, chart_series
from courtside.services.team_funnel import Audience, FunnelPlot, funnel_of
from courtside.services.viewing import Visit, visit_of
from courtside.web import marks

if TYPE_CHECKING:
    from tests.serving import Served

GATES = (
    "limits equal to the chart's own arithmetic", "charts without limits that say why", "signals put in and ringed",
    "funnels read for names", "funnels told of few people where the gate is left open",
)  # fmt: skip


def visit(served: Served, who: str) -> Visit:
    from django.contrib.auth import get_user_model

    found = visit_of(get_user_model().objects.get(username=who).pk)
    assert found is not None
    return found


def number(served: Served, metric: str, **asked: str) -> str:
    rae = served.people["rae"]
    answer = served.client("rae").get(reverse("box_score_number", args=[rae, metric]), asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_limits_are_those_of_the_weeks_before_the_last_eight(
    served: Served, counted: Callable[[str, int], None]
) -> None:
    """Every chart of everybody with XmR limits, by slow arithmetic; all others say why they have none."""
    seen = visit(served, "maya")
    catalogue, names, period = seen.catalogue(), card_in_force(seen).names, frame_of(seen, "", "").period
    compared = 0
    for person in sorted(served.members):
        for name in names:
            chart = chart_of(seen, person, catalogue[name], names, period)
            if chart is None:
                continue
            assert chart.says
            assert len(chart.points) == len(chart.words) == len(chart.marked) == CHARTED
            if chart.limits is None:
                assert chart.says[0].startswith("No limits")
                counted("charts without limits that say why", 1)
                continue
            there = [at for at, low in enumerate(chart.limits.low) if low is not None]
            points = [point for at in there if (point := chart.points[at]) is not None]
            slow = individuals(points, len(points) - 8)
            assert chart.limits.centre == pytest.approx(slow.centre)
            assert chart.limits.high[there[0]] == pytest.approx(float(slow.high[0]))
            low = chart.limits.low[there[0]]
            assert low == pytest.approx(max(float(slow.low[0]), 0.0))
            ringed = [at for at in there if chart.limits.signals[at]]
            assert ringed == [there[at] for at in np.flatnonzero(slow.beyond | slow.runs)]
            compared += 1
    counted("limits equal to the chart's own arithmetic", compared)


def test_a_number_says_what_changed_in_words_and_as_a_table(served: Served) -> None:
    text = number(served, "dials")
    assert 'class="mark run' in text
    assert re.search(r"The last 26 (weeks|months) that are over", text)
    assert "Something changed" in text or "chance explains them" in text or "No limits" in text
    assert '<caption class="unseen">Dials period by period</caption>' in text


def test_a_level_has_no_limits_and_a_rate_a_range_for_every_look(served: Served) -> None:
    assert "would ring falsely" in number(served, "open_opportunities")
    told = "".join(number(served, rate.name) for rate in plain_rates(visit(served, "rae")))
    assert "In the review year so far, 1 January" in told
    assert "looked at every month" in told


@pytest.mark.parametrize("grain", [Grain.WEEK, Grain.MONTH])
def test_the_series_ends_with_the_period_asked_for(served: Served, grain: Grain) -> None:
    seen = visit(served, "rae")
    frame = frame_of(seen, "", "2026-Q3")
    found = chart_series(seen, ["dials"], frame.period, grain)
    assert len(found.periods) == CHARTED
    assert found.periods[-1].last_on <= frame.period.last_on
    assert all(len(line) == CHARTED for line in found.counted["dials"].values())


def test_a_ring_is_drawn_for_every_signal(counted: Callable[[str, int], None]) -> None:
    """Four weeks of 30 after twenty-two around 10; without signals there is no ring."""
    points = [10.0, 11, 9, 10, 12, 8, 10, 11, 9, 10, 10, 12, 9, 11, 10, 9, 10, 11, 8, 12, 10, 9, 30, 30, 30, 30]
    slow = individuals(points, 18)
    low, high = ([float(end) for end in ends] for ends in (slow.low, slow.high))
    ringed = marks.control_chart(points, marks.Limits(slow.centre, low, high, slow.signals.tolist()))
    bare = marks.control_chart(points, marks.Limits(slow.centre, low, high, [False] * 26))
    assert ringed.count("hollow") == 4
    assert bare.count("hollow") == 0
    counted("signals put in and ringed", ringed.count("hollow"))


# The funnel ------------------------------------------------------------------------------------------------


def funnels(served: Served, audience: Audience, team: str = "") -> Sequence[tuple[str, FunnelPlot | None]]:
    """The funnels of a team in every rate there is, whoever's role has them."""
    from courtside.services.box_score_figures import everyone
    from courtside.services.team_people import mates_of, of_role, roles_of

    seen = visit(served, "maya")
    frame = frame_of(seen, "", "")
    everybody = everyone(seen, card_in_force(seen).names, frame.period)
    mates = mates_of(seen, team or served.team, everybody)
    return [
        (role, funnel_of(seen, frame, rate.name, role, everybody, of_role(mates, role), audience))
        for role in roles_of(mates) for rate in plain_rates(seen)
    ]  # fmt: skip


def test_who_leads_the_team_reads_the_funnel_by_name(served: Served) -> None:
    texts = [
        served.client("maya").get(reverse("team", args=[served.team]), {"role": role}).content.decode()
        for role in ("seller", "recruiter")
    ]
    assert any("More than chance?" in text for text in texts)
    assert all("limits take 10" in text or "Between the dashed limits" in text for text in texts if "More than" in text)


def test_a_rep_reads_no_name_and_no_dots_of_few_others(served: Served, counted: Callable[[str, int], None]) -> None:
    others = [name for person, name in served.hierarchy.names.items() if person != served.people["rae"]]
    for rate in plain_rates(visit(served, "rae")):
        text = served.client("rae").get(reverse("team", args=[served.team]), {"funnel": rate.name}).content.decode()
        assert not [name for name in others if name in text]
        assert "Funnel of" not in text
        counted("funnels read for names", 1)


def test_without_its_gates_a_funnel_of_few_would_be_drawn(
    served: Served, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    """Fewer than ten of a role give no limits, and a rep no dots; with both gates open there are some, nameless."""
    own = served.people["rae"]
    kept = [plot for _, plot in funnels(served, Audience(frozenset(), 8, own)) if plot is not None]
    assert not any(plot.dots for plot in kept)
    monkeypatch.setattr("courtside.analysis.statistics.funnel.LEAST_UNITS", 2)
    told = [plot for _, plot in funnels(served, Audience(frozenset(), 0, own)) if plot is not None]
    drawn = [plot for plot in told if plot.dots]
    assert drawn
    assert {dot.name for plot in drawn for dot in plot.dots} <= {"", "You"}
    counted("funnels told of few people where the gate is left open", len(drawn))


def test_dots_outside_are_filled_and_named() -> None:
    dots = [marks.FunnelDot(40, 0.2, "even", ""), marks.FunnelDot(60, 0.6, "above", "Ann <b>")]
    edges = [(10.0, 0.0, 0.5), (60.0, 0.1, 0.3)]
    drawn = marks.funnel(dots, 0.2, "20 %", edges, edges)
    assert "Ann &lt;b&gt;" in drawn
    assert drawn.count('class="hollow"') == 1
    assert drawn.count('class="c"') == 1
    assert marks.funnel([], 0.2, "20 %", edges, edges) == ""


def test_rates_are_counted_for_everybody_at_once(served: Served) -> None:
    seen = visit(served, "maya")
    frame = frame_of(seen, "", "")
    found = counted_rates(seen, frame.period.starts_on, frame.period.last_on)
    assert any(found.values())
    assert all(0 <= hits <= of for by_person in found.values() for hits, of in by_person.values())
