"""What the log says of somebody who is erased, or longer ago than it is kept: found, and erased under one act."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from courtside.store import audit_chain
from courtside.store.models import Event
from courtside.store.models.records import ERASED as ERASED

_WHY = "the erasure of what the log says"
_NOT_NAMES = frozenset(
    {"state", "outcome", "kind", "from", "status", "auth", "party", "part", "words", "column", "role"}
)
"""Keys under which a word is one of a closed list, and never the name of a user."""


def acts_naming(person_id: str, usernames: Collection[str], texts: Collection[str] = ()) -> tuple[int, ...]:
    """The acts by somebody, or naming them by the id of their records, their user name, or texts such as a name."""
    names = frozenset(usernames)
    near = Q(said__contains=_quoted(person_id))
    for name in names:
        near |= Q(who=name) | Q(who__startswith=f"{name} as ") | Q(who__endswith=f" as {name}")
        near |= Q(said__contains=_quoted(name))
    for text in texts:
        near |= Q(said__contains=_quoted(text))
    rows = Event.objects.unscoped(_WHY).exclude(verb=ERASED).exclude(who=audit_chain.ERASED_BY_NAME)
    found = rows.annotate(said=Cast("detail", TextField())).filter(near).values_list("pk", "who", "detail")
    is_about = _speaks_of(person_id, names, frozenset(texts))
    return tuple(pk for pk, who, detail in found.iterator() if names & set(who.split(" as ")) or is_about(detail, ""))


def acts_before(instant: datetime, besides: Collection[str]) -> tuple[int, ...]:
    """The acts before an instant that still say something, but for those naming one of some people."""
    rows = Event.objects.unscoped(_WHY).filter(at__lt=instant).exclude(who=audit_chain.ERASED_BY_NAME)
    rows = rows.exclude(verb__in=(ERASED, audit_chain.ERASING))
    kept = [_speaks_of(person, frozenset(), frozenset()) for person in besides]
    found = rows.values_list("pk", "detail").iterator()
    return tuple(pk for pk, detail in found if not any(is_about(detail, "") for is_about in kept))


def count_before(instant: datetime) -> int:
    """How many acts before an instant still say something."""
    rows = Event.objects.unscoped(_WHY).filter(at__lt=instant).exclude(who=audit_chain.ERASED_BY_NAME)
    return int(rows.exclude(verb__in=(ERASED, audit_chain.ERASING)).count())


def erase(acts: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Erase what some acts say, in the open transaction; the runs of entries, which an act names afterwards."""
    found: list[tuple[int, int]] = []
    numbers = sorted(acts)
    for first in range(0, len(numbers), _AT_ONCE):
        found += audit_chain.erase_payloads(numbers[first : first + _AT_ONCE])
    return tuple(found)


_AT_ONCE = 500
_PLAIN = re.compile(r"[ !#-\[\]-~]+")


def _quoted(text: str) -> str:
    """The longest part of a text that stands in JSON as it is, whichever way the database writes the rest of it."""
    return max(_PLAIN.findall(text), key=len, default="")


def _speaks_of(person_id: str, names: frozenset[str], texts: frozenset[str]) -> Callable[[Any, str], bool]:
    """Whether a value of a payload names somebody: their id as a whole word of it, or their user name alone."""
    word = re.compile(rf"(?<![\w-]){re.escape(person_id)}(?![\w-])")

    def said(value: Any, key: str) -> bool:
        if isinstance(value, Mapping):
            return any(said(one, str(name)) or said(str(name), "") for name, one in value.items())
        if isinstance(value, list):
            return any(said(one, key) for one in value)
        if not isinstance(value, str):
            return False
        return bool(word.search(value)) or (value in names and key not in _NOT_NAMES) or any(t in value for t in texts)

    return said
