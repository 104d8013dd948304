"""Opportunities as they would stand in the books: of either pipeline, with their stages, dates and money."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from courtside.simulate.cells import NONE, Ints
from courtside.simulate.rates import RECRUITING_STAGES, SALES_STAGES

OPPORTUNITIES = 100_000
"""A person's opportunities are numbered from their own number times this."""
PIPELINES = ("sales", "recruiting")
SALES, RECRUITING = range(2)
STATUSES = ("open", "won", "lost")
OPEN, WON, LOST = range(3)
STAGES = (*SALES_STAGES, *RECRUITING_STAGES)
FIRST_STAGE = (0, len(SALES_STAGES))
"""Where the stages of each pipeline begin in the list of all."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Opportunities of one person, in the order they were opened within each pipeline.

    Instants and days are NONE where nothing has happened, money is in cents, references are numbers.
    """

    number: Ints
    pipeline: int
    account: Ints
    contact: Ints
    lead: Ints
    order: Ints
    candidate: Ints
    source: Ints
    product: Ints
    entered: Ints
    """Opportunities by stages: when each stage was entered."""
    closed: Ints
    status: Ints
    reason: Ints
    expected: Ints
    amount: Ints
    margin: Ints
    cost: Ints
    list_price: Ints
    cancelled: Ints

    def __len__(self) -> int:
        return len(self.number)

    @property
    def opened(self) -> Ints:
        """When each was opened: when it entered its first stage."""
        return self.entered[:, 0]

    @property
    def stage(self) -> Ints:
        """The last stage each has entered."""
        entered: Ints = np.count_nonzero(self.entered != NONE, axis=1)
        return FIRST_STAGE[self.pipeline] + entered - 1

    @property
    def won(self) -> Ints:
        """Places of those that were won."""
        return np.flatnonzero(self.status == WON)

    def but(self, **changed: Ints) -> Cases:
        """The same with some columns replaced."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return Cases(**{**values, **changed})
