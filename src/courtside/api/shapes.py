"""What the API answers: typed, in the fields of the commands' JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict

Number = int | float


class Fault(Schema):
    """Why something was refused, and what mends it."""

    reason: str
    mend: str


class Refusal(Schema):
    """Every answer that is no success."""

    error: Fault


class Me(Schema):
    """Whoever asks."""

    username: str
    name: str
    person_id: str | None
    roles: list[str]
    firm: str
    today: date
    is_read_only: bool


class Metric(Schema):
    """A metric in force."""

    metric: str
    label: str
    rung: str
    kind: str
    unit: str
    direction: str
    question: str
    version: int
    published_at: datetime
    internal: bool


class Metrics(Schema):
    """Every metric in force, from causes to results; building blocks last."""

    rows: list[Metric]


class Cause(Schema):
    """What moves a metric, and after how many weeks."""

    metric: str
    lag_weeks: int


class Definition(Metric):
    """A metric in full. `block` is the definition as it was published."""

    parts: list[str]
    moved_by: list[Cause]
    identity: list[str]
    used_by: list[str]
    cards: list[str]
    review_on: date | None
    notes: str | None
    sha256: str
    block: dict[str, Any]


class Person(Schema):
    """Somebody whose figures may be asked for. `relation`: what the asker is to them."""

    person_id: str
    name: str
    relation: str
    teams: list[str]
    manager_ids: list[str]


class People(Schema):
    """By name."""

    rows: list[Person]


class Team(Schema):
    """A team, and how much of it may be asked for."""

    team: str
    may_see_names: bool
    may_see_total: bool


class Teams(Schema):
    """By name."""

    rows: list[Team]


class Figure(Schema):
    """A number with all there is to say about how sure it is; further fields name the groups it is of."""

    model_config = ConfigDict(extra="allow")

    metric: str
    scope: str
    label: str
    period: str
    value: Number | None
    n: Number | None
    numerator: Number | None
    denominator: Number | None
    target: Number | None
    pace: Number | None
    attainment: Number | None
    attainment_to_date: Number | None
    met: bool | None
    previous: Number | None
    interval: list[Number] | None
    likely: list[Number] | None
    shrunk: Number | None
    p_below: Number | None
    position: str | None
    time_frame: str | None
    verdict: str | None
    verdict_period: str | None
    complete: bool | None
    matures_on: date | None
    sentence: str | None
    unit: str | None = None


class Figures(Schema):
    """Figures as of a day, and sentences about all of them."""

    as_of: date
    rows: list[Figure]
    notes: list[str]


class Step(Schema):
    """A metric on the way from a result to its causes."""

    metric: str
    label: str
    rung: str
    depth: int
    moves: str | None
    lag_weeks: int
    unit: str
    direction: str
    scope: str | None
    period: str | None
    value: Number | None
    n: Number | None


class Ladder(Schema):
    """The steps, depth first."""

    as_of: date
    rows: list[Step]
    notes: list[str]


class Record(Schema):
    """A record behind a figure, and what it was counted as."""

    metric: str
    counted_as: str
    table: str
    id: str | None
    on: date | None
    person: str | None
    value: Number | str | bool | None
    period: str


class Records(Schema):
    """A page of the records behind a figure."""

    rows: list[Record]
    total: int
    notes: list[str]
