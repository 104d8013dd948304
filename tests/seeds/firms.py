"""One simulated firm through the whole product: made, imported, judged, and told beside what is true of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.asking import new_workspace
from tests.simulated import Company, made

UNTIL, QUARTER = date(2025, 12, 31), "2025-Q3"
"""Its records end when the leads of the third quarter have had their time: nine months of the review year are ripe."""
SIZE = {"people": 40, "months": 14}
NAMED = ("coach", "eligible")
ALIKE = (None, "leave", "moved-team", "big-project")
"""Stories that leave a seller's closing as it is; those whose luck was looked at are none of them."""


@dataclass(frozen=True)
class Judged:
    """What was said of a firm, and what is true: verdicts by story, the innocents' verdicts and raw figures, leaks."""

    seed: int
    verdicts: Mapping[str, str]
    innocents: Mapping[str, str]
    raw_short: int
    """Innocents whose bare figure is more than 15 % below the target."""
    is_leak_named: bool
    leaks_elsewhere: int
    stages_judged: int
    said: Mapping[str, str] = field(default_factory=dict)


def judged(seed: int, without: tuple[str, ...] = ()) -> Judged:
    """A firm of a seed, through files, import and commands."""
    folder = Path(tempfile.mkdtemp(prefix="courtside-seed-"))
    try:
        return _judged(seed, without, folder)
    finally:
        shutil.rmtree(folder)


def _judged(seed: int, without: tuple[str, ...], folder: Path) -> Judged:
    firm = made(folder / "records", seed=seed, until=UNTIL, without=frozenset(without), **SIZE)
    asking = new_workspace(folder / "workspace", "staffing")
    taken = asking.run("import", firm.folder)
    assert taken.status == 0, f"seed {seed}: {taken.said}"
    as_of = ("--as-of", UNTIL)
    rows = {
        row["scope"].removeprefix("person:"): row
        for row in asking.rows("metric", "closing_rate", "--by", "person", "--period", QUARTER, *as_of)
    }
    told = {name: person for person, name in _stories(firm).items()}
    innocents = _innocents(firm, rows)
    leaks = [row for row in asking.rows("leaks", "--by", "team", *as_of) if row["scope"] != "company"]
    planted = [row for row in leaks if _is_planted(firm, row)]
    return Judged(
        seed,
        {name: str(rows[person]["verdict"]) for name, person in told.items() if person in rows},
        {person: str(rows[person]["verdict"]) for person in innocents},
        sum(rows[person]["value"] < 0.85 * rows[person]["target"] for person in innocents),
        any(row["verdict"] == "leak" for row in planted),
        sum(row["verdict"] == "leak" for row in leaks if row not in planted),
        len(leaks),
        {name: str(rows[person]["sentence"]) for name, person in told.items() if person in rows},
    )


def _stories(firm: Company) -> Mapping[str, str]:
    """Person -> the story they are the subject of, told or switched off."""
    return {story["person_id"]: story["story"] for story in firm.truth["stories"] if story["person_id"]}


def _innocents(firm: Company, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Every seller who truly closes as many as the target asks for, or more, whatever the figure says."""
    least = firm.truth["benchmark"]["closing_rate"] * 0.999
    stories = _stories(firm)
    return [
        person for person, one in firm.truth["people"].items()
        if one["role"] == "seller" and stories.get(person) in ALIKE and one["closing_rate"] >= least
        and person in rows and rows[person]["value"] is not None
    ]  # fmt: skip


def _is_planted(firm: Company, row: Mapping[str, Any]) -> bool:
    """Whether a row is of the team and stage in which a leak is planted, or would be."""
    leak = firm.story("leak")
    changes = leak["changes"]
    return (row["scope"], row["pipeline"], row["stage"]) == (
        f"team:{leak['team']}", changes["pipeline"], changes["stage"],
    )  # fmt: skip
