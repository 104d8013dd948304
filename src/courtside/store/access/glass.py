"""What break-glass opens: one person's card and the rows behind it, to look at, for as long as HR agreed."""

from __future__ import annotations

from datetime import date

from courtside.records.hierarchy import Hierarchy
from courtside.store.access.case_rules import is_barred
from courtside.store.access.viewer import Role, Viewer


def by_glass(viewer: Viewer, subject: str, hierarchy: Hierarchy, on: date) -> str:
    """The id of the break-glass by which an administrator may look at a person's figures; empty for none.

    Apart from `may` and `whom`, so that it opens no list, no team and no case: one person, one look at a time.
    `viewer.opened` holds what is open at this instant; whoever made the viewer asked the clock. Source: TRUST 2.2.6.
    """
    if viewer.is_read_only or Role.ADMIN not in viewer.roles or is_barred(viewer, subject, hierarchy, on):
        return ""
    return next((one.glass for one in viewer.opened if one.person_id == subject), "")
