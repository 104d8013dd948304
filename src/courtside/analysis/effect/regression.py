"""How far figures chosen for being low come back without any help, from what is known of their spread."""

from __future__ import annotations

from math import exp, pi, sqrt

from courtside.analysis.statistics.distributions import normal_below


def return_to_mean(mean: float, deviation: float, reliability: float, cut: float, baselines: int = 1) -> float:
    """How much those below `cut` rise on average at the next look, with no effect at all, in the figure's unit.

    s_w^2 / m / sqrt(s_w^2 / m + s_b^2) C(z), C(z) = phi(z) / (1 - Phi(z)), z = (mean - cut) / s; `reliability` is the
    share of the variance that lies between people, m how many looks before were averaged. Raises ValueError for what
    is no spread or share. Source: Barnett, van der Pols and Dobson 2005; METHODS 10. 60, 15, 0.5, 40 -> 13.49.
    """
    if deviation <= 0 or not 0 <= reliability <= 1 or baselines < 1:
        raise ValueError("a spread above 0, a reliability from 0 to 1 and at least one look are needed")
    within, between = deviation**2 * (1 - reliability) / baselines, deviation**2 * reliability
    spread = sqrt(within + between)
    if spread == 0:
        return 0.0
    z = (mean - cut) / spread
    return within / spread * _chosen(z)


def _chosen(z: float) -> float:
    """By how many deviations those beyond z lie beyond the mean."""
    return exp(-z * z / 2) / sqrt(2 * pi) / normal_below(-z)
