"""One look at one person by one rule: what went in, whether it holds, and why; kept for ever and worked out anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from courtside.records.canonical import digest
from courtside.rules.decide import decide


@dataclass(frozen=True)
class Evaluation:
    """What a rule found of a subject on a day. `inputs` are plain data: everything needed to work it out again."""

    rule: str
    version: int
    subject: str
    metric: str
    on: date
    holds: bool
    proposes: str
    inputs: Mapping[str, Any]
    reasons: tuple[str, ...]
    verdict: str
    evidence: float | None

    def to_json(self) -> dict[str, Any]:
        """Plain data, from which `from_json` makes the same again."""
        return {
            "rule": self.rule, "version": self.version, "subject": self.subject, "metric": self.metric,
            "on": self.on.isoformat(), "holds": self.holds, "proposes": self.proposes, "inputs": self.inputs,
            "reasons": list(self.reasons), "verdict": self.verdict, "evidence": self.evidence,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evaluation:
        """The evaluation of plain data. Raises KeyError and ValueError for anything else."""
        return cls(
            str(data["rule"]), int(data["version"]), str(data["subject"]), str(data["metric"]),
            date.fromisoformat(data["on"]), bool(data["holds"]), str(data["proposes"]), data["inputs"],
            tuple(data["reasons"]), str(data["verdict"]), data["evidence"],
        )  # fmt: skip

    @cached_property
    def sha256(self) -> str:
        """The hash of all of it, in the one way of writing it (`records.canonical`)."""
        return digest(self.to_json())


def made(version: int, subject: str, on: date, inputs: Mapping[str, Any]) -> Evaluation:
    """The evaluation of some inputs: the one way they are made, then and later."""
    found, rule = decide(inputs), inputs["rule"]
    return Evaluation(
        rule["name"], version, subject, rule["metric"], on, found.holds, rule["proposes"], inputs, found.reasons,
        found.verdict, found.evidence,
    )  # fmt: skip


def recompute(evaluation: Evaluation) -> Evaluation:
    """The same from its inputs alone, without records or clock: `.sha256` differs if anything was altered."""
    return made(evaluation.version, evaluation.subject, evaluation.on, evaluation.inputs)
