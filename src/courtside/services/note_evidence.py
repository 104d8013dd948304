"""Noting the evidence of review years: what everybody's E is after every month, added to what was noted before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from courtside.records.period import Grain
from courtside.services.answer_metric import in_session
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.refused import Refused
from courtside.services.score_card import card_of
from courtside.services.scoring import scorer_of
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.evidence import Entry
    from courtside.warehouse.session import Session


def note_evidence(workspace: Workspace, caller: Caller) -> tuple[int, int]:
    """Note what is new since the last time; answers how many entries were added, and of how many looked at.

    For the rates and counts of the card, everybody with a target, and every month of the present review year that is
    over and ripe. Raises Refused for a workspace without records.
    """

    from courtside.store import audit, evidence  # noqa: PLC0415
    from courtside.warehouse.question import Question  # noqa: PLC0415

    catalogue, today = catalogue_in_force(workspace), workspace.day(caller.clock())
    names = [name for name in card_of(workspace) if name in catalogue]
    question = Question(names[0], (), None, None, None, today)
    found, _ = in_session(workspace, caller, catalogue, question, lambda session: list(_each(session, names, today)))
    with audit.together():
        added = evidence.add(found, caller.clock())
        if added:
            audit.write(audit.Act(caller.clock(), caller.who, "note_evidence", {"added": added, "of": len(found)}))
    return added, len(found)


def _each(session: Session, names: Sequence[str], today: date) -> Iterator[Entry]:
    """Everybody's evidence of every metric of the card, in one session."""
    from courtside.analysis.cards.year_history import year_history  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415
    from courtside.store.definitions import in_force  # noqa: PLC0415
    from courtside.store.evidence import Entry  # noqa: PLC0415

    versions, catalogue = in_force(), session.catalogue
    counted = [name for name in names if kind_of(catalogue[name], catalogue) in (Kind.RATE, Kind.COUNT)]
    scorer = scorer_of(session, counted)
    month = scorer.latest(Grain.MONTH, today)
    if month is None:
        raise Refused("nothing has been imported yet; see: courtside import --help")
    for name in counted:
        for one in year_history(scorer, name, month, today):
            yield Entry(
                name, versions[name].version, one.person_id, one.since, one.until, one.hits, one.of, one.due,
                one.evidence, one.rings,
            )  # fmt: skip
