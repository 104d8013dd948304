"""What a metric's trial comes to: keep, watch, retire or cannot tell, and the sentences that say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from courtside.analysis.review.precedence import LEAST_PEOPLE, LEAST_WEEKS, PRIOR, Found, Sample
from courtside.analysis.review.reliability import Stability, Variation
from courtside.analysis.wording import noun, percent, plural, rounded
from courtside.metrics.metric import Metric, Ratio, Rung

STEP = 1.1
"""Effects are told for ten percent more of the metric."""
_COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was found of one metric. `labels` are those of the results it may precede."""

    metric: Metric
    variation: Variation | None = None
    stability: Stability | None = None
    found: Sequence[Found] = ()
    has_results: bool = False
    is_weekly: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def best(self) -> Found | None:
        """The result it most surely precedes; without any such, the one most could be said of."""
        signals = [one for one in self.found if one.is_signal or one.is_contrary]
        if signals:
            return min(signals, key=lambda one: (one.is_contrary, one.lag.chance if one.lag is not None else 1.0))
        return max(self.found, key=lambda one: (one.pair.sample.is_enough, one.pair.sample.n), default=None)

    @property
    def precedes(self) -> str:
        """`yes`, `contrary` (against what the ladder says), `not_shown`, `cannot_tell`; `nothing_above` for the top
        of the ladder and for what is handed out, `not_weekly` where it or what follows cannot be counted by weeks."""
        if not self.has_results:
            return "nothing_above" if self.metric.rung in (Rung.INPUT, Rung.RESULT) else "not_weekly"
        if not self.is_weekly:
            return "not_weekly"
        if self.best is None or not self.best.pair.lags:
            return "cannot_tell"
        if self.best.is_contrary:
            return "contrary"
        return "yes" if self.best.is_signal else "not_shown"

    @property
    def _sample(self) -> Sample | None:
        return self.best.pair.sample if self.best is not None else None

    @property
    def is_recorded(self) -> bool:
        """Whether anybody has any of it."""
        return self.people > 0

    @property
    def people(self) -> int:
        """How many people it rests on."""
        if self._sample is not None and self._sample.people:
            return self._sample.people
        return max((known.people for known in (self.variation, self.stability) if known is not None), default=0)

    @property
    def weeks(self) -> int | None:
        """Over how many weeks it was asked what comes before what; None where it was not."""
        return self._sample.weeks if self._sample is not None else None

    @property
    def n(self) -> int:
        """Person-weeks behind that question; people where it was not asked."""
        return self._sample.n if self._sample is not None and self._sample.n else self.people


def verdict_of(trial: Trial) -> str:
    """`keep`, `watch`, `retire` or `cannot_tell`. Source: METHODS 4, PRODUCT 2 (a metric review).

    `keep`: it precedes its result inside the person and still may; or it is a result itself and tells people
    apart. `retire`: with the sample it takes, it is not shown to precede anything, and either people differ no
    more than chance makes them or they do not keep their place. `watch`: one thing speaks for it, another against.
    """
    varies = trial.variation.is_beyond_chance if trial.variation is not None else None
    stable = trial.stability.is_stable if trial.stability is not None else None
    match trial.precedes:
        case "yes":
            return "watch" if trial.best is not None and trial.best.still is False else "keep"
        case "not_shown":
            return "retire" if varies is False or stable is False else "watch"
        case "contrary":
            return "watch"
        case "nothing_above" if varies is not None:
            return "keep" if varies and stable is not False else "watch"
        case _:
            return "cannot_tell"


def sentence_of(trial: Trial) -> str:
    """A few plain sentences: what was found, how sure it is, and what it comes to."""
    if not trial.is_recorded:
        return "Too little of it is recorded here for people to be compared, or for anything to follow from it."
    return " ".join([*_precedence(trial), *_differences(trial), *_so(trial)])


def _precedence(trial: Trial) -> Iterator[str]:
    best = trial.best
    match trial.precedes:
        case "yes" | "contrary" if best is not None:
            yield from _signal(trial, best)
        case "not_shown" if best is not None:
            more = "A higher figure" if _is_share(trial) else "More of it"
            yield (
                f"{more} than a person's own normal is not shown to come some weeks before more {_listed(trial)} "
                f"({plural(trial.people, 'person', 'people')}, {plural(trial.weeks or 0, 'week', 'weeks')})."
            )
            yield "Check first whether all of it is recorded: gaps in the record hide half of an effect."
        case "cannot_tell":
            yield from _too_few(trial)
        case "not_weekly":
            yield (
                "What follows from it cannot be told this way: that takes a metric and a result which are counted week "
                "by week and lie a week or more apart."
            )
        case "nothing_above":
            yield (
                "It is handed to people, and is there for results to be read beside it."
                if trial.metric.rung is Rung.INPUT
                else "It is a result: nothing on the ladder follows from it that could be counted."
            )


