"""The rows of `leaks`: every stage of every pipeline, for the firm or cut by who or what, with what may be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from courtside.analysis.leaks import words
from courtside.analysis.leaks.leakage import COVERED, FEWEST, Judged, horizon_of, judged
from courtside.analysis.leaks.stays import WHOLE_WAY, Pipeline, Range, read_stays
from courtside.analysis.leaks.words import About, Told
from courtside.analysis.statistics.competing import ADVANCED, LOST, OPEN, Incidence, incidence, medians, steps
from courtside.analysis.statistics.distributions import Array, Indices, added
from courtside.analysis.statistics.intervals import Interval
from courtside.metrics.errors import did_you_mean, nearest
from courtside.warehouse.clock import Clock
from courtside.warehouse.frame import Frame
from courtside.warehouse.question import CannotAnswer
from courtside.warehouse.session import Session

FIELDS = (
    "pipeline", "stage", "scope", "entered", "advanced", "lost", "open", "horizon_days", "rate", "interval",
    "median_days", "value_lost", "verdict", "sentence",
)  # fmt: skip
"""The fields of a row, in order (DATA 5)."""
_SLOWER = 1.5
"""Losses that take so many times as long as successes make won of closed look too good."""


@dataclass(frozen=True, slots=True)
class AskLeaks:
    """Which leaks: of one pipeline or all, cut by person, team, source or account size, within some days."""

    as_of: date
    pipeline: str | None = None
    by: str | None = None
    horizon: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Leaks:
    """Rows as DATA 5 writes them, and what all of them rest on."""

    rows: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]


def leaks_for_all(session: Session, asked: AskLeaks) -> Leaks:
    """Every stage of the asked pipelines for everybody, in one query. Raises CannotAnswer for an unknown pipeline."""
    is_settled = session.rollup is not None and asked.as_of >= session.rollup.settled_on
    frame = Frame(session.engine, Clock(asked.as_of, is_settled), session.currency)
    orders = {name: [stage.name for stage in order] for name, order in session.catalogue.pack.stages.items()}
    found = read_stays(frame, orders, asked.by, Range(asked.first, asked.last, asked.pipeline))
    if asked.pipeline is not None and not found and asked.pipeline not in orders:
        hint = did_you_mean(nearest(asked.pipeline, orders))
        raise CannotAnswer(f"there is no pipeline {asked.pipeline!r}{hint}; there is: {', '.join(sorted(orders))}")
    each = [leaks_of(one, asked, session.currency, orders.get(one.name, ())) for one in found]
    return Leaks(tuple(row for one in each for row in one.rows), tuple(note for one in each for note in one.notes))


def leaks_of(pipeline: Pipeline, asked: AskLeaks, currency: str, order: Sequence[str] = ()) -> Leaks:
    """Every stage of one pipeline for everybody it is cut by. `order` are the stages the pack names."""
    horizon = asked.horizon or horizon_of(pipeline)
    result = judged(pipeline, horizon, asked.as_of)
    rows = _rows(pipeline, horizon, result, asked.by, currency)
    return Leaks(tuple(rows), tuple(_notes(pipeline, horizon, result, asked, order)))


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the rows of a pipeline are written from, a value for each stage and group."""

    counts: Indices
    """Rows entered, advanced, lost, open."""
    past: Incidence
    interval: Interval
    lost: Incidence
    median: Array

    @classmethod
    def of(cls, pipeline: Pipeline, horizon: int) -> _Figures:
        """Of all stays, however young: open ones are censored."""
        stays = pipeline.by_cell
        ends = [added(stays.group[stays.end == end], minlength=stays.groups) for end in (ADVANCED, LOST, OPEN)]
        counts, at = np.stack([np.sum(ends, axis=0), *ends]).astype(np.int64), steps(stays)
        past, lost = incidence(stays, horizon, ADVANCED, at), incidence(stays, horizon, LOST, at)
        return cls(counts, past, past.interval, lost, medians(stays, at))


def _rows(pipeline: Pipeline, horizon: int, result: Judged, by: str | None, currency: str) -> Iterator[dict[str, Any]]:
    figures = _Figures.of(pipeline, horizon)
    costliest = _costliest(pipeline) if by is None else None
    interval = figures.interval
    for cell in np.flatnonzero(figures.counts[0]).tolist():
        stage, group = divmod(cell, len(pipeline.groups))
        entered, advanced, lost, left = (int(n) for n in figures.counts[:, cell])
        value = pipeline.lost[stage, group]
        value_lost = 0.0 if not lost else (None if np.isnan(value) else float(value))
        about = _about(pipeline, horizon, result, figures, cell)
        if stage == costliest:
            about = replace(about, lost_value=value_lost, currency=currency)
        yield {
            "pipeline": pipeline.name,
            "stage": pipeline.stages[stage],
            "scope": _scope(by, pipeline.groups[group]),
            "entered": entered,
            "advanced": advanced,
            "lost": lost,
            "open": left,
            "horizon_days": horizon,
            "rate": float(figures.past.share[cell]),
            "interval": [float(interval.low[cell]), float(interval.high[cell])],
            "median_days": about.median_days,
            "value_lost": value_lost,
            "verdict": about.verdict,
            "sentence": words.sentence_of(about),
            "currency": currency,
        }


