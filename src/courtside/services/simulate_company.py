"""Writing the records of a simulated company: a folder to import, and what is true beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from courtside.services.caller import Caller
from courtside.services.refused import Refused, unknown


@dataclass(frozen=True, slots=True)
class Wanted:
    """The company asked for; `until` None is yesterday, the last day that is over."""

    seed: int = 1
    people: int = 40
    months: int = 18
    until: date | None = None
    model: str = "inside"
    shape: str = "steady"
    without: tuple[str, ...] = ()


def simulate_company(
    folder: Path, wanted: Wanted, caller: Caller
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Write a company into a new or empty folder; answers each table with its number of rows, and notes.

    Raises Refused, with nothing written, for a folder in use or a company that cannot be simulated.
    """
    from courtside.simulate.company import simulate  # noqa: PLC0415  (numpy stays out of start-up)
    from courtside.simulate.files import TRUTH_FILE  # noqa: PLC0415
    from courtside.simulate.setting import STORIES, Setting, SettingError  # noqa: PLC0415

    for story in wanted.without:
        if story not in STORIES:
            raise unknown("story", story, STORIES)
    until = wanted.until or caller.clock().date() - timedelta(days=1)
    try:
        setting = Setting(
            until=until,
            seed=wanted.seed,
            people=wanted.people,
            months=wanted.months,
            model=wanted.model,
            shape=wanted.shape,
            without=frozenset(wanted.without),
        )
        rows = simulate(setting, folder.absolute(), caller.progress)
    except (SettingError, FileExistsError, NotADirectoryError) as refused:
        raise Refused(str(refused)) from None
    init = f"courtside init WORKSPACE --pack staffing --model {setting.model}"
    told = len(STORIES) - len(setting.without)
    notes = (
        f"{setting.people} people until {until}, seed {setting.seed}, are in {folder}; to import them: {init}",
        f"{TRUTH_FILE} says what is true of it, {told} stories told; no import reads it",
    )
    return tuple({"table": table, "rows": count} for table, count in rows.items()), notes
