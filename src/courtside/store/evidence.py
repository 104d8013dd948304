"""The evidence of review years as frozen values: entries are added where something is new, and read back in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from courtside.store.models import EvidenceEntry

_FACTS = ("version", "hits", "of", "due", "evidence", "rings")


@dataclass(frozen=True, slots=True)
class Entry:
    """A person's review year of a metric up to a day, and under which version of the definition."""

    metric: str
    version: int
    person_id: str
    since: date
    until: date
    hits: float
    of: float | None
    due: float
    evidence: float
    rings: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry, and when it was made."""

    entry: Entry
    at: datetime


def add(entries: Iterable[Entry], at: datetime) -> int:
    """Add the entries that say something else than the newest of the same year, month, metric and person.

    Answers how many. Call it in an open transaction.
    """
    wanted = list(entries)
    years = {entry.since for entry in wanted}
    log = EvidenceEntry.objects.unscoped("which evidence has been noted already, whoever it is about")
    newest = {_place(row): _facts(row) for row in log.filter(since__in=years).values().iterator()}
    new = [entry for entry in wanted if newest.get(_place(asdict(entry))) != _facts(asdict(entry))]
    log.bulk_create([EvidenceEntry(**asdict(entry), noted_at=at) for entry in new], batch_size=500)
    return len(new)


def noted(person_id: str, metric: str | None = None) -> Sequence[Noted]:
    """What was noted of one person, the oldest first; the service that asks says who may see it."""
    found = EvidenceEntry.objects.unscoped("one person's evidence, for somebody who may see it").filter(
        person_id=person_id
    )
    rows = found if metric is None else found.filter(metric=metric)
    return [Noted(_entry(row), row["noted_at"]) for row in rows.values()]


def forget_person(person_id: str, token: str) -> None:
    """Put a token in the place of somebody who is erased, in the open transaction."""
    EvidenceEntry.objects.unscoped("the erasure of a person").filter(person_id=person_id).update(person_id=token)


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["metric"], row["person_id"], row["since"], row["until"]


def _facts(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _FACTS)


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**{name: row[name] for name in Entry.__dataclass_fields__})
