"""Naming who attests that one document was delivered: declined, or handed over on paper."""

from __future__ import annotations

from courtside.services.account_rules import account_named
from courtside.services.case_door import may_open
from courtside.services.four_eyes import eye_of
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts


def name_witness(visit: Visit, facts: CaseFacts, document_id: str, username: str) -> None:
    """Name a witness of one document. Who may check in on the plan may name one. Raises NotFound, Refused."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    _refuse_unless_leading(visit, facts)
    _refuse_party(facts, username, visit)
    at = visit.caller.clock()
    with audit.together():
        if not naming.name_witness(document_id, facts.case_id, username, visit.caller.who, at):
            raise Refused(f"{username!r} is a witness of this document already")
        detail = {"case": facts.case_id, "document": document_id, "user": username}
        audit.write(audit.Act(at, visit.caller.who, "name_witness", detail))


def end_witness(visit: Visit, facts: CaseFacts, document_id: str, username: str) -> None:
    """Somebody is to be a witness no more; what they attested stays. Raises NotFound."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    _refuse_unless_leading(visit, facts)
    at = visit.caller.clock()
    with audit.together():
        if not naming.end_witness(document_id, username, visit.caller.who, at):
            raise NotFound
        detail = {"case": facts.case_id, "document": document_id, "user": username}
        audit.write(audit.Act(at, visit.caller.who, "end_witness", detail))


def witnesses_of(document_id: str) -> frozenset[str]:
    """The witnesses of a document, by user name: for services that have let the visit in."""
    from courtside.store import naming  # noqa: PLC0415  (Django stays out of start-up)

    return naming.witnesses_of(document_id)


def _refuse_unless_leading(visit: Visit, facts: CaseFacts) -> None:
    """Raises NotFound for those who neither lead the person nor handle the case."""
    leads = any(may_open(visit, one, facts) for one in (CaseAction.CHECK_IN, CaseAction.SEE_FILE))
    if visit.viewer.is_read_only or not leads:
        raise NotFound


def _refuse_party(facts: CaseFacts, username: str, visit: Visit) -> None:
    """Raises Refused for somebody who is part of the matter."""
    found = account_named(username)
    if not found.is_active:
        raise Refused(f"{username!r} can no longer sign in, and so attest nothing")
    if username == visit.viewer.username:
        raise Refused("nobody names themself as a witness")
    is_part = found.person_id and found.person_id in (facts.person_id, facts.manager_id)
    if is_part or username in facts.signers | {facts.author}:
        raise Refused("a witness is neither the person nor their manager, and has written or signed nothing of it")
    if facts.person_id in eye_of(username).conflicts:
        raise Refused("a declared conflict of interest stands against it; name somebody else")
