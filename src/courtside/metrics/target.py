"""Targets: which number a person, a team or the firm is to reach in a period, and how much is due by a day.

DATA.md section 4, as read here. An additive metric (a count, a sum) has *totals*: a target belongs to its
scope, is shared out by working days present, and a longer period adds its parts up; a group without a
total of its own has the sum over its members for the days they were members. Any other metric (a rate, a
mean, a stock) has *standards*: a target holds unchanged for everybody inside its scope who has no nearer
one. Within a scope the narrowest period covering the one asked for counts, in the version in force on the
day: the as-of date, moved into the period where it lies outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from courtside.metrics.target_rows import Piece, Pieces, Rows, by_metric_and_scope
from courtside.metrics.target_rows import Target as Target
from courtside.records.people import Firm as Firm
from courtside.records.people import Span, spans
from courtside.records.period import Period
from courtside.records.working_days import Attendance, Region

_ONE_DAY = timedelta(days=1)
_APART = 0.01
"""A group's own target and the sum over its members are both told when they differ by more than this share."""
_LEVELS = (("team",), ("segment", "region", "seniority"))
"""The groups a person belongs to by assignment, nearest first."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The target of a scope for a period.

    `value` counts: the scope's `own` number, else the sum `from_members`. `pace` is the part of it due by
    as-of. `origin` is the scope whose target it is; `note` says in sentences what else there is to know.
    """

    value: float | None = None
    own: float | None = None
    from_members: float | None = None
    note: str | None = None
    pace: float | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for."""

    metric: str
    scope: str
    period: Period
    as_of: date

    @property
    def person_id(self) -> str | None:
        """The person asked about; None for a group."""
        kind, _, name = self.scope.partition(":")
        return name if kind == "person" else None

    def due_within(self, piece: Piece) -> date:
        """The first day of a piece that is not due yet."""
        return min(max(self.as_of + _ONE_DAY, piece.starts_on), piece.ends_on)


@dataclass(frozen=True, slots=True)
class _Total:
    """A total, the part of it due by as-of, and stretches of days that would need a target and have none."""

    value: float = 0.0
    due: float = 0.0
    lacks: tuple[tuple[date, date], ...] = ()


class Targets:
    """All targets of a firm, ready to be asked. `refused` holds a sentence for every row it cannot use."""

    def __init__(self, targets: Iterable[Target], firm: Firm) -> None:
        refused: list[str] = []
        rows = by_metric_and_scope(targets, firm.calendar, refused)
        self.refused: tuple[str, ...] = tuple(refused)
        self._standards = {key: Rows(found) for key, found in rows.items()}
        self._totals = {key: Rows(row for row in found if not row.is_always) for key, found in rows.items()}
        self._attendance = Attendance(firm)
        self._groups = _Groups(firm)

    def of(self, metric: str, scope: str, period: Period, as_of: date, additive: bool) -> Resolved:
        """The target of a metric for a scope and a period, as it stood on a day.

        50 dials a week, 4 of its 5 working days present, asked at the end of the second -> 40, pace 20.
        """
        asked = _Asked(metric, scope, period, as_of)
        if not additive:
            return self._standard(asked)
        return self._total_of_group(asked) if asked.person_id is None else self._total_of_person(asked)

    def _standard(self, asked: _Asked) -> Resolved:
        """The nearest standard that covers the period: the scope's own, else one of a group it lies in."""
        for level in self._groups.levels(asked.scope, asked.period, asked.as_of):
            rows = [(s, self._standards[asked.metric, s]) for s in level if (asked.metric, s) in self._standards]
            found = _narrowest(asked, rows) or _agreed(asked, rows)
            if found is not None:
                return found
        return Resolved()

    def _total_of_person(self, asked: _Asked) -> Resolved:
        """The person's own target, for the days they were there."""
        person_id = asked.person_id or ""
        pieces = self._pieces(asked)
        if pieces is None:
            return Resolved(note=self._why_none(asked))
        total = self._sum(asked, person_id, pieces, asked.period.starts_on, asked.period.ends_on)
        if total.lacks:
            return Resolved(note=_missing(total.lacks[0]))
        return Resolved(total.value, own=total.value, pace=total.due, origin=asked.scope)

    def _why_none(self, asked: _Asked) -> str | None:
        """Why a person has no total although a group of theirs has one."""
        levels = self._groups.levels(asked.scope, asked.period, asked.as_of)[1:]
        groups = [s for level in levels for s in level if self._pieces(replace(asked, scope=s))]
        if not groups:
            return None
        return f"No target of their own; that of {groups[0]} is a total for all of them and is not divided."

    def _total_of_group(self, asked: _Asked) -> Resolved:
        """A group's own target; without one, the sum over its members."""
        own, note = self._own_total(asked)
        members, told = self._members_total(asked)
        if own is None:
            if members is None:
                return Resolved(note=note or told)
            note = note or told
            return Resolved(members.value, None, members.value, note, members.due, "members")
        if members is None:
            return Resolved(own.value, own=own.value, pace=own.due, origin=asked.scope)
        if abs(own.value - members.value) > _APART * abs(own.value):
            note = (
                f"The target of {asked.scope} is {own.value:,.10g}; "
                f"the targets of its members add up to {members.value:,.10g}."
            )
        return Resolved(own.value, own.value, members.value, note, own.due, asked.scope)

    def _own_total(self, asked: _Asked) -> tuple[_Total | None, str | None]:
        """A group's own target, or why there is none."""
        pieces = self._pieces(asked)
        if pieces is None:
            return None, None
        for starts_on, ends_on in pieces.gaps:
            regions = self._groups.regions(asked.scope, starts_on, ends_on)
            if self._attendance.working_days_of_group(regions, starts_on, ends_on):
                return None, _missing((starts_on, ends_on))
        value = due = 0.0
        for piece in pieces.covered:
            regions = self._groups.regions(asked.scope, *piece.whole)
            until = asked.due_within(piece)
            share = self._attendance.share_of_group
            value += piece.value * share(regions, piece.whole, piece.starts_on, piece.ends_on)
            due += piece.value * share(regions, piece.whole, piece.starts_on, until)
        return _Total(value, due), None

    def _members_total(self, asked: _Asked) -> tuple[_Total | None, str | None]:
        """The sum over the members with a target, for the days they were members, or why there is none.

        A member without a target for some days is left out for them; days on which nobody has one are missing.
        """
        found: dict[str, list[_Total]] = defaultdict(list)
        without: set[str] = set()
        covered: set[tuple[date, date]] = set()
        for person_id, starts_on, ends_on in self._groups.members(asked.scope, asked.period):
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
        for days in _uncovered({days for total in totals for days in total.lacks}, sorted(covered)):
            if self._attendance.working_days_of_group((), *days):
                return None, _missing(days)
        note = f"The sum leaves out {_people(len(without))} without a target on all or some of the days."
        return _Total(sum(t.value for t in totals), sum(t.due for t in totals)), note if without else None

    def _pieces(self, asked: _Asked) -> Pieces | None:
        """What the totals of the scope cover of the period; None if they cover nothing."""
        rows = self._totals.get((asked.metric, asked.scope))
        pieces = rows.pieces(asked.period.starts_on, asked.period.ends_on, asked.as_of) if rows else None
        return pieces if pieces is not None and pieces.covered else None

    def _sum(self, asked: _Asked, person_id: str, pieces: Pieces, starts_on: date, ends_on: date) -> _Total:
        """The person's part of the pieces from one day until another."""
        gaps = ((max(since, starts_on), min(until, ends_on)) for since, until in pieces.gaps)
        lacks = tuple(days for days in gaps if self._attendance.is_needed(person_id, *days))
        value = due = 0.0
        for piece in _within(pieces.covered, starts_on, ends_on):
            value += piece.value * self._attendance.share(person_id, piece.whole, piece.starts_on, piece.ends_on)
            until = asked.due_within(piece)
            due += piece.value * self._attendance.share(person_id, piece.whole, piece.starts_on, until)
        return _Total(value, due, lacks)


