"""Why a result is short: everybody's factors read at once, set against a plan, and one person's or team's gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

import numpy as np

from courtside.analysis.gaps import chain
from courtside.analysis.gaps.cohort import Counts, Presence, Route, by_source, counts, routes
from courtside.analysis.gaps.factor import Factor, without_others
from courtside.analysis.gaps.gap import Gap, Part, parts
from courtside.analysis.gaps.identity import Figures, Seen, declared, measures_of, of_cohort
from courtside.analysis.gaps.planned import Against, Planned, by_peers, by_previous, by_target
from courtside.analysis.statistics.bootstrap import seed_of
from courtside.analysis.statistics.distributions import Array
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Metric
from courtside.metrics.sharing import Sharing, sharing_of
from courtside.records.period import Period
from courtside.warehouse.asked import Asked
from courtside.warehouse.question import CannotAnswer, Question
from courtside.warehouse.session import Session

_ONE_DAY = timedelta(days=1)


def has_identity(metric: Metric) -> bool:
    """Whether a metric can be taken apart: it declares its factors, or counts or adds up won cases."""
    return bool(metric.identity) or chain.is_won(metric)


def taken_apart(catalogue: Catalogue) -> list[str]:
    """The names of all metrics `why` can be asked of."""
    return sorted(metric.name for metric in catalogue if has_identity(metric) and not metric.internal)


@dataclass(frozen=True, slots=True)
class Role:
    """The people of a role with their factors and plan, the figure of the period and the target: arrays over people."""

    role: str | None
    route: Route | None
    people: Sequence[str]
    seen: Seen
    factors: Sequence[Factor]
    planned: Planned
    value: Array
    target: Array


@dataclass(frozen=True)
class Whys:
    """Gaps of one result in one period. `team` narrows every figure to what is credited to it.

    With fewer than `least_others` others of a role nothing of theirs is a plan: it could be told to be somebody's.

    Raises CannotAnswer for a metric without factors, an unfinished period, and a cohort older than the records.
    """

    session: Session
    question: Question
    against: Against = Against.TARGET
    team: str | None = None
    least_others: int = 1
    _gaps: dict[str, Gap] = field(default_factory=dict)
    _parts: dict[str, list[Part]] = field(default_factory=dict)

    # what is asked -------------------------------------------------------------------------------------

    @cached_property
    def metric(self) -> Metric:
        """The result."""
        metric = self.session.catalogue[self.question.metric]
        if not has_identity(metric):
            names = ", ".join(taken_apart(self.session.catalogue))
            raise CannotAnswer(f"{metric.name} declares no factors it is the product of; these do: {names}")
        return metric

    @cached_property
    def is_of_cohort(self) -> bool:
        """Whether its cases are followed from when they came in."""
        return chain.is_won(self.metric)

    @cached_property
    def pool_asked(self) -> Asked:
        """The question about everybody."""
        return self.session.asked_of(replace(self.question, by=("person",), scopes=()), self.metric)

    @cached_property
    def asked(self) -> Asked:
        """The question, narrowed to the team."""
        if self.team is None:
            return self.pool_asked
        return self.session.asked_of(replace(self.question, by=("person",), scopes=(f"team:{self.team}",)), self.metric)

    @cached_property
    def period(self) -> Period:
        """The period asked about. Raises CannotAnswer if it is not over, or is no single one."""
        if len(self.pool_asked.periods) != 1:
            raise CannotAnswer("name one period, such as 2026-Q3")
        period = self.pool_asked.periods[0]
        if period.last_on > self.pool_asked.clock.as_of:
            raise CannotAnswer(f"{period.name} is not over on {self.pool_asked.clock.as_of}; ask for one that is")
        return period

    @cached_property
    def periods(self) -> Sequence[Period]:
        """The period, and the one before where it is held against that."""
        before = (self.session.calendar.previous(self.period),) if self.against is Against.PREVIOUS else ()
        return self.period, *before

    # who is asked about --------------------------------------------------------------------------------

    def _counting(self) -> AbstractContextManager[Session]:
        """A session that knows the measures a won result is taken apart by; the rollup does not hold them."""
        self.session.coverage(self.pool_asked.clock)  # the rollup knows it at once, and both remember it
        self.session.open_firm()
        name = f"why {self.metric.name}"
        return self.session.twin(name, lambda: chain.with_measures(self.session.catalogue, self.metric))

    @cached_property
    def routes(self) -> Mapping[str | None, Route]:
        """How the wins of each role come about."""
        if not self.is_of_cohort:
            return {}
        with self._counting() as session:
            return routes(session, self.pool_asked, self.session.catalogue)

    @cached_property
    def _rows(self) -> Mapping[str | None, slice]:
        """Role -> where its people stand in all arrays."""
        found, start = {}, 0
        for role, people in self._people.items():
            found[role] = slice(start, start + len(people))
            start += len(people)
        return found

    @cached_property
    def _people(self) -> Mapping[str | None, Sequence[str]]:
        found: dict[str | None, list[str]] = {}
        for person, role in sorted(self.session.open_firm().roles.items()):
            if not self.is_of_cohort or role in self.routes:
                found.setdefault(role, []).append(person)
        return found

    @cached_property
    def _index(self) -> Mapping[str, int]:
        return {person: n for n, person in enumerate(p for people in self._people.values() for p in people)}

    @property
    def people(self) -> Sequence[str]:
        """Everybody whose result can be taken apart."""
        return tuple(self._index)

    def role_of(self, person: str) -> Role:
        """The role of a person. Raises CannotAnswer where nobody of that role has a figure to take apart."""
        role = self.session.open_firm().roles.get(person)
        if role not in self._people:
            raise CannotAnswer(f"nobody of the role {role or 'unknown'} has won anything by {self.question.as_of}")
        return self.roles[role]

    # what was counted ----------------------------------------------------------------------------------

    def window(self, role: str | None, period: Period) -> Period:
        """The days in which the cases that could close in a period came in; the period itself without a cohort."""
        if not self.is_of_cohort:
            return period
        return self.routes[role].window(period, self.pool_asked.clock.as_of)

    def _windows(self, *, by_leads: bool) -> list[Period]:
        return [
            self.window(role, period)
            for role, route in self.routes.items() if route.by_leads is by_leads for period in self.periods
        ]  # fmt: skip

    def _events(self, asked: Asked) -> Counts:
        windows = self._windows(by_leads=False)
        names = measures_of(self.metric, self.routes.values())
        with self._counting() as session:
            return counts(session, names, asked, [*self.periods, *windows], self._index)

    def _sources(self, asked: Asked) -> Counts | None:
        windows = self._windows(by_leads=True)
        return by_source(self.session, asked, windows, self._index) if windows else None

    @cached_property
    def _counted(self) -> tuple[Counts, Counts, Counts | None, Counts | None]:
        """Events and leads by source, as narrowed and as a whole."""
        if not self.is_of_cohort:
            nothing = Counts(self._index, {})
            return nothing, nothing, None, None
        own, sources = self._events(self.asked), self._sources(self.asked)
        if self.team is None:
            return own, own, sources, sources
        return own, self._events(self.pool_asked), sources, self._sources(self.pool_asked)

    @cached_property
    def _presence(self) -> tuple[Presence, Presence]:
        firm = self.session.open_firm()
        whole = Presence.of(firm)
        return (whole if self.team is None else Presence.of(firm, self.team)), whole

    def _seen(self, role: str | None, period: Period) -> Seen:
        rows, people, window = self._rows[role], self._people[role], self.window(role, period)
        self._check_recorded(role, window)
        events, pool, sources, pool_sources = (c.among(rows) if c is not None else None for c in self._counted)
        own, whole = self._presence
        there, ramp = own.shares(people, window)
        all_there, all_ramp = (there, ramp) if own is whole else whole.shares(people, window)
        if events is None or pool is None:
            raise TypeError("nothing counted")
        return Seen(window, period, events, pool, sources, pool_sources, there, ramp, all_there * all_ramp)

    def _check_recorded(self, role: str | None, window: Period) -> None:
        """That records reach back to where a cohort begins. Raises CannotAnswer."""
        if not self.is_of_cohort:
            return
        table = "leads" if self.routes[role].by_leads else "opportunities"
        days = self.session.coverage(self.pool_asked.clock).days[table]
        if days is None or window.starts_on < days[0]:
            since = f"from {days[0]}" if days else "nowhere"
            raise CannotAnswer(
                f"what could close in {self.period.name} came in from {window.starts_on} on, and {table} are recorded "
                f"{since}; ask for a later period"
            )

    # factors and plans ---------------------------------------------------------------------------------

    @cached_property
    def roles(self) -> Mapping[str | None, Role]:
        """Everybody's factors and plans, role by role, read when first asked for."""
        return _Lazy(self._role, tuple(self._people))

    def _role(self, role: str | None) -> Role:
        now = self._seen(role, self.period)
        factors = self._factors(role, now)
        if len(self._people[role]) - 1 < self.least_others:
            factors = [without_others(factor) for factor in factors]
        value, target = self._value(role, self.period), self._targets(self.metric.name, role)
        if self.against is Against.PREVIOUS:
            before = self._seen(role, self.periods[1])
            planned = by_previous(factors, self._factors(role, before))
            target = self._value(role, self.periods[1])
        elif self.against is Against.PEERS:
            planned, target = by_peers(factors), np.full(len(value), np.nan)
        else:
            allowed = self._presence[0].shares(self._people[role], self.period)
            planned = by_target(factors, lambda name: self._targets(name, role), target, allowed)
        return Role(role, self.routes.get(role), self._people[role], now, factors, planned, value, target)

    def _factors(self, role: str | None, seen: Seen) -> list[Factor]:
        if self.is_of_cohort:
            return of_cohort(self.metric, self.session.catalogue, self.routes[role], seen)
        rows = self._rows[role]
        own, pool = (self._declared(asked, seen.period) for asked in (self.asked, self.pool_asked))
        cut = [[_cut(figures, rows) for figures in side[1:]] for side in (own, pool)]
        return declared(self.metric, self.session.catalogue, cut[0], cut[1], seen)

    def _declared(self, asked: Asked, period: Period) -> Sequence[Figures]:
        """The figures of the metric and then of its factors for everybody."""
        names = [self.metric.name, *self.metric.identity]
        fields = {name: np.full((3, len(self._index)), np.nan) for name in names}
        for _, (person,), row in self.session.figures(names, replace(asked, periods=(period,)), is_shared=True):
            if person in self._index:
                for name in names:
                    found = row[name]
                    value, n = found["value"], found["denominator"] or found["n"] or 0
                    hits = found["numerator"] if found["denominator"] is not None else (value or 0) * n
                    fields[name][:, self._index[person]] = (
                        np.nan if value is None else value, hits or 0, n
                    )  # fmt: skip
        return [Figures(f[0], np.nan_to_num(f[1]), np.nan_to_num(f[2])) for f in fields.values()]

    def _value(self, role: str | None, period: Period) -> Array:
        """The result itself, on the days its events are counted."""
        if not self.is_of_cohort:
            return np.nan_to_num(_cut(self._declared(self.asked, period)[0], self._rows[role]).value)
        name = chain.TOTAL if chain.is_money(self.metric) else chain.WINS
        return self._counted[0].among(self._rows[role]).of(name, period)

    def _targets(self, metric: str, role: str | None) -> Array:
        special = self.session.special_of(replace(self.pool_asked, periods=(self.period,)))
        found = [special.target(metric, f"person:{person}", 0).value for person in self._people[role]]
        return np.array([np.nan if value is None else value for value in found], dtype=np.float64)

    # gaps ----------------------------------------------------------------------------------------------

    def gap(self, person: str) -> Gap:
        """One person's factors against their plan."""
        if person not in self._gaps:
            role = self.role_of(person)
            at = role.people.index(person)
            target = float(role.target[at])
            seed = seed_of(self.metric.name, f"person:{person}", f"{self.period.name} {self.against.value}")
            value, known = float(role.value[at]), target if np.isfinite(target) else None
            self._gaps[person] = Gap(role.factors, role.planned, at, value, known, seed)
        return self._gaps[person]

    def of_person(self, person: str) -> list[Part]:
        """The rows of one person's gap."""
        if person not in self._parts:
            gap = self.gap(person)
            self._parts[person] = parts([gap], gap.value, gap.target, self.metric.unit)
        return self._parts[person]

    def of_team(self) -> list[Part]:
        """The rows of the team's gap: its members' effects added up."""
        if self.team is None or sharing_of(self.metric, self.session.catalogue) is not Sharing.TOTAL:
            raise CannotAnswer(f"{self.metric.name} of a team is not the sum over its people; ask for a person")
        value, target = self.team_value
        gaps = [self.gap(person) for person in self.members()]
        if not gaps:
            raise CannotAnswer(f"nobody of {self.team} has won anything by {self.question.as_of}")
        return parts(gaps, value, target, self.metric.unit)

    @cached_property
    def team_value(self) -> tuple[float, float | None]:
        """The team's figure of the period, and what it is held against."""
        scope = f"team:{self.team}"
        asked = replace(self.asked, by=())
        found = [
            float(row[self.metric.name]["value"] or 0)
            for period in self.periods
            for *_, row in self.session.figures([self.metric.name], replace(asked, periods=(period,)))
        ]
        if self.against is Against.PREVIOUS:
            return found[0], found[1]
        special = self.session.special_of(replace(asked, periods=(self.period,)))
        is_target = self.against is Against.TARGET
        return found[0], special.target(self.metric.name, scope, 0).value if is_target else None

    def members(self, team: str | None = None) -> list[str]:
        """Those who were in the team, or another, on any day their cases came in or closed, in order of their ids."""
        since = min([self.period.starts_on, *(w.starts_on for role in self._people for w in self._all_windows(role))])
        wanted, until = team or self.team, self.period.ends_on
        found = {
            row[0] for row in self.session.open_firm().spans
            if row[3] == wanted and row[1] < until and (row[2] is None or row[2] > since)
        }  # fmt: skip
        return sorted(person for person in found if person in self._index)

    def _all_windows(self, role: str | None) -> Iterator[Period]:
        yield from (self.window(role, period) for period in self.periods)

    def team_of(self, person: str) -> str | None:
        """The team a person was in on the last day of the period."""
        return self.session.open_firm().group_on("team", self.period.last_on).get(person)


def why_for_all(
    session: Session, question: Question, against: Against = Against.TARGET, people: Iterable[str] | None = None
) -> dict[str, list[Part]]:
    """Person -> the rows of their gap, for everybody who can have one (or some `people`), from the same reading."""
    whys = Whys(session, question, against)
    _ = whys.period
    return {person: whys.of_person(person) for person in (whys.people if people is None else people)}


def _cut(figures: Figures, rows: slice) -> Figures:
    return Figures(figures.value[rows], figures.hits[rows], figures.of[rows])


class _Lazy(Mapping[str | None, Role]):
    """Roles made when first looked up."""

    def __init__(self, make: Callable[[str | None], Role], names: Sequence[str | None]) -> None:
        self._make, self._names = make, names
        self._made: dict[str | None, Role] = {}

    def __getitem__(self, role: str | None) -> Role:
        if role not in self._names:
            raise KeyError(role)
        if role not in self._made:
            self._made[role] = self._make(role)
        return self._made[role]

    def __iter__(self) -> Iterator[str | None]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
