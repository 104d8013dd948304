"""The chain over the log: each act's hash follows from the one before; what it says can be erased, not altered."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.db import connection, transaction

from courtside.store import log_verifier
from courtside.store.log_verifier import ANCHOR, BEGINNING, ERASING, hash_of, leaf_of
from courtside.store.models import Event, LogEntry, LogSalt
from courtside.store.tables import is_kept

ORIGIN: ContextVar[Mapping[str, Any]] = ContextVar("courtside_origin", default={})  # noqa: B039  (never written to)
"""Where the acts of this moment come from: the address and number of a request. Set by the site's door."""
VERIFYING = "verify_log"
"""The verb of the act that says what a check of the whole chain found."""
ERASED_BY_NAME = "erased"
"""Who did an act whose payload was erased."""
_SALT_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCK = 0x636F757274736964
"""The number under which writers of one PostgreSQL take turns."""
_LARGEST = 1e15
_WHOLE = "the chain as a whole, for those who add to it or check it"


class Act(Protocol):
    """What an entry is made of."""

    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the chain: whoever keeps both can tell later whether the log was written anew."""

    seq: int
    hash: str

    def anchor(self, at: datetime) -> str:
        """The line a file of anchors keeps."""
        return f"{ANCHOR} {self.seq} {self.hash} {at.astimezone(UTC).isoformat()}"


@contextmanager
def together() -> Iterator[None]:
    """A change and its acts, all or nothing; on PostgreSQL those who write to the chain take turns.

    There the lock is taken before the transaction begins: one that began earlier would not see the entry it waited
    for. SQLite has one writer anyway.
    """
    takes_turns = connection.vendor == "postgresql" and not connection.in_atomic_block
    if not takes_turns:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def settled(value: Any) -> Any:
    """A payload as every database gives it back: numbers that one of them would write in another way are made whole."""
    if isinstance(value, Mapping):
        return {str(key): settled(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [settled(one) for one in value]
    if isinstance(value, float) and value.is_integer() and (abs(value) >= _LARGEST or value == 0.0):
        return int(value)
    return value


def append(event_id: int, act: Act) -> None:
    """Add an act that was just written to the end of the chain, in the open transaction.

    A database of an earlier version has no chain yet: its acts are chained when its tables are brought up to date.
    """
    if not is_kept(LogEntry):
        return
    origin, salt = dict(settled(ORIGIN.get())), secrets.token_hex(_SALT_BYTES)
    add_entry(head() or Head(0, BEGINNING), event_id, act, (salt, origin), LogEntry.objects, LogSalt.objects)


def add_entry(  # noqa: PLR0913  (a migration brings its own tables)
    last: Head, event_id: int, act: Act, salted: tuple[str, Mapping[str, Any]], entries: Any, salts: Any
) -> Head:
    """The entry of one act after the last one, and its salt; the new head."""
    salt, origin = salted
    seq, at_us = last.seq + 1, microseconds(act.at)
    leaf = leaf_of(salt, payload_of(act.who, act.detail, origin))
    digest = hash_of(last.hash, seq, at_us, act.verb, leaf)
    entries.create(seq=seq, event_id=event_id, at_us=at_us, verb=act.verb, leaf=leaf, hash=digest)
    salts.create(event_id=event_id, salt=salt, origin=dict(origin))
    return Head(seq, digest)


def payload_of(who: str, detail: Mapping[str, Any], origin: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a leaf is made from."""
    return {"who": who, "detail": detail, "origin": origin}


