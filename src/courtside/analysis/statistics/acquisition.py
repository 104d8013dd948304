"""What a customer cost to win, and how much of that lies in the leads somebody was handed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import Array, Indices, Numbers, added, array


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Cost per acquisition of each person; nan where nothing was won or nothing could be expected."""

    cost: Array
    """sum over sources of cost_s n_is / n_s: each lead costs what a lead of its source costs."""
    weighted: Array
    """That cost over the customers won."""
    expected: Array
    """The same cost over the customers typical handling of these leads would have won."""

    @property
    def ratio(self) -> Array:
        """weighted / expected = 1 / (observed / expected): the person, without the leads they were handed."""
        return self.weighted / self.expected


def costs(
    source_cost: Numbers, leads: Numbers, unit: Indices, source: Indices, won: Numbers, expected: Numbers
) -> Acquisition:
    """Cost per acquisition weighted by lead source, beside what the mix leads to expect.

    `source_cost` is what each source cost; `leads` of each entry, with the numbers of its `unit` and
    `source`; `won` and `expected` customers of each unit. Source: METHODS 7. Two sources of 1,000 and
    200 with 10 and 100 leads: somebody with 5 and 20 of them cost 540; 3 won, 2 expected -> 180, 270.
    """
    count, customers, due = array(leads), array(won), array(expected)
    of_source = added(source, count, len(array(source_cost)))[source]
    each = np.divide(array(source_cost)[source], of_source, out=np.zeros_like(count), where=of_source > 0)
    cost = added(unit, each * count, len(customers))
    return Acquisition(cost, _over(cost, customers), _over(cost, due))


def _over(above: Array, below: Array) -> Array:
    return array(np.divide(above, below, out=np.full(len(above), np.nan), where=np.nan_to_num(below) > 0))
