"""Many people looked at together: how many of those who stand out may do so by chance."""

from __future__ import annotations

import numpy as np

from courtside.analysis.statistics.distributions import Array, Flags, Numbers, array

SHARE = 0.1
"""Of those named together at most this share, on average, may be named by chance (METHODS 1.6)."""


def adjusted(p: Numbers) -> Array:
    """p-values adjusted for the false discovery rate: the least share at which each would be named.

    min over j >= i of m p_(j) / j. Source: Benjamini and Hochberg 1995; R's p.adjust. nan counts as not looked at.
    0.0001 0.0004 0.0019 0.0095 of 15 -> 0.0015 0.003 0.0095 0.035625.
    """
    values = array(p)
    known = np.flatnonzero(np.isfinite(values))
    found = np.full(values.shape, np.nan)
    order = known[np.argsort(values[known], kind="stable")]
    scaled = values[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def benjamini_hochberg(p: Numbers, share: float = SHARE) -> Flags:
    """Who is named when each was looked at once. Source: Benjamini and Hochberg 1995."""
    return np.asarray(np.nan_to_num(adjusted(p), nan=np.inf) <= share + 1e-12)


def e_benjamini_hochberg(e: Numbers, share: float = SHARE) -> Flags:
    """Who is named from everybody's current E: the k greatest, k the most with E_(k) >= m / (k share).

    Holds whatever hangs together with whatever. Current values only: with the greatest E there ever was it
    would not hold (Tavyrikov, Goeman and de Heide 2025). Source: Wang and Ramdas 2022; METHODS 1.5.
    """
    values = array(e)
    known = np.isfinite(values)
    people = int(known.sum())
    ordered = np.sort(values[known])[::-1]
    enough = np.flatnonzero(ordered * np.arange(1, people + 1) * share >= people)
    return known & (values >= ordered[enough[-1]]) if len(enough) else np.zeros(values.shape, dtype=np.bool_)


def e_needed(e: Numbers, share: float = SHARE) -> float:
    """The least current E that would be named beside all the others: m / (k share) for the k named, else for one."""
    people, named = int(np.isfinite(array(e)).sum()), int(e_benjamini_hochberg(e, share).sum())
    return people / (max(named, 1) * share)
