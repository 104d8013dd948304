"""What the parties do with an issued plan: sign it, comment, decline, sign on paper, have it witnessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from courtside.workflow.actors import Actor, Illegal, Part, demand_words
from courtside.workflow.effects import CalendarCancelled, Effect, Task, Tell
from courtside.workflow.events import SignatureDeclined, SignatureMade, SignatureOnPaper, SignatureWitnessed
from courtside.workflow.record import Plan, Signature, Signed
from courtside.workflow.step import Step, sign_key

_Act = SignatureMade | SignatureDeclined | SignatureOnPaper | SignatureWitnessed


def made(plan: Plan, event: SignatureMade, today: date) -> Step:
    """A party acknowledges the document, by themself. Somebody who declined may still sign. Raises Illegal."""
    _check(plan, event)
    _check_own(plan, event.by, event.party)
    how = Signed.COMMENT if event.with_comment else Signed.SIGNED
    return _put(plan, Signature(event.party, event.by.person, today, plan.content_hash, event.document, how))


def declined(plan: Plan, event: SignatureDeclined, today: date) -> Step:
    """A party will not sign: two people attest that it reached them. Raises Illegal."""
    _check(plan, event)
    _check_own(plan, event.by, event.party)
    demand_words(event.reason)
    given = Signature(event.party, event.by.person, today, plan.content_hash, event.document, Signed.DECLINED)
    return _put(plan, given, Tell(Part.HR, Task.DO, plan.sign_by))


def on_paper(plan: Plan, event: SignatureOnPaper, today: date) -> Step:
    """HR registers a signature in ink by the hash of its scan; it counts once two people attest it. Raises Illegal."""
    _check(plan, event)
    if not event.scan_hash:
        raise Illegal("a signature on paper is registered with the hash of its scan")
    given = Signature(event.party, event.by.person, today, plan.content_hash, event.document, Signed.PAPER)
    return _put(plan, given, Tell(Part.HR, Task.DO, plan.sign_by))


def witnessed(plan: Plan, event: SignatureWitnessed, _today: date) -> Step:
    """One of two people attests that the document reached a party. Raises Illegal."""
    found = _of(plan, event.party)
    _check_document(plan, event)
    if found is None or found.how not in (Signed.DECLINED, Signed.PAPER):
        raise Illegal(f"the {event.party} has not declined, nor signed on paper: there is nothing to attest")
    if found.is_settled:
        raise Illegal("two people have attested it already")
    by = event.by.person
    if event.by.part is event.party or (found.how is Signed.DECLINED and by.is_same(found.by)):
        raise Illegal("nobody attests their own signature")
    if any(by.is_same(one) for one in found.witnesses):
        raise Illegal("you have attested it; a second person does so too")
    return _put(plan, replace(found, witnesses=(*found.witnesses, by)))


def _put(plan: Plan, given: Signature, *effects: Effect) -> Step:
    """The plan with what a party did now in the place of what they did before."""
    others = tuple(one for one in plan.signatures if one.party is not given.party)
    after = replace(plan, signatures=(*others, given))
    if not after.unsigned:
        effects = (*effects, CalendarCancelled(sign_key(plan)), Tell(Part.MANAGER, Task.DO, plan.starts_on))
    detail: dict[str, str | int | None] = {
        "party": given.party,
        "how": given.how,
        "document": given.document,
        "witnesses": len(given.witnesses),
        "content_hash": given.content_hash,
    }
    return Step(after, effects, detail)


def _check(plan: Plan, event: SignatureMade | SignatureDeclined | SignatureOnPaper) -> None:
    _check_document(plan, event)
    found = _of(plan, event.party)
    if found is not None and (found.how is not Signed.DECLINED or isinstance(event, SignatureDeclined)):
        raise Illegal(f"the {event.party} has done so already")


def _check_document(plan: Plan, event: _Act) -> None:
    if event.party not in plan.content.wanted:
        raise Illegal(f"the {event.party} is not among those who sign")
    if event.content_hash != plan.content_hash:
        raise Illegal("the document has been changed since you saw it; open it again")
    if not event.document:
        raise Illegal("a signature names its document")


def _check_own(plan: Plan, by: Actor, party: Part) -> None:
    """Nobody signs for another, and nobody twice."""
    if by.part is not party:
        raise Illegal("nobody signs for somebody else")
    if any(
        one.party is not party and one.how is not Signed.PAPER and by.person.is_same(one.by) for one in plan.signatures
    ):
        raise Illegal("you have signed it as another party; somebody else signs here")


def _of(plan: Plan, party: Part) -> Signature | None:
    return next((one for one in plan.signatures if one.party is party), None)
