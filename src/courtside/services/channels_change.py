"""Adding and ending channels, and trying one: where programs and rooms are told of tasks and days."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from courtside.services.channels_connect import target_of
from courtside.services.channels_hosts import refuse_unless_administrator
from courtside.services.channels_key import seal
from courtside.services.refused import Refused, unknown
from courtside.services.viewing import NotFound, Visit, served
from courtside.store.outbox_words import CHANNELS, WEBHOOK

LONGEST_NAME = 100
_LONGEST_ADDRESS = 1_000


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel as an administrator describes it; `kind` is webhook, slack or teams."""

    kind: str
    name: str
    address: str


def add_channel(visit: Visit, new: NewChannel) -> str:
    """Add a channel; the secret a webhook is signed with, shown this once, empty for rooms.

    Raises NotFound, and Refused for an address that will not do or whose host is not listed.
    """

    from courtside.store import audit, channels  # noqa: PLC0415

    refuse_unless_administrator(visit)
    host = _checked(new)
    secret = f"csw_{secrets.token_urlsafe(32)}" if new.kind == WEBHOOK else ""
    at, who, workspace = visit.caller.clock(), visit.caller.who, served()
    sealed = seal(workspace, "address", new.address.strip()), seal(workspace, "secret", secret) if secret else b""
    with audit.together():
        if host not in channels.hosts():
            raise Refused(f"{host} is not listed; list the host first")
        number = channels.add(channels.Channel(0, new.kind, new.name.strip(), host, *sealed, at, is_open=True), who)
        audit.write(audit.Act(at, who, "add_channel", {"channel": number, "kind": new.kind, "host": host}))
    return secret


def end_channel(visit: Visit, channel_id: int) -> None:
    """End a channel; its address and secret are forgotten. Raises NotFound."""

    from courtside.store import audit, channels  # noqa: PLC0415

    refuse_unless_administrator(visit)
    at, who = visit.caller.clock(), visit.caller.who
    with audit.together():
        if not channels.end(channel_id, at):
            raise NotFound
        audit.write(audit.Act(at, who, "end_channel", {"channel": channel_id}))


def try_channel(visit: Visit, channel_id: int | None) -> None:
    """Queue a message that says it is a trial: to a channel, or as a mail to whoever asks (None). Raises NotFound."""

    from courtside.store import audit, channels, outbox  # noqa: PLC0415

    refuse_unless_administrator(visit)
    at, who = visit.caller.clock(), visit.caller.who
    key = f"trial:{outbox.opaque_id()}"
    with audit.together():
        if channel_id is None:
            outbox.enqueue(outbox.Task("trial", key, "/tasks/", user_id=visit.viewer.user_id), at)
        else:
            channel = channels.channel(channel_id)
            if channel is None or not channel.is_open:
                raise NotFound
            outbox.add_channel_row(key, channel_id, channel.kind, at, words="trial")
        audit.write(audit.Act(at, who, "try_channel", {"channel": channel_id}))


def _checked(new: NewChannel) -> str:
    """The host of a channel that can be added. Raises Refused."""
    if new.kind not in CHANNELS:
        raise unknown("kind of channel", new.kind, CHANNELS)
    name = new.name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(f"a channel needs a name of 1 to {LONGEST_NAME} printable characters")
    if len(new.address) > _LONGEST_ADDRESS:
        raise Refused(f"an address has {_LONGEST_ADDRESS} characters at most")
    return target_of(new.address.strip()).host
