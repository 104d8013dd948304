"""What holds for every change of users: who may make it, what must remain, and how it is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.services.caller import Caller
from courtside.services.refused import Refused, unknown
from courtside.store.access import Role, Viewer

if TYPE_CHECKING:
    from courtside.store.accounts import Account

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST_NAME = 200
WELCOME = "/account/welcome/{secret}/"
"""Where a one-time link leads."""


@dataclass(frozen=True, slots=True)
class Changing:
    """Who changes users: an administrator on the site, or (`viewer` None) somebody on the host itself."""

    caller: Caller
    viewer: Viewer | None = None

    def __post_init__(self) -> None:
        if self.viewer is not None and (Role.ADMIN not in self.viewer.roles or self.viewer.is_read_only):
            raise Refused("only an administrator changes users")

    def refuse_own(self, account: Account, what: str) -> None:
        """Refuse what an administrator may not do to themself. Raises Refused."""
        if self.viewer is not None and self.viewer.user_id == account.user_id:
            raise Refused(f"you cannot change {what} of your own; another administrator can")


@contextmanager
def changing_together(changing: Changing, verb: str, detail: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A change and its act in the log, both or neither; what is found out meanwhile is added to the detail."""

    from courtside.store import audit  # noqa: PLC0415

    with audit.together():
        yield detail
        where = "host" if changing.viewer is None else "site"
        audit.write(audit.Act(changing.caller.clock(), changing.caller.who, verb, {**detail, "from": where}))


def bring_tables_up_to_date() -> None:
    """Add the tables of this version to a workspace made by an earlier one."""
    from courtside.store.connect import is_current, upgrade  # noqa: PLC0415  (Django stays out of start-up)

    if not is_current():
        upgrade()


def account_of(user_id: int) -> Account:
    """A user by number. Raises Refused."""
    from courtside.store import accounts  # noqa: PLC0415

    found = accounts.account(user_id)
    if found is None:
        raise Refused("there is no such user")
    return found


def account_named(username: str) -> Account:
    """A user by the name they sign in with. Raises Refused naming the nearest."""
    from courtside.store import accounts  # noqa: PLC0415

    everybody = {one.username: one for one in accounts.accounts()}
    if username not in everybody:
        raise unknown("user", username, everybody)
    return everybody[username]


def role_named(name: str) -> Role:
    """A duty by its name. Raises Refused naming the nearest."""
    if name not in {role.value for role in Role}:
        raise unknown("duty", name, [role.value for role in Role])
    return Role(name)


def check_username(username: str) -> str:
    """A name to sign in with that can be told apart from every other. Raises Refused."""
    from courtside.store import accounts  # noqa: PLC0415

    if not _USERNAME.fullmatch(username):
        raise Refused(
            f"{username!r} is no user name: two to 64 small letters a to z, digits, dots, dashes or underscores, "
            "beginning with a letter or digit"
        )
    if any(one.username == username for one in accounts.accounts()):
        raise Refused(f"there is a user {username!r} already")
    return username


def check_particulars(name: str, email: str) -> None:
    """A name, and an address or none. Raises Refused."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(f"a user needs a name of 1 to {LONGEST_NAME} printable characters")
    if email and (not _EMAIL.fullmatch(email) or len(email) > 254):
        raise Refused(f"{email!r} is no e-mail address")


def check_person(person_id: str, known: frozenset[str] | None, besides: int | None = None) -> None:
    """A person of the records whose figures are nobody else's own; an empty id is nobody. Raises Refused.

    `known` None: the records cannot be read now, so that nobody can be named.
    """
    from courtside.store import accounts  # noqa: PLC0415

    if not person_id:
        return
    if person_id not in (known or ()):
        raise unknown("person", person_id, known or ())
    for other in accounts.accounts():
        if other.person_id == person_id and other.is_active and other.user_id != besides:
            raise Refused(f"the records of {person_id} are those of user {other.username!r} already")


def refuse_last_administrator(account: Account) -> None:
    """Refuse what would leave nobody who can add users. Raises Refused."""
    from courtside.store import accounts  # noqa: PLC0415

    administrators = [one for one in accounts.accounts() if one.is_active and Role.ADMIN in one.roles]
    if [one.user_id for one in administrators] == [account.user_id]:
        raise Refused(f"{account.username!r} is the last administrator; name another one first")
