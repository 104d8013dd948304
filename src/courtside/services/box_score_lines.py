"""One line of a box score: a person's own figure in words and in numbers to draw, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.services.box_score_figures import Everyone, Member, Row, Series

if TYPE_CHECKING:
    from courtside.analysis.cards.headline import Told
    from courtside.analysis.cards.place import Place
    from courtside.metrics.metric import Metric

SAME = ("role", "segment", "time with the firm")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Numbers for the marks beside a line, in the metric's unit; `most` ends the scale of the bullet."""

    value: float | None
    low: float | None
    high: float | None
    target: float | None
    most: float
    points: tuple[float | None, ...]
    normal_low: float | None
    normal_high: float | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A place among peers, 0 to 100 with its own range; `state` is `above`, `below` or `even` against the middle."""

    at: float
    low: float
    high: float
    state: str
    words: str
    among: str


@dataclass(frozen=True, slots=True)
class Then:
    """The same figure in an earlier period."""

    value: str
    likely: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as its page shows it. `state` is `above`, `below`, `even` or `early`."""

    metric: str
    label: str
    rung: str
    version: int
    value: str
    likely: str
    chance: str
    """The range chance alone explains, where no likely range is fitted."""
    target: str
    state: str
    state_words: str
    against: str
    """What it is too close to, where it is."""
    sentence: str
    cases: str
    is_watched: bool
    drawn: Drawn
    placed: Placed | None
    unplaced: str
    """Why there is no place among peers."""
    then: Then | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What the lines of one person are written from."""

    person: str
    everyone: Everyone
    series: Series
    currency: str
    before: Everyone | None = None


def line_of(desk: Desk, metric: Metric, version: int) -> Line:
    """The line of a metric."""
    row = row_of(desk, metric)
    place, why = place_of(desk, metric)
    state = state_of(row)
    return Line(
        metric.name, metric.label, metric.rung.value, version, _value(desk, metric, row), _likely(desk, metric, row),
        _chance(desk, metric, row), _target(desk, metric, row), state, state_words(row, state),
        _against(row, state), _sentence(desk, metric, row), cases(metric, row),
        row is not None and row["verdict"] in ("watch", "coach", "eligible"),
        drawn(desk, metric, row), place, why, _then(desk, metric),
    )  # fmt: skip


def told_of(desk: Desk, metric: Metric, period: str) -> Told:
    """What the headline needs of a line."""
    from courtside.analysis.cards.headline import Told  # noqa: PLC0415
    from courtside.metrics.metric import Rung  # noqa: PLC0415

    row = row_of(desk, metric) or {}
    over = row.get("verdict_period")
    return Told(
        metric.label, metric.unit, metric.direction, str(row.get("verdict", "too_early")),
        str(row.get("position", "no_reference")), row.get("value"), row.get("target"),
        over if over != period else None, desk.currency, metric.rung is Rung.INPUT,
    )  # fmt: skip


def row_of(desk: Desk, metric: Metric) -> Row | None:
    """The person's row; with too few of the same role and no target it has nothing to lie above or below."""
    from courtside.analysis.cards.pools import LEAST_PEOPLE  # noqa: PLC0415

    row, member = desk.everyone.row(metric.name, desk.person), desk.everyone.members.get(desk.person)
    if row is None or row["target"] is not None or member is None:
        return row
    members, known = desk.everyone.members, desk.everyone.rows[metric.name]
    same = sum(1 for person in known if person in members and members[person].role == member.role)
    return row if same >= LEAST_PEOPLE else {**row, "position": "no_reference"}


# Words -----------------------------------------------------------------------------------------------------


def state_of(row: Row | None) -> str:
    """The state a mark shows: early, above, below or even."""
    if row is None or row["value"] is None or row["verdict"] == "too_early":
        return "early"
    return row["position"] if row["position"] in ("above", "below") else "even"


def state_words(row: Row | None, state: str) -> str:
    """The state in words, with what it is measured by."""
    if row is None or row["value"] is None:
        return "not recorded"
    if state == "early":
        return "too early to tell"
    if row["position"] == "no_reference":
        return "nothing to compare with"
    return f"clearly {state} {measured_by(row)}" if state in ("above", "below") else "too close to call"


def measured_by(row: Row) -> str:
    """What a figure is measured by."""
    return "target" if row["target"] is not None else "peers"


def _against(row: Row | None, state: str) -> str:
    """What a figure is too close to, where it is."""
    is_close = row is not None and state == "even" and row["position"] == "not_separable"
    return f"against {measured_by(row)}" if row is not None and is_close else ""


def cases(metric: Metric, row: Row | None) -> str:
    """The cases behind a figure; a count says itself."""
    from courtside.analysis.wording import whole  # noqa: PLC0415

    if row is None or row["n"] is None or (metric.unit.value == "count" and row["n"] == row["value"]):
        return ""
    return f"n {whole(row['n'])}"


def _value(desk: Desk, metric: Metric, row: Row | None) -> str:
    from courtside.analysis.wording import amount  # noqa: PLC0415

    return "–" if row is None or row["value"] is None else amount(row["value"], metric.unit, desk.currency)


def _target(desk: Desk, metric: Metric, row: Row | None) -> str:
    from courtside.analysis.wording import amount  # noqa: PLC0415

    return "" if row is None or row["target"] is None else amount(row["target"], metric.unit, desk.currency)


