"""The pages of rules: which there are for a viewer, and one of them with its gates and its replay."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from courtside.analysis.wording import plural
from courtside.services.refused import Refused
from courtside.services.rule_books import rule_of, sentence_of, version_named
from courtside.services.rule_gates import missing_replay, unmet
from courtside.services.rule_rights import may_approve, may_read, may_read_all, may_see_names, may_write
from courtside.services.viewing import NotFound, Visit
from courtside.services.workspace import Workspace
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Stage

if TYPE_CHECKING:
    from courtside.rules.rule import Rule
    from courtside.store.rules import Version

SMALLEST = 5
"""Groups of fewer people are left out of what is shown of a replay."""
STATES: Mapping[str, str] = {
    "draft": "draft", "submitted": "waits for approval", "approved": "approved, not switched on", "live": "live",
    "paused": "paused", "replaced": "replaced by a later version",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One rule in the list."""

    rule: str
    version: int
    label: str
    sentence: str
    scope: str
    state: str
    owner: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody a replay names; HR alone is shown it."""

    on: str
    name: str
    verdict: str
    recovered: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What is shown of a replay."""

    first: str
    last: str
    by: str
    made_at: datetime
    said: Sequence[str]
    facts: Sequence[tuple[str, str]]
    strip: Sequence[Mapping[str, Any]]
    splits: Sequence[Mapping[str, Any]]
    sentences: Sequence[str]
    in_force: Mapping[str, Any]
    named: Sequence[Named]


@dataclass(frozen=True, slots=True)
class RulePage:
    """One version of a rule: what it says, what is in its way, what its replay found, and what the viewer may do."""

    line: Line
    sha256: str
    approver: str
    reason: str
    left_out: str
    gates: Sequence[str]
    replay: Replayed | None
    is_reader: bool
    """Whether the viewer sees more than the rule itself."""
    acts: frozenset[str]
    versions: Sequence[tuple[int, str]]
    is_live: bool


def rules_page(visit: Visit) -> Sequence[Line]:
    """The rules the viewer may read: the newest version of each and the live one; a rep's are the live ones on them."""
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    every = rules.versions()
    newest = {one.rule: one.number for one in every}
    shown = [one for one in every if one.state == rules.LIVE or newest[one.rule] == one.number]
    found = []
    for version in shown:
        rule = _rule(visit, version)
        if rule is not None and may_read(visit, version, rule):
            found.append(_line(visit, version, rule))
    return found


def rule_page(visit: Visit, workspace: Workspace, name: str, number: int) -> RulePage:
    """One version, for a viewer who may read it. Whom a replay names is told to HR alone, which goes into the log.

    Raises NotFound.
    """
    from courtside.rules.words import left_out  # noqa: PLC0415  (keeps start-up short)
    from courtside.store import rules  # noqa: PLC0415

    version, rule = readable(visit, name, number)
    is_reader = may_read_all(visit)
    replay = rules.last_replay(version.number) if is_reader else None
    gates = (*unmet(workspace, rule, visit.catalogue()), *missing_replay(workspace, version)) if is_reader else ()
    return RulePage(
        _line(visit, version, rule), version.sha256, visit.user_name(version.approver),
        version.reason if is_reader else "", left_out(rule), gates,
        _replayed(visit, replay) if replay else None, is_reader,
        _acts(visit, version, bool(gates)),
        tuple((one.version, STATES[one.state]) for one in rules.versions(name)) if is_reader else (),
        version.state == rules.LIVE,
    )  # fmt: skip


def readable(visit: Visit, name: str, number: int) -> tuple[Version, Rule]:
    """A version the viewer may read, and its rule. Raises NotFound."""
    try:
        version = version_named(name, number)
    except Refused:
        raise NotFound from None
    rule = _rule(visit, version)
    if rule is None or not may_read(visit, version, rule):
        raise NotFound
    return version, rule


def _rule(visit: Visit, version: Version) -> Rule | None:
    """The rule of a version; None where the definitions of today do not know its metric any more."""
    try:
        return rule_of(version.block, visit.catalogue())
    except Refused:
        return None


