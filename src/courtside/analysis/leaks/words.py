"""What may be said of a stage: how many get past it and in what time, beside the others, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courtside.analysis.wording import amount, between, day, percent, plural, rounded, whole
from courtside.metrics.metric import Unit

_PER_HUNDRED = 50
"""From so many cases on shares are told of 100; below, the cases themselves."""


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of one stretch: cases entered, and the shares past the stage, lost, and the range of the first."""

    entered: float
    rate: float
    lost: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class About:
    """A stage of somebody's or some group's cases, and all there is to say of it."""

    stage: str
    verdict: str
    horizon: int
    counts: tuple[int, int, int, int]
    """Entered, advanced, lost and open by the day it was looked at."""
    told: Told
    median_days: float | None = None
    others: float | None = None
    """The reference; None where there is nobody to compare with."""
    is_below: bool = False
    since: date | None = None
    """First day of the entries that were judged, where these are not all."""
    ripe_after: int = 0
    """Age in days from which an entry is judged."""
    is_nobodys: bool = False
    """Whether it is not known whose, or which, these cases are."""
    is_young: bool = False
    """Whether none of the entries is old enough."""
    lost_value: float | None = None
    """What is lost here, where that is more than at any other stage of the pipeline."""
    currency: str = ""


def sentence_of(about: About) -> str:
    """One to four plain sentences; they tell where cases stay behind, never why. Source: METHODS 3, "Say it"."""
    match about.verdict:
        case "leak":
            parts = [_shares(about), _leak(about), "It tells where, not why."]
        case "too_early":
            parts = [_cases(about), _early(about)]
        case _:
            parts = [_shares(about), _beside(about), _time(about), _money(about)]
    return " ".join(part for part in parts if part)


def _cases(about: About) -> str:
    """The cases themselves: 12 entered offer: 3 went further, 5 were lost, 4 are open."""
    entered, advanced, lost, left = about.counts
    rest = f"{whole(advanced)} went further, {whole(lost)} lost, {whole(left)} open"
    return f"{whole(entered)} entered {about.stage}: {rest}."


def _shares(about: About) -> str:
    """Of 100 that enter, how many get how far within the horizon; whole numbers that add up."""
    told = about.told
    if told.entered < _PER_HUNDRED:
        return _cases(about) if about.since is None else _few_lately(about, about.since)
    if about.counts[0] == about.counts[1]:
        return f"All {whole(about.counts[0])} that entered {about.stage} went further."
    on, lost = round(100 * told.rate), round(100 * told.lost)
    low, high = round(100 * told.low), round(100 * told.high)
    likely = f" (likely {low} to {high})" if low < high else ""
    still = max(100 - on - lost, 0)
    since = f"Since {day(about.since)}: of" if about.since else "Of"
    left = f", {still} are still open" if still else ""
    return (
        f"{since} 100 cases that enter {about.stage}, {on} go further within {about.horizon} days{likely}, "
        f"{lost} are lost{left}."
    )


def _few_lately(about: About, since: date) -> str:
    """The cases of a stretch that is not all there is."""
    told = about.told
    return (
        f"Since {day(since)}: of {plural(told.entered, 'case that entered', 'cases that entered')} {about.stage}, "
        f"{percent(told.rate, 2)} go further within {about.horizon} days "
        f"(likely {between(told.low, told.high, Unit.PERCENT)})."
    )


def _leak(about: About) -> str:
    others = 100 * (about.others or 0.0)
    return (
        f"Of 100 of the others' {rounded(others, 2)} go further: chance and people's ordinary differences "
        "do not explain a gap so wide."
    )


def _beside(about: About) -> str:
    if about.others is None:
        return ""
    others = f"Of 100 of the others' {rounded(100 * about.others, 2)} go further"
    if about.is_below:
        return f"{others}: lower, but chance and people's ordinary differences could explain that much."
    return f"{others}: no clear shortfall."


def _time(about: About) -> str:
    if about.median_days is None:
        return ""
    if about.median_days < 1:
        return "Half are decided on the day they enter."
    return f"Half are decided within {amount(about.median_days, Unit.DAYS)}."


def _money(about: About) -> str:
    if about.lost_value is None:
        return ""
    return f"More is lost here than at any other stage: {amount(about.lost_value, Unit.MONEY, about.currency)}."


def _early(about: About) -> str:
    if about.is_nobodys:
        return "To whom or what they belong is not known on this day, so they are not judged."
    if about.is_young:
        age = plural(about.ripe_after, "day", "days")
        return f"None of them is older than {age}, the time in which 95 in 100 are decided: too early to tell."
    if about.others is not None:
        return "With so few, a rate half that of the others would not show: too early to tell."
    return "Too few to tell."


def horizon_note(pipeline: str, days: int, is_chosen: bool, is_covering: bool) -> str:
    """Within how many days stages are to be passed, and why so many."""
    if not is_chosen:
        return f"Stages of the {pipeline} pipeline are to be passed within {days} days, as asked."
    reason = "the least of 30, 60, 90 and 180 in which 80 % of the ended stays of every stage have ended"
    if not is_covering:
        reason = "though at some stage fewer than 80 % of the ended stays have ended by then"
    return f"Stages of the {pipeline} pipeline are to be passed within {days} days, {reason}."


def young_note(pipeline: str, until: dict[str, date]) -> str:
    """From which day of entry cases are too young to be judged."""
    days = ", ".join(f"{stage} after {day(last)}" for stage, last in until.items())
    return (
        f"Cases of the {pipeline} pipeline that entered so lately that not 95 in 100 would be decided are counted "
        f"but not judged: {days}."
    )


def nobody_note(pipeline: str, by: str, left: int, entered: int) -> str:
    """That some cases belong to no group; where these are the open ones, what that does to the others' rates."""
    what = {"account_size": "account size"}.get(by, by)
    told = (
        f"The {what} of {plural(entered, 'entry', 'entries')} of the {pipeline} pipeline is not known on this day; "
        "they stand by themselves."
    )
    if 2 * left <= entered:
        return told
    return f"{told} Most of them are open, so the rates by {what} are too high by what is missing there."


def slow_losses_note(pipeline: str, stage: str, lost: float, advanced: float) -> str:
    """That losses come later than successes, and what that does to won of closed."""
    return (
        f"At {stage} of the {pipeline} pipeline losses come after a median of {amount(lost, Unit.DAYS)}, successes "
        f"after {amount(advanced, Unit.DAYS)}: among cases closed so far successes are too many, so won of closed is "
        "not shown."
    )


def late_entry_note(pipeline: str, lost: float, won: float, n: int) -> str:
    """That losses are written down later than wins."""
    return (
        f"Losses of the {pipeline} pipeline are imported a median of {amount(lost, Unit.DAYS)} after the day they "
        f"carry, wins after {amount(won, Unit.DAYS)} ({whole(n)} closed since the first import): the newest losses "
        "are not in yet."
    )


def whole_way_note(pipeline: str) -> str:
    """That no stages are known."""
    return (
        f"No stage changes of the {pipeline} pipeline are recorded: its one stage, opened, is the whole way from "
        "opening to winning."
    )


def order_note(pipeline: str, stages: tuple[str, ...]) -> str:
    """That the order of the stages was taken from the cases."""
    return (
        f"The pack does not know all stages of the {pipeline} pipeline; their order is the one most cases go through: "
        f"{', '.join(stages)}."
    )
