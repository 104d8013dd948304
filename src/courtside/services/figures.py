"""The figures kept ready: what they are made from, and bringing them up to date with the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.engines import EMBEDDED
from courtside.services.failures import expected_failures
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace
from courtside.services.writing import writing_if_free

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.warehouse.generation import Inputs


def inputs_now(workspace: Workspace, caller: Caller, catalogue: Catalogue | None = None) -> Inputs:
    """What figures are made from at this moment: the batches that count and the definitions in force."""
    from courtside.store.ledger import batches  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.generation import Inputs  # noqa: PLC0415

    settings = workspace.settings
    return Inputs(
        root=workspace.root,
        batches=batches(),
        catalogue=catalogue or catalogue_in_force(workspace),
        zone=settings.zone,
        currency=settings.currency,
        calendar=workspace.calendar,
        today=workspace.day(caller.clock()),
        warehouse=settings.warehouse,
    )


def bring_up_to_date(workspace: Workspace, caller: Caller) -> tuple[str, ...]:
    """Publish figures for what the ledger says now, with the lock held; answers a note if that failed.

    What the ledger acknowledged counts in any case: the next reader tries again.
    """
    later = "the figures could not be brought up to date and will be when they are next read"
    if workspace.settings.warehouse != EMBEDDED:
        later = "the copy in the warehouse could not be brought up to date; until figures are next read it is as before"
    try:
        _refresh(workspace, caller)
    except Refused as refused:
        return (f"{later}: {refused.reason}",)
    except expected_failures() as failure:
        return (f"{later}: {failure}",)
    return ()


def _refresh(workspace: Workspace, caller: Caller) -> None:
    """Publish figures, or bring the copy in the database a workspace names up to date."""
    inputs = inputs_now(workspace, caller)
    if inputs.warehouse == EMBEDDED:
        from courtside.warehouse.refresh import refresh  # noqa: PLC0415

        refresh(inputs, caller.progress)
        return
    from courtside.warehouse.answer import open_engine  # noqa: PLC0415

    caller.progress("copying the records to the warehouse")
    open_engine(inputs, None).close()


def rebuild(workspace: Workspace, caller: Caller) -> None:
    """Make every figure again, using nothing of the figures there are. Call it with the lock held.

    Until the new ones are published, readers answer from the rows.
    """
    forget(workspace)
    if workspace.settings.warehouse != EMBEDDED:
        from courtside.warehouse.engine import engine_for  # noqa: PLC0415

        engine_for(workspace.settings.warehouse).forget(workspace.root, workspace.settings.warehouse)
    _refresh(workspace, caller)


def forget(workspace: Workspace) -> None:
    """Take every figure kept ready off the disk. Call it with the lock held."""
    cache = workspace.root / "cache"
    for path in (cache / "CURRENT", *cache.glob("rollup-*")):
        path.unlink(missing_ok=True)


def ready_inputs(workspace: Workspace, caller: Caller, catalogue: Catalogue) -> tuple[Inputs, tuple[str, ...]]:
    """The inputs of a question, once the figures kept ready are for them.

    If they lag and no writer is at work they are brought up to date; else the question is answered from
    what is there, which a note says.
    """
    from courtside.warehouse.generation import current  # noqa: PLC0415

    inputs = inputs_now(workspace, caller, catalogue)
    if inputs.warehouse != EMBEDDED:
        return inputs, ()
    generation = current(workspace.root)
    if generation is not None and generation.is_for(inputs):
        return inputs, ()
    with writing_if_free(workspace) as is_ours:
        if is_ours:
            return inputs_now(workspace, caller, catalogue), bring_up_to_date(workspace, caller)
    return inputs, ("an import is under way; these figures are those from before it",)
