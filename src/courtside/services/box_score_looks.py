"""The last looks at somebody's figures, at the foot of their box score."""

from __future__ import annotations

from courtside.services.viewing import Visit
from courtside.services.who_saw import Seen as Seen
from courtside.services.who_saw import last_looks
from courtside.services.who_saw import may_see_looks as may_see_looks

MOST_SHOWN = 10


def who_looked(visit: Visit, person_id: str) -> tuple[Seen, ...]:
    """The last looks of others at a person's figures, the newest first; nothing for those who may not know."""
    return last_looks(visit, person_id, MOST_SHOWN)
