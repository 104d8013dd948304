"""Sending what the outbox holds: claim, hand over, write down what became of it; a kill at any moment loses nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from courtside.records.crash import crash_point
from courtside.services.channels_connect import NotHandedOver, Unclear
from courtside.services.deliver_mail import MailServer, Unreachable
from courtside.services.deliver_row import hand_over, why_not
from courtside.services.outbox_office import Office, Pace
from courtside.store.outbox_words import CALENDAR, CHAT, MAIL, WEBHOOK

if TYPE_CHECKING:
    from courtside.store.outbox_claims import Claimed

_AT_ONCE = 50
_MOST_IN_A_PASS = 1_000
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Pass:
    """One pass over what is due."""

    office: Office
    server: MailServer | None
    counts: Counter[str] = field(default_factory=Counter)
    is_mail_out: bool = False

    def kinds(self) -> tuple[str, ...]:
        """What can be sent now. Without a mail server, mails wait, and the pages are the delivery."""
        mails = () if self.server is None or self.is_mail_out else (MAIL, CALENDAR)
        return (*mails, WEBHOOK, CHAT)

    def one(self, row_id: int) -> None:
        """Send one row, if it is still to be had."""
        from courtside.store import outbox_claims  # noqa: PLC0415  (Django stays out of start-up)

        office = self.office
        row = outbox_claims.claim(row_id, office.who, office.caller.clock(), office.pace.lease)
        if row is None:
            return
        crash_point("outbox-claimed")
        outcome = self._tried(row)
        crash_point("outbox-handed-over")
        self.counts[self._noted(row, outcome)] += 1

    def _tried(self, row: Claimed) -> NotHandedOver | Unclear | str | None:
        """None once it is accepted; a text for why it need not be sent."""
        try:
            if why := why_not(self.office, row):
                return why
            hand_over(self.office, self.server, row)
        except Unreachable as trouble:
            self.is_mail_out = True
            return trouble
        except (NotHandedOver, Unclear) as trouble:
            return trouble
        except Exception as trouble:  # noqa: BLE001  (one row's fault holds up no other)
            _LOG.error("outbox row %s: %s", row.opaque, type(trouble).__name__)
            return Unclear("a fault of ours; the log of the server names its kind")
        return None

    def _noted(self, row: Claimed, outcome: NotHandedOver | Unclear | str | None) -> str:
        from courtside.store import outbox_claims as claims  # noqa: PLC0415

        who, at, pace = self.office.who, self.office.caller.clock(), self.office.pace
        next_at = at + pace.wait(row.attempts)
        match outcome:
            case None:
                claims.is_sent(row.row_id, at)
                return "sent"
            case str():
                claims.is_dropped(row.row_id, who, at, outcome)
                return "dropped"
            case Unclear():
                claims.is_unclear(row, who, at, next_at, str(outcome))
                return "unclear"
            case NotHandedOver(is_final=False) if not _gives_up(pace, row, at):
                claims.is_later(row.row_id, who, next_at, outcome.reason)
                return "later"
            case NotHandedOver():
                claims.is_failed(row.row_id, who, at, outcome.reason)
                return "failed"


def deliver(office: Office, is_over: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Send what is due, until nothing is or `is_over` says so; how many were sent, dropped, put off, failed.

    Nothing is connected to where nothing is set: mails wait, and channels have no rows.
    """
    from courtside.store import outbox_claims  # noqa: PLC0415

    mail = office.workspace.settings.mail
    server = MailServer(mail, office.workspace.root) if mail is not None else None
    this = _Pass(office, server)
    try:
        for _ in range(_MOST_IN_A_PASS // _AT_ONCE):
            found = outbox_claims.due(this.kinds(), office.caller.clock(), _AT_ONCE)
            for row_id in found:
                if is_over():
                    return this.counts
                this.one(row_id)
                if this.is_mail_out:
                    break
            if not found:
                break
    finally:
        if server is not None:
            server.close()
    return this.counts


def _gives_up(pace: Pace, row: Claimed, at: datetime) -> bool:
    return row.attempts >= pace.fewest_attempts and at - row.queued_at > pace.gives_up_after
