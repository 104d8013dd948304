"""What customers and compliance reviewers answer: it depends on how long it took, on cancellations and on service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate.cases import RECRUITING, Cases
from courtside.simulate.cells import DAY, NONE, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.work import Work

SURVEY_KINDS = ("nps", "csat", "compliance")
_NPS, _CSAT, _COMPLIANCE = range(3)
_ANSWERED, _SATISFACTION_ASKED = 0.4, 0.35
_USUAL = 8.3
_CANCELLED, _SLOW_A_WEEK, _SLOW_AFTER = -3.0, 0.12, 5.0
_REVIEWED, _USUAL_COMPLIANCE, _PER_DILIGENCE = 8.0, 8.7, 3.0


@dataclass(frozen=True, slots=True)
class Surveys:
    """Answers of one person's customers and reviewers; scores in tenths."""

    account: Ints
    opportunity: Ints
    at: Ints
    score: Ints
    kind: Ints


def _of_cases(desk: Desk, cases: Cases, rng: np.random.Generator) -> Surveys:
    """Some of the customers won answer a few weeks later, fewer points after a long wait or a cancellation."""
    won = cases.won
    asked = won[rng.random(len(won)) < _ANSWERED]
    at = cases.closed[asked] + rng.integers(15, 45, len(asked)) * DAY
    weeks = (cases.closed[asked] - cases.opened[asked]) / (7 * DAY)
    score = _USUAL + desk.person.traits.service + 1.3 * rng.standard_normal(len(asked))
    score -= _SLOW_A_WEEK * np.maximum(weeks - _SLOW_AFTER, 0) * (1 if cases.pipeline == RECRUITING else 0.5)
    cancelled = cases.cancelled[asked]
    score += np.where((cancelled != NONE) & (cancelled <= at), _CANCELLED, 0.0)
    kind = np.where(rng.random(len(asked)) < _SATISFACTION_ASKED, _CSAT, _NPS)
    seen = np.flatnonzero(at < desk.world.horizon.end)
    whole = np.clip(np.round(score[seen]), 0, 10).astype(np.int64) * 10
    return Surveys(cases.account[asked][seen], cases.number[asked][seen], at[seen], whole, kind[seen])


def _of_reviewers(desk: Desk, rng: np.random.Generator) -> Surveys:
    """A file is reviewed on about one day in so many; those who plan their calls do better."""
    days = desk.days[rng.random(len(desk.days)) < 1 / _REVIEWED / 2]
    usual = _USUAL_COMPLIANCE + _PER_DILIGENCE * (desk.person.traits.diligence - 0.6)
    score = np.clip(np.round((usual + 1.1 * rng.standard_normal(len(days))) * 10), 0, 100).astype(np.int64)
    nothing = np.full(len(days), NONE)
    at = days * DAY + rng.integers(9 * 3600, 17 * 3600, len(days))
    return Surveys(nothing, nothing, at, score, np.full(len(days), _COMPLIANCE))


def surveys(work: Work) -> Surveys:
    """All answers about one person's work, in the order of time."""
    rng = work.desk.stream("surveys")
    parts = [*(_of_cases(work.desk, cases, rng) for cases in work.cases), _of_reviewers(work.desk, rng)]
    every = [np.concatenate([getattr(p, n) for p in parts]) for n in ("account", "opportunity", "at", "score", "kind")]
    order = np.argsort(every[2], kind="stable")
    return Surveys(*(column[order] for column in every))
