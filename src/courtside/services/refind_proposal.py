"""Asking again what a proposal rests on: the same records, as known then, and the same definitions give the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from courtside.services.caller import Caller
from courtside.services.definitions import read_installed_pack, refused_definitions
from courtside.services.figures import inputs_now
from courtside.services.proposal_evidence import blocks_at, data_state, hash_of_definitions, thawed
from courtside.services.proposal_rows import rows_behind, stretch_of
from courtside.services.recompute_proposal import Checked
from courtside.services.refused import Refused
from courtside.services.rule_books import rule_of
from courtside.services.rule_evaluate import evaluations
from courtside.services.rule_sheets import Sheets
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.rules.evaluation import Evaluation
    from courtside.store.proposals import Proposal
    from courtside.warehouse.batches import Batch

_MOST_NAMED = 20
"""So many changed rows are named."""


def refind(workspace: Workspace, caller: Caller, proposal: Proposal) -> Checked:
    """Evaluate the rule for the same day from the ledger as it was known when the proposal was made, and compare.

    Figures must be identical and every row behind them must say what it said. What was recorded or undone since makes
    no difference; a file altered on the disk does. Raises Refused for evidence that was erased.
    """
    evidence = thawed(proposal.evidence)
    if not evidence:
        raise Refused("the evidence of this proposal was erased; nothing is left to compare with")
    with _as_then(workspace, caller, proposal, evidence) as (sheets, then):
        return Checked(4, tuple(_differences(sheets, then, proposal, evidence)))


def _differences(
    sheets: Sheets, workspace: Workspace, proposal: Proposal, evidence: Mapping[str, Any]
) -> Iterator[str]:
    from courtside.rules.evaluation import Evaluation  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.warehouse.batches import known  # noqa: PLC0415

    frozen = Evaluation.from_json(evidence["evaluation"])
    batches = known(sheets.inputs.batches, proposal.known_at)
    if hash_of_definitions(blocks_at(proposal.known_at)) != evidence["definitions"]["all_sha256"]:
        yield "the definitions in force then are not those that were frozen"
    state = data_state(workspace, _before_erasures(batches, proposal), frozen, proposal.known_at)
    if state["sha256"] != evidence["data"]["sha256"]:
        yield "the files of the imports that counted then are not those that were frozen"
    anew = _evaluated(sheets, proposal, evidence, frozen)
    if anew is None:
        yield "the rule looks at this person no more, with the records as they were known then"
    elif anew.sha256 != frozen.sha256:
        yield f"the figures come out otherwise: {', '.join(_changed(frozen, anew)) or 'in their reasons'}"
    was = json.loads(evidence_rows(proposal))
    with sheets_session(sheets, proposal) as session:
        rows = rows_behind(session, batches, workspace.root, frozen, stretch_of(frozen))
    yield from _changed_rows(was, rows)


def _before_erasures(batches: Sequence[Batch], proposal: Proposal) -> list[Batch]:
    """The batches with the hashes their files had before erasures since: each of these is in the log, old and new."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    before: dict[str, str] = {}
    for act in audit.acts(audit.ERASED):
        for file in act.detail.get("files", ()) if act.at > proposal.known_at else ():
            old, new = file["old_sha256"], file["new_sha256"]
            before[new] = before.get(old, old)
    return [
        replace(one, files=tuple(replace(file, sha256=before.get(file.sha256, file.sha256)) for file in one.files))
        for one in batches
    ]


def evidence_rows(proposal: Proposal) -> str:
    """The rows that were frozen, as text."""
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    return proposals.rows_of(proposal.id) or "[]"


@contextmanager
def sheets_session(sheets: Sheets, proposal: Proposal) -> Iterator[Any]:
    """A session over the batches known when a proposal was made."""
    from courtside.warehouse.answer import Question, open_session  # noqa: PLC0415  (DuckDB loads now)

    first = next(iter(sheets.catalogue)).name
    question = Question(first, (), None, None, None, sheets.inputs.today, proposal.known_at)
    session = open_session(sheets.inputs, question)
    try:
        yield session
    finally:
        session.engine.close()


def _evaluated(
    sheets: Sheets, proposal: Proposal, evidence: Mapping[str, Any], frozen: Evaluation
) -> Evaluation | None:
    """The evaluation of the same person, with the instant written as it was: then it was simply now."""
    from courtside.rules.evaluation import made  # noqa: PLC0415

    rule = rule_of(evidence["rule"]["block"], sheets.catalogue)
    found = evaluations(rule, frozen.version, sheets, frozen.on, proposal.known_at)
    anew = next((one for one in found if one.subject == frozen.subject), None)
    if anew is None:
        return None
    check = {**anew.inputs["check"], "known_at": frozen.inputs["check"]["known_at"]}
    return made(anew.version, anew.subject, anew.on, {**anew.inputs, "check": check})


def _changed(was: Evaluation, now: Evaluation) -> Iterator[str]:
    """The inputs that differ, by name."""
    for part in sorted({*was.inputs, *now.inputs}):
        before, after = was.inputs.get(part), now.inputs.get(part)
        if before == after:
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from (
                f"{part}.{name}" for name in sorted({*before, *after}) if before.get(name) != after.get(name)
            )  # fmt: skip
        else:
            yield part


def _changed_rows(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[str]:
    before, after = _by_id(was), _by_id(now)
    for number, key in enumerate(sorted(key for key in {*before, *after} if before.get(key) != after.get(key))):
        if number == _MOST_NAMED:
            yield "and more rows"
            return
        said = "is there no more" if key not in after else "was not there" if key not in before else "says otherwise"
        yield f"row {key[1]} of {key[0]} {said}"


def _by_id(rows: list[dict[str, Any]]) -> Mapping[tuple[str, str, str], Any]:
    return {(row["table"], row["id"], row["counted_as"]): (row["sha256"], row["value"], row["on"]) for row in rows}


@contextmanager
def _as_then(
    workspace: Workspace, caller: Caller, proposal: Proposal, evidence: Mapping[str, Any]
) -> Iterator[tuple[Sheets, Workspace]]:
    """Sheets with the definitions and settings of then, and the workspace with these settings."""
    from courtside.warehouse.question import CannotAnswer  # noqa: PLC0415

    told = evidence["data"]["settings"]
    ramp = {role: tuple(shares) for role, shares in told["ramp"].items()}
    settings = replace(
        workspace.settings, revenue_from=told["revenue_from"], zone=told["zone"], currency=told["currency"], ramp=ramp
    )
    then = replace(workspace, settings=settings)
    catalogue = _catalogue(then, proposal)
    versions = {name: one.version for name, one in blocks_at(proposal.known_at).items()}
    sheets = Sheets(then, catalogue, inputs_now(then, caller, catalogue), versions)
    try:
        yield sheets, then
    except CannotAnswer as refusal:
        raise Refused(str(refusal)) from None
    finally:
        sheets.close()


def _catalogue(workspace: Workspace, proposal: Proposal) -> Catalogue:
    from courtside.metrics.errors import DefinitionErrors  # noqa: PLC0415  (the metric floor stays out of start-up)
    from courtside.metrics.load import build  # noqa: PLC0415

    settings = workspace.settings
    blocks = [one.block for one in blocks_at(proposal.known_at).values()]
    try:
        found = build(blocks, read_installed_pack(settings.pack), settings.revenue_from)
    except DefinitionErrors as errors:
        raise refused_definitions(errors.errors) from None
    return replace(found, pack=replace(found.pack, ramp={**found.pack.ramp, **settings.ramp}))
