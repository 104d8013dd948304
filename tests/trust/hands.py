"""What people do through their browsers, each counted against the log: one act of its own, or none if it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.cases.planned import acts, now
from tests.cases.stepping_up import stepped_up
from tests.cases.walk_forms import said
from tests.serving import Served

if TYPE_CHECKING:
    from django.test import Client

    from courtside.workflow.record import Plan

_PAPERS = frozenset({"prepare_document", "approve_document", "issue_document", "void_document", "seal_document"})
FOLLOWING: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "submit_plan", "return_plan", "approve_plan", "issue_plan", "edit_plan", "cancel_plan", "begin_plan",
            "record_check_in", "propose_extension", "extend_plan", "prepare_determination", "determine_plan",
            "hand_over_plan", "deliver_follow_up", "close_plan", "state_rebuttal", "write_statement",
        ),
        _PAPERS,
    ),
    "sign_document": frozenset({"sign_plan", "seal_document"}),
    "decline_document": frozenset({"decline_plan", "seal_document"}),
    "return_paper": frozenset({"paper_plan", "seal_document"}),
    "witness_document": frozenset({"witness_plan", "seal_document"}),
    "take_file": frozenset({"seal_file"}),
    "decide_proposal": frozenset({"draft_plan"}),
    "accept_dispute": frozenset({"import_records"}),
    "approve_erasure": frozenset({"erase_person", "erase_payloads", "erase_approved"}),
    "activate_second_factor": frozenset({"make_recovery_codes"}),
}  # fmt: skip
"""Acts of their own that follow from another: what becomes of documents, of the plan they belong to, and of a file
that is taken out, whose hash is kept under the firm's own key."""
LOOKS = frozenset(
    {
        "see_plan", "see_document", "see_proposal", "see_statement", "see_card", "see_figures", "see_file",
        "see_replay_names", "show_fairness",
    }
)  # fmt: skip
"""Looks at what is confidential on the way to changing it: each is an act of its own."""
REFUSING = frozenset({"refuse_sign_in"})
"""What is written of somebody who was turned away."""
TURNED_AWAY = frozenset({400, 403, 404, 410})
STRANGER = "otto"
"""Somebody signed in whom nothing of it concerns."""


class Unlogged(AssertionError):
    """Something happened and left no act, more than one, or one of another name."""


@dataclass
class Hands:
    """Browsers of everybody, and what was done with them."""

    served: Served
    done: set[str] = field(default_factory=set)
    quiet: set[str] = field(default_factory=set)
    """What was sent and taken without an act, by design."""
    count: int = 0
    refused: int = 0
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """Somebody's browser; they have just typed a code."""
        if who not in self._clients:
            self._clients[who] = self.served.client(who)
        return stepped_up(self._clients[who], who)

    def sends(  # noqa: PLR0913  (who, where, what, and what comes of it)
        self, who: str, address: str, path: str, verb: str, data: Mapping[str, Any] | None = None, *,
        status: int = 302, stranger: str = STRANGER,
    ) -> Any:  # fmt: skip
        """Send what somebody has written: refused to a stranger, without a trace; taken from them, and one act."""
        if stranger:
            self.refuses(stranger, path, data)
        return self.takes(self.client(who), address, path, verb, data, status=status)

    def takes(  # noqa: PLR0913
        self, client: Client, address: str, path: str, verb: str, data: Mapping[str, Any] | None = None, *,
        status: int = 302,
    ) -> Any:  # fmt: skip
        """Send it from a browser: it is taken, and is one act."""
        _rewound(data)
        with one_act(verb):
            sent = client.post(path, data or {})
            assert sent.status_code == status, (path, sent.status_code, said(sent))
        self.done.add(address)
        self.count += 1
        return sent

    def refuses(self, who: str, path: str, data: Mapping[str, Any] | None = None, by: Client | None = None) -> None:
        """Send what is not to be taken: it is refused, and nothing is written but who was turned away, or that the page
        with what to mend was a look."""
        client = by or self.client(who)
        before = len(acts())
        _rewound(data)
        sent = client.post(path, data or {})
        assert sent.status_code in TURNED_AWAY, (who, path, sent.status_code)
        found = [verb for verb, _ in acts()[before:]]
        if set(found) - REFUSING - LOOKS:
            raise Unlogged(f"{path}: was refused to {who}, and the log has {found}")
        self.refused += 1

    def leaves_none(self, address: str, send: Callable[[], Any]) -> None:
        """Something is sent and taken, and by design is no act."""
        with one_look():
            sent = send()
        assert sent.status_code == 302, (address, sent.status_code, said(sent))  # noqa: PLR2004
        self.quiet.add(address)

    def steps(self, who: str, slug: str, plan: Plan, verb: str, data: Mapping[str, Any] | None = None) -> None:
        """A step of a plan: not taken from a peer, then taken."""
        told = {"seen": now(plan).version, **(data or {})}
        self.sends(who, slug, f"/plans/{plan.id}/{slug}/", verb, told, stranger="tom")

    def looks(self, who: str, path: str, *verbs: str, how: str = "get") -> None:
        """A look is one act, or none where none is named; so is a file that is taken out (`how` is `post`)."""
        client = self.client(who)
        with one_look(*verbs):
            answer = getattr(client, how)(path)
            got = b"".join(answer) if getattr(answer, "streaming", False) else answer.content
        assert answer.status_code == 200, (path, answer.status_code, got[-800:])
        self.count += 1


def _rewound(data: Mapping[str, Any] | None) -> None:
    """Files that are sent twice are read from their beginning."""
    for value in (data or {}).values():
        if hasattr(value, "seek"):
            value.seek(0)


@contextmanager
def one_act(verb: str) -> Iterator[None]:
    """What happens inside is one act of this name, and what is known to follow from it or is looked at on the way."""
    before = len(acts())
    yield
    found = [one for one, _ in acts()[before:]]
    own = [one for one in found if one == verb or one not in LOOKS | FOLLOWING.get(verb, frozenset())]
    if own != [verb]:
        raise Unlogged(f"{verb}: the log has {found}")


@contextmanager
def one_look(*verbs: str) -> Iterator[None]:
    """What is opened inside is one act of this name (none: no act), and no other but what follows from it."""
    before = len(acts())
    yield
    found = [one for one, _ in acts()[before:]]
    own = [one for one in found if not any(one in FOLLOWING.get(verb, ()) for verb in verbs)]
    if own != list(verbs):
        raise Unlogged(f"{verbs}: the log has {found}")
