"""Evidence that may be looked at every month: e-processes for rates and counts, started anew each review year.

Under "the true level is no worse than the benchmark" an e-process is a supermartingale that starts at 1, so
that the chance that it ever reaches 20 is at most 5 %, however often one looks (Ville 1939; METHODS 1.5).
It is a function of one year's months alone: nobody can start it anew by hand.
"""

from __future__ import annotations

from math import log

import numpy as np

from courtside.analysis.statistics.distributions import Array, Numbers, array, log_gamma

ODDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""The odds ratios (of counts: the shares of the level) a shortfall is looked for at, with equal weights."""
FORMAL = 20.0
"""Evidence from which a formal step may be weighed: chance makes it in at most 5 years of 100 (METHODS 1.5)."""


def rates(hits: Numbers, of: Numbers, benchmark: Numbers, is_down: bool = False) -> Array:
    """E after each step, along the last axis, of successes among cases with benchmark chances.

    E = mean over R of exp(sum w), w = hits ln R - of ln(1 - p + R p). A step may be one case or a month's
    cases; for a month with cases of different chances p is their mean, which never makes E greater (the
    geometric mean of 1 - (1 - R) p_i is at most the arithmetic). Lower is better: R in 1/0.8 to 1/0.3.
    Source: Steiner 2000; METHODS 1.5. 10 of 100 at 0.2 -> 23.41.
    """
    seen, cases, p = np.broadcast_arrays(array(hits), array(of), array(benchmark))
    steps = [seen * log(odds) - cases * np.log1p((odds - 1) * np.where(cases > 0, p, 0.0)) for odds in _odds(is_down)]
    return _mixed(steps)


def counts(events: Numbers, expected: Numbers, phi: Numbers = 1.0, is_down: bool = False) -> Array:
    """The same for events of which `expected` were due over the days present, with variance phi times the mean.

    phi 1: E = mean over R of exp(sum (y ln R + (1 - R) lambda)). Above, the negative binomial with that
    dispersion at every length of time: size lambda / (phi - 1), so that months add up. Its likelihood ratio
    falls with y, hence E holds for every level above the benchmark too. Source: METHODS 1.5.
    2 events, 5 due -> 2.639; with phi 2 -> 1.514.
    """
    seen, due, spread = np.broadcast_arrays(array(events), array(expected), array(phi))
    return _mixed([_count_steps(seen, due, spread, share) for share in _odds(is_down)])


def _count_steps(seen: Array, due: Array, phi: Array, share: float) -> Array:
    """ln of the likelihood ratio of each step: `share` of the level against all of it; 0 where nothing was due."""
    plain = seen * log(share) + (1 - share) * due
    beyond = np.where((phi > 1) & (due > 0), phi - 1, 1.0)
    size = np.where(due > 0, due, 1.0) / beyond
    lasting = log_gamma(seen + share * size) - log_gamma(share * size) - log_gamma(seen + size) + log_gamma(size)
    bursty = lasting + (1 - share) * size * np.log(np.maximum(phi, 1.0))
    return np.where(due > 0, np.where(phi > 1, bursty, plain), 0.0)


def _odds(is_down: bool) -> tuple[float, ...]:
    return tuple(1 / odds for odds in ODDS) if is_down else ODDS


def _mixed(steps: list[Array]) -> Array:
    """The mean of the products so far, in logarithms until the end; beyond e^700 it is drawn there."""
    logs = np.stack([step.cumsum(axis=-1) for step in steps])
    top = logs.max(axis=0)
    return array(np.exp(np.minimum(top + np.log(np.exp(logs - top).mean(axis=0)), 700.0)))
