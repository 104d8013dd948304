"""Regression over people and weeks: what goes with a change inside one person, apart from who people are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import (
    Array,
    Indices,
    Numbers,
    added,
    array,
    student_above,
    student_quantile,
)

_ROUNDS, _CLOSE, _HIGHEST = 50, 1e-7, 30.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients of a regression, their covariance robust to rows of one person belonging together, and clusters."""

    coefficients: Array
    covariance: Array
    clusters: int

    @property
    def errors(self) -> Array:
        """The standard error of each coefficient."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def intervals(self, level: float = 0.95) -> tuple[Array, Array]:
        """The interval of each coefficient by Student's t with one degree of freedom less than there are clusters."""
        reach = student_quantile((1 + level) / 2, self.clusters - 1) * self.errors
        return self.coefficients - reach, self.coefficients + reach

    def chances(self) -> Array:
        """For each coefficient the two-sided chance of one as far from 0 if there were nothing (1 where unknown)."""
        known = self.errors > 0
        t = np.divide(np.abs(self.coefficients), self.errors, out=np.zeros_like(self.coefficients), where=known)
        return 2 * student_above(t, self.clusters - 1)


def least_squares(x: Numbers, y: Numbers, person: Indices) -> Fit:
    """Ordinary least squares of y (rows) on x (rows, columns), errors clustered by person.

    Source: Liang and Zeger 1986 with the correction G/(G-1) (n-1)/(n-k). Grunfeld's ten firms, investment on
    value and capital -> -42.71437, 0.1155622, 0.2306785 (Baltagi; METHODS 4).
    """
    columns, seen = array(x), array(y)
    bread = array(np.linalg.pinv(columns.T @ columns, hermitian=True))
    found = bread @ (columns.T @ seen)
    return _clustered(columns, found, seen - columns @ found, bread, person)


def poisson(x: Numbers, y: Numbers, person: Indices, offset: Numbers = 0.0) -> Fit:
    """ln E(y) = offset + x b by iteratively reweighted least squares, errors clustered by person.

    Consistent for any y >= 0 whose mean is so (Gourieroux, Monfort and Trognon 1984), bursty counts and sums of
    money among them. Raises ArithmeticError where it does not settle. Source: METHODS 4.
    """
    columns, seen, fixed = array(x), array(y), array(offset)
    eta = np.log((seen + max(float(seen.mean()), 1e-9)) / 2)
    for _ in range(_ROUNDS):
        mean = np.exp(np.clip(eta, -_HIGHEST, _HIGHEST))
        weighted = columns * mean[:, None]
        bread = _inverse(weighted.T @ columns)
        found = bread @ (weighted.T @ (eta - fixed + (seen - mean) / mean))
        before, eta = eta, columns @ found + fixed
        if float(np.abs(eta - before).max()) < _CLOSE:
            mean = np.exp(np.clip(eta, -_HIGHEST, _HIGHEST))
            return _clustered(columns, found, seen - mean, bread, person)
    raise ArithmeticError("the regression does not settle")


def own_means(x: Numbers, group: Indices) -> Array:
    """For every row the mean of each column over all rows of its group: what Mundlak adds to the regression.

    With the person's own mean beside it, a column's coefficient is the effect inside the person, and the
    mean's is what goes with who they are. Source: Mundlak 1978; METHODS 4.
    """
    columns = array(x)
    sizes = np.maximum(added(group), 1)
    sums = np.stack([added(group, column) for column in columns.T], axis=1)
    return array((sums / sizes[:, None])[group])


def within(x: Numbers, group: Indices) -> Array:
    """Each row less its group's mean: the fixed-effects transformation. Same coefficients as Mundlak's, linearly."""
    return array(array(x) - own_means(x, group))


def _inverse(information: Array) -> Array:
    """The inverse, columns that say the same sharing what they say: a ridge of 1e-9 of each one's own size."""
    size = np.diag(information)
    return array(np.linalg.inv(information + np.diag(1e-9 * size + 1e-300)))


def _clustered(x: Array, found: Array, residual: Array, bread: Array, person: Indices) -> Fit:
    """The sandwich: scores added up by person between two slices of `bread`."""
    _, number = np.unique(person, return_inverse=True)
    clusters, (rows, width) = int(number.max()) + 1, x.shape
    scores = np.stack([added(number, column * residual) for column in x.T], axis=1)
    small = clusters / max(clusters - 1, 1) * (rows - 1) / max(rows - width, 1)
    return Fit(found, small * bread @ (scores.T @ scores) @ bread, clusters)
