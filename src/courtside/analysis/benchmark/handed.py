"""What was handed to each person, by lead source or another stratum, read from the warehouse and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from courtside.analysis.benchmark.mix_words import Told, mix_sentence
from courtside.analysis.kinds import Kind, kind_of
from courtside.analysis.statistics.distributions import Array, Indices, added
from courtside.analysis.statistics.mix import Compared, Handed, compared
from courtside.metrics.metric import Metric, Ratio
from courtside.warehouse.asked import Asked
from courtside.warehouse.dimensions import NoSuchCut
from courtside.warehouse.question import CannotAnswer, Question
from courtside.warehouse.session import Session

BY_SOURCE = "source"
"""The stratum that says what was handed to somebody, where rows name one."""

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Mix:
    """One rate of every person in every period asked for, stratum by stratum, beside what is typical."""

    session: Session
    metric: Metric
    asked: Asked
    stratum: str | None
    """The dimension the cases are cut by; None where rows of the metric name none of its groups."""
    units: Sequence[tuple[int, str]]
    """Number of the period and id of the person."""
    strata: Sequence[Any]
    """The groups, by their numbers; None for cases that name none."""
    handed: Handed

    @cached_property
    def compared(self) -> Compared:
        """Every unit beside what typical handling of the very same cases would have given."""
        return compared(self.handed)

    @cached_property
    def place(self) -> Mapping[tuple[int, str], int]:
        """Where a person stands in a period."""
        return {unit: number for number, unit in enumerate(self.units)}

    @cached_property
    def shares(self) -> tuple[Array, Array]:
        """The share of each stratum among every unit's cases, and among those of all others: (units, strata) each."""
        width = len(self.strata)
        size = self.handed.units * width
        own = added(self.handed.unit * width + self.handed.stratum, self.handed.of, size).reshape(-1, width)
        _, all_of, _ = self.handed.cells()
        rest = all_of.reshape(-1, width)[self.handed.pool] - own
        of = [np.maximum(side.sum(axis=1, keepdims=True), 1.0) for side in (own, rest)]
        return own / of[0], rest / of[1]

    @cached_property
    def positions(self) -> Sequence[str]:
        """Where every unit lies beside what is typical of its cases."""
        return self.compared.position()

    @cached_property
    def columns(self) -> Mapping[str, Sequence[float | None]]:
        """What is known of every unit, column by column; None where nothing is."""
        found = self.compared
        columns = {
            "expected": found.expected, "typical": found.typical, "ratio": found.ratio, "low": found.interval.low,
            "high": found.interval.high, "adjusted": found.adjusted, "overall": found.overall, "overlap": found.overlap,
        }  # fmt: skip
        return {name: [_known(value) for value in values] for name, values in columns.items()}

    def rows(self, persons: frozenset[str] | None = None) -> list[dict[str, Any]]:
        """One row for each person (of those named) and period, persons in the order of their ids."""
        names = self.session.engine.person_names()
        return [
            self._row(n, names.get(person, person))
            for n, (_, person) in enumerate(self.units)
            if persons is None or person in persons
        ]

    def _row(self, unit: int, label: str) -> dict[str, Any]:
        number, person = self.units[unit]
        told = self.told(unit)
        known = {name: values[unit] for name, values in self.columns.items()}
        return {
            "metric": self.metric.name, "scope": f"person:{person}", "label": label,
            "period": self.asked.names[number], "value": told.hits / told.of, "n": told.of, "observed": told.hits,
            **{name: known[name] for name in ("expected", "typical", "ratio")},
            "interval": [known["low"], known["high"]],
            **{name: known[name] for name in ("adjusted", "overall", "overlap")},
            "comparable": told.position != "not_comparable", "position": told.position, "sentence": mix_sentence(told),
        }  # fmt: skip

    def told(self, unit: int) -> Told:
        """What the sentence about a unit is made of."""
        own, rest = (side[unit] for side in self.shares)
        most = int(np.argmax(own - rest))
        known = {name: values[unit] for name, values in self.columns.items()}
        return Told(
            hits=int(self.compared.observed[unit]), of=int(self.compared.of[unit]), overall=known["overall"],
            typical=known["typical"], interval=(known["low"] or 0.0, known["high"] or 0.0),
            position=self.positions[unit], stratum=self.stratum,
            most=None if self.stratum is None else _name(self.strata[most], self.stratum), share=float(own[most]),
            share_rest=float(rest[most]),
        )  # fmt: skip


def mix_of(session: Session, question: Question, stratum: str | None = BY_SOURCE) -> Mix:
    """A rate of every person beside what is typical of the very cases they were handed.

    One query, cut by person and stratum (`source`, or any other dimension the rows know); without a
    stratum everybody's cases count alike. Scopes of the question are not looked at: everybody is needed to
    say what is typical. Raises CannotAnswer for a metric that is no rate, or cannot be cut so.
    """
    metric = session.catalogue[question.metric]
    if kind_of(metric, session.catalogue) is not Kind.RATE or not isinstance(metric.body, Ratio):
        raise CannotAnswer(f"{metric.name} is no rate of cases, so nobody's mix of cases moves it")
    by = ("person",) if stratum is None else ("person", stratum)
    asked = session.asked_of(replace(question, by=by, scopes=()), metric)
    return _mix(session, metric, asked, stratum)


def mix_or_alike(session: Session, question: Question, stratum: str = BY_SOURCE) -> Mix:
    """The same; where rows of the metric name no source, all their cases count alike."""
    try:
        found = mix_of(session, question, stratum)
    except CannotAnswer:
        if stratum != BY_SOURCE:
            raise
        return mix_of(session, question, None)
    return found if any(name is not None for name in found.strata) else mix_of(session, question, None)


def _mix(session: Session, metric: Metric, asked: Asked, stratum: str | None) -> Mix:
    rows = read_cells(session, metric, asked)
    rows = [row for row in rows if row[1][0] is not None]
    units = sorted({(number, str(keys[0])) for number, keys, *_ in rows})
    strata = sorted({keys[1] if stratum else None for _, keys, *_ in rows}, key=lambda name: (name is None, name or ""))
    unit_at = {unit: n for n, unit in enumerate(units)}
    stratum_at = {name: n for n, name in enumerate(strata)}
    handed = Handed(
        np.array([hits for *_, hits, _ in rows], dtype=np.float64),
        np.array([of for *_, of in rows], dtype=np.float64),
        _indices([unit_at[number, str(keys[0])] for number, keys, *_ in rows]),
        _indices([stratum_at[keys[1] if stratum else None] for _, keys, *_ in rows]),
        _indices([number for number, _ in units]),
    )
    return Mix(session, metric, asked, stratum, units, strata, handed)


def read_cells(session: Session, metric: Metric, asked: Asked) -> list[tuple[int, Key, float, float]]:
    """Period, keys, hits and cases of a rate wherever it has cases, in the order of the keys. Raises CannotAnswer."""
    try:
        found = list(session.figures([metric.name], asked))
    except NoSuchCut as error:
        raise CannotAnswer(f"{metric.name}: {error}") from None
    cells = []
    for number, keys, values in found:
        figure = values[metric.name]
        of = figure["denominator"] or 0
        if of > 0:
            cells.append((number, keys, float(figure["numerator"] or 0), float(of)))
    return sorted(cells, key=lambda cell: (cell[0], [(key is None, str(key)) for key in cell[1]]))


def _indices(values: Sequence[int]) -> Indices:
    return np.array(values, dtype=np.int64)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _name(value: Any, stratum: str) -> str:
    return f"of no {stratum} named" if value is None else str(value)
