"""The closed list of what a document may print, each with its type, its meaning, and a shortest and longest sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from courtside.documents.values import Choice, Day, Exact, Flag, Kind, Number, Paragraph, Rows, Text
from courtside.metrics.metric import Unit

OUTCOMES = ("released", "new_plan", "removed", "extended")
VERDICTS = ("", "met", "not_met", "cannot_tell")
PARTIES = ("rep", "manager", "hr", "witness")
_SENTENCE = "Call first every account that was promised an answer last week, and write down what was agreed. "
_LONG_NAME = "Maximiliana Theodora Wilhelmina von Hohenberg-Lichtenstein zu Altenburg und Neuenstadt-Weidenbach"
_LONG_METRIC = "Follow-ups per qualified contact with a decision maker in key accounts, first six weeks"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name a template may print."""

    name: str
    kind: Kind
    meaning: str
    shortest: Any
    longest: Any


def _filled(most: int) -> str:
    return (_SENTENCE * (most // len(_SENTENCE) + 1))[:most].rstrip()


def _name(name: str, meaning: str) -> Placeholder:
    return Placeholder(name, Text(), meaning, "Bo Li", _LONG_NAME)


def _line(name: str, meaning: str, shortest: str, longest: str) -> Placeholder:
    return Placeholder(name, Text(), meaning, shortest, longest)


def _day(name: str, meaning: str, day: str) -> Placeholder:
    return Placeholder(name, Day(), meaning, day, day)


def _prose(name: str, meaning: str, most: int, shortest: str = "") -> Placeholder:
    return Placeholder(name, Paragraph(most), meaning, shortest, _filled(most))


_GOAL: Mapping[str, Kind] = {
    "metric": Text(120),
    "sentence": Text(400),
    "value": Number(),
    "n": Number(),
    "low": Number(),
    "high": Number(),
    "target": Number(),
    "direction": Choice(("up", "down")),
    "unit": Choice(tuple(unit.value for unit in Unit)),
    "as_of": Day(),
    "verdict": Choice(VERDICTS),
}
_EVIDENCE: Mapping[str, Kind] = {
    "what": Text(120),
    "value": Text(60),
    "n": Number(),
    "range": Text(60),
    "reference": Text(120),
    "window": Text(80),
    "version": Text(40),
    "sha256": Text(64),
}
_CONDITION: Mapping[str, Kind] = {"condition": Text(120), "number": Text(24), "limit": Text(24), "holds": Flag()}
_MONTH: Mapping[str, Kind] = {"month": Text(40), "hits": Text(24), "of": Text(24), "due": Text(24)}
_FACT: Mapping[str, Kind] = {"what": Text(120), "how": Text(240)}
_HASH: Mapping[str, Kind] = {"what": Text(120), "sha256": Text(64)}


def _goal(**changed: Any) -> dict[str, Any]:
    plain = {
        "metric": "Calls", "sentence": "", "value": 41, "n": 41, "low": 31, "high": 53, "target": 60,
        "direction": "up", "unit": "count", "as_of": "2026-10-30", "verdict": "",
    }  # fmt: skip
    return {**plain, **changed}


_LONG_GOAL = _goal(
    metric=_LONG_METRIC,
    sentence="Of 1,284 contacts, 1,013 were followed up at least once: 79 % (77 % to 81 %) where 85 % is the target. "
    "The range lies below the target, so the goal is not met on the evidence there is; counts that arrive later "
    "are looked at again before anything is decided.",
    value=1013, n=1284, low=988, high=1040, target=1091.4, verdict="not_met",
)  # fmt: skip
_OWED: Mapping[str, Kind] = {"what": Text(200), "by": Day(), "done": Flag()}
_CHECK_IN: Mapping[str, Kind] = {"on": Day(), "held": Flag(), "note": Text(200)}
_STATEMENT: Mapping[str, Kind] = {"who": Text(), "role": Text(80), "on": Day(), "text": Paragraph(1200)}
_SIGNER: Mapping[str, Kind] = {"party": Choice(PARTIES), "name": Text(), "role": Text(80)}
_SIGNERS = [
    {"party": "rep", "name": "Bo Li", "role": "Sales"},
    {"party": "manager", "name": "Al Wu", "role": "Lead"},
    {"party": "hr", "name": "Jo Ek", "role": "People"},
]
_LONG_SIGNERS = [
    {"party": party, "name": _LONG_NAME, "role": "Senior sales partner, key accounts"} for party in PARTIES
]
_MONDAYS = (
    "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21",
    "2026-12-28", "2027-01-04", "2027-01-11", "2027-01-18", "2027-01-25", "2027-02-01",
)  # fmt: skip

_EVERY = (
    _line("record", "the number of the record: an opaque id", "AAAABBBBCCCC", "ABCDEFGHIJKL"),
    _line("plan", "the number of the plan the document belongs to", "DDDDEEEEFFFF", "MNOPQRSTUVWX"),
    _line("organisation", "the firm", "Ox", "The North-Western Staffing and Recruiting Partnership, Weidenbach"),
    _name("person", "whose document it is"),
    _line("role", "their role", "Sales", "Senior recruiting and business development partner for key accounts, north"),
    _name("manager", "who leads them"),
    _name("hr", "who looks after it for human resources"),
    _name("author", "who wrote it"),
    _name("approver", "who approved it: neither its author nor the person"),
    _day("made_on", "the day it was written", "2026-11-02"),
    _day("starts_on", "the first day of the period", "2026-11-09"),
    _day("last_on", "the last day of the period", "2027-02-05"),
    _day("old_last_on", "the last day as it was before", "2027-01-08"),
    _day("held_on", "the day of the conversation", "2026-11-16"),
    _day("return_by", "the day by which it is to be returned, signed or declined", "2026-11-13"),
    _prose("why", "why there is this document, with the evidence in words", 1200, "Calls fell."),
    _prose("support", "the help that is offered", 1200, "A weekly hour."),
    _prose("notes", "what was said and agreed", 3000, "Went well."),
    _prose("reasons", "the reasons of a decision", 1600, "The goal was met."),
    _prose("next_steps", "what follows, with days", 800, "None."),
    _prose("account", "a person's own account, in their words", 8000, "I disagree."),
    _prose("if_met", "what happens where the goals are met", 600, "The plan ends."),
    _prose("if_not_met", "what happens where they are not met", 600, "People decide."),
    _prose("if_cannot_tell", "what happens where it cannot be told", 600, "No removal."),
    _prose("dispute", "how to dispute a figure or the document, with whom, and until when", 600, "Tell HR."),
    Placeholder("outcome", Choice(OUTCOMES), "what was decided", "released", "removed"),
    Placeholder(
        "goals", Rows(_GOAL, 10), "the goals: live figure, cases, range and target of each", [_goal()],
        [_LONG_GOAL] * 10,
    ),
    Placeholder(
        "owed", Rows(_OWED, 10), "what the manager owes, and by when",
        [{"what": "Sit in on a call", "by": "2026-11-20", "done": None}],
        [{"what": _filled(200), "by": "2026-12-18", "done": False}] * 10,
    ),
    Placeholder(
        "check_ins", Rows(_CHECK_IN, 14), "the check-ins, held and to come",
        [{"on": "2026-11-16", "held": None, "note": ""}],
        [{"on": on, "held": False, "note": _filled(100)} for on in _MONDAYS],
    ),
    Placeholder(
        "statements", Rows(_STATEMENT, 4), "what the parties say, in their words", [],
        [{"who": _LONG_NAME, "role": "Senior partner", "on": "2026-11-02", "text": _filled(1200)}] * 3,
    ),
    Placeholder("signers", Rows(_SIGNER, 4), "who signs, or may decline to", _SIGNERS, _LONG_SIGNERS),
    Placeholder(
        "evidence", Rows(_EVIDENCE, 6), "the figures the proposal rests on, frozen when it was made",
        [{"what": "Calls", "value": "41", "n": 41, "range": "31 to 53", "reference": "60", "window": "8 weeks",
          "version": "v1", "sha256": "0" * 64}],
        [{"what": _LONG_METRIC, "value": "USD 1,150,000", "n": 12840, "range": "USD 1,150,000 to 1,350,000",
          "reference": "target 1,400,000, peers 1,100,000 to 1,600,000", "window": "26 weeks to 1 November 2026",
          "version": "follow_ups_per_contact v12", "sha256": "0123456789abcdef" * 4}] * 6,
    ),
    Placeholder(
        "exclusions", Rows({"what": Text(120), "how": Text(200)}, 6), "what was left out or allowed for, and how", [],
        [{"what": "Parental leave, 3 August to 25 September 2026", "how": _filled(200)}] * 6,
    ),
    Placeholder(
        "basis", Rows(_FACT, 14), "what was looked at, when, over which days, and how sure it is",
        [{"what": "Looked at", "how": "the end of 31 October 2026"}],
        [{"what": _LONG_METRIC, "how": _filled(240)}] * 14,
    ),
    Placeholder(
        "conditions", Rows(_CONDITION, 10), "the conditions of the guard, each with its number and its limit",
        [{"condition": "enough cases", "number": "41.7", "limit": "5", "holds": True}],
        [{"condition": _filled(118), "number": "1,150,000,000", "limit": "-1,150,000,000", "holds": False}] * 10,
    ),
    Placeholder(
        "months", Rows(_MONTH, 12), "the months that were weighed: counted, of how many, and due at the target", [],
        [{"month": "September 2026", "hits": "1,150,000", "of": "1,350,000", "due": "1,250,000"}] * 12,
    ),
    Placeholder(
        "numbers", Rows({"name": Text(80), "value": Exact()}, 120),
        "the numbers of the frozen evidence, digit for digit, each under its name there",
        [{"name": "figure.value", "value": 41}], [{"name": "thresholds.expected", "value": -1797.8695647224274}] * 120,
    ),
    Placeholder(
        "hashes", Rows(_HASH, 16), "the hashes of all the evidence is made of",
        [{"what": "Evidence", "sha256": "0" * 64}], [{"what": _LONG_METRIC, "sha256": "0123456789abcdef" * 4}] * 16,
    ),
    _line(
        "annex", "the record and hash of the evidence annex handed out with it; empty where there is none", "",
        "Record ABCDEFGHIJKL, SHA-256 " + "0123456789abcdef" * 4,
    ),
    _line("rule", "the rule that proposed it and its version, or that there was none", "none", "steady_follow_ups v12"),
    _line("evidence_sha256", "the hash of the frozen evidence", "0" * 64, "0123456789abcdef" * 4),
)  # fmt: skip

PLACEHOLDERS: Mapping[str, Placeholder] = MappingProxyType({one.name: one for one in _EVERY})
"""Everything a template may print; there is nothing else."""
