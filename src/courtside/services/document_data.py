"""What a document of a plan prints: read off the plan, the records and what was written for this document alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.services.document_annex import annex_line, evidence_data, evidence_of
from courtside.services.document_parties import Parties
from courtside.services.document_signing import ANNEX
from courtside.services.plan_ground import Ground
from courtside.services.refused import Refused
from courtside.workflow.actors import Part, Person
from courtside.workflow.content import Figure, Goal
from courtside.workflow.record import Determination, Plan

if TYPE_CHECKING:
    from courtside.documents.template import Template

ROLES: Mapping[Part, str] = {Part.MANAGER: "Manager", Part.HR: "Human resources", Part.WITNESS: "Witness"}
_APPROVER = "Whoever approves it; named with the signatures"
_ALONE = "Nobody: the manager decides it alone"
_LONGEST_STATEMENT = 1_200
_MOST_STATEMENTS = 4
_MOST_CHECK_INS = 14
_NEXT = (
    "Human resources speaks with the person about what follows and when, and puts it in writing. Nothing follows by "
    "itself, and nothing follows from this document alone."
)
"""What follows, where neither the template nor anybody's words say."""
_EVIDENCE = ("evidence", "basis", "months", "conditions", "exclusions", "numbers", "hashes")
"""What is printed of the frozen evidence."""
NO_RULE = "None: it was begun by hand"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a document is made from. `author` wrote it; `words` were written for it alone."""

    ground: Ground
    plan: Plan
    template: Template
    record: str
    parties: Parties
    author: Person
    approver: Person | None
    words: Mapping[str, Any]


def data_of(sheet: Sheet) -> dict[str, Any]:
    """The values of all placeholders the template lists, but for texts that have a default and are not given."""
    given: dict[str, Any] = {
        **_who(sheet), **_when(sheet), **_said(sheet), "goals": list(_goals(sheet)), "owed": _owed(sheet.plan),
        "check_ins": _check_ins(sheet), "statements": list(statements_of(sheet)), "signers": _signers(sheet),
        **_grounds(sheet),
    }  # fmt: skip
    return {name: value for name, value in given.items() if name in sheet.template.placeholders}


def name_of(ground: Ground, person: Person) -> str:
    """What somebody is called: by the records, else by their account."""
    if person.person_id and person.person_id in ground.hierarchy.names:
        return ground.hierarchy.name(person.person_id)
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    viewer = accounts.viewer_named(person.username)
    return (viewer.name if viewer else "") or person.username


def role_of(ground: Ground, person_id: str) -> str:
    """Somebody's role by the records; empty where none is recorded."""
    from courtside.services.standing import stand  # noqa: PLC0415  (figures load now)

    standing = stand(ground.workspace)

    def read() -> Mapping[str, str]:
        with standing.session(ground.caller) as session:
            return dict(session.open_firm().group_on("role", ground.today))

    try:
        return str(standing.remembered(ground.caller, ("roles", ground.today), read).get(person_id) or "")
    except Refused:
        return ""


def _who(sheet: Sheet) -> dict[str, Any]:
    ground, plan = sheet.ground, sheet.plan
    partner = next((one for part, one in sheet.parties if part is Part.HR), None)
    waits = _APPROVER if plan.is_formal else _ALONE
    return {
        "record": sheet.record,
        "plan": plan.id,
        "organisation": ground.workspace.settings.name,
        "person": ground.hierarchy.name(plan.person_id),
        "role": role_of(ground, plan.person_id),
        "manager": ground.hierarchy.name(plan.manager_id),
        "hr": name_of(ground, partner) if partner else "",
        "author": name_of(ground, sheet.author),
        "approver": name_of(ground, sheet.approver) if sheet.approver and plan.is_formal else waits,
    }


def _when(sheet: Sheet) -> dict[str, Any]:
    plan, today = sheet.plan, sheet.ground.today
    asked = plan.asked or (plan.extensions[-1].asked if plan.extensions else None)
    before = plan.ends_on if plan.asked else plan.extensions[-1].before if plan.extensions else plan.ends_on
    is_extension = sheet.template.name == "extension" and asked is not None
    ends_on = asked.ends_on if is_extension and asked else plan.ends_on
    return {
        "made_on": today,
        "starts_on": plan.starts_on,
        "last_on": _day_before(ends_on),
        "old_last_on": _day_before(before),
        "held_on": sheet.words.get("held_on", today),
        "return_by": plan.sign_by,
    }


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def decided_of(plan: Plan) -> Determination | None:
    """The determination that is prepared or was decided last."""
    return plan.determination or (plan.earlier[-1] if plan.earlier else None)


def _said(sheet: Sheet) -> dict[str, Any]:
    """Prose: from the plan, and what was written for this document; absent where the template has its own words."""
    plan, decided = sheet.plan, decided_of(sheet.plan)
    found: dict[str, Any] = {"why": plan.content.purpose, "support": "", "reasons": "", "notes": ""}
    if "next_steps" not in sheet.template.about.defaults:
        found["next_steps"] = _NEXT
    if sheet.template.name == "extension":
        asked = plan.asked or (plan.extensions[-1].asked if plan.extensions else None)
        found["reasons"] = asked.reason if asked else decided.reason if decided else ""
    elif decided is not None:
        found |= {"reasons": decided.reason, "outcome": decided.outcome.value}
    listed = ("notes", "account", "next_steps", "support", "reasons", "why", "if_met", "if_not_met", "if_cannot_tell")
    return found | {name: str(sheet.words[name]) for name in listed if sheet.words.get(name)}


