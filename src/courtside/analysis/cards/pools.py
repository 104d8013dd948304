"""Like with like: which people a person is pooled with, and what is fitted to each pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from courtside.analysis.statistics.distributions import Array, Flags, Indices, Numbers, added
from courtside.analysis.statistics.shrinkage import Pools

LEAST_PEOPLE = 10
"""A pool of fewer is widened: tenure is dropped, then segment, then role (DATA 1)."""
FEWEST = 3
"""With fewer than this even of everybody, nothing is fitted: two figures show no spread."""
SAME = ("role", "segment", "tenure")
"""What the people of the narrowest pool have in common; wider ones let go of the last, and the last but one."""

EVERYBODY = 3
"""The level of the widest pool."""

Like = tuple[object, ...]
"""What decides whom a person is compared with in a period: period, role, segment, tenure."""


def in_common(like: Like, level: int) -> str:
    """What the pool of a figure has in common, in words; only what is known of its people counts.

    Level 0 of a seller without segment, 24+ months there -> "role and tenure".
    """
    return _listed(tuple(value is not None for value in like[1 : 4 - level]))


@cache
def _listed(is_known: tuple[bool, ...]) -> str:
    known = [name for name, is_there in zip(SAME, is_known, strict=False) if is_there]
    return " and ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)


@dataclass(frozen=True, slots=True)
class Levels:
    """For every figure the number of its pool at each level, everybody last: (4, figures). Numbers are never shared."""

    codes: Indices
    likes: Sequence[Like] = ()

    @classmethod
    def of(cls, likes: Sequence[Like]) -> Levels:
        """Levels of figures, each with (period, role, segment, tenure)."""
        numbers: dict[tuple[object, ...], int] = {}
        rows = [[numbers.setdefault((level, *like[: 4 - level]), len(numbers)) for like in likes] for level in range(4)]
        return cls(np.array(rows, dtype=np.int64).reshape(4, len(likes)), likes)

    def narrowest(self, there: Flags) -> Indices:
        """For each figure the narrowest level with ten people who have cases; everybody where none has."""
        many = [added(codes, there, int(self.codes.max(initial=0)) + 1)[codes] for codes in self.codes]
        enough = np.stack([*(people >= LEAST_PEOPLE for people in many[:-1]), np.ones(len(there), dtype=np.bool_)])
        return np.asarray(enough.argmax(axis=0), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Pools, which of them each figure belongs to, at which level, and who has a say in each."""

    pools: Pools
    pool: Indices
    level: Indices
    members: Indices
    """Numbers of figures, pool after pool."""
    member_of: Indices
    """The pool of each of them."""

    @property
    def is_known(self) -> Flags:
        """Whether a pool has people enough to be fitted at all, for each figure."""
        return np.asarray(self.pools.people[self.pool] >= FEWEST)


Fit = Callable[[Numbers, Numbers, Indices, int], Pools]


def fitted(fit: Fit, x: Array, exposure: Array, levels: Levels, wanted: Flags) -> Fitted:
    """The pools of the wanted figures, each fitted on everybody in it, wanted or not."""
    there = exposure > 0
    level = levels.narrowest(there)
    codes = levels.codes[level, np.arange(len(there))]
    used = np.unique(codes[wanted])
    number = np.full(int(levels.codes.max(initial=0)) + 1, -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    at = [(np.flatnonzero((number[own] >= 0) & there), own) for own in levels.codes]
    members = np.concatenate([rows for rows, _ in at]) if at else np.zeros(0, dtype=np.int64)
    member_of = np.concatenate([number[own[rows]] for rows, own in at])
    order = np.argsort(member_of, kind="stable")
    members, member_of = members[order], member_of[order]
    pools = fit(x[members], exposure[members], member_of, len(used))
    return Fitted(pools, np.where(wanted, number[codes], 0), level, members, member_of)


def shares(flagged: Flags, known: Flags, fit: Fitted) -> Array:
    """The share of each figure's pool that is flagged, among those of whom anything is known."""
    count = len(fit.pools.people)
    met = added(fit.member_of, flagged[fit.members], count)
    of = added(fit.member_of, known[fit.members], count)
    share = np.divide(met, of, out=np.zeros(count), where=of > 0)
    return np.asarray(share[fit.pool])
