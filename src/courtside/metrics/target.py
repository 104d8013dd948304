"""Targets: which number a person, a team or the firm is to reach in a period, and how much is due by a day.

DATA.md section 4, as read here; `sharing.py` says which metrics are of which kind. A *total* (a count, a
sum) belongs to its scope and is shared out by working days present; a longer period adds its parts up, and a
group without a total of its own has the sum over its members for the days they were members. A *level* (open
pipeline) adds up over members too, at the period's end. A *standard* (a rate, a mean) holds unchanged for
everybody inside its scope who has no nearer one. Within a scope the narrowest period covering the one asked
for counts, in the version in force on the day: the as-of date, moved into the period where it lies outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from courtside.metrics.sharing import Sharing
from courtside.metrics.target_groups import Groups
from courtside.metrics.target_rows import ALWAYS, Piece, Pieces, Rows, Unusable, by_metric_and_scope
from courtside.metrics.target_rows import Target as Target
from courtside.records.people import Firm as Firm
from courtside.records.period import Period
from courtside.records.working_days import Attendance

_ONE_DAY = timedelta(days=1)
_APART = 0.01
"""A group's own target and the sum over its members are both told when they differ by more than this share."""
MEMBERS = "members"
"""The origin of a sum over members."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The target of a scope for a period.

    `value` counts: the scope's `own` number, else the sum `from_members`. `pace` is the part of it due by
    as-of. `origin` is the scope whose target it is, or `members`; `rows` are the recorded targets the value is
    made of, each with the period it is for (none for a sum over members). `note` says in sentences what else
    there is to know.
    """

    value: float | None = None
    own: float | None = None
    from_members: float | None = None
    note: str | None = None
    pace: float | None = None
    origin: str | None = None
    rows: tuple[Target, ...] = field(default=(), compare=False)

    @property
    def is_apart(self) -> bool:
        """Whether a group's own target and its members' sum differ by more than 1 %."""
        if self.own is None or self.from_members is None:
            return False
        return abs(self.own - self.from_members) > _APART * abs(self.own)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for."""

    metric: str
    scope: str
    period: Period
    as_of: date
    sharing: Sharing

    @property
    def person_id(self) -> str | None:
        """The person asked about; None for a group."""
        kind, _, name = self.scope.partition(":")
        return name if kind == "person" else None

    @property
    def day(self) -> date:
        """As-of, moved into the period where it lies outside."""
        return min(max(self.as_of, self.period.starts_on), self.period.last_on)

    def due_within(self, piece: Piece) -> date:
        """The first day of a piece that is not due yet."""
        return min(max(self.as_of + _ONE_DAY, piece.starts_on), piece.ends_on)


@dataclass(frozen=True, slots=True)
class _Total:
    """A total, the part of it due by as-of, and stretches of days that would need a target and have none."""

    value: float = 0.0
    due: float = 0.0
    lacks: tuple[tuple[date, date], ...] = ()
    rows: tuple[Target, ...] = ()


_Found = tuple[_Total | None, str | None]
"""A total if there is one, and what there is to say about it."""


class Targets:
    """All targets of a firm, ready to be asked. `unusable` holds every row that cannot be used, and why."""

    def __init__(self, targets: Iterable[Target], firm: Firm) -> None:
        unusable: list[Unusable] = []
        rows = by_metric_and_scope(targets, firm.calendar, unusable)
        self.unusable: tuple[Unusable, ...] = tuple(unusable)
        self._always = {key: Rows(found) for key, found in rows.items()}
        self._totals = {key: Rows(row for row in found if not row.is_always) for key, found in rows.items()}
        self._attendance = Attendance(firm)
        self.groups = Groups(firm)

    @property
    def recorded(self) -> Mapping[tuple[str, str], Rows]:
        """Every target by metric and scope."""
        return self._always

    def of(self, metric: str, scope: str, period: Period, as_of: date, sharing: Sharing) -> Resolved:
        """The target of a metric for a scope and a period, as it stood on a day.

        50 dials a week, 4 of its 5 working days present, asked at the end of the second -> 40, pace 20.
        """
        asked = _Asked(metric, scope, period, as_of, sharing)
        if period is ALWAYS and sharing in (Sharing.TOTAL, Sharing.DISTINCT):
            return Resolved()
        if sharing is Sharing.STANDARD:
            return self._standard(asked)
        return self._of_group(asked) if asked.person_id is None else self._of_person(asked)

    def _standard(self, asked: _Asked) -> Resolved:
        """The nearest standard that covers the period: the scope's own, else one of a group it lies in."""
        for level in self.groups.levels(asked.scope, asked.period, asked.as_of):
            rows = [(s, self._always[asked.metric, s]) for s in level if (asked.metric, s) in self._always]
            found = _narrowest(asked, rows) or _agreed(asked, rows)
            if found is not None:
                return found
        return Resolved()

    def _of_person(self, asked: _Asked) -> Resolved:
        """The person's own target, for the days they were there."""
        if asked.sharing is Sharing.LEVEL:
            total, note = self._level(asked), None
        else:
            total, note = self._total_of_person(asked)
        if total is None:
            return Resolved(note=note or self._why_none(asked))
        return Resolved(total.value, total.value, None, None, total.due, asked.scope, total.rows)

    def _total_of_person(self, asked: _Asked) -> _Found:
        pieces = self._pieces(asked)
        if pieces is None:
            return None, self._why_not_added(asked)
        total = self._sum(asked, asked.person_id or "", pieces, asked.period.starts_on, asked.period.ends_on)
        return (None, _missing(total.lacks[0])) if total.lacks else (total, None)

    def _why_none(self, asked: _Asked) -> str | None:
        """Why a person has no target although a group of theirs has one."""
        levels = self.groups.levels(asked.scope, asked.period, asked.as_of)[1:]
        groups = [s for level in levels for s in level if self._pieces(replace(asked, scope=s))]
        if not groups:
            return None
        return f"No target of their own; that of {groups[0]} is a total for all of them and is not divided."

    def _why_not_added(self, asked: _Asked) -> str | None:
        """Why shorter targets of a metric that counts everybody once give none for a longer period."""
        if asked.sharing is not Sharing.DISTINCT or not self._pieces(replace(asked, sharing=Sharing.TOTAL)):
            return None
        return f"Each is counted once in {asked.period.name}, so targets for parts of it do not add up."

    def _of_group(self, asked: _Asked) -> Resolved:
        """A group's own target; without one, the sum over its members."""
        if asked.sharing is Sharing.LEVEL:
            (own, note), (members, told) = (self._level(asked), None), self._level_of_members(asked)
        else:
            (own, note), (members, told) = self._own_total(asked), self._members_total(asked)
        if own is None:
            if members is None:
                return Resolved(note=note or told)
            return Resolved(members.value, None, members.value, note or told, members.due, MEMBERS)
        found = Resolved(own.value, own.value, None, None, own.due, asked.scope, own.rows)
        if members is None:
            return found
        found = replace(found, from_members=members.value)
        return replace(found, note=_apart(asked, found)) if found.is_apart else found

    def _level(self, asked: _Asked) -> _Total | None:
        """What a scope is to stand at when the period ends: its target for the period, else for its last day."""
        rows = self._always.get((asked.metric, asked.scope))
        if rows is None:
            return None
        period = asked.period
        hit = rows.covering(period.starts_on, period.ends_on, asked.as_of)
        if hit is None and period is not ALWAYS:
            hit = rows.covering(period.last_on, period.ends_on, asked.as_of)
        return _Total(hit[1].value, hit[1].value, rows=(hit[1],)) if hit else None

    def _level_of_members(self, asked: _Asked) -> _Found:
        """The sum over those who are members when the period ends (or as of the day before that)."""
        day = asked.day
        members = [p for p, _, _ in self.groups.members(asked.scope, day, day + _ONE_DAY)]
        there = [person_id for person_id in members if self._attendance.is_employed(person_id, day)]
        levels = [self._level(replace(asked, scope=f"person:{person_id}")) for person_id in there]
        found = [level.value for level in levels if level is not None]
        if not found:
            return None, None
        return _Total(sum(found), sum(found)), _left_out(len(there) - len(found))

    def _own_total(self, asked: _Asked) -> _Found:
        """A group's own target, or why there is none."""
        pieces = self._pieces(asked)
        if pieces is None:
            return None, self._why_not_added(asked)
        for starts_on, ends_on in pieces.gaps:
            regions = self.groups.regions(asked.scope, starts_on, ends_on)
            if self._attendance.working_days_of_group(regions, starts_on, ends_on):
                return None, _missing((starts_on, ends_on))
        value = due = 0.0
        for piece in pieces.covered:
            regions = self.groups.regions(asked.scope, *piece.whole)
            share = self._attendance.share_of_group
            value += piece.target.value * share(regions, piece.whole, piece.starts_on, piece.ends_on)
            due += piece.target.value * share(regions, piece.whole, piece.starts_on, asked.due_within(piece))
        return _Total(value, due, rows=_rows_of(pieces)), None

    def _members_total(self, asked: _Asked) -> _Found:
        """The sum over the members with a target, for the days they were members, or why there is none.

        A member without a target for some days is left out for them; days on which nobody has one are missing.
        """
        if asked.sharing is Sharing.DISTINCT:
            return None, None
        found: dict[str, list[_Total]] = defaultdict(list)
        without: set[str] = set()
        covered: set[tuple[date, date]] = set()
        period = asked.period
        for person_id, starts_on, ends_on in self.groups.members(asked.scope, period.starts_on, period.ends_on):
            pieces = self._pieces(replace(asked, scope=f"person:{person_id}"))
            if pieces is None:
                if self._attendance.is_needed(person_id, starts_on, ends_on):
                    without.add(person_id)
                continue
            covered.update((p.starts_on, p.ends_on) for p in _within(pieces.covered, starts_on, ends_on))
            found[person_id].append(self._sum(asked, person_id, pieces, starts_on, ends_on))
        totals = [total for own in found.values() for total in own]
        if not totals:
            return None, None
        without.update(person_id for person_id, own in found.items() if any(total.lacks for total in own))
        lacks = {(days, person_id) for person_id, own in found.items() for total in own for days in total.lacks}
        for needed, person_id in sorted(lacks):
            for days in _uncovered(needed, sorted(covered)):
                if self._attendance.is_needed(person_id, *days):
                    return None, _missing(days)
        return _Total(sum(t.value for t in totals), sum(t.due for t in totals)), _left_out(len(without))

    def _pieces(self, asked: _Asked) -> Pieces | None:
        """What the totals of the scope cover of the period; None if they cover nothing."""
        rows = self._totals.get((asked.metric, asked.scope))
        if rows is None:
            return None
        period = asked.period
        if asked.sharing is Sharing.DISTINCT and not rows.covering(period.starts_on, period.ends_on, asked.as_of):
            return None
        pieces = rows.pieces(period.starts_on, period.ends_on, asked.as_of)
        return pieces if pieces.covered else None

    def _sum(self, asked: _Asked, person_id: str, pieces: Pieces, starts_on: date, ends_on: date) -> _Total:
        """The person's part of the pieces from one day until another."""
        gaps = ((max(since, starts_on), min(until, ends_on)) for since, until in pieces.gaps)
        lacks = tuple(days for days in gaps if self._attendance.is_needed(person_id, *days))
        value = due = 0.0
        share = self._attendance.share
        for piece in _within(pieces.covered, starts_on, ends_on):
            value += piece.target.value * share(person_id, piece.whole, piece.starts_on, piece.ends_on)
            due += piece.target.value * share(person_id, piece.whole, piece.starts_on, asked.due_within(piece))
        return _Total(value, due, lacks, _rows_of(pieces))


