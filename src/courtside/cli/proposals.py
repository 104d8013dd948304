"""`courtside proposals`: what rules proposed about people, and deciding it, as one user by their token."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from courtside.cli.as_user import as_user_option, visiting
from courtside.cli.options import Day, format_option
from courtside.cli.session import Session

if TYPE_CHECKING:
    from courtside.services.proposal_page import Line, View
    from courtside.services.viewing import Visit

_LIST = ("proposal", "due_on", "kind", "person", "figure", "state", "waits_for_me")


@click.group("proposals")
def command() -> None:
    """What rules proposed about people. People decide, each as themself.

    Every command obeys the rules of the site for the user named with --as. Going on to an improvement plan takes a
    fresh code of a second factor, so that is done on the site alone.
    """


@command.command("list")
@as_user_option
@format_option
@click.pass_obj
def list_(session: Session, *, username: str, form: str) -> None:
    """What the user may see, by the day it is due."""
    from courtside.services.proposal_page import queue_for  # noqa: PLC0415  (keeps start-up short)

    session.begin("proposals list", form)
    queue = queue_for(visiting(session, username))
    rows = [_line(one) for one in (*queue.mine, *queue.others, *queue.ended)]
    session.show(rows, columns=_LIST)


@command.command("show")
@click.argument("proposal", metavar="ID")
@as_user_option
@format_option
@click.pass_obj
def show(session: Session, *, proposal: str, username: str, form: str) -> None:
    """One proposal with what it rests on; whoever may decide has then read it."""
    from courtside.services.proposal_page import proposal_view  # noqa: PLC0415

    session.begin("proposals show", form)
    view = proposal_view(visiting(session, username), proposal)
    session.show([_row(view)], (*_notes(view),), columns=("proposal", "kind", "person", "figure", "state", "rule"))


@command.command("check")
@click.argument("proposal", metavar="ID")
@as_user_option
@format_option
@click.pass_obj
def check(session: Session, *, proposal: str, username: str, form: str) -> None:
    """Work the evidence out anew, and ask for it again as it was known then; exit status 1 if anything differs."""
    from courtside.services.check_proposal import check_proposal  # noqa: PLC0415
    from courtside.services.refused import Refused  # noqa: PLC0415

    session.begin("proposals check", form)
    found = check_proposal(visiting(session, username), proposal)
    if not found.is_same:
        raise Refused("the evidence is not as it was", lines=found.differences)
    session.show([{"proposal": proposal, "checks": found.checks, "differences": 0}])


@command.command("decide")
@click.argument("proposal", metavar="ID")
@click.argument("outcome", metavar="OUTCOME", type=click.Choice(("proceed", "coach", "decline", "defer")))
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least six words; it is kept.")
@click.option("--until", type=Day(), default=None, metavar="DAY", help="Until when it is put off.")
@as_user_option
@format_option
@click.pass_obj
def decide(  # noqa: PLR0913  (one argument an option)
    session: Session, *, proposal: str, outcome: str, reason: str, until: date | None, username: str, form: str
) -> None:
    """Decide: proceed, coach, decline, or defer --until a day."""
    from courtside.services.decide_proposal import Choice, decide_proposal  # noqa: PLC0415

    session.begin("proposals decide", form)
    visit: Visit = visiting(session, username)
    plan = decide_proposal(visit, proposal, Choice(outcome, reason, until))
    session.show([{"proposal": proposal, "outcome": outcome, "plan": plan}])


def _line(one: Line) -> dict[str, object]:
    return {
        "proposal": one.id, "due_on": one.due_on, "kind": one.kind, "person": one.name, "figure": one.figure,
        "state": one.state, "waits_for_me": one.is_mine, "evidence_read": one.has_read, "weakened": one.is_weakened,
    }  # fmt: skip


def _row(view: View) -> dict[str, object]:
    return {
        **_line(view.line), "rule": view.rule, "rule_version": view.rule_version,
        "figures": {one.label: one.value for one in view.figures},
        "evidence": {one.label: one.value for one in view.evidence},
        "conditions": [[one.words, one.holds, one.number, one.limit] for one in view.conditions],
        "known": list(view.excuses), "rows": view.rows, "hashes": {one.label: one.value for one in view.hashes},
        "decisions": [[one.outcome, one.at.isoformat(), one.by, one.reason] for one in view.decisions],
    }  # fmt: skip


def _notes(view: View) -> tuple[str, ...]:
    told = [f"{one.label}: {one.value}" for one in (*view.figures, *view.evidence)]
    told += [f"{'holds' if one.holds else 'does not hold'}: {one.words}" for one in view.conditions]
    if view.weakened_on:
        told.append(f"with the records of {view.weakened_on} the rule would not hold")
    return tuple(told)
