"""Who may do what is about nobody in particular."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from courtside.records.hierarchy import Hierarchy
from courtside.store.access.viewer import Role, Viewer, led


class Errand(StrEnum):
    """What can be done that is about nobody in particular."""

    SEE_DEFINITIONS = "see_definitions"
    SEE_COMPANY = "see_company"
    """Figures of the whole firm."""
    IMPORT_RECORDS = "import_records"
    MANAGE_USERS = "manage_users"
    SEE_AS = "see_as"
    """Look at the pages as somebody else sees them, read only; a workspace of made-up people allows it."""
    READ_LOG = "read_log"
    """The log of acts as a whole."""
    HANDLE_CASES = "handle_cases"
    """The pages of HR partners; which cases are on them is asked of each."""
    NAME_ACTING = "name_acting"
    """Name somebody who stands in for a manager; for which manager is asked of each."""
    ASK_GLASS = "ask_glass"
    """Ask to see one person's record for an hour."""
    SEE_GLASS = "see_glass"
    """The page of such requests; which of them are on it is asked of each."""
    SEE_DUTIES = "see_duties"
    """Duties that open records, as they are asked for and given."""
    AGREE_DUTY = "agree_duty"
    """Agree to a duty that opens records; for whom is asked of each."""


def _sees_company(viewer: Viewer, hierarchy: Hierarchy, on: date) -> bool:
    """An HR partner of some teams sees these by name: the firm's total would tell of the few people besides."""
    whole = Role.EXECUTIVE in viewer.roles or (Role.HR in viewer.roles and not viewer.units)
    return whole or bool(led(viewer, hierarchy, on))


_ERRANDS: Mapping[Errand, Callable[[Viewer, Hierarchy, date], bool]] = {
    Errand.SEE_DEFINITIONS: lambda _viewer, _hierarchy, _on: True,
    Errand.SEE_COMPANY: _sees_company,
    Errand.IMPORT_RECORDS: lambda viewer, _hierarchy, _on: Role.OPERATIONS in viewer.roles,
    Errand.MANAGE_USERS: lambda viewer, _hierarchy, _on: Role.ADMIN in viewer.roles,
    Errand.SEE_AS: lambda viewer, _hierarchy, _on: Role.ADMIN in viewer.roles,
    Errand.READ_LOG: lambda viewer, _hierarchy, _on: Role.AUDITOR in viewer.roles,
    Errand.HANDLE_CASES: lambda viewer, _hierarchy, _on: Role.HR in viewer.roles,
    Errand.NAME_ACTING: lambda viewer, hierarchy, on: (
        Role.HR in viewer.roles or bool(hierarchy.led_by(viewer.person_id, on))
    ),
    Errand.ASK_GLASS: lambda viewer, _hierarchy, _on: Role.ADMIN in viewer.roles,
    Errand.SEE_GLASS: lambda viewer, _hierarchy, _on: bool(viewer.roles & {Role.ADMIN, Role.HR}),
    Errand.SEE_DUTIES: lambda viewer, _hierarchy, _on: bool(viewer.roles & {Role.HR, Role.EXECUTIVE, Role.AUDITOR}),
    Errand.AGREE_DUTY: lambda viewer, _hierarchy, _on: bool(viewer.roles & {Role.HR, Role.EXECUTIVE}),
}


def may_run(viewer: Viewer, errand: Errand, hierarchy: Hierarchy, on: date) -> bool:
    """Whether a viewer may do something that is about nobody in particular."""
    return _ERRANDS[errand](viewer, hierarchy, on)
