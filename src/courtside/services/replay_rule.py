"""Replaying a rule on the past: whom it would have named, as known on each month's end, and how much is chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.rule_books import label_of, on_disk, rule_of, sentence_of, version_named
from courtside.services.rule_chance import false_alarms, strip
from courtside.services.rule_evaluate import evaluations
from courtside.services.rule_impact import impact
from courtside.services.rule_sheets import Sheets, month_ends, rule_sheets
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.rules.evaluation import Evaluation
    from courtside.rules.replay import Replayed
    from courtside.rules.rule import Rule
    from courtside.store.rules import Version

MONTHS = 18
_AFTER = timedelta(days=122)
"""So long after the last look it is looked again who came back."""


@dataclass(frozen=True, slots=True)
class ReplayRule:
    """Which rule (its newest version, or the one of that number; on disk if there is none), over which days."""

    rule: str
    version: int | None = None
    first: date | None = None
    last: date | None = None
    shows_names: bool = False
    """Whether whoever asked is shown whom it names: then each of these looks goes into the log."""


@dataclass(frozen=True, slots=True)
class RuleReplayed:
    """A replay: a row for each naming, the figures, and notes."""

    rule: str
    version: int
    first: date
    last: date
    rows: tuple[Mapping[str, Any], ...]
    summary: Mapping[str, Any]
    notes: tuple[str, ...]
    stored: int | None


def replay_rule(workspace: Workspace, caller: Caller, asked: ReplayRule) -> RuleReplayed:
    """Replay a rule and, if it is a version in the store, keep the replay for its approval. Raises Refused.

    Every look is as of a month's end with what had been recorded by then. Whoever asks sees names: the service
    that shows it on a page leaves them out for all but HR.
    """
    from courtside.rules.replay import replayed  # noqa: PLC0415  (numpy and scipy load now)

    version = _version(asked)
    with rule_sheets(workspace, caller) as sheets:
        block = version.block if version else _block_on_disk(workspace, asked.rule)
        rule = rule_of(block, sheets.catalogue)
        first, last = _days(asked, workspace, caller, sheets)
        looks = {day: found for day, found in _looks(rule, version, sheets, first, last, caller)}
        found = replayed(looks, last, _aided)
        summary = _summary(workspace, caller, rule, sheets, looks, found, last)
        old = _compared(rule, sheets, looks, found, last)
        names = sheets.names()
        notes = _notes(rule, sheets, first)
    summary = {
        **summary,
        "sentence": sentence_of(rule, sheets.catalogue),
        "label": label_of(rule, sheets.catalogue),
        **old,
    }
    rows = tuple(_row(rule, one, names) for one in found.firings)
    stored = _keep(caller, version, first, last, rows, summary)
    if asked.shows_names:
        _log_names(caller, rule.name, rows)
    return RuleReplayed(
        rule.name, version.version if version else 0, first, last, rows, summary, notes, stored
    )  # fmt: skip


def _version(asked: ReplayRule) -> Version | None:
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    if asked.version is None and not rules.versions(asked.rule):
        return None
    return version_named(asked.rule, asked.version)


def _block_on_disk(workspace: Workspace, name: str) -> Mapping[str, Any]:
    from courtside.services.refused import unknown  # noqa: PLC0415

    found = on_disk(workspace)
    if name not in found:
        raise unknown("rule", name, found)
    return found[name].rule.block


def _days(asked: ReplayRule, workspace: Workspace, caller: Caller, sheets: Sheets) -> tuple[date, date]:
    """From which month's end to which: by default the last 18 that are over and recorded. Raises Refused."""
    recorded, today = sheets.recorded_until(), workspace.day(caller.clock())
    if recorded is None:
        raise Refused("nothing has been imported yet that a rule could look at; see: courtside import --help")
    last = min(asked.last or today, today)
    first = asked.first or _months_before(min(last, recorded), MONTHS)
    ends = [day for day in month_ends(first, last) if day <= recorded + timedelta(days=5)]
    if not ends:
        raise Refused(
            f"no month ends between {first} and {last} of which anything is recorded; records end on {recorded}"
        )
    return ends[0], ends[-1]


