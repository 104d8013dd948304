"""`courtside users`: who can sign in, with which duties."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session

if TYPE_CHECKING:
    from courtside.services.account_rules import Changing

_ROLES = "hr, executive, admin, auditor or operations"
_WAITS = "a duty that opens people's records waits: somebody has to agree on the site, under Duties; they are told"


@click.group("users")
def command() -> None:
    """Who can sign in to the pages of a workspace, whose records are their own, and which duties they have.

    Being a rep or a manager is no duty: it follows from who reports to whom in the records.
    """


def _opened(session: Session) -> Changing:
    """Somebody on the host, about to change the workspace's users."""
    from courtside.services.account_rules import Changing, bring_tables_up_to_date  # noqa: PLC0415

    session.open()
    bring_tables_up_to_date()
    return Changing(session.caller)


def _link(secret: str) -> str:
    """A one-time link as it is sent."""
    from courtside.services.account_rules import WELCOME  # noqa: PLC0415

    origin = os.environ.get("COURTSIDE_ORIGIN", "").rstrip("/") or "http://127.0.0.1:8000"
    return f"{origin}{WELCOME.format(secret=secret)}"


def _show_link(session: Session, username: str, secret: str) -> None:
    from courtside.services.list_users import list_users  # noqa: PLC0415

    row = {"username": username, "link": _link(secret)}
    waits = any(one["asked"] for one in list_users() if one["username"] == username)
    once = "send the link to nobody else: it works once, within 72 hours, and is not shown again"
    session.show([row], (once, _WAITS) if waits else (once,))


@command.command("list")
@format_option
@click.pass_obj
def list_(session: Session, *, form: str) -> None:
    """Everybody who can sign in."""
    from courtside.services.list_users import list_users  # noqa: PLC0415  (keeps start-up short)

    session.begin("users list", form)
    _opened(session)
    session.show(list_users())


@command.command("add")
@click.argument("name", metavar="NAME")
@click.option("--username", help="What they sign in with. Default: made from the name.")
@click.option("--person", "person_id", metavar="PERSON_ID", default="", help="Whose records are their own.")
@click.option("--email", default="", help="Where mail reaches them.")
@click.option("--role", "roles", metavar="DUTY", multiple=True, help=f"A duty: {_ROLES}; may be given several times.")
@format_option
@click.pass_obj
def add(  # noqa: PLR0913  (one argument an option)
    session: Session, *, name: str, username: str | None, person_id: str, email: str, roles: tuple[str, ...], form: str
) -> None:
    """Add somebody; prints the one-time link by which they choose a password."""
    from courtside.services.account_rules import role_named  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.add_user import NewUser, add_user, username_for  # noqa: PLC0415
    from courtside.services.list_users import list_users  # noqa: PLC0415
    from courtside.services.people_of import people_of  # noqa: PLC0415

    session.begin("users add", form)
    changing = _opened(session)
    taken = [row["username"] for row in list_users()]
    chosen = username or username_for(name, taken)
    people = people_of(session.open(), session.caller) if person_id else frozenset()
    new = NewUser(chosen, name, email, person_id, frozenset(role_named(role) for role in roles))
    _, secret = add_user(changing, new, people)
    _show_link(session, chosen, secret)


@command.command("link")
@click.argument("username", metavar="USERNAME")
@click.option("--reset-second-factor", is_flag=True, help="Forget their authenticator too: they lost it and the codes.")
@format_option
@click.pass_obj
def link(session: Session, *, username: str, reset_second_factor: bool, form: str) -> None:
    """Print a new one-time link for USERNAME, who lost the first one or the password."""
    from courtside.services.account_rules import account_named  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.invite_user import invite_user  # noqa: PLC0415

    session.begin("users link", form)
    changing = _opened(session)
    user_id = account_named(username).user_id
    _show_link(session, username, invite_user(changing, user_id, without_second_factor=reset_second_factor))


@command.command("grant")
@click.argument("username", metavar="USERNAME")
@click.argument("role", metavar="DUTY")
@click.option(
    "--team", "teams", metavar="TEAM", multiple=True,
    help="For HR partners: a team the duty is for; may be given several times. Default: all teams.",
)  # fmt: skip
@format_option
@click.pass_obj
def grant(session: Session, *, username: str, role: str, teams: tuple[str, ...], form: str) -> None:
    """Give USERNAME a duty: hr, executive, admin, auditor or operations.

    The duties hr and auditor open people's records: they wait until an HR partner agrees on the site, but for the
    first HR partner there is. Every HR partner and auditor is told.
    """
    from courtside.services.account_rules import account_named, role_named  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.grant_role import grant_role  # noqa: PLC0415
    from courtside.services.people_of import check_teams  # noqa: PLC0415

    session.begin("users grant", form)
    changing = _opened(session)
    units = check_teams(session.open(), session.caller, frozenset(teams)) if teams else frozenset()
    is_given = grant_role(changing, account_named(username).user_id, role_named(role), units)
    _show_one(session, username, () if is_given else (_WAITS,))


@command.command("revoke")
@click.argument("username", metavar="USERNAME")
@click.argument("role", metavar="DUTY")
@format_option
@click.pass_obj
def revoke(session: Session, *, username: str, role: str, form: str) -> None:
    """Take a duty from USERNAME; not from the last administrator."""
    from courtside.services.account_rules import account_named, role_named  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.revoke_role import revoke_role  # noqa: PLC0415

    session.begin("users revoke", form)
    changing = _opened(session)
    revoke_role(changing, account_named(username).user_id, role_named(role))
    _show_one(session, username)


@command.command("close")
@click.argument("username", metavar="USERNAME")
@format_option
@click.pass_obj
def close(session: Session, *, username: str, form: str) -> None:
    """Let USERNAME sign in no more: sessions and tokens end at once, nothing is deleted."""
    from courtside.services.account_rules import account_named  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.close_account import close_account  # noqa: PLC0415

    session.begin("users close", form)
    changing = _opened(session)
    close_account(changing, account_named(username).user_id)
    _show_one(session, username)


@command.command("open")
@click.argument("username", metavar="USERNAME")
@format_option
@click.pass_obj
def open_(session: Session, *, username: str, form: str) -> None:
    """Let USERNAME, whose account was closed, sign in again."""
    from courtside.services.account_rules import account_named  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.open_account import open_account  # noqa: PLC0415

    session.begin("users open", form)
    changing = _opened(session)
    open_account(changing, account_named(username).user_id)
    _show_one(session, username)


def _show_one(session: Session, username: str, notes: tuple[str, ...] = ()) -> None:
    from courtside.services.list_users import list_users  # noqa: PLC0415

    session.show([row for row in list_users() if row["username"] == username], notes)