def _line(visit: Visit, version: Version, rule: Rule) -> Line:
    scope = "; ".join(f"{dimension} {', '.join(values)}" for dimension, values in rule.among.items())
    who = "managers" if rule.subject.value == "manager" else "everybody with this figure"
    return Line(
        version.rule, version.version, rule.label, sentence_of(rule, visit.catalogue()), scope or who,
        STATES[version.state], visit.user_name(version.author) if may_read_all(visit) else "", version.changed_at,
    )  # fmt: skip


def _acts(visit: Visit, version: Version, is_closed: bool) -> frozenset[str]:
    """What the viewer may do with a version now."""
    from courtside.store import rules  # noqa: PLC0415

    found = set()
    if may_write(visit):
        found |= {"edit", "replay"}
        if version.state == rules.DRAFT:
            found.add("submit")
    if may_approve(visit):
        is_own = visit.viewer.username in (version.author, version.changed_by)
        if version.state == rules.SUBMITTED:
            found.add("is_own" if is_own else "closed" if is_closed else "approve")
        if version.state in (rules.APPROVED, rules.PAUSED) and not is_closed:
            found.add("switch_on")
        if version.state == rules.LIVE:
            found.add("pause")
    return frozenset(found)


def _replayed(visit: Visit, replay: Any) -> Replayed:
    found, sees_names = replay.summary, may_see_names(visit)
    impact = [*found["impact"], *found["protected"]] if sees_names else []
    return Replayed(
        replay.first.isoformat(), replay.last.isoformat(), visit.user_name(replay.by), replay.made_at, found["said"],
        tuple(_facts(found)), tuple(_cells(found["strip"])),
        [one for one in found["splits"] if one["people"] >= SMALLEST] if sees_names else [],
        [one["sentence"] for one in impact], found.get("in_force", {}),
        tuple(_named(visit, replay)) if sees_names else (),
    )  # fmt: skip


def _facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a replay, named."""
    rate, flags = found["false_alarm_rate_by_chance"], found["flags_per_person_year"]
    return [
        ("Looked at", f"{found['people']} people at {found['looks']} month ends"),
        ("Would have named", f"{found['named']} of them, {plural(found['flags'], 'time', 'times')}"),
        ("Per person-year", "not known" if flags is None else f"{flags:.2f}"),
        ("At target, by chance", "not known" if rate is None else f"{rate:.1%} of the years"),
        ("First time", found["first_on"] or "never"),
    ]


def _cells(strip: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [
        {**one, "by_chance": "not known" if one["by_chance"] is None else f"{one['by_chance']:.1%}"} for one in strip
    ]


def _named(visit: Visit, replay: Any) -> list[Named]:
    """Whom a replay names, of those in the viewer's scope; that each was looked at goes into the log."""
    allowed = _told_of(visit, replay.number, {str(one["person"]) for one in replay.firings})
    words = {True: "yes", False: "no", None: "not known"}
    return [
        Named(
            one["on"], visit.hierarchy.names.get(one["person"]) or one["person"], one["verdict"],
            words[one["recovered_unaided"]],
        )
        for one in replay.firings if one["person"] in allowed
    ]  # fmt: skip


def _told_of(visit: Visit, replay: int, persons: Collection[str]) -> Collection[str]:
    """Those of some people of whom the viewer may know that a replay names them, written down one by one."""

    from courtside.services.case_door import visible_cases  # noqa: PLC0415
    from courtside.store import audit  # noqa: PLC0415

    facts = [
        CaseFacts(f"replay-{replay}-{number}", CaseKind.IMPROVEMENT, Stage.PROPOSAL, person)
        for number, person in enumerate(sorted(persons))
    ]
    told = visible_cases(visit, CaseAction.SEE_REPLAY_NAMES, facts)
    with audit.together():
        for one in told:
            detail = {"person": one.person_id, "case": f"replay-{replay}"}
            audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_replay_names", detail))
    return {one.person_id for one in told}
