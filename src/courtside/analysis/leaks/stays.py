"""Every first stay in a stage, of all pipelines at once: worked out by the engine, brought over a list a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlglot import exp

from courtside.analysis.statistics.competing import OPEN, Stays
from courtside.analysis.statistics.distributions import Array, Flags, Indices, array
from courtside.warehouse.dimensions import SIZES
from courtside.warehouse.frame import Frame
from courtside.warehouse.relations import in_firm_currency, standing
from courtside.warehouse.sql import bucket, column, template

CUTS = ("person", "team", "source", "account_size")
"""What stays can be cut by; person and team are those on the day the stage was entered."""
WHOLE_WAY = "opened"
"""The one stage of a pipeline of which no stage changes are recorded: from opening to winning."""
_ENDING = 0.9
"""A name that no pack knows is how cases end, and no stage, where so many of its entries are on the day of closing."""
_ENTRIES, _PLACES = "stage_entries", "stage_places"
_UNIT = 1 << 22
"""The day of entry, the days and the kind of end are brought over in one number: day * unit + days * 4 + end."""
_EPOCH = date(2000, 1, 1)

_PARTS: Mapping[str | None, str] = {
    None: "'company'",
    "person": "e.person_id",
    "team": "s.team",
    "source": "COALESCE(e.source, l.source)",
}
_FIRST_ENTRIES = """
SELECT e.opportunity_id, e.pipeline, e.stage, e.on_day, :amount AS amount,
  CASE WHEN e.status = 'won' AND e.closed_on <= :d THEN e.closed_on END AS won_on,
  CASE WHEN e.status = 'lost' AND e.closed_on <= :d THEN e.closed_on END AS lost_on
FROM (
  SELECT o.opportunity_id, o.pipeline, h.stage, COALESCE(h.person_id, o.person_id) AS person_id, h.on_day, o.status,
    CAST(o.closed_at AS DATE) AS closed_on, o.amount, o.currency, o.lead_id, o.account_id, o.source
  FROM (
    SELECT opportunity_id, stage, person_id, CAST("at" AS DATE) AS on_day,
      ROW_NUMBER() OVER (PARTITION BY opportunity_id, stage ORDER BY "at") AS n FROM stage_changes
  ) AS h JOIN :cases AS o ON o.opportunity_id = h.opportunity_id
  WHERE h.n = 1 AND h.on_day <= :d
  UNION ALL
  SELECT o.opportunity_id, o.pipeline, :whole AS stage, o.person_id, CAST(o.opened_at AS DATE) AS on_day, o.status,
    CAST(o.closed_at AS DATE) AS closed_on, o.amount, o.currency, o.lead_id, o.account_id, o.source
  FROM :cases AS o
  WHERE CAST(o.opened_at AS DATE) <= :d AND o.pipeline NOT IN (
    SELECT p.pipeline FROM stage_changes AS t JOIN opportunities AS p ON p.opportunity_id = t.opportunity_id
    WHERE p.pipeline IS NOT NULL)
) AS e
"""
_SEEN = """
SELECT pipeline, stage, COUNT(*),
  COUNT(CASE WHEN on_day >= won_on OR on_day >= lost_on THEN 1 END) FROM stage_entries GROUP BY pipeline, stage
