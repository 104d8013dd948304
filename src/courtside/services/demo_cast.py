"""Who can sign in to a made-up company: those with a duty, those who lead, and those the story is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.records.hierarchy import Hierarchy
from courtside.services.add_user import username_for
from courtside.services.caller import Caller
from courtside.services.demo_hands import Hands

if TYPE_CHECKING:
    from courtside.store.access import Role

VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Player:
    """One user: the name, whose records are theirs, and their duties."""

    username: str
    name: str
    person_id: str = ""
    roles: tuple[Role, ...] = ()


def duties(hierarchy: Hierarchy, caller: Caller) -> tuple[Player, ...]:
    """The head of the firm, who looks around, everybody else who leads, and those with a duty of their own."""
    from courtside.store.access import Role  # noqa: PLC0415  (Django stays out of start-up)

    on = caller.clock().date()
    leading = [who for who in sorted(hierarchy.names) if hierarchy.led_by(who, on)]
    top = next((who for who in leading if not hierarchy.above(who, on)), "")
    found = [
        Player(VISITOR, hierarchy.name(top), top, (Role.ADMIN, Role.OPERATIONS)),
        Player("hana", "Hana (HR)", "", (Role.HR,)),
        Player("hugo", "Hugo (HR)", "", (Role.HR,)),
        Player("eve", "Eve (executive)", "", (Role.EXECUTIVE,)),
        Player("ari", "Ari (auditor)", "", (Role.AUDITOR,)),
        Player("otto", "Otto (nobody's colleague)"),
    ]
    return (*found, *people(hierarchy, (who for who in leading if who != top), [one.username for one in found]))


def people(hierarchy: Hierarchy, wanted: Iterable[str], taken: Iterable[str]) -> tuple[Player, ...]:
    """Users for people of the records, called by their names."""
    known, found = list(taken), list[Player]()
    for who in wanted:
        found.append(Player(username_for(hierarchy.name(who), known), hierarchy.name(who), who))
        known.append(found[-1].username)
    return tuple(found)


def let_in(players: Iterable[Player], caller: Caller) -> None:
    """Let them sign in, as one act; nobody has a password, and only the visitor gets in, by the link."""
    from courtside.store import accounts, audit  # noqa: PLC0415

    now, cast = caller.clock(), tuple(players)
    with audit.together():
        for one in cast:
            user = accounts.add(one.username, one.name, "", one.person_id, now)
            for role in one.roles:
                accounts.grant(user, role, caller.who, now)
        told = {"users": [one.username for one in cast], "made_up": True}
        audit.write(audit.Act(now, caller.who, "make_sample", told))


def let_in_people(hands: Hands, wanted: Iterable[str]) -> None:
    """Users for those people who have none yet."""
    from courtside.store import accounts  # noqa: PLC0415

    held = accounts.accounts()
    known = {one.person_id for one in held}
    missing = [one for one in dict.fromkeys(wanted) if one not in known]
    if missing:
        hierarchy = hands.visit(VISITOR).hierarchy
        let_in(people(hierarchy, missing, [one.username for one in held]), hands.caller_as(hands.caller.who))


def user_of(hands: Hands, person_id: str) -> str:
    """The user name of somebody of the records, who is let in if nobody has done so yet."""
    from courtside.store import accounts  # noqa: PLC0415

    let_in_people(hands, (person_id,))
    return next(one.username for one in accounts.accounts() if one.person_id == person_id)
