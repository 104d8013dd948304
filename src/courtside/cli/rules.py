"""`courtside rules`: rules over score cards, what each lacks, their replay on the past, and running those in force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from courtside.cli.options import Day, format_option
from courtside.cli.session import Session

if TYPE_CHECKING:
    from courtside.services.workspace import Workspace

_LIST = ("rule", "version", "state", "owner", "sentence")
_CHECK = ("rule", "ok", "state", "lacks", "to_go_live", "sentence")
_PUBLISHED = ("rule", "version", "state", "to_go_live")
_REPLAY = ("rule", "on", "person", "name", "verdict", "evidence", "recovered_unaided")


@click.group("rules")
def command() -> None:
    """Rules over score cards. They propose; a person decides.

    They are written in files (the pack's, and `rules/*.yaml` of the workspace) or on the pages, and go live there once
    a replay was looked at and a second person has approved them.
    """


@command.command("list")
@format_option
@click.pass_obj
def list_(session: Session, *, form: str) -> None:
    """Every rule in plain words, and where it stands."""
    from courtside.services.list_rules import list_rules  # noqa: PLC0415  (keeps start-up short)

    session.begin("rules list", form)
    session.show(list_rules(_open(session)), columns=_LIST)


@command.command("check")
@click.argument("names", nargs=-1, metavar="[RULE…]")
@format_option
@click.pass_obj
def check(session: Session, *, names: tuple[str, ...], form: str) -> None:
    """What the rules on disk lack, and whether their examples come out as they say."""
    from courtside.services.check_rule import check_rules  # noqa: PLC0415

    session.begin("rules check", form)
    session.show(check_rules(_open(session), names), columns=_CHECK)


@command.command("publish")
@click.argument("names", nargs=-1, metavar="[RULE…]")
@format_option
@click.pass_obj
def publish(session: Session, *, names: tuple[str, ...], form: str) -> None:
    """Put changed rules into the store, up for approval. None is live by this."""
    from courtside.services.publish_rules import publish_rules  # noqa: PLC0415

    session.begin("rules publish", form)
    session.show(publish_rules(_open(session), session.caller, names), columns=_PUBLISHED)


@command.command("replay")
@click.argument("rule")
@click.option("--from", "first", type=Day(), help="The first day; 18 months before the last by default.")
@click.option("--to", "last", type=Day(), help="The last day; today by default.")
@click.option("--version", type=click.IntRange(min=1), help="Which version; the newest by default.")
@format_option
@click.pass_obj
def replay(  # noqa: PLR0913  (one argument an option)
    session: Session, *, rule: str, first: date | None, last: date | None, version: int | None, form: str
) -> None:
    """Whom RULE would have named at each month's end, as known then, and how much of it is chance."""
    from courtside.services.replay_rule import ReplayRule, replay_rule  # noqa: PLC0415

    session.begin("rules replay", form)
    asked = ReplayRule(rule, version, first, last, shows_names=True)
    found = replay_rule(_open(session), session.caller, asked)
    figures = {name: value for name, value in found.summary.items() if name not in ("strip", "splits", "impact")}
    rows = [*found.rows, {"rule": found.rule, "version": found.version, "summary": True, **figures}]
    said = [*found.summary["said"], *found.notes]
    session.show(rows if form == "json" else found.rows, said, columns=_REPLAY)


@command.command("run")
@click.option("--on", type=Day(), help="The last complete week or month by this day; today by default.")
@format_option
@click.pass_obj
def run(session: Session, *, on: date | None, form: str) -> None:
    """Look at everybody by the rules in force, once a complete week or month. Repeating it adds nothing."""
    from courtside.services.run_rules import run_rules  # noqa: PLC0415

    session.begin("rules run", form)
    ran = run_rules(_open(session), session.caller, on)
    session.show([{"looked": ran.checked, "to_be_weighed": ran.held}], ran.notes)


def _open(session: Session) -> Workspace:
    """The workspace, with the tables of this version."""
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415

    workspace = session.open()
    bring_tables_up_to_date()
    return workspace