"""
_VICTORIES = """
SELECT a.pipeline, a.stage, b.stage, COUNT(*) FROM stage_entries AS a
JOIN stage_entries AS b ON b.opportunity_id = a.opportunity_id AND a.on_day < b.on_day
GROUP BY a.pipeline, a.stage, b.stage
"""
_EVERY = """
WITH entered AS (
  SELECT e.*, p.place,
    MIN(e.on_day) OVER (PARTITION BY e.opportunity_id ORDER BY p.place
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS later_on,
    LEAD(p.place) OVER (PARTITION BY e.opportunity_id ORDER BY p.place) AS next_place
  FROM stage_entries AS e JOIN stage_places AS p ON p.pipeline = e.pipeline AND p.stage = e.stage
), passed AS (
  SELECT entered.*, CASE WHEN later_on IS NULL OR won_on < later_on THEN won_on ELSE later_on END AS passed_on
  FROM entered
), stays AS (
  SELECT pipeline, place, {own}, amount, on_day,
    CASE WHEN passed_on IS NOT NULL THEN passed_on WHEN lost_on IS NOT NULL THEN lost_on ELSE :d END AS ended_on,
    CASE WHEN passed_on IS NOT NULL THEN 1 WHEN lost_on IS NOT NULL THEN 2 ELSE 0 END AS kind
  FROM passed
  UNION ALL
  SELECT x.pipeline, j.place, {jumped}, x.amount, x.passed_on, x.passed_on, 1
  FROM passed AS x JOIN stage_places AS j ON j.pipeline = x.pipeline AND j.place > x.place AND j.place < x.next_place
)
"""
_CODE = """CAST(on_day - :epoch AS BIGINT) * :unit
    + 4 * CASE WHEN ended_on > on_day THEN CAST(ended_on - on_day AS BIGINT) ELSE 0 END + kind"""
_COUNTED = """
SELECT pipeline, place, part, member, SUM(CASE WHEN kind = 2 THEN amount END) AS lost, ARRAY_AGG(:code) AS codes
FROM stays WHERE on_day >= :first AND on_day <= :last GROUP BY pipeline, place, part, member
"""
_LISTED = """
SELECT pipeline, place, opportunity_id, person, team, source, account_size, amount, :code AS code
FROM stays ORDER BY pipeline, opportunity_id, place
"""


def _every(*columns: str) -> str:
    """The part of a question before its SELECT: every stay with some columns of its entry."""
    return _EVERY.format(own=", ".join(columns), jumped=", ".join(f"x.{name}" for name in columns))


_STAYS = _every("part", "member") + _COUNTED
_CASES = _every("opportunity_id", *CUTS) + _LISTED


Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stays of one pipeline in flat arrays: each one's stage, group, day of entry (ordinal), days and end."""

    name: str
    stages: tuple[str, ...]
    groups: tuple[str | None, ...]
    stage: Indices
    group: Indices
    member: Indices
    """The person with the credit; one number for all where stays are not cut."""
    entered: Indices
    days: Indices
    end: Indices
    lost: Array
    """What the lost cases of each stage (rows) and group (columns) were worth; nan where no amount is known."""

    def only(self, kept: Flags) -> Pipeline:
        """Some of the stays; stages and groups are numbered as before."""
        return replace(
            self, stage=self.stage[kept], group=self.group[kept], member=self.member[kept],
            entered=self.entered[kept], days=self.days[kept], end=self.end[kept],
        )  # fmt: skip

    @property
    def by_cell(self) -> Stays:
        """The stays, a group for each stage and group together: number of the stage x groups + that of the group."""
        cells = len(self.stages) * len(self.groups)
        return Stays(self.days, self.end, np.asarray(self.stage * len(self.groups) + self.group), cells)

    @property
    def by_stage(self) -> Stays:
        """The stays, a group for each stage."""
        return Stays(self.days, self.end, self.stage, len(self.stages))

    def ended_within(self, share: float) -> Array:
        """The days within which a share of each stage's ended stays ended, interpolated; nan without any."""
        ended = self.end != OPEN
        found = (self.days[ended & (self.stage == number)] for number in range(len(self.stages)))
        return array([float(np.quantile(days, share)) if len(days) else np.nan for days in found])


@dataclass(frozen=True, slots=True)
class Range:
    """Which stays to read: those that began on certain days, both included, of one pipeline or all."""

    first: date | None = None
    last: date | None = None
    pipeline: str | None = None


def read_stays(
    frame: Frame, orders: Mapping[str, Sequence[str]], by: str | None = None, wanted: Range | None = None
) -> list[Pipeline]:
    """The stays of each pipeline by the frame's clock, cut by one of `CUTS` or not at all.

    A stay begins with the first entry into a stage. A stage jumped over is entered and passed on the day a later
    one is entered; a case that went further or was won has advanced, a lost one is lost where it stood, any other
    is open. `orders` are the stages the pack names, in order; where there are names it does not know, the order is
    the one in which cases go through them. Source: DATA 3, `stage_conversion`; METHODS 3.
    """
    asked = wanted or Range()
    engine, as_of = frame.engine, frame.clock.as_of
    stages = _loaded(frame, orders, {"part": by, "member": by and "person"}, asked.pipeline)
    first, last = asked.first or date.min, min(asked.last or as_of, as_of)
    rows = engine.run(_query(template(_STAYS, d=as_of, code=_code(), first=first, last=last)))
    found: dict[str, list[_Cell]] = {}
    for name, *row in rows:
        found.setdefault(name, []).append(_Cell(*row))
    return [_unpacked(name, stages[name], cells) for name, cells in sorted(found.items())]


def read_cases(frame: Frame, orders: Mapping[str, Sequence[str]]) -> tuple[Mapping[str, tuple[str, ...]], list[Row]]:
    """The stages of each pipeline in order, and every stay as a row of its own, as `read_stays` knows them.

    A row is the pipeline, the number of the stage, the case, what it falls to by each of `CUTS`, its amount in the
    firm's currency, and the day of entry (ordinal), days and end in one number: see `uncoded`.
    """
    stages = _loaded(frame, orders, {cut: cut for cut in CUTS})
    rows = frame.engine.run(_query(template(_CASES, d=frame.clock.as_of, code=_code())))
    return stages, rows


def _code() -> exp.Expr:
    """The day of entry, the days and the kind of end of a stay in one number: see `uncoded`."""
    return template(_CODE, epoch=_EPOCH, unit=_UNIT)


def _loaded(
    frame: Frame, orders: Mapping[str, Sequence[str]], columns: Mapping[str, str | None], wanted: str | None = None
) -> Mapping[str, tuple[str, ...]]:
    """The stages of each pipeline, with first entries and the order of stages laid ready in the engine."""
    frame.engine.keep(_ENTRIES, entries(frame, columns))
    stages = _stages(frame, orders, wanted)
    places = [(name, stage, number) for name, order in stages.items() for number, stage in enumerate(order)]
    frame.engine.load(_PLACES, {"pipeline": "VARCHAR", "stage": "VARCHAR", "place": "INTEGER"}, places)
    return stages


def entries(frame: Frame, columns: Mapping[str, str | None]) -> exp.Query:
    """Case, pipeline, stage, day, amount, day won and day lost of every first entry into a stage, and `columns`.

    Each column is one of `CUTS`, or the same for all where it is None.
    """
    cases, cuts = exp.Subquery(this=standing("opportunities", frame)), set(columns.values())
    amount = in_firm_currency(column("amount", "e"), column("currency", "e"), column("closed_on", "e"), frame)
    tree = _query(template(_FIRST_ENTRIES, d=frame.clock.as_of, whole=WHOLE_WAY, cases=cases, amount=amount))
    for name, cut in columns.items():
        size = cut == "account_size"
        part = bucket(column("employees", "a"), SIZES, "1000+") if size else template(_PARTS[cut])
        tree = tree.select(exp.alias_(part, name), copy=False)
    if "source" in cuts:
        leads = exp.alias_(exp.Subquery(this=standing("leads", frame)), "l", table=True, copy=False)
        tree = tree.join(leads, on="l.lead_id = e.lead_id", join_type="left", copy=False)
    if "account_size" in cuts:
        tree = tree.join("accounts AS a", on="a.account_id = e.account_id", join_type="left", copy=False)
    if "team" in cuts:
        belonged = "s.person_id = e.person_id AND e.on_day >= s.starts_on AND e.on_day < s.ends_on"
        tree = tree.join("spans AS s", on=belonged, join_type="left", copy=False)
    return tree


def _query(tree: exp.Expr) -> exp.Select:
    if not isinstance(tree, exp.Select):
        raise TypeError(type(tree).__name__)
    return tree


@dataclass(frozen=True, slots=True)
class _Cell:
    """The stays of one stage, group and member: what the lost ones were worth, and a number for each stay."""

    place: int
    part: str | None
    member: str | None
    lost: float | None
    codes: Sequence[int]


def _unpacked(name: str, stages: Sequence[str], cells: Sequence[_Cell]) -> Pipeline:
    """The arrays of a pipeline from its cells."""
    groups = tuple(sorted({cell.part for cell in cells}, key=lambda part: (part is None, str(part))))
    group = {part: number for number, part in enumerate(groups)}
    member = {person: number for number, person in enumerate(dict.fromkeys(cell.member for cell in cells))}
    lost = np.full((len(stages), len(groups)), np.nan)
    for cell in cells:
        if cell.lost is not None:
            at = cell.place, group[cell.part]
            lost[at] = np.nan_to_num(lost[at]) + float(cell.lost)
    where = np.array([(cell.place, group[cell.part], member[cell.member]) for cell in cells], dtype=np.int64)
    stage, part, person = np.repeat(where, [len(cell.codes) for cell in cells], axis=0).T
    entered, days, end = uncoded(np.concatenate([np.asarray(cell.codes, dtype=np.int64) for cell in cells]))
    return Pipeline(name, tuple(stages), groups, stage, part, person, entered, days, end, lost)


def uncoded(code: Indices) -> tuple[Indices, Indices, Indices]:
    """The day of entry (ordinal), the days and the kind of end that were brought over in one number."""
    return code // _UNIT + _EPOCH.toordinal(), code % _UNIT // 4, code % 4


# The order of stages ------------------------------------------------------------------------------------------------


def _stages(frame: Frame, orders: Mapping[str, Sequence[str]], wanted: str | None) -> dict[str, tuple[str, ...]]:
    """The stages that occur in each pipeline, in order."""
    seen: dict[str, dict[str, tuple[int, int]]] = {}
    for pipeline, stage, n, at_close in frame.engine.run(_query(template(_SEEN))):
        if wanted in (None, pipeline):
            seen.setdefault(pipeline, {})[stage] = (int(n), int(at_close))
    unknown = {name for name, stages in seen.items() if not stages.keys() <= set(orders.get(name, ()))}
    victories = list(frame.engine.run(_query(template(_VICTORIES)))) if unknown else []
    found = {}
    for name, stages in seen.items():
        order = orders.get(name, ())
        if name not in unknown:
            found[name] = tuple(stage for stage in order if stage in stages)
            continue
        kept = sorted(stage for stage, (n, at_close) in stages.items() if stage in order or at_close < _ENDING * n)
        kept = kept or sorted(stages)
        found[name] = as_gone_through(kept, ((a, b, n) for pipeline, a, b, n in victories if pipeline == name))
    return found


def as_gone_through(stages: Sequence[str], before: Iterable[tuple[str, str, int]]) -> tuple[str, ...]:
    """Stages in the order of most victories: one beats another it comes before in more cases than after.

    `before` are pairs with the number of cases that entered the first on an earlier day than the second. Equal
    victories are parted by the number of cases, then by name. Source: Copeland 1951.
    """
    place = {stage: number for number, stage in enumerate(stages)}
    count = np.zeros((len(stages), len(stages)))
    for one, other, n in before:
        if one in place and other in place:
            count[place[one], place[other]] = n
    margin = count - count.T
    order = np.lexsort((np.arange(len(stages)), -margin.sum(axis=1), -np.sign(margin).sum(axis=1)))
    return tuple(stages[number] for number in order)