def _signal(trial: Trial, best: Found) -> Iterator[str]:
    lag, result = best.lag, noun(trial.labels[best.pair.result])
    if lag is None:
        return
    more = "higher" if lag.effect > 0 else "lower"
    low, high = sorted(np.sign(lag.effect) * _for_a_step(end) for end in lag.interval)
    label = noun(trial.metric.label)
    weeks = (
        f"{trial.metric.label!r} of a person is 10 % above"
        if _is_share(trial)
        else f"a person has 10 % more {label} than"
    )
    yield (
        f"In weeks when {weeks} their own normal, {result} {_later(lag.weeks)} run about "
        f"{percent(abs(_for_a_step(lag.effect)), 2)} {more} ({percent(low, 2)} to {percent(high, 2)})."
    )
    if best.pair.between > max(2 * best.pair.inside, 0.0):
        yield "People who have more of it also have more of the result, but most of that is who they are."
    yield "This is association inside the same person, not proof."
    if best.is_contrary:
        yield "That is the other way round than the ladder says: look at how both are recorded."
    match best.still:
        case True:
            yield "The last half-year still shows it."
        case False:
            yield "The last half-year no longer shows it."
        case None:
            yield "The last half-year alone is too short to tell whether it still holds."


def _too_few(trial: Trial) -> Iterator[str]:
    people, weeks = trial.people if trial.found else 0, trial.weeks or 0
    missing = [
        plural(LEAST_PEOPLE - people, "more person", "more people") if people < LEAST_PEOPLE else "",
        plural(LEAST_WEEKS - weeks, "more week", "more weeks") if weeks < LEAST_WEEKS else "",
    ]
    needed = " and ".join(part for part in missing if part)
    if not needed:
        yield "What it comes before cannot be told: too little of it is recorded beside its results."
        return
    yield (
        f"What it comes before cannot be told yet: that takes {LEAST_PEOPLE} people who do both over {LEAST_WEEKS} "
        f"weeks, and there are {people} over {weeks}, so {needed} are needed."
    )
    if trial.metric.rung is Rung.ACTIVITY:
        yield (
            f"Until then, published studies are the best guess: 10 % more personal selling goes with about "
            f"{percent(_for_a_step(PRIOR), 1)} more sales (elasticity {PRIOR}; Albers, Mantrala and Sridhar 2010)."
        )


def _differences(trial: Trial) -> Iterator[str]:
    """How people differ, and whether they keep their place."""
    varies, stable = trial.variation, trial.stability
    if varies is None:
        yield "There is too little of it to compare people."
        return
    if varies.is_beyond_chance:
        yield f"{varies.people} people differ on it by more than chance makes them."
    else:
        yield f"{varies.people} people differ on it no more than chance makes them."
    if stable is None:
        return
    low, high = stable.interval
    shown = f"reliability {rounded(stable.reliability, 2)}, {rounded(low, 2)} to {rounded(high, 2)}"
    match stable.is_stable:
        case True:
            yield f"One half of a person's time foretells the other well ({shown})."
        case False:
            yield f"One half of a person's time says little of the other ({shown})."
        case None:
            yield f"How well one half of a person's time foretells the other is not sure ({shown})."


def _so(trial: Trial) -> Iterator[str]:
    match verdict_of(trial):
        case "retire":
            yield "Nothing found speaks for keeping it on a card; whether to retire it is for people to decide."
        case "watch" if trial.precedes == "nothing_above":
            yield "Read it for the team and the firm, not to compare one person with another."
        case "watch" if trial.precedes == "yes":
            yield "Keep an eye on it: a metric that became a target may have lost its meaning."
        case "watch" if trial.precedes == "contrary":
            yield "Until that is understood, set no targets on it."
        case "watch":
            yield "It tells people apart but is not shown to lead anywhere: do not set targets on it alone."


def _listed(trial: Trial) -> str:
    """The results in words: submittals, client interviews or placements."""
    *first, last = dict.fromkeys(noun(label) for label in trial.labels.values())
    return f"{', '.join(first)} or {last}" if first else last


def _is_share(trial: Trial) -> bool:
    return isinstance(trial.metric.body, Ratio)


def _later(weeks: int) -> str:
    """One week later, two weeks later, 11 weeks later."""
    counted = _COUNTED[weeks] if weeks < len(_COUNTED) else str(weeks)
    return f"{counted} week later" if weeks == 1 else f"{counted} weeks later"


def _for_a_step(elasticity: float) -> float:
    """What ten percent more goes with: elasticity 0.34 -> 0.033."""
    return float(STEP**elasticity - 1)
