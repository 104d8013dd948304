"""Cells that no pass over rows can give: targets, attainment, typical rates, observations, conversions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlglot import exp

from courtside.metrics.attainment import attained
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.metric import Conversion, Metric, Observed, Ratio, Stock
from courtside.metrics.sharing import Sharing, sharing_of
from courtside.metrics.target import Firm, Resolved, Target, Targets
from courtside.metrics.target_rows import ALWAYS
from courtside.records.people import Absence, Employment, Holiday
from courtside.records.period import Calendar, Period
from courtside.records.ramp import Ramp
from courtside.records.working_days import Attendance
from courtside.warehouse.asked import Asked, Scope
from courtside.warehouse.dimensions import GROUPS, PERSONAL
from courtside.warehouse.engine import Engine
from courtside.warehouse.frame import Frame
from courtside.warehouse.prepared import FAR, assignment
from courtside.warehouse.question import CannotAnswer
from courtside.warehouse.sql import template
from courtside.warehouse.survival import ADVANCED, Stay, aalen_johansen, entries, entries_query, stays
from courtside.warehouse.typical import Handled, expected

Cell = tuple[int, tuple[Any, ...], float | None, float | None]
"""Number of the period, keys, value, cases."""
Figures = Callable[[Sequence[str], Asked], Iterable[tuple[int, tuple[Any, ...], Mapping[str, Any]]]]
"""Answers other metrics under another cut: period, keys, `{metric: {value, n}}`."""


class FirmTables:
    """The people, targets and calendar of a firm, read once from an engine."""

    def __init__(self, engine: Engine, calendar: Calendar, ramp: Ramp) -> None:
        def run(text: str) -> list[tuple[Any, ...]]:
            return engine.run(_select(text))

        employed = run("SELECT person_id, hired_on, left_on, role FROM people")
        self.people = {row[0]: Employment(*row) for row in employed}
        self.roles = {person.person_id: person.role for person in self.people.values()}
        fields = ("person_id", "valid_from", "valid_to", "manager_id", "team", "segment", "region", "seniority")
        assigned = run(f"SELECT {', '.join(fields)} FROM assignments")
        self.assignments = [assignment(dict(zip(fields, row, strict=True))) for row in assigned]
        absences = [Absence(*row) for row in run("SELECT person_id, starts_on, ends_on FROM absences")]
        holidays = [Holiday(*row) for row in run('SELECT "on", region FROM holidays')]
        self.firm = Firm(tuple(self.people.values()), self.assignments, absences, holidays, calendar, ramp)
        rows = run("SELECT metric, scope, period, value, version, in_force_from, _batch FROM targets")
        self.targets = Targets([Target(*row) for row in rows], self.firm)
        self.spans = run(
            "SELECT person_id, starts_on, ends_on, team, manager_id, segment, region, seniority FROM spans"
        )

    @cached_property
    def attendance(self) -> Attendance:
        """Days present, those of somebody new by the share of a full target they owe."""
        return Attendance(self.firm)

    @cached_property
    def presence(self) -> Attendance:
        """Days present without the ramp's shares: somebody new is there all the same."""
        return Attendance(replace(self.firm, ramp={}))

    def group_on(self, dimension: str, day: date) -> dict[str, Any]:
        """Person -> their group of a dimension on a day."""
        if dimension == "role":
            return dict(self.roles)
        if dimension == "person":
            return {person: person for person in self.people}
        place = {"team": 3, "manager": 4, "segment": 5, "region": 6, "seniority": 7}[dimension]
        return {row[0]: row[place] for row in self.spans if row[1] <= day < (row[2] or FAR)}

    def names(self, dimension: str) -> list[str]:
        """Every group of a dimension there ever was."""
        if dimension == "person":
            return list(self.people)
        place = {"team": 3, "segment": 5, "region": 6, "seniority": 7}.get(dimension)
        return sorted({row[place] for row in self.spans if row[place]}) if place else []


def _select(text: str) -> exp.Query:
    tree = template(text)
    if not isinstance(tree, exp.Query):
        raise TypeError(text)
    return tree


def metrics_with_targets(engine: Engine) -> frozenset[str]:
    """The metrics that anybody has a target of."""
    return frozenset(str(row[0]) for row in engine.run(_select("SELECT DISTINCT metric FROM targets")))


