"""Adding somebody who can sign in, once they have followed a one-time link."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from courtside.services.account_rules import (
    Changing,
    account_of,
    changing_together,
    check_particulars,
    check_person,
    check_username,
)
from courtside.services.duty_rules import ask_for, takes_a_second, tell_of_duty
from courtside.store.access import Role


@dataclass(frozen=True, slots=True)
class NewUser:
    """Who is to be added. An empty `person_id`: nobody's records are their own."""

    username: str
    name: str
    email: str = ""
    person_id: str = ""
    roles: frozenset[Role] = frozenset()


def add_user(changing: Changing, new: NewUser, people: frozenset[str] | None) -> tuple[int, str]:
    """Add a user without a password; answers their number and the secret of their one-time link.

    `people` are the ids of everybody in the records. Duties that open people's records wait until somebody agrees,
    but for the first HR partner a firm names on the host. Raises Refused.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    check_username(new.username)
    check_particulars(new.name, new.email)
    check_person(new.person_id, people)
    at = changing.caller.clock()
    asked = sorted(role for role in new.roles if takes_a_second(changing, None, role))
    roles = sorted(new.roles - set(asked))
    detail = {"user": new.username, "person": new.person_id, "roles": [role.value for role in roles]}
    with changing_together(changing, "add_user", detail):
        user_id = accounts.add(new.username, new.name.strip(), new.email, new.person_id, at)
        for role in roles:
            accounts.grant(user_id, role, changing.caller.who, at)
            tell_of_duty(user_id, role, at)
        for role in asked:
            ask_for(changing, account_of(user_id), role, frozenset())
            detail["asked"] = [one.value for one in asked]
        return user_id, accounts.invite(user_id, at)


def username_for(name: str, taken: Iterable[str]) -> str:
    """A user name made from a name: `Rae Ortiz` is `rae.ortiz`, the next one `rae.ortiz2`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    stem = ".".join(words)[:60] or "user"
    known, number = set(taken), 1
    while (found := stem if number == 1 else f"{stem}{number}") in known or len(found) < 2:
        number += 1
    return found
