"""Who belongs to which scope, and when: the members of a group, and the groups somebody lies in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from courtside.records.people import Firm, Span, spans
from courtside.records.period import Period
from courtside.records.working_days import Region

_LEVELS = (("team",), ("segment", "region", "seniority"))
"""The groups a person belongs to by assignment, nearest first."""


class Groups:
    """The memberships of a firm. Spans of days are given as a first day and the day after the last."""

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

    def named(self, kind: str) -> tuple[str, ...]:
        """Every scope of a kind that somebody ever belonged to: `team` -> `team:North`, `team:South`."""
        if kind == "person":
            return tuple(f"person:{person_id}" for person_id in self._people)
        return tuple(sorted(scope for scope in self._of_scope if scope.startswith(f"{kind}:")))

    def members(self, scope: str, starts_on: date, ends_on: date) -> Iterator[tuple[str, date, date]]:
        """Person, first day and the day after the last of every membership between two days."""
        if scope == "company":
            yield from ((person_id, starts_on, ends_on) for person_id in self._people)
            return
        for span in self._of_scope.get(scope, ()):
            since = max(span.starts_on, starts_on)
            until = min(span.ends_on or ends_on, ends_on)
            if since < until:
                yield span.person_id, since, until

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
