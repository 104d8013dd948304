"""One row of the outbox on its way: whom it is for now, whether it need be sent, and by which door it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.calendar_text import invitation, method_of, title_of
from courtside.services.channels_connect import NotHandedOver, target_of
from courtside.services.channels_connect import hand_over as hand_to_host
from courtside.services.channels_key import unseal
from courtside.services.deliver_hook import for_chat, for_program
from courtside.services.deliver_mail import Letter, MailServer
from courtside.services.deliver_words import said
from courtside.services.outbox_office import Office
from courtside.services.refused import Refused
from courtside.store.outbox_words import CALENDAR, TASKS, WEBHOOK

if TYPE_CHECKING:
    from courtside.store.accounts import Account
    from courtside.store.outbox_claims import Claimed


def why_not(office: Office, row: Claimed) -> str:
    """Why a row need not be sent any more, in words of ours; empty if it is to be sent."""
    if office.caller.clock() - row.queued_at > office.pace.too_old_after:
        return "no news any more"
    if row.channel_id is not None:
        return _why_no_channel(row.channel_id)
    if row.opened_at is not None:
        return "opened before it was sent"
    account = _account(row)
    if account is None:
        return "nobody with an open account and an address"
    if row.kind == CALENDAR:
        return _why_no_meeting(row)
    return "muted" if _is_muted(account.user_id, row.words) else ""


def hand_over(office: Office, server: MailServer | None, row: Claimed) -> None:
    """Let a row leave. Raises NotHandedOver where it surely did not, and Unclear where no answer came."""
    if row.channel_id is not None:
        _to_channel(office, row, row.channel_id)
    elif server is None:
        raise NotHandedOver("no mail server is set")
    else:
        server.hand_over(_letter(office, row))


def _letter(office: Office, row: Claimed) -> Letter:
    account, mail = _account(row), office.workspace.settings.mail
    if account is None or mail is None:
        raise NotHandedOver("nobody with an open account and an address", is_final=True)
    link = office.site.link(row.opaque)
    if row.meeting_id is None:
        return Letter(row.opaque, account.email, said(row.words, row.due_on, link, office.site), row.queued_at)
    from courtside.store.meetings import entry  # noqa: PLC0415  (Django stays out of start-up)

    meeting = entry(row.meeting_id)
    text = said(row.words, None, link, office.site, title_of(meeting))
    file = invitation(meeting, account.email, mail.address, link)
    return Letter(row.opaque, account.email, text, row.queued_at, (file, method_of(meeting)))


def _to_channel(office: Office, row: Claimed, channel_id: int) -> None:
    from courtside.store import channels  # noqa: PLC0415

    channel = channels.channel(channel_id)
    if channel is None or channel.host not in channels.hosts():
        raise NotHandedOver("its host is not listed", is_final=True)
    try:
        target = target_of(unseal(office.workspace, "address", channel.sealed_address))
        secret = unseal(office.workspace, "secret", channel.sealed_secret) if channel.kind == WEBHOOK else ""
    except Refused:
        raise NotHandedOver("its address cannot be opened with the key of this workspace", is_final=True) from None
    if target.host != channel.host:
        raise NotHandedOver("its host is not listed", is_final=True)
    if channel.kind == WEBHOOK:
        at = office.caller.clock()
        letter = for_program(row.words, row.due_on, row.opaque, office.site.tasks, secret, at)
    else:
        letter = for_chat(channel.kind, row.words, row.due_on, office.site.origin)
    hand_to_host(target, letter, office.network)


def _why_no_channel(channel_id: int) -> str:
    from courtside.store import channels  # noqa: PLC0415

    channel = channels.channel(channel_id)
    return "" if channel is not None and channel.is_open else "the channel has ended"


def _why_no_meeting(row: Claimed) -> str:
    from courtside.store.meetings import entry  # noqa: PLC0415

    is_past = row.meeting_id is None or entry(row.meeting_id).sequence != row.sequence
    return "changed since it was queued" if is_past else ""


def _is_muted(user_id: int, words: str) -> bool:
    from courtside.store import outbox  # noqa: PLC0415

    return not TASKS[words].is_compulsory and words in outbox.muted(user_id)


def _account(row: Claimed) -> Account | None:
    """The open account of whom a row is for, if it has an address: asked anew whenever something is sent."""
    from courtside.store import accounts  # noqa: PLC0415

    return next((one for one in accounts.accounts() if one.is_active and one.email and _is_for(row, one)), None)


def _is_for(row: Claimed, account: Account) -> bool:
    if row.user_id is not None:
        return account.user_id == row.user_id
    return bool(row.person_id) and account.person_id == row.person_id
