"""Every stay with the case it is of and all it can be cut by, read once: a page asks for any part of it at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.analysis.leaks.stays import CUTS, Pipeline, Row, read_cases, uncoded
from courtside.analysis.statistics.competing import ADVANCED, LOST, OPEN
from courtside.analysis.statistics.distributions import Array, Flags
from courtside.warehouse.frame import Frame

Small = npt.NDArray[np.integer]
"""Whole numbers in no more bytes than they need."""


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The stays of one pipeline in flat arrays, as in `Pipeline`; amounts in the firm's currency, nan where unknown."""

    name: str
    stages: tuple[str, ...]
    stage: Small
    entered: Small
    """Ordinal days."""
    days: Small
    end: Small
    amount: Array
    case: Small
    """The number of each stay's case among `ids`."""
    ids: tuple[str, ...]
    parts: Mapping[str, Small]
    """For each cut the number of what a stay falls to, among its `labels`."""
    labels: Mapping[str, tuple[str | None, ...]]

    def __eq__(self, other: object) -> bool:
        """Whether others are the same cases in the same order."""
        return isinstance(other, Cases) and self._told() == other._told()

    __hash__ = None  # type: ignore[assignment]

    def _told(self) -> tuple[object, ...]:
        arrays = (self.stage, self.entered, self.days, self.end, self.amount, self.case, *self.parts.values())
        return self.name, self.stages, self.ids, dict(self.labels), [one.tobytes() for one in arrays]

    def falls_to(self, cut: str, value: str | None) -> Flags:
        """Which stays fall to one person, team, source or account size; to none that is known where it is None."""
        labels = self.labels[cut]
        at = labels.index(value) if value in labels else -1
        return np.asarray(self.parts[cut] == at)

    def only(self, kept: Flags) -> Cases:
        """Some of the stays; everything is numbered as before."""
        parts = {cut: numbers[kept] for cut, numbers in self.parts.items()}
        return Cases(
            self.name, self.stages, self.stage[kept], self.entered[kept], self.days[kept], self.end[kept],
            self.amount[kept], self.case[kept], self.ids, parts, self.labels,
        )  # fmt: skip

    def since(self, first: int) -> Cases:
        """The stays that began on an ordinal day or later."""
        return self.only(np.asarray(self.entered >= first))

    def people_of(self, cut: str) -> Mapping[str | None, frozenset[str]]:
        """What a cut tells apart -> the people whose stays fall to it."""
        return {self.labels[cut][at]: people for at, people in self.people_by_number(self.parts[cut]).items()}

    @property
    def people(self) -> frozenset[str]:
        """Everybody whose stays these are."""
        return self.people_by_number(np.zeros_like(self.stage)).get(0, frozenset())

    def people_by_number(self, group: Small) -> Mapping[int, frozenset[str]]:
        """The number of each group of stays -> the people whose they are."""
        names = self.labels["person"]
        found: dict[int, set[str]] = {}
        for at in np.flatnonzero(np.bincount(group.astype(np.int64) * len(names) + self.parts["person"])).tolist():
            person = names[at % len(names)]
            found.setdefault(at // len(names), set()).update(() if person is None else (person,))
        return {number: frozenset(people) for number, people in found.items()}

    def cut_by(self, cut: str | None) -> Pipeline:
        """The same stays as `read_stays` gives them, cut by one of `CUTS` or not at all."""
        if cut is None:
            groups: tuple[str | None, ...] = ("company",)
            group = member = np.zeros(len(self.stage), dtype=np.int64)
        else:
            there, at = np.unique(self.parts[cut], return_inverse=True)
            groups = tuple(sorted((self.labels[cut][one] for one in there.tolist()), key=last_if_unknown))
            place = np.array([groups.index(self.labels[cut][one]) for one in there.tolist()], dtype=np.int64)
            group, member = place[at], np.unique(self.parts["person"], return_inverse=True)[1].astype(np.int64)
        lost = np.full((len(self.stages), len(groups)), np.nan)
        is_told = (self.end == LOST) & ~np.isnan(self.amount)
        where = self.stage[is_told], group[is_told]
        lost[where] = 0.0
        np.add.at(lost, where, self.amount[is_told])
        stage, entered, days, end = (one.astype(np.int64) for one in (self.stage, self.entered, self.days, self.end))
        return Pipeline(self.name, self.stages, groups, stage, group, member, entered, days, end, lost)


def last_if_unknown(part: str | None) -> tuple[bool, str]:
    """The order of the parts of a cut: by name, what is not known last."""
    return part is None, str(part)


def all_cases(frame: Frame, orders: Mapping[str, Sequence[str]]) -> tuple[Cases, ...]:
    """The stays of every pipeline by the frame's clock, in one query; `orders` as `read_stays` takes them."""
    stages, rows = read_cases(frame, orders)
    found: dict[str, list[Row]] = {}
    for name, *row in rows:
        found.setdefault(name, []).append(tuple(row))
    return tuple(_of(name, stages[name], rows) for name, rows in sorted(found.items()))


def _of(name: str, stages: Sequence[str], rows: Sequence[Row]) -> Cases:
    """The arrays of one pipeline. Small numbers are kept small: there may be millions."""
    place, ids, *cuts, amount, code = zip(*rows, strict=True)
    entered, days, end = uncoded(np.array(code, dtype=np.int64))
    case, names = _numbered(ids)
    told = {cut: _numbered(values) for cut, values in zip(CUTS, cuts, strict=True)}
    return Cases(
        name, tuple(stages), np.array(place, dtype=np.int8), entered.astype(np.int32), days.astype(np.int32),
        end.astype(np.int8), np.array([np.nan if one is None else one for one in amount], dtype=np.float64), case,
        tuple(str(one) for one in names), {cut: numbers for cut, (numbers, _) in told.items()},
        {cut: tuple(None if one is None else str(one) for one in labels) for cut, (_, labels) in told.items()},
    )  # fmt: skip


def _numbered(values: Iterable[Hashable]) -> tuple[Small, tuple[Hashable, ...]]:
    """Each value's number, and the values in the order of their numbers."""
    number: dict[Hashable, int] = {}
    numbers = np.fromiter((number.setdefault(value, len(number)) for value in values), dtype=np.int32)
    return numbers, tuple(number)


# Where they went -----------------------------------------------------------------------------------------------------

SLOW, LEAST_ADVANCED = 0.9, 20
"""Open longer than so great a share of those who advanced took is stalled; of fewer who advanced nothing is known."""


def stalled_after(cases: Cases) -> tuple[float | None, ...]:
    """For each stage the days within which 90 % of those who advanced did so; None for fewer than 20 of them."""
    found = []
    for stage in range(len(cases.stages)):
        days = cases.days[(cases.stage == stage) & (cases.end != LOST) & (cases.end != OPEN)]
        found.append(float(np.quantile(days, SLOW)) if len(days) >= LEAST_ADVANCED else None)
    return tuple(found)


def is_stalled(cases: Cases, after: Sequence[float | None]) -> Flags:
    """Which stays are open longer than `stalled_after` says; none where it is not known."""
    limits = np.array([np.inf if days is None else days for days in after])
    return np.asarray((cases.end == OPEN) & (cases.days > limits[cases.stage]))


KINDS = ("entered", "advanced", "lost", "open", "stalled")
"""What is counted of the stays that entered a stage."""


def of_kind(cases: Cases, kind: str, after: Sequence[float | None]) -> Flags:
    """Which stays are of one of `KINDS`; stalled ones by what `stalled_after` says."""
    match kind:
        case "entered":
            return np.ones(len(cases.stage), dtype=np.bool_)
        case "stalled":
            return is_stalled(cases, after)
        case _:
            return np.asarray(cases.end == {"advanced": ADVANCED, "lost": LOST, "open": OPEN}[kind])


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of the stays that entered one stage and fall to one part: how many are of each of `KINDS`."""

    stage: int
    part: str | None
    counts: tuple[int, ...]
    value_lost: float | None
    """In the firm's currency; None where something was lost, and no amount is known."""
    people: frozenset[str]


def whereabouts(cases: Cases, cut: str | None, after: Sequence[float | None]) -> tuple[Cell, ...]:
    """A cell for each stage and part that was entered, stage by stage, the parts by name."""
    names = (None,) if cut is None else cases.labels[cut]
    part = np.zeros(len(cases.stage), dtype=np.int64) if cut is None else cases.parts[cut]
    group = cases.stage.astype(np.int64) * len(names) + part
    size = len(cases.stages) * len(names)
    kinds = [np.bincount(group[of_kind(cases, kind, after)], minlength=size) for kind in KINDS]
    is_told = (cases.end == LOST) & ~np.isnan(cases.amount)
    value = np.bincount(group[is_told], cases.amount[is_told], size)
    told = np.bincount(group[is_told], minlength=size)
    people = cases.people_by_number(group)
    found = []
    for at in np.flatnonzero(kinds[0]).tolist():
        counts = tuple(int(kind[at]) for kind in kinds)
        is_known = bool(told[at]) or not counts[KINDS.index("lost")]
        worth = float(value[at]) if is_known else None
        found.append(Cell(at // len(names), names[at % len(names)], counts, worth, people[at]))
    return tuple(sorted(found, key=lambda cell: (cell.stage, last_if_unknown(cell.part))))