class _Groups:
    """Who belongs to which scope, and when."""

    def __init__(self, firm: Firm) -> None:
        self._people = tuple(dict.fromkeys(person.person_id for person in firm.people))
        self._spans = spans(firm.assignments)
        self._of_person: dict[str, list[Span]] = defaultdict(list)
        self._of_scope: dict[str, list[Span]] = defaultdict(list)
        for span in self._spans:
            self._of_person[span.person_id].append(span)
            for scope in (scope for level in _LEVELS for scope in _scopes(span, level)):
                self._of_scope[scope].append(span)
        self._regions: dict[tuple[str, date, date], frozenset[Region]] = {}

    def members(self, scope: str, period: Period) -> Iterator[tuple[str, date, date]]:
        """Person, first day and the day after the last of every membership in a period."""
        if scope == "company":
            yield from ((person_id, period.starts_on, period.ends_on) for person_id in self._people)
            return
        for span in self._of_scope.get(scope, ()):
            starts_on = max(span.starts_on, period.starts_on)
            ends_on = min(span.ends_on or period.ends_on, period.ends_on)
            if starts_on < ends_on:
                yield span.person_id, starts_on, ends_on

    def regions(self, scope: str, starts_on: date, ends_on: date) -> frozenset[Region]:
        """The regions of a group's people between two days; None stands for no region."""
        key = (scope, starts_on, ends_on)
        if key not in self._regions:
            found = self._spans if scope == "company" else self._of_scope.get(scope, ())
            self._regions[key] = frozenset(
                span.assignment.region
                for span in found
                if span.starts_on < ends_on and (span.ends_on is None or starts_on < span.ends_on)
            )
        return self._regions[key]

    def levels(self, scope: str, period: Period, as_of: date) -> tuple[tuple[str, ...], ...]:
        """The scopes whose standard may hold for a scope, nearest first.

        Person > team > segment or region > company. A person's groups are those of their last assignment
        in the period by as-of; a team's segment, region and seniority those all its members share.
        """
        kind, _, name = scope.partition(":")
        day = min(max(as_of, period.starts_on), period.last_on)
        if kind == "person":
            last = [span for span in self._of_person.get(name, ()) if _touches(span, period.starts_on, day)][-1:]
            return ((scope,), *(_shared(last, level) for level in _LEVELS), ("company",))
        if kind == "team":
            members = [span for span in self._of_scope.get(scope, ()) if _touches(span, day, day)]
            return ((scope,), _shared(members, _LEVELS[1]), ("company",))
        return ((scope,),) if scope == "company" else ((scope,), ("company",))


