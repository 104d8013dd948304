"""Checking the whole log of acts: that nothing was altered, left out, added or moved, nor written anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.services.anchor_log import files_of_anchors, known_anchors
from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.store.audit_chain import Checked

VERB = "verify_log"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Verification:
    """The last check of the log: when, how many entries, and the first that did not hold (None: all did)."""

    at: datetime
    entries: int
    first_bad: int | None


def verify_log(workspace: Workspace, caller: Caller, anchors: Sequence[Path] = ()) -> Checked:
    """Check every entry, beside the anchors of the workspace and of the files given; what was found goes into the log.

    Raises Refused for a file of anchors that is not there or cannot be read.
    """
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415  (Django loads now)
    from courtside.store import audit, audit_chain  # noqa: PLC0415

    bring_tables_up_to_date()
    for path in anchors:
        if not path.is_file():
            raise Refused(f"{path}: there is no such file of anchors")
    checked = audit_chain.check(known_anchors((*files_of_anchors(workspace), *anchors)))
    detail = {"entries": checked.entries, "erased": checked.erased, "anchors": checked.anchors,
              "first_bad": checked.first_bad}  # fmt: skip
    audit.write(audit.Act(caller.clock(), caller.who, VERB, detail))
    return checked


def last_verification() -> Verification | None:
    """What the last check found; None if there was none."""
    from courtside.store import audit  # noqa: PLC0415

    act = audit.last(VERB)
    return None if act is None else Verification(act.at, act.detail["entries"], act.detail["first_bad"])


def verify_once_a_week(workspace: Workspace, caller: Caller) -> int:
    """Check the log unless it was checked within a week: 1 if it was done, else 0. For the worker."""
    last = last_verification()
    if last is not None and caller.clock() - last.at < _WEEK:
        return 0
    verify_log(workspace, caller)
    return 1
