"""Checking an installation and a workspace, and saying how to mend what is wrong."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from courtside.services.caller import Caller
from courtside.services.engines import shown
from courtside.services.failures import expected_failures
from courtside.services.open_workspace import open_workspace
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.warehouse.generation import Inputs

_OLDEST_PYTHON = (3, 11)
_OLDEST_SQLITE = (3, 31, 0)
_FREE_BYTES = 2 << 30
"""An import of twenty million rows spills about 1.2 GB and writes 0.3 GB."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `state`: `fine`, `note` (worth knowing) or `wrong` (mend it)."""

    check: str
    state: str
    found: str
    mend: str | None = None

    def row(self) -> dict[str, Any]:
        """The finding as commands show it."""
        return {"check": self.check, "state": self.state, "found": self.found, "mend": self.mend}


def diagnose(root: Path | None, caller: Caller) -> tuple[dict[str, Any], ...]:
    """Every check of the installation, and of the workspace if one is named."""
    findings = list(_installation())
    if root is None:
        findings.append(Finding("workspace", "note", "none is named", "give --workspace DIR before the command"))
        return tuple(finding.row() for finding in findings)
    try:
        workspace = open_workspace(root)
    except Refused as refused:
        findings.append(Finding("workspace", "wrong", refused.reason, "see the reason"))
        return tuple(finding.row() for finding in findings)
    findings.append(Finding("workspace", "fine", f"{workspace.settings.name} in {workspace.root}"))
    for name, check in _CHECKS.items():
        caller.progress(f"checking {name}")
        findings.extend(_checked(name, check, workspace, caller))
    return tuple(finding.row() for finding in findings)


def _checked(name: str, check: _Check, workspace: Workspace, caller: Caller) -> Iterator[Finding]:
    """A check's findings; one that cannot even run has found something wrong."""
    try:
        yield from check(workspace, caller)
    except Refused as refused:
        yield Finding(name, "wrong", "; ".join((refused.reason, *refused.lines[:3])), "mend what the message names")
    except expected_failures() as failure:
        yield Finding(name, "wrong", str(failure), "mend what the message names, then run doctor again")


def _installation() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST_PYTHON:
        yield Finding("python", "fine", version)
    else:
        yield Finding("python", "wrong", version, "install Python 3.11 or newer")
    if sqlite3.sqlite_version_info >= _OLDEST_SQLITE:
        yield Finding("sqlite", "fine", sqlite3.sqlite_version)
    else:
        yield Finding("sqlite", "wrong", sqlite3.sqlite_version, "use a Python built with SQLite 3.31 or newer")
    from duckdb import __version__ as duckdb_version  # noqa: PLC0415  (slow to import)

    yield Finding("duckdb", "fine", duckdb_version)
    zones = len(available_timezones())
    mend = None if zones else "install the package tzdata"
    yield Finding("time zones", "fine" if zones else "wrong", f"{zones} known", mend)


def _durability(workspace: Workspace, _: Caller) -> Iterator[Finding]:
    from django.db import connection  # noqa: PLC0415  (Django stays out of start-up)

    from courtside.store.connect import is_current  # noqa: PLC0415
    from courtside.store.durability import fault_within, promise  # noqa: PLC0415

    yield Finding("durability", "fine", promise(connection))
    if is_current():
        yield Finding("tables", "fine", "as this version needs them")
    else:
        yield Finding("tables", "wrong", "made by another version", "use the version that made the workspace")
    where = workspace.database
    named = shown(where) if isinstance(where, str) else str(where)
    if fault := fault_within(connection):
        yield Finding("database", "wrong", fault, f"put {named} back from a backup")
    else:
        yield Finding("database", "fine", named)


def _files(workspace: Workspace, _: Caller) -> Iterator[Finding]:
    from courtside.services.rebuild_warehouse import first_bad_file  # noqa: PLC0415
    from courtside.store.ledger import batches  # noqa: PLC0415

    recorded = batches()
    if bad := first_bad_file(workspace.root, recorded):
        file, wrong = bad
        yield Finding("files", "wrong", f"{workspace.root / file.path} {wrong}", "put this file back from a backup")
    else:
        count = sum(len(batch.files) for batch in recorded)
        yield Finding("files", "fine", f"{count} files of {len(recorded)} batches are as recorded")


def _leftovers(workspace: Workspace, _: Caller) -> Iterator[Finding]:
    from courtside.services.writing import leftovers  # noqa: PLC0415

    found = leftovers(workspace)
    if found:
        names = ", ".join(str(path.relative_to(workspace.root)) for path in found[:5])
        mend = "nothing is lost: the next import or `warehouse rebuild` removes them"
        yield Finding("left-over files", "note", f"{len(found)}: {names}", mend)
    else:
        yield Finding("left-over files", "fine", "none")


def _figures(workspace: Workspace, caller: Caller) -> Iterator[Finding]:
    from courtside.services.engines import EMBEDDED  # noqa: PLC0415
    from courtside.services.figures import inputs_now  # noqa: PLC0415
    from courtside.warehouse.generation import current  # noqa: PLC0415

    if workspace.settings.warehouse != EMBEDDED:
        yield _warehouse(inputs_now(workspace, caller))
        return
    generation = current(workspace.root)
    if generation is None:
        yield Finding("figures", "note", "none are kept ready yet", "the next question makes them")
    elif generation.is_for(inputs_now(workspace, caller)):
        yield Finding("figures", "fine", "up to date with the ledger")
    else:
        yield Finding("figures", "note", "behind the ledger", "the next question brings them up to date")


def _warehouse(inputs: Inputs) -> Finding:
    """The database a workspace names: whether it answers, and whether it holds every record."""
    from courtside.services.engines import shown  # noqa: PLC0415
    from courtside.warehouse.engine import engine_for  # noqa: PLC0415

    what, missing = engine_for(inputs.warehouse).behind(inputs.root, inputs.batches, inputs.warehouse)
    found = f"{what} at {shown(inputs.warehouse)}"
    if not missing:
        return Finding("figures", "fine", f"counted by {found}, which holds every record")
    return Finding(
        "figures", "note", f"counted by {found}, which lacks {missing} files", "the next question copies them"
    )


def _definitions(workspace: Workspace, _: Caller) -> Iterator[Finding]:
    from courtside.services.definitions import catalogue_in_force, drafts  # noqa: PLC0415

    yield Finding("definitions", "fine", f"{len(catalogue_in_force(workspace))} metrics in force")
    for draft in drafts(workspace):
        against = "new" if draft.version is None else f"differs from version {draft.version} in force"
        mend = "`courtside metrics publish` puts it in force"
        yield Finding("drafts", "note", f"{draft.place}: {draft.name}: {against}", mend)


def _zone(workspace: Workspace, caller: Caller) -> Iterator[Finding]:
    yield Finding("zone", "fine", f"{workspace.settings.zone}: today is {workspace.day(caller.clock())}")


def _space(workspace: Workspace, _: Caller) -> Iterator[Finding]:
    free = shutil.disk_usage(workspace.root).free
    found = f"{free / (1 << 30):.1f} GB free"
    if free < _FREE_BYTES:
        yield Finding("disk space", "wrong", found, f"free at least {_FREE_BYTES >> 30} GB before the next import")
    else:
        yield Finding("disk space", "fine", found)


_Check = Callable[[Workspace, Caller], Iterator[Finding]]
_CHECKS: dict[str, _Check] = {
    "durability": _durability,
    "files": _files,
    "left-over files": _leftovers,
    "figures": _figures,
    "definitions": _definitions,
    "zone": _zone,
    "disk space": _space,
}
