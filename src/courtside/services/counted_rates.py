"""Rates as hits of so many cases, for everybody over some days at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

ByPerson = Mapping[str, tuple[float, float]]
"""Person -> hits and cases."""


def is_plain_rate(visit: Visit, metric: Metric) -> bool:
    """Whether a metric is so many of so many on the days they happened; cohorts go on filling, and are none."""
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.metrics.metric import Ratio, Unit  # noqa: PLC0415

    catalogue = visit.catalogue()
    is_share = isinstance(metric.body, Ratio) and kind_of(metric, catalogue) is Kind.RATE
    has_cohort = any(part.cohort is not None for part in catalogue.closure(metric.name))
    return is_share and metric.unit is Unit.PERCENT and not has_cohort and not metric.internal


def plain_rates(visit: Visit) -> tuple[Metric, ...]:
    """Every such rate there is, by its label."""
    return tuple(sorted((one for one in visit.catalogue() if is_plain_rate(visit, one)), key=lambda one: one.label))


def counted_rates(visit: Visit, first: date, last: date) -> Mapping[str, ByPerson]:
    """Every rate of everybody over some days, both included; only who has cases. Read once for whoever looks next."""
    from courtside.warehouse.question import Question  # noqa: PLC0415  (DuckDB loads now)

    def read() -> Mapping[str, ByPerson]:
        names: Sequence[str] = [metric.name for metric in plain_rates(visit)]
        if not names:
            return {}
        question = Question(names[0], ("person",), None, first, last, visit.today)
        found: dict[str, dict[str, tuple[float, float]]] = {name: {} for name in names}
        with visit.session() as session:
            asked = session.asked_of(question, session.catalogue[names[0]])
            for _, (person, *_), values in session.figures(names, asked):
                for name, row in values.items():
                    hits, of = float(row["numerator"] or 0), float(row["denominator"] or 0)
                    if 0 <= hits <= of and of > 0:
                        found[name][str(person)] = (hits, of)
        return found

    return visit.remembered(("counted rates", first, last), read)
