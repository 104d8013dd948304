"""What an administrator sees of channels: what is set, what is listed, and how messages fare; no message of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from courtside.services.channels_hosts import refuse_unless_administrator
from courtside.services.viewing import Visit, served

if TYPE_CHECKING:
    from courtside.store.channels import Channel
    from courtside.store.outbox_claims import Health

LATE_AFTER = timedelta(minutes=30)
"""What should have been tried so long ago has nobody to send it."""


@dataclass(frozen=True, slots=True)
class ChannelsPage:
    """The page: the mail server as set (empty: none), listed hosts, open channels, counts, and reasons of failures.

    `health` counts only what speaks of no case: the number of messages would tell that somebody has a plan.
    `is_late`: something of any kind should have gone out long ago; without a mail server mails
    wait, and are not late.
    """

    mail: str
    hosts: tuple[str, ...]
    channels: tuple[Channel, ...]
    health: Health
    failures: tuple[tuple[str, str], ...]
    is_late: bool


def channels_page(visit: Visit) -> ChannelsPage:
    """The page. Raises NotFound for everybody but an administrator."""
    from courtside.store import channels, outbox_claims  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.store.outbox_words import CHAT, KINDS, TASKS, WEBHOOK  # noqa: PLC0415

    refuse_unless_administrator(visit)
    mail = served().settings.mail
    told = f"{mail.host}, port {mail.port}, {mail.tls}, from {mail.address}" if mail is not None else ""
    plain = [name for name, one in TASKS.items() if one.may_be_shared or name == "trial"]
    return ChannelsPage(
        told, channels.hosts(), channels.open_channels(), outbox_claims.health(plain), outbox_claims.failures(),
        outbox_claims.is_late(visit.caller.clock() - LATE_AFTER, KINDS if mail is not None else (WEBHOOK, CHAT)),
    )  # fmt: skip
