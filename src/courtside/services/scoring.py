"""Score cards as services ask for them: with everything that keeps a formal step from somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from courtside.analysis.cards.scorecard import Scorer
    from courtside.warehouse.session import Session


def scorer_of(session: Session, together: Sequence[str] = ()) -> Scorer:
    """A scorer of a session that knows whose figures are in dispute: nothing formal rests on those meanwhile."""
    from courtside.analysis.cards.scorecard import Scorer  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.store.disputes import disputed_people  # noqa: PLC0415  (Django stays out of start-up)

    return Scorer(session, together, disputed=disputed_people())
