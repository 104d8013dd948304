"""Opening a workspace: its settings are read and its database is connected."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from courtside.services.engines import DATABASE_VARIABLE, VARIABLE, fault_in, fault_in_database, shown
from courtside.services.failures import expected_failures
from courtside.services.refused import Refused
from courtside.services.workspace import SETTINGS_FILE, Settings, Workspace, read_settings


def open_workspace(root: Path | None) -> Workspace:
    """The workspace in a folder. Raises Refused if there is none."""
    if root is None:
        raise Refused("no workspace is named; give --workspace DIR before the command, or set COURTSIDE_WORKSPACE")
    root = root.absolute()
    if not (root / SETTINGS_FILE).is_file():
        raise Refused(f"{root} holds no workspace; make one with: courtside init {root} --pack sales")
    workspace = Workspace(root, as_the_environment_says(read_settings(root)))
    connect_to(workspace)
    return workspace


def as_the_environment_says(settings: Settings) -> Settings:
    """The settings with the warehouse and the database the environment names, if it names any. Raises Refused."""
    warehouse = _from_the_environment(VARIABLE, fault_in) or settings.warehouse
    database = _from_the_environment(DATABASE_VARIABLE, fault_in_database) or settings.database
    return replace(settings, warehouse=warehouse, database=database)


def _from_the_environment(variable: str, fault_of: Callable[..., str | None]) -> str:
    address = os.environ.get(variable, "")
    if address and (fault := fault_of(address, may_hold_password=True)):
        raise Refused(f"{variable}: {fault}")
    return address


def connect_to(workspace: Workspace) -> None:
    """Use the workspace's database in this process. Raises Refused if it is missing, broken or not durable."""
    from courtside.store.connect import connect, disconnect  # noqa: PLC0415  (Django stays out of start-up)

    database = workspace.database
    named = shown(database) if isinstance(database, str) else database
    try:
        connect(database)
    except FileNotFoundError:
        raise Refused(
            f"{named} is missing; put it back from a backup (the batches alone do not say which imports count)"
        ) from None
    except expected_failures() as failure:
        disconnect()
        raise Refused(f"{named} cannot be used: {failure}") from None
