"""Metrics on trial, the card they propose, and records worth a second look at how they came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.services.answer_metric import Answered, in_session
from courtside.services.asking import Clocks, read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force, read_installed_pack
from courtside.services.list_metrics import require_metric
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.analysis.review.metric_review import Reviewed
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.metric import Metric
    from courtside.warehouse.question import Question
    from courtside.warehouse.session import Session

_ANYTHING = "nothing has been imported yet that could be reviewed; see: courtside import --help"
_SHORT = ("inside", "inbound")


@dataclass(frozen=True, slots=True)
class ShowReview:
    """Which metric (all, if none is named), and for when."""

    metric: str | None = None
    as_of: date | None = None
    known_at: date | datetime | None = None


def show_review(workspace: Workspace, caller: Caller, show: ShowReview) -> Answered:
    """A row for each metric on trial, and notes on what the calendar does to figures.

    Raises Refused for an unknown metric, one that is not reviewed, and a workspace without records.
    """
    catalogue = catalogue_in_force(workspace)
    if show.metric is not None:
        _require_reviewed(require_metric(workspace, catalogue, show.metric), catalogue)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    question = _question(catalogue, clocks)

    def rows(session: Session) -> tuple[list[Mapping[str, Any]], list[str]]:
        trial = _trial(session, question)
        told = [sentence for metric, sentence in _calendar(session, trial) if show.metric in (None, metric)]
        return [row for row in trial.rows if show.metric in (None, row["metric"])], told

    (found, told), notes = in_session(workspace, caller, catalogue, question, rows)
    return Answered(tuple(found), (*notes, *told), clocks.as_of, clocks.known_at)


def propose_card(workspace: Workspace, caller: Caller, show: ShowReview) -> Answered:
    """A card of at most eight metrics that suit this firm's selling, each with its reason. Raises Refused."""
    catalogue = catalogue_in_force(workspace)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    question = _question(catalogue, clocks)

    def rows(session: Session) -> tuple[list[Mapping[str, Any]], list[str]]:
        return _card(workspace, _trial(session, question))

    (found, told), notes = in_session(workspace, caller, catalogue, question, rows)
    return Answered(tuple(found), (*notes, *told), clocks.as_of, clocks.known_at)


def review_with_card(workspace: Workspace, caller: Caller, show: ShowReview) -> tuple[Answered, Answered]:
    """What `show_review` says of all metrics and what `propose_card` says, from one trial. Raises Refused."""
    catalogue = catalogue_in_force(workspace)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    question = _question(catalogue, clocks)

    def both(session: Session) -> tuple[Trial, list[str], tuple[list[Mapping[str, Any]], list[str]]]:
        trial = _trial(session, question)
        return trial, [sentence for _, sentence in _calendar(session, trial)], _card(workspace, trial)

    (trial, calendar, (card, told)), notes = in_session(workspace, caller, catalogue, question, both)
    return (
        Answered(tuple(trial.rows), (*notes, *calendar), clocks.as_of, clocks.known_at),
        Answered(tuple(card), (*notes, *told), clocks.as_of, clocks.known_at),
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """All metrics on trial and what they were judged on."""

    ground: Reviewed
    rows: Sequence[Mapping[str, Any]]


def _trial(session: Session, question: Question) -> Trial:
    from courtside.analysis.review.metric_review import ground_of, review  # noqa: PLC0415  (numpy and scipy load now)

    ground = ground_of(session, question)
    if ground is None:
        raise Refused(_ANYTHING)
    return Trial(ground, review(ground))


def _calendar(session: Session, trial: Trial) -> Iterator[tuple[str, str]]:
    """Metric and sentence of everything the calendar does to figures."""
    from courtside.analysis.review.calendar_effects import calendar_effects  # noqa: PLC0415
    from courtside.analysis.review.metric_review import reviewed_metrics  # noqa: PLC0415

    for effect in calendar_effects(session, trial.ground.asked, reviewed_metrics(session.catalogue)):
        yield effect.metric, effect.sentence


def _card(workspace: Workspace, trial: Trial) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The proposed card, and why it is this one."""
    from courtside.analysis.review.metric_review import cycle_of, weeks_needed  # noqa: PLC0415
    from courtside.analysis.review.suitability import proposed_card, replaced  # noqa: PLC0415

    cards = read_installed_pack(workspace.settings.pack).cards
    cycle, own = cycle_of(trial.ground), workspace.settings.model
    model = own if cycle.is_complex is None else _model(own, is_complex=cycle.is_complex)
    lines = cards.get(model, cards.get(own, ()))
    card = proposed_card(trial.rows, lines, weeks_needed(trial.ground))
    told = [cycle.sentence, *replaced(card, [line.metric for line in cards.get(own, ())])]
    if model != own:
        told.append(f"The workspace is set up for model {own}; {model} fits these figures better.")
    return card, told


def show_authenticity(workspace: Workspace, caller: Caller, show: ShowReview) -> Answered:
    """A row for each person whose records stand out in how they came about, with what is usual. Raises Refused.

    Whose records were looked at goes into the log.
    """
    catalogue = catalogue_in_force(workspace)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)

    def rows(session: Session) -> tuple[list[Mapping[str, Any]], list[str]]:
        from courtside.analysis.review.authenticity import authenticity  # noqa: PLC0415

        return authenticity(session.engine, clocks.as_of)

    (found, told), notes = in_session(workspace, caller, catalogue, _question(catalogue, clocks), rows)
    _log(caller, clocks, [str(row["scope"]).removeprefix("person:") for row in found])
    return Answered(tuple(found), (*notes, *told), clocks.as_of, clocks.known_at)


def _model(own: str, *, is_complex: bool) -> str:
    """The model that fits: a short cycle keeps the one of the two short ones it has."""
    if is_complex:
        return "complex"
    return own if own in _SHORT else _SHORT[0]


def _require_reviewed(metric: Metric, catalogue: Catalogue) -> None:
    from courtside.analysis.review.metric_review import reviewed_metrics  # noqa: PLC0415

    names: Sequence[str] = [one.name for one in reviewed_metrics(catalogue)]
    if metric.name not in names:
        raise Refused(
            f"{metric.name} is not reviewed: it is no figure of one person's period that is counted here, but a "
            "standing at a moment, a conversion by stage, an observation or a part of other metrics"
        )


def _question(catalogue: Catalogue, clocks: Clocks) -> Question:
    """All there is, by the clocks: a review looks at every metric together."""
    from courtside.warehouse.question import Question  # noqa: PLC0415

    name = next(iter(catalogue)).name
    return Question(name, (), None, None, None, clocks.as_of, clocks.known_at)


def _log(caller: Caller, clocks: Clocks, persons: Sequence[str]) -> None:
    """Who of everybody was named is part of the record."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail = {"by": ["person"], "as_of": clocks.as_of.isoformat(), "persons": sorted(set(persons))}
    audit.write(audit.Act(caller.clock(), caller.who, "show_authenticity", detail))
