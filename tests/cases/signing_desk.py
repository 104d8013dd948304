"""Plans of the test firm whose documents are handed out, and browsers whose users have just typed a code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.cases.plan_walks import content
from tests.cases.stepping_up import stepped_up

from courtside.workflow import events as e
from courtside.workflow.actors import Actor, Part
from courtside.workflow.content import SIGNERS, Kind

if TYPE_CHECKING:
    from django.test import Client
    from tests.serving import Served

    from courtside.services.plan_ground import Ground
    from courtside.store.documents import Document
    from courtside.workflow.record import Plan

NAMES = {"rae": "Rae Rivers", "maya": "Maya Moss", "hana": "Hana Hale"}
MONDAY = date(2026, 11, 9)
_FIELD = re.compile(r'name="(document_sha256|nonce)" value="([^"]+)"')


def ground(served: Served, who: str) -> Ground:
    """The ground of somebody's step."""
    from courtside.services.caller import Caller
    from courtside.services.plan_ground import ground_at

    return ground_at(served.workspace, Caller(who=who, clock=served.clock.now))


def actor(served: Served, username: str, part: Part, age_s: int | None = 20) -> Actor:
    """One of the cast as they act in a plan."""
    return Actor(username, served.people.get(username), part, auth_age_s=age_s)


def issued_plan(served: Served, kind: Kind = Kind.IMPROVEMENT, person: str = "rae") -> Plan:
    """A plan about somebody whom Maya leads, written by her, approved by Hana, and issued: its document is out."""
    from courtside.services.plan_step import begin_with, take_in
    from courtside.store import plans

    maya, hana = actor(served, "maya", Part.MANAGER), actor(served, "hana", Part.HR)
    wanted = SIGNERS if kind is Kind.IMPROVEMENT else SIGNERS[:2]
    said = replace(content(MONDAY), wanted=wanted, purpose="Meetings fell for eight weeks.")
    proposal = "PROPOSALAAAA" if kind is Kind.IMPROVEMENT else ""
    draft = e.Draft(maya, plans.new_id(), kind, served.people[person], served.people["maya"], said, proposal)
    plan = begin_with(ground(served, "maya"), draft)
    if kind is Kind.IMPROVEMENT:
        take_in(ground(served, "maya"), plan.id, e.SubmitForApproval(maya))
        take_in(ground(served, "hana"), plan.id, e.Approve(hana, plan.content_hash))
    return take_in(ground(served, "maya"), plan.id, e.Issue(maya)).plan


def start_document(plan: Plan) -> Document:
    """The document a plan begins with, as it stands."""
    from courtside.store import documents

    return next(one for one in documents.of_plan(plan.id) if one.state != "superseded")


def fresh(served: Served, username: str) -> Client:
    """A browser of somebody who typed a code just now."""
    return stepped_up(served.client(username), username)


def bound(page: Any) -> dict[str, str]:
    """The hash and the number a form carries."""
    return dict(_FIELD.findall(page.content.decode()))


@dataclass(frozen=True)
class Desk:
    """One document, and what people do with it through their browsers."""

    served: Served
    document_id: str

    def at(self, what: str = "") -> str:
        """An address of the document."""
        return f"/documents/{self.document_id}/" + (f"{what}/" if what else "")

    def ready(self, username: str, *, consents: bool = True) -> Client:
        """Somebody who has a fresh code, has opened the document, and agreed to sign here."""
        client = fresh(self.served, username)
        client.post(self.at("open"))
        if consents:
            client.post(self.at("consent"), {"version": "1"})
        return client

    def sign(self, username: str, comment: str = "") -> Any:
        """Sign as somebody; what came back."""
        client = self.ready(username)
        told = bound(client.get(self.at("sign")))
        return client.post(self.at("sign"), {**told, "name": NAMES.get(username, username), "comment": comment})

    def decline(self, username: str, reason: str = "The figures are not mine.") -> Any:
        """Decline as somebody; what came back."""
        client = self.ready(username, consents=False)
        return client.post(self.at("decline"), {**bound(client.get(self.at("decline"))), "reason": reason})

    def attest(self, username: str, party: str) -> Any:
        """Attest as somebody; what came back."""
        client = fresh(self.served, username)
        return client.post(self.at("witness"), {**bound(client.get(self.at("witness"))), "party": party})

    def name_witness(self, by: str, username: str) -> Any:
        """Name a witness; what came back."""
        return fresh(self.served, by).post(self.at("witnesses"), {"username": username})

    @property
    def document(self) -> Document:
        """The document as it stands."""
        from courtside.store import documents

        found = documents.document(self.document_id)
        assert found is not None
        return found


def desk(served: Served, kind: Kind = Kind.IMPROVEMENT, person: str = "rae") -> Desk:
    """The document of a new plan."""
    return Desk(served, start_document(issued_plan(served, kind, person)).id)


DAY = timedelta(days=1)
