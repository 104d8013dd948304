"""Reading the log of acts: a page of it or all that was looked for, by auditors; reading it is an act too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from courtside.services.refused import Refused
from courtside.services.spreadsheet import harmless
from courtside.services.verify_log import Verification, last_verification
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand

if TYPE_CHECKING:
    from courtside.store.log_reading import Entry, Wanted

A_PAGE = 100
COLUMNS = ("seq", "at", "who", "verb", "detail", "hash")
ERASED = "what this said was erased"


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the log is asked for, as it was typed; empty means everything."""

    verb: str = ""
    who: str = ""
    about: str = ""
    """An id that the entry names: of a person, a case, a document, a user name."""
    first: str = ""
    last: str = ""
    """The first and last day, both included, as 2026-11-02 in the firm's zone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act as the page shows it."""

    seq: int | None
    at: datetime
    who: str
    verb: str
    said: str
    is_erased: bool
    hash: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """A case an auditor may read, until a day."""

    case_id: str
    until: date


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log. `checked` is the last check of the whole chain, None before the first."""

    lines: tuple[Line, ...]
    total: int
    page: int
    earlier: int | None
    later: int | None
    verbs: tuple[str, ...]
    checked: Verification | None
    assigned: tuple[Assigned, ...]


def read_log(visit: Visit, asked: Asked, page: int = 1) -> LogPage:
    """A page of the log, the newest first. Raises NotFound for all but auditors, Refused for a day that is none."""
    from courtside.store import log_reading, naming  # noqa: PLC0415  (Django stays out of start-up)

    wanted = _wanted(visit, asked)
    _note(visit, "read_log", asked)
    total = log_reading.count(wanted)
    found = log_reading.page(wanted, (page - 1) * A_PAGE, A_PAGE)
    return LogPage(
        tuple(_line(visit, one) for one in found),
        total,
        page,
        page + 1 if page * A_PAGE < total else None,
        page - 1 if page > 1 else None,
        log_reading.verbs(),
        last_verification(),
        tuple(Assigned(*one) for one in naming.assigned_to(visit.viewer.username, visit.today)),
    )


def download_log(visit: Visit, asked: Asked) -> Iterator[Sequence[object]]:
    """The rows of a CSV file of all that is asked for, the oldest first, under `COLUMNS`. Raises as `read_log`."""
    from courtside.store import log_reading  # noqa: PLC0415  (Django stays out of start-up)

    wanted = _wanted(visit, asked)
    _note(visit, "download_log", asked)
    return map(_row, log_reading.every(wanted))


def _row(one: Entry) -> Sequence[object]:
    said = ERASED if one.is_erased else _as_text(one.detail)
    cells = (one.seq, one.at.isoformat(), one.who, one.verb, said, one.hash)
    return [harmless("" if cell is None else cell) for cell in cells]


def _line(visit: Visit, one: Entry) -> Line:
    at = one.at.astimezone(visit.standing.workspace.zone)
    said = ERASED if one.is_erased else ", ".join(f"{key}: {_short(value)}" for key, value in one.detail.items())
    return Line(one.seq, at, one.who, one.verb, said, one.is_erased, one.hash)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else _as_text(value)
    return text if len(text) <= 200 else f"{text[:200]} …"


def _as_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _wanted(visit: Visit, asked: Asked) -> Wanted:
    """What is asked for, as the store looks for it. Raises NotFound, and Refused naming the day that is none."""
    from courtside.store.log_reading import Wanted  # noqa: PLC0415  (Django stays out of start-up)

    if not visit.may_run(Errand.READ_LOG):
        raise NotFound
    zone = visit.standing.workspace.zone
    first, last = _day(asked.first), _day(asked.last)
    since = datetime.combine(first, time.min, zone) if first else None
    until = datetime.combine(last + timedelta(days=1), time.min, zone) if last else None
    return Wanted(asked.verb, asked.who, asked.about, since, until)


def _day(typed: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refused(f"{typed!r} is no day; write it as 2026-11-02") from None


def _note(visit: Visit, verb: str, asked: Asked) -> None:
    """Write down what was looked for; somebody who is asked about by name of their records finds it among the looks."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    detail: Mapping[str, str] = {key: value for key, value in asdict(asked).items() if value and key != "about"}
    if asked.about:
        is_person = asked.about in visit.hierarchy.names
        detail = {**detail, "person" if is_person else "about": asked.about[:64]}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, verb, detail))