def _months_before(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months + 1
    return date(place // 12, place % 12 + 1, 1)


def _looks(
    rule: Rule, version: Version | None, sheets: Sheets, first: date, last: date, caller: Caller
) -> Iterator[tuple[date, Sequence[Evaluation]]]:  # fmt: skip
    """What the rule found at every month's end, those after the last to see who came back."""
    recorded = sheets.recorded_until() or last
    for day in month_ends(first, min(last + _AFTER, recorded + timedelta(days=5))):
        if day > workspace_today(sheets):
            break
        caller.progress(f"looking back at {day}")
        number = version.version if version else 0
        yield day, list(evaluations(rule, number, sheets, day, sheets.known_on(day)))


def workspace_today(sheets: Sheets) -> date:
    """The day the figures are of."""
    return sheets.inputs.today


def _aided(person: str, first: date, last: date) -> bool:
    """Whether somebody had any plan on any of the days, both included: they did not come back unaided."""
    from courtside.services.plan_effects import people_under_plan  # noqa: PLC0415  (Django stays out of start-up)

    return person in people_under_plan(first, last)


def _summary(  # noqa: PLR0913  (what a replay is made of)
    workspace: Workspace, caller: Caller, rule: Rule, sheets: Sheets, looks: Mapping[date, Sequence[Evaluation]],
    found: Replayed, last: date,
) -> dict[str, Any]:  # fmt: skip
    from courtside.rules.replay import summary  # noqa: PLC0415
    from courtside.rules.words import by_chance, recovered  # noqa: PLC0415
    from courtside.rules.words import false_alarms as said  # noqa: PLC0415

    caller.progress("drawing years of people exactly at target")
    chance = false_alarms(rule, sheets, looks, last)
    figures = summary(found, chance.rate)
    return {
        **figures, "false_alarm_error": chance.error, "false_alarm_years": chance.years,
        "cannot_be_told": _untold(looks),
        "said": [
            *([said(chance.rate, rule.level)] if chance.rate is not None else []),
            by_chance(figures["expected_by_chance"]), *recovered(figures),
        ],
        "strip": strip(rule, sheets, looks, last), **impact(workspace, rule, looks, found),
    }  # fmt: skip


def _untold(looks: Mapping[date, Sequence[Evaluation]]) -> float:
    """The share of ripe figures with a target that are too few to be told even over a year."""
    known = [
        one.inputs["figure"]["early"]
        for found in looks.values()
        for one in found
        if one.inputs["figure"].get("target") is not None and one.inputs["figure"].get("early") in (None, "few")
    ]
    return sum(early == "few" for early in known) / len(known) if known else 0.0


def _compared(
    rule: Rule, sheets: Sheets, looks: Mapping[date, Sequence[Evaluation]], found: Replayed, last: date
) -> dict[str, Any]:  # fmt: skip
    """The rule beside the one in force, where another wording of it is."""
    from courtside.rules.replay import compared, replayed  # noqa: PLC0415
    from courtside.store import rules  # noqa: PLC0415

    live = rules.version_in_force(rule.name)
    if live is None or live.sha256 == rule.sha256:
        return {}
    old = rule_of(live.block, sheets.catalogue)
    theirs = {day: list(evaluations(old, live.version, sheets, day, sheets.known_on(day))) for day in looks}
    beside = compared(found, replayed(theirs, last, _aided))
    return {
        "in_force": {
            "version": live.version, "both": beside.both, "only_new": beside.only_new, "only_old": beside.only_old,
        }
    }  # fmt: skip


def _notes(rule: Rule, sheets: Sheets, first: date) -> tuple[str, ...]:
    known = sheets.workspace.day(sheets.first_known)
    told = [f"Definitions are those in force now; {rule.name} would be run with them."]
    if first < known:
        told.append(
            f"Records of before {known} came with the first import: looks before that day use what was known on it."
        )
    return tuple(told)


def _row(rule: Rule, one: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "rule": rule.name, "on": one.on, "person": one.person, "name": names.get(one.person, ""),
        "verdict": one.verdict, "evidence": one.evidence, "recovered_unaided": one.recovered_unaided,
    }  # fmt: skip


def _keep(  # noqa: PLR0913  (what a replay is made of)
    caller: Caller, version: Version | None, first: date, last: date, rows: Sequence[Mapping[str, Any]],
    summary: Mapping[str, Any],
) -> int | None:  # fmt: skip
    """Keep the replay of a version, and write down who replayed what: both or neither. Names stay out of the log."""

    from courtside.store import audit, rules  # noqa: PLC0415

    now, stored = caller.clock(), None
    detail = {"first": first.isoformat(), "last": last.isoformat(), "flags": summary["flags"]}
    firings = [{**one, "on": one["on"].isoformat(), "name": ""} for one in rows]
    with audit.together():
        if version is not None:
            replay = rules.Replay(
                0, version.number, version.sha256, first, last, now, caller.who, summary, firings
            )  # fmt: skip
            stored = rules.keep_replay(replay)
            detail |= {"rule": version.rule, "version": version.version, "sha256": version.sha256}
        audit.write(audit.Act(now, caller.who, "replay_rule", detail))
    return stored


def _log_names(caller: Caller, rule: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """That somebody was shown whom a replay names, person by person."""
    from courtside.store import audit  # noqa: PLC0415

    for person in sorted({str(row["person"]) for row in rows}):
        detail = {"person": person, "case": f"replay-{rule}"}
        audit.write(audit.Act(caller.clock(), caller.who, "see_replay_names", detail))
