"""The funnel of a team in one rate: each of its people by cases and rate, beside the limits chance and real spread set.

The limits are those of everybody of the role in the firm, so that a small team has some; nobody is ranked by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.box_score_figures import Everyone
from courtside.services.box_score_periods import Frame
from courtside.services.counted_rates import ByPerson, counted_rates, plain_rates
from courtside.services.team_people import EVERYBODY, Mate
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

_STEPS = 40
"""So many points draw a limit."""
_RUNGS = ("input", "activity", "objective", "result")
_PLACES = ("inside the limits", "outside 95 in 100", "outside 99.8 in 100")


@dataclass(frozen=True, slots=True)
class Pick:
    """A rate that can be chosen."""

    metric: str
    label: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """Somebody's place: cases and rate. Without a name where the viewer may not see whose it is.

    `outside` is 0 within the limits, 1 beyond 95 in 100, 2 beyond 99.8 in 100; `side` is `above`, `below` or `even`.
    """

    name: str
    cases: float
    rate: float
    outside: int
    side: str
    cases_words: str
    rate_words: str
    place_words: str


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of one reach at so many cases."""

    cases: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FunnelPlot:
    """The plot. `why_not` says why there are no limits, and then nothing is drawn."""

    metric: str
    label: str
    picks: tuple[Pick, ...]
    dots: tuple[Dot, ...]
    alert: tuple[Limit, ...]
    alarm: tuple[Limit, ...]
    line: float
    line_words: str
    people: int
    says: str
    why_not: str

    @property
    def named(self) -> tuple[Dot, ...]:
        """The dots whose names may be read: what the table tells."""
        return tuple(dot for dot in self.dots if dot.name)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose names may be read, and from how many others on nameless dots may be drawn."""

    names: frozenset[str]
    fewest: int = 0
    own: str = ""


def funnel_of(
    visit: Visit, frame: Frame, wanted: str, role: str, everyone: Everyone, mates: Sequence[Mate], audience: Audience
) -> FunnelPlot | None:
    """The funnel of those of a role in a team; None where there is no rate, no one role, or the period is not over."""
    rates = plain_rates(visit)
    if role == EVERYBODY or not frame.is_over or not rates:
        return None
    counted = counted_rates(visit, frame.period.starts_on, frame.period.last_on)
    pool = {name: _pool(counted.get(name, {}), everyone, role) for name in (one.name for one in rates)}
    offered = [one for one in rates if any(mate.person_id in pool[one.name] for mate in mates)]
    if not offered:
        return None
    nearest = max(offered, key=lambda one: _RUNGS.index(one.rung.value))
    chosen = next((one for one in offered if one.name == wanted), nearest)
    picks = tuple(Pick(one.name, one.label, one is chosen) for one in offered)
    return _plot(chosen, picks, pool[chosen.name], mates, audience)


def _pool(counted: ByPerson, everyone: Everyone, role: str) -> ByPerson:
    """Everybody of the role who can be compared: not new in the work, and not away for most of the period."""
    members = everyone.members
    return {
        person: found for person, found in counted.items()
        if person in members and (members[person].role or "") == role and members[person].readiness == "ready"
    }  # fmt: skip


def _plot(
    metric: Metric, picks: tuple[Pick, ...], pool: ByPerson, mates: Sequence[Mate], audience: Audience
) -> FunnelPlot:
    from courtside.analysis.statistics import funnel  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.wording import percent  # noqa: PLC0415

    hits, of = ([found[place] for found in pool.values()] for place in range(2))
    line = sum(hits) / sum(of)
    shown = [mate for mate in mates if mate.person_id in pool and not mate.apart]
    others = [mate for mate in shown if mate.person_id != audience.own]

    def without(why: str) -> FunnelPlot:
        return FunnelPlot(metric.name, metric.label, picks, (), (), (), line, percent(line), len(pool), "", why)

    if len(pool) < funnel.LEAST_UNITS:
        return without(f"Only {len(pool)} people of the role have cases; limits take {funnel.LEAST_UNITS}.")
    if len(others) < audience.fewest:
        return without("Too few others of your role are in the team: a dot could be told to be somebody.")
    if not 0 < line < 1:
        return without("All figures are alike, so there is nothing that could lie outside.")
    found = funnel.rates(hits, of)
    if found.is_mix_wrong:
        return without(
            "People of the role scatter so far that they cannot have had like cases. Limits would be wider than is "
            "honest: look at them source by source first."
        )
    most = max(pool[mate.person_id][1] for mate in shown) if shown else max(of)
    cases = [most * (step + 1) / _STEPS for step in range(_STEPS)]
    alert, alarm = (_limits(cases, line, found.tau2, reach) for reach in (funnel.ALERT, funnel.ALARM))
    dots = tuple(_dot(mate, *pool[mate.person_id], line, found.tau2, audience) for mate in shown)
    return FunnelPlot(
        metric.name, metric.label, picks, dots, alert, alarm, line, percent(line), len(pool), _says(dots), ""
    )


def _limits(cases: Sequence[float], line: float, tau2: float, reach: float) -> tuple[Limit, ...]:
    from courtside.analysis.statistics.funnel import rate_limits  # noqa: PLC0415

    whole = sorted({float(max(round(n), 1)) for n in cases})
    found = rate_limits(whole, line, tau2, reach)
    ends = zip(whole, found.low.tolist(), found.high.tolist(), strict=True)
    return tuple(Limit(*end) for end in ends)


def _dot(mate: Mate, hits: float, of: float, line: float, tau2: float, audience: Audience) -> Dot:
    from courtside.analysis.statistics.funnel import ALARM, ALERT, rate_limits  # noqa: PLC0415
    from courtside.analysis.wording import percent, whole  # noqa: PLC0415

    rate, outside = hits / of, 0
    for number, reach in enumerate((ALERT, ALARM), 1):
        span = rate_limits([of], line, tau2, reach)
        outside = number if rate < span.low[0] or rate > span.high[0] else outside
    side = "even" if not outside else "above" if rate > line else "below"
    name = "You" if mate.person_id == audience.own else mate.name if mate.person_id in audience.names else ""
    place = f"{_PLACES[outside]}, {side}" if outside else _PLACES[0]
    return Dot(name, of, rate, outside, side, whole(of), percent(rate), place)


def _says(dots: Sequence[Dot]) -> str:
    beyond = sum(dot.outside > 0 for dot in dots)
    if not beyond:
        return (
            "Everybody lies inside the limits: nobody differs from the role by more than chance and the usual spread."
        )
    lie = "1 of them lies" if beyond == 1 else f"{beyond} of them lie"
    return f"Of {len(dots)} people {lie} outside the limits. It says that the cases are worth a look, not why."
