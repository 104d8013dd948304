"""Four eyes: what one person writes another approves, who neither answers to the first nor is close to the matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from courtside.records.hierarchy import Hierarchy
from courtside.services.refused import Refused


@dataclass(frozen=True, slots=True)
class Eye:
    """Somebody who acts: their user name, whose records are theirs, and with whom they have a declared conflict."""

    username: str
    person_id: str = ""
    conflicts: frozenset[str] = frozenset()


def why_not_second(author: Eye, approver: Eye, subject: str, hierarchy: Hierarchy, on: date) -> str:
    """Why somebody is no second pair of eyes for what is about `subject` (a person's id); empty if they are.

    Source: TRUST 2.3: approver is not author, neither is the subject, and the approver is no report of the author;
    2.2 rule 5: nobody acts in a matter of their own line of managers, or of somebody they have a conflict with.
    """
    if not author.username or not approver.username:
        return "it takes two people who can be named; one of them is missing"
    if author.username == approver.username or (author.person_id and author.person_id == approver.person_id):
        return "you wrote this; somebody else approves it"
    if subject and subject in (author.person_id, approver.person_id):
        return "it is about one of the two; neither who writes nor who approves may be the person it is about"
    above = hierarchy.above(approver.person_id, on) if approver.person_id else frozenset()
    if author.person_id and author.person_id in above:
        return "you answer to the person who wrote this; somebody who does not approves it"
    if subject and subject in above:
        return "it is about somebody above you; somebody else approves it"
    conflicts = approver.conflicts | author.conflicts
    if subject in conflicts or (author.person_id and author.person_id in approver.conflicts):
        return "a declared conflict of interest stands against it; somebody else takes it over"
    return ""


def refuse_unless_second(author: str, approver: str, subject: str, hierarchy: Hierarchy, on: date) -> None:
    """Refuse an approver who is no second pair of eyes. `author` and `approver` are user names. Raises Refused."""
    if why := why_not_second(eye_of(author), eye_of(approver), subject, hierarchy, on):
        raise Refused(why)


def eye_of(username: str) -> Eye:
    """Who a user is, for four eyes; a name that is no user's has no records and no conflicts."""
    from courtside.store import accounts, naming  # noqa: PLC0415  (Django stays out of start-up)

    person_id = next((one.person_id for one in accounts.accounts() if one.username == username), "")
    return Eye(username, person_id, naming.conflicts_of(username, person_id))
