"""The product as its users have it: whole commands on a workspace, and their answers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.oracle import Answers, Cut
from bench.timing import Timing, timed

FIRM_METRICS = Path(__file__).with_name("firm_metrics.yaml")
PACK = "staffing"
COURTSIDE = (sys.executable, "-m", "courtside.cli")


@dataclass(frozen=True, slots=True)
class Product:
    """Commands on one workspace."""

    root: Path

    def run(self, *words: object, stop_after: str | None = None) -> Timing:
        """One command, timed. `stop_after` names the step after which the process ends at once, as if killed."""
        command = (*COURTSIDE, "--workspace", str(self.root), *map(str, words))
        if stop_after is None:
            return timed(command)
        return timed(command, {"CRASH_AT": stop_after}, ends_with=137)

    def answer(self, *words: object) -> Mapping[str, Any]:
        """The JSON object a command writes."""
        answer: Mapping[str, Any] = json.loads(self.run(*words, "--format", "json").output)
        return answer

    def make(self) -> None:
        """A new workspace with the firm's own metric in force."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.run("init", self.root, "--pack", PACK)
        shutil.copy(FIRM_METRICS, self.root / "packs" / FIRM_METRICS.name)
        self.run("metrics", "publish")

    def metric(self, cut: Cut) -> Answers:
        """Every value of a cut, one command a metric; groups without a name are left out, as the oracle does."""
        found: dict[tuple[str, str, str], float] = {}
        for metric in cut.metrics:
            grain = () if cut.grain == "range" else ("--grain", cut.grain)
            words = ("metric", metric, "--by", cut.by, *grain, "--from", cut.first, "--to", cut.last)
            for row in self.answer(*words)["rows"]:
                if row["value"] is not None and not row["scope"].endswith(":"):
                    period = "range" if cut.grain == "range" else row["period"]
                    found[metric, row["scope"], period] = float(row["value"])
        return found

    @property
    def batches(self) -> int:
        """How many imports there have been."""
        return len(self.answer("imports")["rows"])

    def undo_last(self) -> Timing:
        """Take the newest batch out again."""
        return self.run("import", "undo", self.batches)


def commit() -> str:
    """The version measured, as git names it; empty outside a clone."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    return asked.stdout.strip()
