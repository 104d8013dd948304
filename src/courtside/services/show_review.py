"""Metrics on trial, the card they propose, and records worth a second look at how they came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        from courtside.analysis.calendar_effects import calendar_effects  # noqa: PLC0415  (numpy and scipy load now)
        from courtside.analysis.metric_review import ground_of, review, reviewed_metrics  # noqa: PLC0415

        ground = ground_of(session, question)
        if ground is None:
            raise Refused(_ANYTHING)
        effects = calendar_effects(session, ground.asked, reviewed_metrics(catalogue))
        told = [effect.sentence for effect in effects if show.metric in (None, effect.metric)]
        return [row for row in review(ground) if show.metric in (None, row["metric"])], told

    (found, told), notes = in_session(workspace, caller, catalogue, question, rows)
    return Answered(tuple(found), (*notes, *told), clocks.as_of, clocks.known_at)


def propose_card(workspace: Workspace, caller: Caller, show: ShowReview) -> Answered:
    """A card of at most eight metrics that suit this firm's selling, each with its reason. Raises Refused."""
    catalogue = catalogue_in_force(workspace)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)
    question = _question(catalogue, clocks)
    cards = read_installed_pack(workspace.settings.pack).cards

    def rows(session: Session) -> tuple[list[Mapping[str, Any]], list[str]]:
        from courtside.analysis.metric_review import cycle_of, ground_of, review, weeks_needed  # noqa: PLC0415
        from courtside.analysis.suitability import proposed_card, replaced  # noqa: PLC0415

        ground = ground_of(session, question)
        if ground is None:
            raise Refused(_ANYTHING)
        cycle = cycle_of(ground)
        own = workspace.settings.model
        model = own if cycle.is_complex is None else _model(own, is_complex=cycle.is_complex)
        lines = cards.get(model, cards.get(own, ()))
        card = proposed_card(review(ground), lines, weeks_needed(ground))
        in_use = [line.metric for line in cards.get(own, ())]
        told = [cycle.sentence, *replaced(card, in_use)]
        if model != own:
            told.append(f"The workspace is set up for model {own}; {model} fits these figures better.")
        return card, told

    (found, told), notes = in_session(workspace, caller, catalogue, question, rows)
    return Answered(tuple(found), (*notes, *told), clocks.as_of, clocks.known_at)


def show_authenticity(workspace: Workspace, caller: Caller, show: ShowReview) -> Answered:
    """A row for each person whose records stand out in how they came about, with what is usual. Raises Refused.

    Whose records were looked at goes into the log.
    """
    catalogue = catalogue_in_force(workspace)
    clocks = read_clocks(workspace, caller, show.as_of, show.known_at)

    def rows(session: Session) -> tuple[list[Mapping[str, Any]], list[str]]:
        from courtside.analysis.authenticity import authenticity  # noqa: PLC0415

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
    from courtside.analysis.metric_review import reviewed_metrics  # noqa: PLC0415

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
