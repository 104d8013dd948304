"""The file of a person: every case, document, signature and deadline in order, to look at and to take out, sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from courtside.services.case_door import may_open, visible_cases
from courtside.services.case_of_plan import facts_of_plans
from courtside.services.document_door import Paper, papers_of
from courtside.services.document_list import Listed, listed
from courtside.services.document_pack import Contents, sealed_zip
from courtside.services.document_timeline import OTHERS, Happened, happened
from courtside.services.plan_words import KINDS, STATES
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Stage
from courtside.workflow.record import Plan


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of the file, with where it stands."""

    id: str
    label: str
    state: str
    starts_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is due: the day, what, and the case or record it belongs to."""

    on: date
    what: str
    record: str


@dataclass(frozen=True, slots=True)
class FileView:
    """Everything the page of a file shows. `is_own`: it is the viewer's."""

    person_id: str
    name: str
    is_own: bool
    cases: tuple[CaseLine, ...]
    documents: tuple[Listed, ...]
    deadlines: tuple[Deadline, ...]
    moments: tuple[Happened, ...]


def person_file(visit: Visit, person_id: str) -> FileView:
    """The file of a person, for HR and for themself; a look by HR is written down. Raises NotFound for others."""
    contents = _contents(visit, person_id)
    _look(visit, contents, "see_file")
    cases = tuple(
        CaseLine(one.id, KINDS[one.kind], STATES[one.state], one.starts_on, one.last_on) for one in contents.plans
    )
    lines = tuple(listed(visit, one) for one in contents.papers)
    deadlines = tuple(sorted(_deadlines(contents.plans, lines), key=lambda one: one.on))
    name = visit.hierarchy.name(person_id)
    return FileView(person_id, name, contents.is_own, cases, lines, deadlines, contents.moments)


def take_file(visit: Visit, person_id: str) -> bytes:
    """The file as one ZIP whose index is sealed. Raises NotFound, and Refused where the sealing key cannot be used."""
    if visit.viewer.is_read_only:
        raise NotFound
    return sealed_zip(visit, _contents(visit, person_id))


def documents_pack(visit: Visit, person_id: str) -> dict[str, bytes]:
    """The parts of a file that are about documents and plans, by name: for an answer to an access request."""
    from courtside.services.document_pack import parts_of  # noqa: PLC0415

    return parts_of(_contents(visit, person_id))


def may_see_file(visit: Visit, person_id: str) -> bool:
    """Whether somebody may open the file of a person: HR who handles their cases, and the person."""
    is_own = bool(visit.viewer.person_id) and visit.viewer.person_id == person_id
    facts = CaseFacts("", CaseKind.COACHING, Stage.CLOSED, person_id)
    return is_own or (person_id in visit.hierarchy.names and may_open(visit, CaseAction.SEE_FILE, facts))


def _contents(visit: Visit, person_id: str) -> Contents:
    """What is in the file for this viewer. Raises NotFound."""
    from courtside.store import documents, plans  # noqa: PLC0415  (Django stays out of start-up)

    if not may_see_file(visit, person_id):
        raise NotFound
    is_own = visit.viewer.person_id == person_id
    held = plans.plans_about([person_id])
    action = CaseAction.SEE_PLAN if is_own else CaseAction.SEE_FILE
    seen = {one.case_id for one in visible_cases(visit, action, facts_of_plans(held, visit.today))}
    own_plans = tuple(one for one in held if one.id in seen)
    papers: list[Paper] = []
    for plan in own_plans:
        facts = facts_of_plans((plan,), visit.today)[0]
        papers += papers_of(visit, facts, plan, documents.of_plan(plan.id))
    papers.sort(key=lambda one: one.document.created_at)
    moments = happened(visit, own_plans, papers, is_own=is_own, name_of=_names(visit, is_own=is_own))
    return Contents(person_id, own_plans, tuple(papers), moments, is_own)


def _names(visit: Visit, *, is_own: bool) -> Callable[[str], str]:
    """What to call an account: by name for HR; in one's own file others are somebody else."""
    from courtside.store import accounts  # noqa: PLC0415

    own = visit.viewer.username
    if is_own:
        return lambda username: (visit.viewer.name or own) if username == own else OTHERS
    names = {one.username: one.name or one.username for one in accounts.accounts()}
    return lambda username: names.get(username, username)


def _look(visit: Visit, contents: Contents, verb: str) -> None:
    from courtside.store import audit  # noqa: PLC0415

    if contents.is_own and not visit.viewer.is_read_only:
        return
    detail = {"person": contents.person_id, "cases": len(contents.plans), "documents": len(contents.papers)}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, verb, detail))


def _deadlines(plans: tuple[Plan, ...], lines: tuple[Listed, ...]) -> Iterator[Deadline]:
    for plan in plans:
        if not plan.is_open:
            continue
        yield Deadline(plan.last_on, "Last day of the plan", plan.id)
        if plan.unsigned and plan.issued_on is not None:
            yield Deadline(plan.sign_by, "Signatures", plan.id)
        yield from (Deadline(one.due_on, "Check-in", plan.id) for one in plan.check_ins if one.held_on is None)
        yield from (Deadline(one.due_on, one.what, plan.id) for one in plan.owed if one.done_on is None)
    for line in lines:
        if line.return_by is not None and line.stage in ("issued", "opened"):
            yield Deadline(line.return_by, f"{line.label} to be returned", line.id)