def _likely(desk: Desk, metric: Metric, row: Row | None) -> str:
    return _range(desk, metric, row, "likely")


def _chance(desk: Desk, metric: Metric, row: Row | None) -> str:
    return "" if row is None or row["likely"] is not None else _range(desk, metric, row, "interval")


def _range(desk: Desk, metric: Metric, row: Row | None, name: str) -> str:
    from courtside.analysis.wording import between  # noqa: PLC0415

    if row is None or row[name] is None:
        return ""
    low, high = row[name]
    return between(low, high, metric.unit, desk.currency)


def _sentence(desk: Desk, metric: Metric, row: Row | None) -> str:
    if row is not None:
        return str(row["sentence"])
    if metric.name in desk.everyone.refusals:
        return f"{desk.everyone.refusals[metric.name]}."
    return "Nothing is recorded, which is not the same as nothing done."


def _then(desk: Desk, metric: Metric) -> Then | None:
    if desk.before is None:
        return None
    row = desk.before.row(metric.name, desk.person)
    likely = _likely(desk, metric, row) or _chance(desk, metric, row)
    return Then(_value(desk, metric, row), likely)


# Numbers to draw -------------------------------------------------------------------------------------------


def drawn(desk: Desk, metric: Metric, row: Row | None) -> Drawn:
    """The numbers of a line's marks."""
    points = desk.series.of(metric.name, desk.person)
    low, high = normal(metric, points)
    if row is None:
        return Drawn(None, None, None, None, 0.0, points, low, high)
    span = row["likely"] or row["interval"] or (None, None)
    reach = [abs(x) for x in (row["value"], span[1], row["target"]) if x is not None]
    return Drawn(row["value"], span[0], span[1], row["target"], 1.1 * max(reach, default=0.0), points, low, high)


def normal(metric: Metric, points: Sequence[float | None]) -> tuple[float | None, float | None]:
    """The range within which the periods of a series come and go by chance."""
    from courtside.analysis.cards.place import normal_range  # noqa: PLC0415
    from courtside.metrics.metric import Unit  # noqa: PLC0415

    is_signed = metric.unit in (Unit.MONEY, Unit.SCORE) and any(point is not None and point < 0 for point in points)
    found = normal_range(points, is_signed)
    if found is not None and metric.unit is Unit.PERCENT and all(point is None or point <= 1 for point in points):
        return found[0], min(found[1], 1.0)
    return found or (None, None)


# Among peers -----------------------------------------------------------------------------------------------


def place_of(desk: Desk, metric: Metric) -> tuple[Placed | None, str]:
    """The place among peers, or why there is none. Peers themselves are never named nor shown one by one."""
    from courtside.analysis.cards.place import place_among  # noqa: PLC0415

    own = desk.everyone.row(metric.name, desk.person)
    member = desk.everyone.members.get(desk.person)
    if own is None or own["value"] is None or member is None:
        return None, ""
    why = _why_unplaced(own, member)
    if why:
        return None, why
    peers = list(_peers(desk, metric, member))
    days = _days(metric, member)
    span = own["likely"] or own["interval"]
    place = place_among(_estimate(own) / days, (span[0] / days, span[1] / days) if span else None, peers)
    if place is None:
        return None, f"{_people(len(peers))} of the same {_same(member)}; a place needs 8"
    if own["value"] == 0 and not any(peers):
        return None, "nobody has any"
    return _placed(place, _same(member), own["verdict"] == "too_early"), ""


def _why_unplaced(own: Row, member: Member) -> str:
    if member.readiness == "new":
        return "new in the work: no comparison yet"
    if member.readiness == "away":
        return "away most of the time: no comparison"
    return "" if own["complete"] else "not complete yet: no comparison"


def _placed(place: Place, same: str, is_early: bool) -> Placed:
    """A place clear of the middle is one only where it is not too early to tell anything."""
    state = "above" if place.low > 50 else ("below" if place.high < 50 else "even")
    state = "even" if is_early else state
    words = f"{place.at:.0f} of 100 (likely {place.low:.0f} to {place.high:.0f})"
    return Placed(place.at, place.low, place.high, state, words, f"{place.peers} peers of the same {same}")


def _peers(desk: Desk, metric: Metric, member: Member) -> Iterator[float]:
    """The estimates of those who are alike, were there, and are not new."""
    for person, other in desk.everyone.members.items():
        if person == desk.person or other.alike != member.alike or other.readiness != "ready":
            continue
        row = desk.everyone.row(metric.name, person)
        if row is not None and row["value"] is not None and (row["n"] or metric.unit.value == "count"):
            yield _estimate(row) / _days(metric, other)


def _days(metric: Metric, member: Member) -> float:
    """What adds up over time is compared by the day somebody was there; rates and means as they are."""
    return max(member.days_there, 1.0) if metric.is_additive or metric.unit.value in ("count", "money") else 1.0


def _estimate(row: Row) -> float:
    found: Any = row["shrunk"] if row["shrunk"] is not None else row["value"]
    return float(found)


def _same(member: Member) -> str:
    known = [name for name, value in zip(SAME, member.alike, strict=True) if value is not None]
    return " and ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known) or "firm"


def _people(number: int) -> str:
    return {0: "no peers", 1: "1 peer"}.get(number, f"{number} peers")