def _touches(span: Span, first: date, last: date) -> bool:
    """Whether a span holds one of these days, both included."""
    return span.starts_on <= last and (span.ends_on is None or first < span.ends_on)


def _scopes(span: Span, level: Iterable[str]) -> Iterator[str]:
    """The scopes of one level an assignment puts a person in."""
    for dimension in level:
        name = getattr(span.assignment, dimension)
        if name:
            yield f"{dimension}:{name}"


def _shared(found: Sequence[Span], level: Sequence[str]) -> tuple[str, ...]:
    """The scopes of one level that all the spans are in."""
    sets = [frozenset(_scopes(span, level)) for span in found]
    return tuple(scope for scope in _scopes(found[0], level) if all(scope in s for s in sets)) if found else ()


def _narrowest(asked: _Asked, rows: Iterable[tuple[str, Rows]]) -> Resolved | None:
    """The standard of one level whose period covers the one asked for most narrowly."""
    found = []
    for scope, own in rows:
        hit = own.covering(asked.period.starts_on, asked.period.ends_on, asked.as_of)
        if hit is not None:
            found.append((hit[0].length, scope, hit[1]))
    if not found:
        return None
    _, scope, value = min(found, key=lambda hit: hit[0])
    return _resolved(asked, scope, value)


def _agreed(asked: _Asked, rows: Iterable[tuple[str, Rows]]) -> Resolved | None:
    """The standard that all parts of a longer period agree on; none, and why, if they differ."""
    for scope, own in rows:
        pieces = own.pieces(asked.period.starts_on, asked.period.ends_on, asked.as_of)
        values = {piece.value for piece in pieces.covered}
        if len(values) > 1:
            return Resolved(note=f"The targets of {scope} differ within {asked.period.name} and cannot be added up.")
        if values and not pieces.gaps:
            return _resolved(asked, scope, values.pop())
    return None


def _resolved(asked: _Asked, scope: str, value: float) -> Resolved:
    """A standard: due in full from the first day."""
    return Resolved(value, own=value if scope == asked.scope else None, pace=value, origin=scope)


def _within(pieces: Iterable[Piece], starts_on: date, ends_on: date) -> Iterator[Piece]:
    """The pieces cut to the days from one until another."""
    for piece in pieces:
        since, until = max(piece.starts_on, starts_on), min(piece.ends_on, ends_on)
        if since < until:
            yield Piece(piece.value, piece.whole, since, until)


def _uncovered(
    needed: Iterable[tuple[date, date]], covered: Sequence[tuple[date, date]]
) -> Iterator[tuple[date, date]]:
    """The stretches of needed days that lie in none of the covered ones, which are sorted."""
    for starts_on, ends_on in sorted(needed):
        since = starts_on
        for begins, ends in covered:
            if since < min(begins, ends_on):
                yield since, min(begins, ends_on)
            since = max(since, ends)
        if since < ends_on:
            yield since, ends_on


def _missing(days: tuple[date, date]) -> str:
    return f"No target covers {days[0].isoformat()} to {(days[1] - _ONE_DAY).isoformat()}."


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
