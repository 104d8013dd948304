"""What the words in a column mean where a field knows only some words: a stage that is won, a kind of activity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from courtside.connectors.guess.words import plain, words_of
from courtside.records.tables import TABLES

_MOST = 60
"""A column with more different texts than this holds no words of a kind."""
_WON = frozenset({"won", "signed", "sold"})
_LOST = frozenset({"lost", "abandoned", "disqualified"})
_DONE = frozenset({"completed", "complete", "done", "held", "finished", "erledigt", "termine", "completado"})
_PLANNED = frozenset({"planned", "scheduled", "started", "progress", "open", "waiting", "deferred", "geplant", "prevu"})
_CANCELLED = frozenset({"cancelled", "canceled", "abgesagt", "annule", "cancelado"})
_FILLED = frozenset({"filled", "placed", "hired", "besetzt"})
_KINDS = {word: word for word in ("call", "email", "meeting", "demo", "voicemail", "inmail", "interview", "intake")} | {
    "event": "meeting",
    "task": "task",
    "note": "note",
}


def _loose(text: str) -> frozenset[str]:
    return frozenset(words_of(text)) | frozenset(plain(text).replace("-", " ").split())


def _opportunity(text: str) -> str:
    words = _loose(text)
    if words & _LOST:
        return "lost"
    if words & _WON:
        return "won"
    return "" if words <= {"close", "closed"} else "open"


def _activity(text: str) -> str:
    words = _loose(text)
    if words & _CANCELLED:
        return "cancelled"
    if {"no", "show"} <= words or "noshow" in words or {"id", "show"} <= words:
        return "no_show"
    if words & _PLANNED:
        return "planned"
    return "done" if words & _DONE else ""


def _job(text: str) -> str:
    words = _loose(text)
    for meaning, known in (("filled", _FILLED), ("cancelled", _CANCELLED), ("lost", _LOST)):
        if words & known:
            return meaning
    return "open" if words & {"open", "active", "draft"} else ""


def _kind(text: str) -> str:
    found = {_KINDS[word] for word in _loose(text) if word in _KINDS}
    return found.pop() if len(found) == 1 else ""


def _direction(text: str) -> str:
    words = _loose(text)
    if words & {"outbound", "outgoing", "ausgehend", "sortant", "saliente"}:
        return "outbound"
    return "inbound" if words & {"inbound", "incoming", "missed", "eingehend", "entrant", "entrante"} else ""


_READ: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("opportunities", "status"): _opportunity,
    ("activities", "status"): _activity,
    ("job_orders", "status"): _job,
    ("activities", "kind"): _kind,
    ("activities", "direction"): _direction,
}


def meanings(table: str, field: str, words: Iterable[str]) -> dict[str, str]:
    """Word -> what it means for a field; words nothing is known of are left out, for a person to add.

    Stages `Won`, `Lost`, `Demo` mean the status won, lost, open. Words that mean themselves need no entry.
    """
    read = _READ.get((table, field))
    found = sorted(set(words))
    if read is None or len(found) > _MOST:
        return {}
    meant = {word: read(word) for word in found}
    choices = TABLES[table].column(field).choices
    return {word: meaning for word, meaning in meant.items() if meaning and meaning != word and word not in choices}
