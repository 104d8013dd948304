"""Erasing from the host: only where nobody has the duty to ask for it and to approve it."""

from __future__ import annotations

from typing import Any

from courtside.services.account_rules import bring_tables_up_to_date
from courtside.services.caller import Caller
from courtside.services.erase_person import erase_person
from courtside.services.refused import Refused
from courtside.services.workspace import Workspace
from courtside.store.access import Role


def erase_on_host(
    workspace: Workspace, caller: Caller, person_id: str
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Erase a person, as `erase_person` does. Raises Refused where HR partners are there to do it: it takes two."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    bring_tables_up_to_date()
    if any(one.is_active and Role.HR in one.roles for one in accounts.accounts()):
        raise Refused(
            "an erasure takes two people here: an HR partner asks for it on the page Retention, and another approves"
        )
    return erase_person(workspace, caller, person_id)
