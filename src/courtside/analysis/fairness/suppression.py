"""Which groups can be shown side by side so that no sum or difference of them speaks of a handful of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import Array, array

LEAST = 5
"""People a group needs to be shown (METHODS 8, TRUST row 12)."""
OTHER, NOT_STATED = "other groups", "not stated"
_ZERO = 1e-7

Members = frozenset[str]
Cut = Mapping[str, Members]
"""The people of a grouping, group by group: nobody in two of them."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is not shown of a grouping: groups put together as `other groups`, or (`is_whole`) all of it."""

    grouping: str
    groups: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Published:
    """Every grouping that can be shown with its groups, and what had to be kept back."""

    cuts: Mapping[str, Cut]
    withheld: tuple[Withheld, ...]


def publishable(groups: Mapping[str, Mapping[str, str]], people: AbstractSet[str], least: int = LEAST) -> Published:
    """The groupings of some people, cut so that no figure of fewer than `least` can be worked out from all of them.

    Small groups are put together, and with them the next smallest as long as what is left of everybody would speak
    of one group alone or of too few (complementary suppression). Groupings come in their order: one that would give
    people away beside those before it is made coarser, or kept back whole. Source: METHODS 8, TRUST row 12.
    """
    everybody = frozenset(people)
    shown: dict[str, Cut] = {}
    withheld = []
    for grouping, of in groups.items():
        cut = _cut(of, everybody)
        kept = _coarsened(cut, [everybody, *_sets(shown)], least)
        if len(kept) > 1:
            shown[grouping] = kept
        hidden = sum(label not in kept for label in cut)
        if hidden or len(kept) < 2:
            withheld.append(Withheld(grouping, hidden, len(kept) < 2))
    return Published(shown, tuple(withheld))


def gives_away(sets: Sequence[Members], least: int = LEAST) -> bool:
    """Whether sums and differences of figures of these sets give the figure of some 1 to `least` - 1 people.

    People in exactly the same sets are one block; a union of blocks is given away where its indicator lies in the
    row space of the sets, that is where the blocks' rows of a null-space basis add up to 0. Those rows are laid on
    one random line (seeded), so that unions of up to four blocks are looked up and not tried out.
    """
    sizes, rows = _blocks(sets)
    line = _null_space(rows) @ np.random.default_rng(8).standard_normal(rows.shape[1])
    few = sizes < least
    ones, n = line[few], sizes[few]
    if (np.abs(ones) < _ZERO).any():
        return True
    i, j = np.triu_indices(len(ones), 1)
    enough = n[i] + n[j] < least
    twos, m = (ones[i] + ones[j])[enough], (n[i] + n[j])[enough]
    if (np.abs(twos) < _ZERO).any():
        return True
    return any(
        _cancel(small[of == size], twos[m < least - size])
        for small, of in ((ones, n), (twos, m))
        for size in range(1, least - 1)
    )


def _cut(of: Mapping[str, str], people: Members) -> dict[str, Members]:
    found: dict[str, set[str]] = {}
    for person in people:
        found.setdefault(of.get(person, NOT_STATED), set()).add(person)
    return {label: frozenset(found[label]) for label in sorted(found)}


def _coarsened(cut: Mapping[str, Members], beside: Sequence[Members], least: int) -> dict[str, Members]:
    """The cut with as few groups put together as will do; at the worst all of them."""
    order = sorted(cut, key=lambda label: (len(cut[label]), label))
    hidden = sum(len(cut[label]) < least for label in order)
    while True:
        kept = _together(cut, order, hidden)
        is_enough = hidden == 0 or (hidden > 1 and len(kept[OTHER]) >= least)
        if hidden >= len(order) or (is_enough and not gives_away([*beside, *kept.values()], least)):
            return kept
        hidden += 1


def _together(cut: Mapping[str, Members], order: Sequence[str], hidden: int) -> dict[str, Members]:
    kept = {label: cut[label] for label in sorted(order[hidden:])}
    rest = frozenset().union(*(cut[label] for label in order[:hidden]))
    if rest:
        kept[OTHER] = rest | kept.get(OTHER, frozenset())
    return kept


def _sets(shown: Mapping[str, Cut]) -> list[Members]:
    return [members for cut in shown.values() for members in cut.values()]


def _blocks(sets: Sequence[Members]) -> tuple[Array, Array]:
    """How many people are in each block, and for each set (row) which blocks it is made of."""
    people = sorted(frozenset().union(*sets))
    inside = array([[person in one for person in people] for one in sets])
    blocks, sizes = np.unique(inside, axis=1, return_counts=True)
    return array(sizes), array(blocks)


def _null_space(rows: Array) -> Array:
    """The projection on all that the sets say nothing of: 0 for a block they give away."""
    return array(np.eye(rows.shape[1]) - np.linalg.pinv(rows) @ rows)


def _cancel(one: Array, other: Array) -> bool:
    """Whether a number of the one and a number of the other add up to 0."""
    if not len(one) or not len(other):
        return False
    ordered = np.sort(other)
    at = np.searchsorted(ordered, -one)
    near = np.minimum(
        np.abs(one + ordered[np.minimum(at, len(ordered) - 1)]), np.abs(one + ordered[np.maximum(at - 1, 0)])
    )
    return bool((near < _ZERO).any())