def _scope(by: str | None, group: str | None) -> str:
    return "company" if by is None else f"{by}:{'' if group is None else group}"


def _costliest(pipeline: Pipeline) -> int | None:
    """The stage at which most value is lost; None where there is but one, or no value is known."""
    value = np.nansum(pipeline.lost, axis=1)
    return int(value.argmax()) if len(value) > 1 and value.max() > 0 else None


def _about(pipeline: Pipeline, horizon: int, result: Judged, figures: _Figures, cell: int) -> About:
    """What is told of one stage and group: a leak by the stretch it shows in, all else by all entries."""
    stage, verdict = cell // len(pipeline.groups), result.verdicts[cell]
    look = result.rests_on(cell)
    found, others = look.found, float(look.found.others[cell])
    all_of_it = figures.interval
    told = Told(
        float(figures.counts[0, cell]), float(figures.past.share[cell]), float(figures.lost.share[cell]),
        float(all_of_it.low[cell]), float(all_of_it.high[cell]),
    )  # fmt: skip
    if verdict == "leak":
        ends = found.interval
        told = Told(
            float(found.entered[cell]), float(found.own.share[cell]), float(found.lost[cell]),
            float(ends.low[cell]), float(ends.high[cell]),
        )  # fmt: skip
    median = float(figures.median[cell])
    entered, advanced, lost, left = (int(n) for n in figures.counts[:, cell])
    return About(
        stage=pipeline.stages[stage],
        verdict=verdict,
        horizon=horizon,
        counts=(entered, advanced, lost, left),
        told=told,
        median_days=None if np.isnan(median) else median,
        others=None if np.isnan(others) else others,
        is_below=bool(found.is_below[cell]),
        since=look.since[stage] if look.since and verdict == "leak" else None,
        ripe_after=result.ripe_after[stage],
        is_nobodys=pipeline.groups[cell % len(pipeline.groups)] is None,
        is_young=result.looks[0].found.entered[cell] == 0,
    )


# What all of them rest on -------------------------------------------------------------------------------------------


def _notes(
    pipeline: Pipeline, horizon: int, result: Judged, asked: AskLeaks, order: Sequence[str]
) -> Iterator[str]:  # fmt: skip
    if pipeline.stages == (WHOLE_WAY,):
        yield words.whole_way_note(pipeline.name)
    elif not set(pipeline.stages) <= set(order):
        yield words.order_note(pipeline.name, pipeline.stages)
    if asked.by is not None and None in pipeline.groups:
        nobody = pipeline.groups.index(None)
        is_open = (pipeline.end == OPEN) & (pipeline.group == nobody)
        yield words.nobody_note(pipeline.name, asked.by, int(is_open.sum()), int((pipeline.group == nobody).sum()))
    covering = bool(np.nanmax(pipeline.ended_within(COVERED), initial=0.0) <= horizon)
    yield words.horizon_note(pipeline.name, horizon, asked.horizon is None, covering)
    last = np.array([on.toordinal() for on in result.ripe_until])
    is_young = pipeline.entered > last[pipeline.stage]
    young = [stage for n, stage in enumerate(pipeline.stages) if (is_young & (pipeline.stage == n)).any()]
    if young:
        until = {stage: on for stage, on in zip(pipeline.stages, result.ripe_until, strict=True) if stage in young}
        yield words.young_note(pipeline.name, until)
    yield from _slow_losses(pipeline)


def _slow_losses(pipeline: Pipeline) -> Iterator[str]:
    """The stage at which losses take longest beside successes, where that is much longer."""
    slowest = (_SLOWER, "", 0.0, 0.0)
    for number, stage in enumerate(pipeline.stages):
        lost, advanced = (pipeline.days[(pipeline.stage == number) & (pipeline.end == end)] for end in (LOST, ADVANCED))
        if min(len(lost), len(advanced)) >= FEWEST and (usual := float(np.median(advanced))) > 0:
            slowest = max(slowest, (float(np.median(lost)) / usual, stage, float(np.median(lost)), usual))
    if slowest[1]:
        yield words.slow_losses_note(pipeline.name, *slowest[1:])
