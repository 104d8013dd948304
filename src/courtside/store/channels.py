"""Channels and the hosts they may lead to, and the secret addresses of calendars, as frozen values."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from courtside.store import models
from courtside.store.accounts import hashed
from courtside.store.outbox_words import CHANNELS

__all__ = ["CHANNELS"]
_SETTINGS = "channels are settings of the server; they hold nothing about people"
_OWN = "the secret address of a calendar: the row is found by its secret or its owner"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where programs or a team are told. What is sealed is opened by the services."""

    channel_id: int
    kind: str
    name: str
    host: str
    sealed_address: bytes
    sealed_secret: bytes
    made_at: datetime
    is_open: bool


def hosts() -> tuple[str, ...]:
    """The hosts channels may lead to, by name."""
    return tuple(models.AllowedHost.objects.unscoped(_SETTINGS).values_list("host", flat=True))


def allow_host(host: str, by: str, at: datetime) -> bool:
    """List a host, in the open transaction; False if it is listed."""
    try:
        with transaction.atomic():
            models.AllowedHost.objects.create(host=host, made_by=by, made_at=at)
    except IntegrityError:
        return False
    return True


def disallow_host(host: str) -> bool:
    """List a host no more, in the open transaction; False if it was not. Channels that lead there send nothing."""
    return bool(models.AllowedHost.objects.unscoped(_SETTINGS).filter(host=host).delete()[0])


def add(channel: Channel, by: str) -> int:
    """A new channel, in the open transaction; its number (that of the argument is not used)."""
    row = models.Channel.objects.create(
        kind=channel.kind, name=channel.name, host=channel.host, sealed_address=channel.sealed_address,
        sealed_secret=channel.sealed_secret, made_at=channel.made_at, made_by=by,
    )  # fmt: skip
    return int(row.pk)


def end(channel_id: int, at: datetime) -> bool:
    """End a channel and forget its address and secret, in the open transaction; False if there is none open."""
    rows = models.Channel.objects.unscoped(_SETTINGS).filter(pk=channel_id, ended_at=None)
    return bool(rows.update(ended_at=at, sealed_address=b"", sealed_secret=b""))


def channel(channel_id: int) -> Channel | None:
    """One channel, ended or not."""
    row = models.Channel.objects.unscoped(_SETTINGS).filter(pk=channel_id).first()
    return _channel(row) if row is not None else None


def open_channels() -> tuple[Channel, ...]:
    """Every channel that has not ended, the oldest first."""
    return tuple(map(_channel, models.Channel.objects.unscoped(_SETTINGS).filter(ended_at=None)))


def make_feed(user_id: int, at: datetime) -> str:
    """A new secret for a user's calendar, in the open transaction; the one before ends."""
    end_feed(user_id, at)
    secret = secrets.token_urlsafe(32)
    models.CalendarFeed.objects.create(user_id=user_id, token_sha256=hashed(secret), made_at=at)
    return secret


def end_feed(user_id: int, at: datetime) -> bool:
    """End a user's calendar address, in the open transaction; False if there is none."""
    rows = models.CalendarFeed.objects.unscoped(_OWN).filter(user_id=user_id, ended_at=None)
    return bool(rows.update(ended_at=at))


def feed_since(user_id: int) -> datetime | None:
    """Since when a user's calendar has a secret address; None if it has none."""
    rows = models.CalendarFeed.objects.unscoped(_OWN).filter(user_id=user_id, ended_at=None)
    found: datetime | None = rows.values_list("made_at", flat=True).first()
    return found


def feed_owner(secret: str) -> int | None:
    """Whose calendar a secret opens; None for one that opens none."""
    rows = models.CalendarFeed.objects.unscoped(_OWN).filter(token_sha256=hashed(secret), ended_at=None)
    found: int | None = rows.values_list("user_id", flat=True).first()
    return found


def _channel(row: models.Channel) -> Channel:
    return Channel(
        row.pk, row.kind, row.name, row.host, bytes(row.sealed_address), bytes(row.sealed_secret), row.made_at,
        row.ended_at is None,
    )  # fmt: skip