def _grounds(sheet: Sheet) -> dict[str, Any]:
    """The rule and evidence behind the plan, and the annex that prints it, which is a document of its own."""
    found = evidence_of(sheet.plan)
    rule = f"{found.rule} v{found.rule_version}" if found else NO_RULE
    digest = (found.evidence_sha256 if found else "") or sheet.plan.content.evidence_sha256
    told: dict[str, Any] = {"rule": rule, "evidence_sha256": digest, "annex": annex_line(sheet.plan.id)}
    prints = [name for name in _EVIDENCE if name in sheet.template.placeholders]
    given = evidence_data(sheet.ground, sheet.plan) if prints else {}
    if sheet.template.name == ANNEX and given:
        told["why"] = given["why"]
    return told | {name: given.get(name, []) for name in prints}


def _goals(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """Each goal with its figure: as it was judged, as it stands today, or as it stood when it was written."""
    plan, decided = sheet.plan, decided_of(sheet.plan)
    is_end = sheet.template.about.stage == "end"
    found = {one.goal: one for one in decided.judged} if decided and is_end else {}
    live = {} if found or plan.began_on is None else _live(sheet)
    for goal in plan.content.goals:
        plain = {"metric": goal.label, "direction": goal.direction.value, "unit": goal.unit.value, "verdict": ""}
        if goal.key in found:
            judged = found[goal.key]
            yield plain | _figures(judged) | {
                "verdict": judged.verdict.value, "as_of": decided.prepared_on if decided else sheet.ground.today,
                "sentence": judged.sentence,
            }  # fmt: skip
        elif goal.key in live:
            yield plain | _figures(live[goal.key]) | {"as_of": sheet.ground.today, "sentence": live[goal.key].sentence}
        else:
            yield plain | _as_written(goal, goal.figure, sheet.ground.today)


def _figures(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("value", "n", "low", "high", "target")}


def _as_written(goal: Goal, figure: Figure | None, on: date) -> dict[str, Any]:
    sentence = "The figure is that of the time before the plan; the target is for the whole of it."
    if figure is None:
        return {"value": None, "n": None, "low": None, "high": None, "target": goal.target, "as_of": on,
                "sentence": sentence}  # fmt: skip
    return {
        "value": figure.value, "n": figure.n, "low": figure.low, "high": figure.high, "target": goal.target,
        "as_of": on, "sentence": sentence,
    }  # fmt: skip


def _live(sheet: Sheet) -> Mapping[str, Any]:
    """Goal -> how it stands today; nothing where figures cannot be counted now."""
    from courtside.services.plan_goals import live  # noqa: PLC0415  (figures load now)
    from courtside.services.standing import stand  # noqa: PLC0415
    from courtside.services.viewing import Visit  # noqa: PLC0415
    from courtside.store import accounts  # noqa: PLC0415

    viewer = accounts.viewer_named(sheet.ground.caller.who)
    if viewer is None:
        return {}
    try:
        visit = Visit(viewer, stand(sheet.ground.workspace), sheet.ground.caller)
        return {one.goal.key: one.now for one in live(visit, sheet.plan)}
    except Refused:
        return {}


def _owed(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"what": one.what, "by": one.due_on, "done": True if one.done_on else None if plan.began_on is None else False}
        for one in plan.owed
    ]


def _check_ins(sheet: Sheet) -> list[dict[str, Any]]:
    """Held ones and those to come; of very many, the last."""
    plan, today = sheet.plan, sheet.ground.today
    rows = []
    for one in plan.check_ins[-_MOST_CHECK_INS:]:
        is_held = True if one.held_on else False if one.due_on < today else None
        note = f"held on {one.held_on:%-d %B %Y}" if one.held_on and one.held_on != one.due_on else ""
        rows.append({"on": one.due_on, "held": is_held, "note": note})
    return rows


def statements_of(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """What the person has stated so far, in their words: the last ones, a long one with where the whole of it is."""
    from courtside.store import documents  # noqa: PLC0415

    if sheet.template.name == "rep_statement":
        return
    held = [one for one in documents.of_plan(sheet.plan.id) if one.template == "rep_statement" and one.data]
    for one in held[-_MOST_STATEMENTS:]:
        data = json.loads(one.data)["data"]
        yield {
            "who": data["person"], "role": data["role"], "on": data["made_on"],
            "text": _fitting(data["account"], one.id),
        }  # fmt: skip


def _fitting(text: str, record: str) -> str:
    if len(text) <= _LONGEST_STATEMENT:
        return text
    rest = f" [...] The whole of it is record {record}, which belongs to this."
    return text[: _LONGEST_STATEMENT - len(rest)] + rest


def _signers(sheet: Sheet) -> list[dict[str, Any]]:
    own = role_of(sheet.ground, sheet.plan.person_id)
    return [
        {"party": part.value, "name": name_of(sheet.ground, one), "role": ROLES.get(part, own)}
        for part, one in sheet.parties
    ]
