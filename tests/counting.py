"""How a gate says what it counted: `counted("examples run (duckdb)", 91)`.

A test file that is a gate names what it counts in a module constant, `GATES = ("examples run (duckdb)",)`.
At the end of the run every gate is printed as `gate: <name>: N`; a gate that counted nothing, or that never
reported although its file ran, fails the run. Counts from several tests or worker processes are added up.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

NOTES_AT = "COURTSIDE_GATE_NOTES"
"""Environment variable naming the folder where the processes of one test run leave their notes."""


def counted(gate: str, number: int) -> None:
    """Add to what a gate counted. Outside a test run this does nothing."""
    _note({"gate": gate, "number": int(number)})


def declared(gate: str, file: str) -> None:
    """Say that a collected test file is that gate."""
    _note({"gate": gate, "file": file})


def _note(entry: Mapping[str, object]) -> None:
    folder = os.environ.get(NOTES_AT)
    if folder:
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as notes:
            notes.write(json.dumps(entry) + "\n")


@dataclass(frozen=True, slots=True)
class Tally:
    """What the gates of a run counted, and which test files declared them."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def lines(self, skipped: Iterable[str] = ()) -> list[str]:
        """One line a gate, by name. `skipped` are the files in which a test was skipped."""
        return [f"gate: {gate}: {self._outcome(gate, set(skipped))}" for gate in self._gates()]

    def failures(self, skipped: Iterable[str] = ()) -> list[str]:
        """Why the run fails: gates at zero, and gates that never reported (unless their file skipped)."""
        aside = set(skipped)
        zero = [f"{gate} counted nothing" for gate, number in sorted(self.numbers.items()) if number == 0]
        silent = [
            f"{gate} never reported ({self.files[gate]})"
            for gate in self._gates()
            if gate not in self.numbers and self.files[gate] not in aside
        ]
        return zero + silent

    def _gates(self) -> list[str]:
        return sorted({*self.numbers, *self.files})

    def _outcome(self, gate: str, skipped: set[str]) -> str:
        if gate in self.numbers:
            return str(self.numbers[gate])
        return "skipped" if self.files[gate] in skipped else "did not report"


def tally(folder: Path) -> Tally:
    """Add up the notes of every process of a run."""
    numbers: Counter[str] = Counter()
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if "file" in entry:
                files[entry["gate"]] = entry["file"]
            else:
                numbers[entry["gate"]] += entry["number"]
    return Tally(dict(numbers), files)