def _rows_of(pieces: Pieces) -> tuple[Target, ...]:
    return tuple(dict.fromkeys(piece.target for piece in pieces.covered))


def _narrowest(asked: _Asked, rows: Iterable[tuple[str, Rows]]) -> Resolved | None:
    """The standard of one level whose period covers the one asked for most narrowly."""
    found = []
    for scope, own in rows:
        hit = own.covering(asked.period.starts_on, asked.period.ends_on, asked.as_of)
        if hit is not None:
            found.append((hit[0].length, scope, hit[1]))
    if not found:
        return None
    _, scope, target = min(found, key=lambda hit: hit[0])
    return _resolved(asked, scope, target.value, (target,))


def _agreed(asked: _Asked, rows: Iterable[tuple[str, Rows]]) -> Resolved | None:
    """The standard that all parts of a longer period agree on; none, and why, if they differ."""
    for scope, own in rows if asked.period is not ALWAYS else ():
        pieces = own.pieces(asked.period.starts_on, asked.period.ends_on, asked.as_of)
        values = {piece.target.value for piece in pieces.covered}
        if len(values) > 1:
            return Resolved(note=f"The targets of {scope} differ within {asked.period.name} and cannot be added up.")
        if values and not pieces.gaps:
            return _resolved(asked, scope, values.pop(), _rows_of(pieces))
    return None


