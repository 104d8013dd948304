"""Looking at the pages as somebody else sees them, in a made-up company: read only, and written down."""

from __future__ import annotations

from courtside.services.viewing import NotFound, Visit, may_see_as, visit_of


def see_as(visit: Visit, username: str) -> None:
    """Note that the viewer looks through somebody's eyes from now on. Raises NotFound where nobody may, or at whom."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    seen = visit_of(visit.viewer.user_id, username) if may_see_as(visit) else None
    if seen is None or not seen.viewer.is_read_only:
        raise NotFound
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_as", {"user": username}))
