"""The evidence of a proposal, frozen: figures, limits, rows, definitions and the state of the records, with hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from courtside.records.canonical import canonical, digest
from courtside.services.caller import Caller
from courtside.services.proposal_rows import rows_behind, stretch_of
from courtside.services.standing import stand
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.rules.evaluation import Evaluation
    from courtside.store.rules import Version
    from courtside.warehouse.batches import Batch

FORMAT = 1
"""The layout of what is frozen."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Evidence as it is kept: two texts in the one way of writing them, and the hash of the first, which holds the
    hash of the second."""

    text: str
    sha256: str
    rows: str


def freeze(workspace: Workspace, caller: Caller, evaluation: Evaluation, version: Version) -> Frozen:
    """The evidence of an evaluation that has just been made, from the records as they are known now."""
    from courtside.store import ledger  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.batches import known  # noqa: PLC0415

    batches, stretch = known(ledger.batches(), None), stretch_of(evaluation)
    standing, now = stand(workspace), caller.clock()
    with standing.session(caller) as session:
        rows = rows_behind(session, batches, workspace.root, evaluation, stretch)
        causes = causes_of(session.catalogue, evaluation.metric)
    evidence = {
        "format": FORMAT,
        "evaluation": evaluation.to_json(),
        "evaluation_sha256": evaluation.sha256,
        "rule": {"name": version.rule, "version": version.version, "block": version.block, "sha256": version.sha256},
        "definitions": _definitions(evaluation, now),
        "conditions": conditions_of(evaluation),
        "causes": list(causes),
        "data": data_state(workspace, batches, evaluation, now),
        "rows": {
            "first": stretch.first, "last": stretch.last, "count": len(rows), "sha256": digest(rows),
        },
    }  # fmt: skip
    return Frozen(canonical(evidence).decode(), digest(evidence), canonical(rows).decode())


def conditions_of(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Each condition of the guard in words, with its number, its limit, and whether it holds."""
    from courtside.analysis.statistics.guard import Condition  # noqa: PLC0415  (numpy and scipy load now)

    return [{**one, "words": Condition[one["condition"]].value} for one in evaluation.inputs["guard"]]


def causes_of(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """What moves a metric and lies in a person's hands: activities and objectives below it, the nearest first."""
    from courtside.metrics.metric import Rung  # noqa: PLC0415

    found: dict[str, None] = {}
    asked = [name] if name in catalogue else []
    while asked:
        for cause in catalogue[asked.pop(0)].moved_by:
            metric = catalogue[cause.metric]
            if metric.name not in found:
                found[metric.name] = None
                asked.append(metric.name)
    held = (Rung.ACTIVITY, Rung.OBJECTIVE)
    return tuple(one for one in found if catalogue[one].rung in held and not catalogue[one].internal)


def _definitions(evaluation: Evaluation, at: datetime) -> dict[str, Any]:
    """The versions and hashes of the definitions the figure is made of, and one hash of all that were in force."""
    every = blocks_at(at)
    own = evaluation.inputs["definitions"]
    return {
        "of_the_figure": {
            name: {"version": version, "sha256": every[name].sha256} for name, version in own.items() if name in every
        },
        "all_sha256": hash_of_definitions(every),
    }  # fmt: skip


def blocks_at(at: datetime) -> Mapping[str, Any]:
    """Every definition that was in force at an instant, by name."""
    from courtside.store.definitions import in_force, versions_of  # noqa: PLC0415  (Django stays out of start-up)

    found = {}
    for name, newest in in_force().items():
        then = newest if newest.published_at <= at else None
        for one in versions_of(name) if then is None else ():
            then = one if one.published_at <= at else then
        if then is not None:
            found[name] = then
    return found


def hash_of_definitions(definitions: Mapping[str, Any]) -> str:
    """One hash of definitions by name."""
    return digest({name: one.sha256 for name, one in definitions.items()})


def data_state(
    workspace: Workspace, batches: Sequence[Batch], evaluation: Evaluation, known_at: datetime
) -> dict[str, Any]:
    """Which imports counted, file by file, and the settings that figures depend on."""
    settings = workspace.settings
    files = [[batch.number, file.table, file.sha256] for batch in batches for file in batch.files]
    return {
        "as_of": evaluation.on, "known_at": known_at, "batches": [batch.number for batch in batches],
        "last_recorded_at": max((batch.recorded_at for batch in batches), default=None),
        "sha256": digest(files),
        "settings": {
            "pack": settings.pack, "revenue_from": settings.revenue_from, "zone": settings.zone,
            "currency": settings.currency, "ramp": {role: list(shares) for role, shares in settings.ramp.items()},
        },
    }  # fmt: skip


def thawed(text: str) -> Mapping[str, Any]:
    """Evidence as plain data; empty where it was erased."""
    found = json.loads(text) if text else {}
    return found if isinstance(found, Mapping) else {}