def _resolved(asked: _Asked, scope: str, value: float, rows: tuple[Target, ...]) -> Resolved:
    """A standard: due in full from the first day."""
    return Resolved(value, value if scope == asked.scope else None, None, None, value, scope, rows)


def _within(pieces: Iterable[Piece], starts_on: date, ends_on: date) -> Iterator[Piece]:
    """The pieces cut to the days from one until another."""
    for piece in pieces:
        since, until = max(piece.starts_on, starts_on), min(piece.ends_on, ends_on)
        if since < until:
            yield Piece(piece.target, piece.whole, since, until)


def _uncovered(needed: tuple[date, date], covered: Sequence[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """The stretches of needed days that lie in none of the covered ones, which are sorted."""
    since, ends_on = needed
    for begins, ends in covered:
        if since < min(begins, ends_on):
            yield since, min(begins, ends_on)
        since = max(since, ends)
    if since < ends_on:
        yield since, ends_on


def _apart(asked: _Asked, found: Resolved) -> str:
    return (
        f"The target of {asked.scope} for {asked.period.name} is {_written(found.own)}; "
        f"the targets of its members add up to {_written(found.from_members)}."
    )


def _written(number: float | None) -> str:
    """A number in a sentence: 1200.0 -> 1,200; 963.8095 -> 963.81."""
    return f"{number:,.2f}".removesuffix(".00")


def _left_out(number: int) -> str | None:
    if not number:
        return None
    people = "1 person" if number == 1 else f"{number} people"
    return f"The sum leaves out {people} without a target on all or some of the days."


def _missing(days: tuple[date, date]) -> str:
    return f"No target covers {days[0].isoformat()} to {(days[1] - _ONE_DAY).isoformat()}."
