"""What a run came to: ratios against their bars, as JSON and as a short table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.company import Company
from bench.compare import Comparison

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise: a measured figure and the most it may be. `seconds` are told, never judged."""

    name: str
    measured: float
    at_most: float
    unit: str
    seconds: str = ""

    @property
    def is_held(self) -> bool:
        """Whether the promise is kept."""
        return self.measured <= self.at_most


@dataclass(frozen=True, slots=True)
class Result:
    """One whole run."""

    on: str
    version: str
    scale: float
    company: Company
    comparisons: tuple[Comparison, ...]
    bars: tuple[Bar, ...]


def table(bars: Sequence[Bar]) -> str:
    """The bars as a Markdown table."""
    lines = ["| promise | measured | at most | held | seconds, for information |", "|---|---:|---:|---|---|"]
    for bar in bars:
        held = "yes" if bar.is_held else "**no**"
        measured = f"{bar.measured:.3g} {bar.unit}" if bar.measured < 1_000 else f"{bar.measured:,.0f} {bar.unit}"
        lines.append(f"| {bar.name} | {measured} | {bar.at_most:,.4g} {bar.unit} | {held} | {bar.seconds} |")
    return "\n".join(lines)


def keep(result: Result, folder: Path = RESULTS) -> None:
    """Write the result over the last one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "last.json").write_text(json.dumps(asdict(result), indent=1) + "\n", encoding="utf-8")
    size = result.company
    compared = "\n".join(f"- {one.what}: {one.compared:,} answers compared, all equal" for one in result.comparisons)
    (folder / "last.md").write_text(
        f"# The last benchmark\n\n{result.on}, version {result.version or 'unknown'}, scale {result.scale:g}: "
        f"{size.people:,} people, {size.days} days, {size.activities:,} activities, {size.leads:,} leads, "
        f"{size.opportunities:,} opportunities.\n\n{table(result.bars)}\n\nCompared with slow queries on the raw rows "
        f"before any ratio was printed:\n\n{compared}\n",
        encoding="utf-8",
    )