def microseconds(at: datetime) -> int:
    """An instant as whole microseconds since 1970, UTC."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def head() -> Head | None:
    """The last entry; None before the first."""
    last = LogEntry.objects.unscoped(_WHOLE).order_by("-seq").values_list("seq", "hash").first()
    return None if last is None else Head(*last)


def entries() -> Iterator[dict[str, Any]]:
    """The chain from its beginning, each entry as `log_verifier` reads it; erased ones have no salt and no payload."""
    yield from map(_exported, _rows())


def _rows() -> Iterable[Sequence[Any]]:
    names = {model: connection.ops.quote_name(model._meta.db_table) for model in (LogEntry, LogSalt, Event)}
    asked = (
        "SELECT e.seq, e.at_us, e.verb, e.leaf, e.hash, s.salt, s.origin, a.id, a.at, a.verb, a.who, a.detail "  # noqa: S608  (our own tables)
        f"FROM {names[LogEntry]} e LEFT JOIN {names[LogSalt]} s ON s.event_id = e.event_id "
        f"LEFT JOIN {names[Event]} a ON a.id = e.event_id ORDER BY e.seq"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows


_AT_ONCE = 5_000


def _exported(row: Sequence[Any]) -> dict[str, Any]:
    seq, at_us, verb, leaf, digest, salt, origin, act, at, act_verb, who, detail = row
    said = None
    if salt is not None and act is not None:
        said = payload_of(who, _read(detail), _NOWHERE if origin == "{}" else _read(origin))
        if act_verb != verb or microseconds(_instant(at)) != at_us:
            said = {"altered": "the act's verb or instant is not that of its entry"}
    elif salt is not None:
        said = {"missing": "the act itself is gone"}
    elif act is not None and (who, detail) not in _BLANK:
        salt, said = "", {"altered": "an act whose salt is gone still says something"}
    return {"seq": seq, "at_us": at_us, "verb": verb, "leaf": leaf, "hash": digest, "salt": salt, "payload": said}


_NOWHERE: Mapping[str, Any] = {}


def _read(column: Any) -> Any:
    """SQLite gives JSON as text, PostgreSQL as what it says."""
    return json.loads(column) if isinstance(column, str) else column


_BLANK: tuple[tuple[str, Any], ...] = ((ERASED_BY_NAME, "{}"), (ERASED_BY_NAME, {}))


def _instant(at: datetime | str) -> datetime:
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the whole chain found."""

    entries: int
    erased: int
    anchors: int
    faults: tuple[tuple[int, str], ...]
    """Entry and reason, by entry."""

    @property
    def first_bad(self) -> int | None:
        """The first entry that does not hold."""
        return self.faults[0][0] if self.faults else None


def check(anchors: Mapping[int, str]) -> Checked:
    """Read the whole chain beside its acts and what others know of it."""
    counts = {"entries": 0, "erased": 0}

    def counting() -> Iterator[dict[str, Any]]:
        for entry in entries():
            counts["entries"] += 1
            counts["erased"] += entry["salt"] is None
            yield entry

    found = sorted(log_verifier.faults(counting(), anchors))
    chained = LogEntry.objects.unscoped(_WHOLE).values("event_id")
    outside = Event.objects.unscoped(_WHOLE).exclude(pk__in=chained).order_by("id").values_list("id", flat=True)
    end = counts["entries"] + 1
    found += [(end, f"act {number} is in the log, and in no place of the chain") for number in outside[:100]]
    return Checked(counts["entries"], counts["erased"], len(anchors), tuple(found))


def erase_payloads(events: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Erase what some acts say, in the open transaction; the runs of entries, first and last of each.

    The caller writes an act with the verb `ERASING` and these runs as `{"entries": [[first, last], ...]}`.
    """
    LogSalt.objects.unscoped("an erasure").filter(event_id__in=list(events)).delete()
    Event.objects.unscoped("an erasure").filter(pk__in=list(events)).update(who=ERASED_BY_NAME, detail={})
    found = LogEntry.objects.unscoped("an erasure").filter(event_id__in=list(events)).order_by("seq")
    runs: list[tuple[int, int]] = []
    for seq in found.values_list("seq", flat=True):
        if runs and runs[-1][1] == seq - 1:
            runs[-1] = (runs[-1][0], seq)
        else:
            runs.append((seq, seq))
    return tuple(runs)


def verifier_source() -> bytes:
    """The program that checks an exported log by itself."""
    return Path(log_verifier.__file__).read_bytes()


__all__ = ["ERASING", "ORIGIN", "VERIFYING", "Checked", "Head", "append", "check", "entries", "head", "together"]
