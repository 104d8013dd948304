"""What there is to look at besides figures: cases, rules, requests and uploads, made as people make them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from tests.cases.proposing import about_rae, propose_all, rule_of
from tests.cases.signing_desk import issued_plan, start_document
from tests.serving import NOW, FrozenTime, Served

if TYPE_CHECKING:
    from django.http import HttpResponse

WHY = "A row of theirs stops the import, and nobody can tell why"
PEOPLE = b"person_id,name,role,hired_on\nP90001,Noor Vale,seller,2026-01-05\n"


def at_hand(firm: Served) -> Mapping[str, str]:
    """Made on the day of the cast: what each thing is called in addresses."""
    from courtside.workflow.content import Kind

    FrozenTime.at = NOW
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courtside.services.caller.datetime", FrozenTime)
        plan, coaching = issued_plan(firm), issued_plan(firm, Kind.COACHING, "tom")
        document, other = start_document(plan).id, start_document(coaching).id
        _sent(firm, "tom", f"/documents/{other}/open/")
        propose_all(firm)
        proposal = about_rae(firm, "improvement_plan")
        found = {
            "plan": plan.id, "document": document, "coaching": coaching.id, "opened": other,
            "proposal": proposal.id, "reading": proposal.reading_id, "rule": rule_of("improvement_plan"),
        }  # fmt: skip
        found |= dict(_requests(firm))
    return found | {"upload": _uploaded(firm)}


def _requests(firm: Served) -> Iterator[tuple[str, str]]:
    """What waits for somebody else: a look under break-glass, an erasure, a disputed row."""
    from courtside.services.account_rules import account_named
    from courtside.store import retention

    people = firm.people
    yield "glass", _sent(firm, "ada", "/glass/ask/", person=people["rae"], reason=WHY)
    _sent(firm, "hana", "/hr/retention/ask/", kind="person", person=people["gwen"], reason=WHY)
    yield "erasure", next(iter(retention.waiting_erasures())).opaque
    page = firm.client("rae").get(f"/people/{people['rae']}/dials/").content.decode()
    claim = unescape(re.findall(r'href="(/disputes/new/[^"]+)"', page)[0])
    yield "claim", claim
    yield "dispute", _sent(firm, "rae", claim, claim="did_not_happen", words="I was on leave that day.")
    yield "user", str(account_named("rae").user_id)


def _uploaded(firm: Served) -> str:
    """Files somebody sent today: they are kept for a day at most."""
    sent = BytesIO(PEOPLE)
    sent.name = "people.csv"
    return _sent(firm, "ola", "/data/upload/", files=sent)


def _sent(firm: Served, who: str, path: str, **form: object) -> str:
    """A form sent in by one of the cast: the last part of the address it leads to."""
    answer: HttpResponse = firm.client(who).post(path, form)
    assert answer.status_code == 302, answer.content.decode()[-2500:]
    return str(answer["Location"]).rstrip("/").split("/")[-1]