def period_of(asked: Asked, number: int) -> Period | None:
    """The period of a number; None for `all`."""
    return asked.periods[number] if asked.periods else None


@dataclass(frozen=True, slots=True)
class Special:
    """Gives special cells for one question."""

    frame: Frame
    catalogue: Catalogue
    asked: Asked
    open_firm: Callable[[], FirmTables]
    figures: Figures
    has_targets: Callable[[str], bool]
    """Whether anybody has a target of a metric: without one, nothing about the firm is read."""

    @property
    def firm(self) -> FirmTables:
        """The firm's people and targets, read when first needed."""
        return self.open_firm()

    # targets -------------------------------------------------------------------------------------------

    def target(self, name: str, scope: str, number: int) -> Resolved:
        """The target of a metric for a scope in a period of the question."""
        if not self.has_targets(name):
            return Resolved()
        period = period_of(self.asked, number) or ALWAYS
        return self.firm.targets.of(name, scope, period, self.asked.clock.as_of, self.sharing(name))

    def sharing(self, name: str) -> Sharing:
        """How the target of a metric is shared out."""
        return sharing_of(self.catalogue[name], self.catalogue)

    def target_cells(self, name: str) -> Iterator[Cell]:
        """The target of a metric at every scope that can have one."""
        for number, _ in enumerate(self.asked.names):
            for keys, scope in self._target_scopes():
                resolved = self.target(name, scope, number)
                if resolved.value is not None:
                    yield number, keys, resolved.value, None

    def _target_scopes(self) -> Iterator[tuple[tuple[Any, ...], str]]:
        by = self.asked.by
        if not by or by == ("company",):
            scopes = self.asked.scopes
            if len(scopes) <= 1:
                yield tuple(by), str(scopes[0]) if scopes else "company"
        elif len(by) == 1 and by[0] in ("person", *GROUPS):
            for name in self.firm.names(by[0]):
                yield (name,), f"{by[0]}:{name}"

    # share of people who attain their target -----------------------------------------------------------

    def attaining_cells(self, name: str) -> Iterator[Cell]:
        """People at or above their target of a metric, and people with one, by the group they were last in."""
        by = self.asked.by
        if len(by) > 1 or (by and by[0] not in ("company", "role", "manager", *GROUPS)):
            return
        people = replace(self.asked, by=("person",), scopes=())
        values = {(n, keys[0]): row[name]["value"] for n, keys, row in self.figures([name], people)}
        for number, _ in enumerate(self.asked.names):
            yield from self._attained(name, number, values)

    def _attained(self, name: str, number: int, values: Mapping[tuple[int, Any], Any]) -> Iterator[Cell]:
        day = self.asked.counted_to(number)
        groups = self.firm.group_on(self.asked.by[0], day) if self.asked.by and self.asked.by[0] != "company" else None
        inside = [(s, self.firm.group_on(s.dimension, day)) for s in self.asked.scopes if s.dimension in PERSONAL]
        met: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
        direction = self.catalogue[name].direction
        for person in self.firm.people:
            if any(group.get(person) != scope.value for scope, group in inside):
                continue
            target = self.target(name, f"person:{person}", number).value
            if target:
                keys = (groups.get(person),) if groups is not None else tuple(self.asked.by)
                value = values.get((number, person)) or 0
                met[keys][0] += bool(attained(value, target, None, direction).is_met)
                met[keys][1] += 1
        for keys, (reached, n) in met.items():
            yield number, keys, float(reached), float(n)

    # typical handling -----------------------------------------------------------------------------------

    def typical_cells(self, name: str) -> Iterator[Cell]:
        """Expected numerator and denominator of a ratio over leads, source by source (METHODS.md 7)."""
        body = self.catalogue[name].body
        if not isinstance(body, Ratio):
            raise CannotAnswer(f"typical handling is known of a ratio, and {name} is none")
        pair = (body.numerator, body.denominator)
        own = self._handled(pair, replace(self.asked, by=(*self.asked.by, "person", "source")))
        everybody = self._handled(pair, replace(self.asked, by=("person", "source"), scopes=()))
        for number, _ in enumerate(self.asked.names):
            for keys, (closed, leads) in expected(own[number], everybody[number]).items():
                yield number, keys, closed, leads

    def _handled(self, pair: tuple[str, str], asked: Asked) -> dict[int, list[Handled]]:
        found: dict[int, list[Handled]] = defaultdict(list)
        for number, keys, row in self.figures(pair, asked):
            leads = row[pair[1]]["value"] or 0
            if leads:
                found[number].append(Handled(keys[:-2], keys[-2], keys[-1], row[pair[0]]["value"] or 0, leads))
        return found

    # observations ---------------------------------------------------------------------------------------

    def observed_cells(self, metric: Metric) -> Iterator[Cell]:
        """What was written down for the very scope asked."""
        if not isinstance(metric.body, Observed):
            raise TypeError(metric.name)
        sums: dict[tuple[int, tuple[Any, ...]], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for number, keys, value, n in self.observations(metric):
            cell = sums[number, keys]
            cell[0] += value
            cell[1] += value * n
            cell[2] += n
        for (number, keys), (total, weighted, n) in sums.items():
            figure = total if metric.body.combine == "sum" else (weighted / n if n else None)
            yield number, keys, figure, n

    def observations(self, metric: Metric) -> Iterator[tuple[int, tuple[Any, ...], float, float]]:
        """Period, keys, value and weight of the observations a figure is made of."""
        query = template(
            'SELECT scope, "on", value, n FROM observations WHERE metric = :m ORDER BY scope, "on"', m=metric.name
        )
        for text, on, value, n in self.frame.engine.run(query):  # type: ignore[arg-type]
            scope = Scope.parse(text)
            keys = self._observed_keys(scope)
            if keys is None or on > self.asked.clock.as_of:
                continue
            for number, _ in enumerate(self.asked.names):
                period = period_of(self.asked, number)
                if period is None or period.contains(on):
                    yield number, keys, float(value), float(n) if n is not None else 1.0

    def _observed_keys(self, scope: Scope) -> tuple[Any, ...] | None:
        by, scopes = self.asked.by, self.asked.scopes
        wanted = (by == () and scope == (scopes[0] if len(scopes) == 1 else Scope("company", "company"))) and len(
            scopes
        ) < 2
        if wanted:
            return ()
        if len(by) == 1 and scope.dimension == by[0] and (not scopes or scope in scopes):
            return (scope.value,)
        return None

    # conversions ----------------------------------------------------------------------------------------

    def conversion_stays(self, metric: Metric) -> list[tuple[int, Stay]]:
        """Every first stay in a stage, with the number of the period it began in."""
        if not isinstance(metric.body, Conversion):
            raise TypeError(metric.name)
        order = [stage.name for stage in self.catalogue.pack.stages.get(metric.body.pipeline, ())]
        by = tuple(name for name in self.asked.by if name != "stage")
        kept = replace(self.asked, scopes=tuple(s for s in self.asked.scopes if s.dimension != "stage"))
        rows = self.frame.engine.run(entries_query(kept, self.frame, self.catalogue.pack.params, metric.body))
        stages = {scope.value for scope in self.asked.scopes if scope.dimension == "stage"}
        as_of = self.asked.clock.as_of
        found = [s for s in stays(entries(rows, len(by), as_of), order, as_of) if not stages or s.stage in stages]
        if self.asked.is_all:
            return [(0, stay) for stay in found]
        return [(n, s) for s in found for n, p in enumerate(self.asked.periods) if p.contains(s.entered_on)]

    def conversion_cells(self, metric: Metric) -> Iterator[Cell]:
        """The chance of passing each stage within the horizon, by period of entry."""
        groups: dict[tuple[int, tuple[Any, ...]], list[Stay]] = defaultdict(list)
        for number, stay in self.conversion_stays(metric):
            groups[number, self._stage_keys(stay)].append(stay)
        horizon = metric.body.horizon_days if isinstance(metric.body, Conversion) else 0
        for (number, keys), found in groups.items():
            rate = aalen_johansen([s.days for s in found], [s.end for s in found], horizon, ADVANCED)
            yield number, keys, rate, float(len(found))

    def _stage_keys(self, stay: Stay) -> tuple[Any, ...]:
        others = iter(stay.keys)
        return tuple(stay.stage if name == "stage" else next(others) for name in self.asked.by)


def rows_counted(metric: Metric) -> Metric:
    """A stock that counts the rows another stock adds up: how many have nothing to add is told."""
    if not isinstance(metric.body, Stock):
        raise TypeError(metric.name)
    return replace(
        metric,
        name=f"{metric.name}__rows",
        body=replace(metric.body, take=replace(metric.body.take, how="count", of=None)),
    )
