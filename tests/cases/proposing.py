"""A firm in which rules have proposed something about Rae, from her everyday records: made once, copied by tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import NOW, Served

if TYPE_CHECKING:
    from courtside.services.viewing import Visit
    from courtside.store.proposals import Decision, Proposal

KINDS = ("watch", "coaching_plan", "improvement_plan")
REASON = "I have read the rows and talked with both of them"
HOSTILE = "<script>alert('why')</script> {{ 7|add:7 }} {% now 'Y' %} %s ' OR 1=1 -- six words"


@pytest.fixture(scope="session")
def proposed(untouched_firm: Served, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The firm with one proposal of each kind about Rae; change nothing in it."""
    found = untouched_firm.copied(tmp_path_factory.mktemp("proposed") / "firm")
    propose_all(found)
    return found


@pytest.fixture
def firm(served: Served, proposed: Served, tmp_path: Path) -> Served:
    """A copy of it to change."""
    del served
    return proposed.copied(tmp_path / "own")


def rule_of(kind: str) -> str:
    """What the rule of a kind is called here: a word that stands on no other page."""
    return {"watch": "zebra_note", "coaching_plan": "zebra_coach", "improvement_plan": "zebra_weigh"}[kind]


def block_of(kind: str) -> dict[str, Any]:
    """A rule that everyday records suffice for: it would never pass the gates of the site."""
    return {
        "rule": rule_of(kind), "label": "Submittals that stay away", "metric": "submittals", "window": {"months": 6},
        "level": "coach", "proposes": kind, "exclude": ["leave", "ramp"],
        "history": {
            "fires": [{"target": 8, "hits": [1, 1, 1, 1, 1, 1]}],
            "does_not": [{"target": 8, "hits": [8, 8, 8, 8, 8, 8]}],
        },
    }  # fmt: skip


def live(firm: Served, kind: str) -> int:
    """Put a rule of a kind straight into force; the row of its version."""
    from courtside.records.canonical import digest
    from courtside.store import rules

    block, at = block_of(kind), firm.caller.clock()
    number = rules.add(rule_of(kind), block, digest(block), "ola", at).number
    for before, after in (("draft", "submitted"), ("submitted", "approved"), ("approved", "live")):
        assert rules.move(number, (before,), after, "hana", at)
    return number


def propose_all(firm: Served) -> None:
    """One proposal of each kind about Rae."""
    from courtside.services.run_rules import run_rules

    for kind in KINDS:
        live(firm, kind)
    run_rules(firm.workspace, firm.caller)


def about_rae(firm: Served, kind: str) -> Proposal:
    """Rae's proposal of a kind, as it stands now."""
    from courtside.store import proposals

    (found,) = (one for one in proposals.about([firm.people["rae"]]) if one.rule == rule_of(kind))
    return found


def visit(username: str) -> Visit:
    """A visit of one of the cast."""
    from courtside.services.account_rules import account_named
    from courtside.services.viewing import visit_of

    found = visit_of(account_named(username).user_id)
    assert found is not None
    return found


def read_by_rae(firm: Served, kind: str) -> None:
    """Rae opens the evidence."""
    reading = about_rae(firm, kind).reading_id
    assert firm.client("rae").get(f"/to-read/{reading}/").status_code == 200


def looked_at(firm: Served, username: str, kind: str) -> str:
    """Somebody of the cast opens a proposal's page; its id."""
    found = about_rae(firm, kind).id
    assert firm.client(username).get(f"/proposals/{found}/").status_code == 200
    return found


def proof() -> Any:
    """A fresh second factor."""
    from courtside.services.step_up import Proof

    return Proof("totp", NOW, 4)


def entry(verb: str) -> list[dict[str, Any]]:
    """What the log says of a verb, the oldest first."""
    from courtside.store import audit

    return [dict(one.detail) for one in audit.acts(verb)]


def decide(who: str, found: str, outcome: str, reason: str = REASON, until: date | None = None, **more: Any) -> str:
    """One of the cast decides."""
    from courtside.services.decide_proposal import Choice, decide_proposal

    return decide_proposal(visit(who), found, Choice(outcome, reason, until), **more)


def refused(who: str, found: str, outcome: str, **more: Any) -> str:
    """What one of the cast is told when a decision is refused."""
    from courtside.services.refused import Refused

    with pytest.raises(Refused) as told:
        decide(who, found, outcome, **more)
    return told.value.reason


def made(found: str, firm: Served, **other: Any) -> Decision:
    """A decision as the database would take it, but for what is given."""
    from courtside.store.proposals import Decision

    plain: dict[str, Any] = {
        "proposal_id": found, "person_id": firm.people["rae"], "outcome": "decline", "opens": "", "reason": REASON,
        "decided_by": "maya", "decider_id": firm.people["maya"], "at": NOW, "looked_at": NOW, "seconds": 90,
        "offered_at": NOW, "opened_at": NOW, "days_passed": 0, "fairness": "", "fairness_holds": False,
    }  # fmt: skip
    return Decision(**{**plain, **other})


def another(firm: Served, like: Proposal, rule: str) -> Proposal:
    """A proposal of another rule with the same evidence."""
    from courtside.store import proposals

    new = proposals.add(
        proposals.NewProposal(
            like.kind, like.person_id, like.metric, rule, 1, like.evaluation, like.evaluation_sha256, like.as_of,
            like.known_at, like.evidence, like.evidence_sha256, proposals.rows_of(like.id), NOW, like.due_on,
        )
    )  # fmt: skip
    assert new is not None
    return new


def messages() -> list[Any]:
    """Everything anybody is to be told."""
    from courtside.store import models

    return list(models.OutboxRow.objects.unscoped("what this firm was told"))


def look_again(firm: Served, kind: str, on: date, *, holds: bool) -> str:
    """Keep a later look by the rule of a kind, at better or the same figures; its hash."""
    from courtside.rules.evaluation import made as evaluated
    from courtside.store import rules

    stored = rules.evaluation(about_rae(firm, kind).evaluation)
    assert stored is not None
    inputs = dict(stored.evaluation.inputs)
    if not holds:
        inputs["figure"] = {**inputs["figure"], "value": inputs["figure"]["reference"]}
    later = evaluated(stored.evaluation.version, stored.evaluation.subject, on, inputs)
    assert later.holds is holds
    assert rules.keep(stored.version, later, firm.caller.clock()) is not None
    return later.sha256
