"""Due work of rules: the look at the last complete week or month, once its records are in."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.refused import Refused
from courtside.services.rule_books import last_complete, rule_of
from courtside.services.run_rules import run_rules
from courtside.services.workspace import Workspace

_WAITED: dict[Path, tuple[Hashable, ...]] = {}
"""What the records were when a look last had to wait for more of them: without others it is not tried again."""


def due(workspace: Workspace, caller: Caller) -> int:
    """How many people were looked at now. Nothing is opened where every look was made, or still waits for records."""
    from courtside.store.state import fingerprint  # noqa: PLC0415  (Django stays out of start-up)

    state = (*fingerprint(), workspace.day(caller.clock()))
    if not _is_due(workspace, caller) or _WAITED.get(workspace.root) == state:
        return 0
    _WAITED[workspace.root] = state
    try:
        return run_rules(workspace, caller).checked
    except Refused:
        return 0


def _is_due(workspace: Workspace, caller: Caller) -> bool:
    """Whether any live rule has not looked at anybody for its last complete week or month."""
    from courtside.store import rules  # noqa: PLC0415

    catalogue, today = catalogue_in_force(workspace), workspace.day(caller.clock())
    return any(
        not rules.looked_at(version.number, last_complete(workspace, rule_of(version.block, catalogue), today))
        for version in rules.live()
    )
