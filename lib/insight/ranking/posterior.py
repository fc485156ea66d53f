"""Each officer's ratio to peers as a posterior distribution, on a grid of ratios.

Prior. λ has mean 1; its standard deviation and the weight of its upper tail are unknown. It is the ratio of two Gamma
variables (a beta prime distribution), with second shape (a + 2 t − 1) / (t − 1) for first shape a = t / variance: t = 2
is about as far above as below on the logarithmic scale, like the log-normal; t near 1 approaches the Gamma, with many
near zero and few far above. The Gamma itself is left out: its tail draws an outlier with little work into the crowd,
however clear the events (O'Hagan, JRSS B 41, 1979, on outlier-prone priors). All of SPREADS and TAILS are possible,
uniformly in the variance, which errs on the side of wide intervals when there is little to learn it from. Their
plausibility comes from the marginal likelihood of the *numbers* of events: with few events, weights would make chance
look like differences between officers.

The posterior is the mixture over all of them, so the uncertainty about the spread is in every interval and in every
draw (empirical Bayes with its hyperparameters integrated out; Morris, JASA 78, 1983). The ratios of the others that the
likelihood needs are their posterior means, found by repetition.
"""

from typing import NamedTuple

import numpy as np

from lib.insight.ranking.likelihood import bend_of, likelihoods_of
from lib.insight.ranking.strata import Cells

SPREADS = np.concatenate([[0.02, 0.05], np.arange(0.1, 1.0, 0.05), np.arange(1.0, 2.01, 0.2), [2.5, 3.0]])
TAILS = (1.25, 2.0)
# Log ratios: finely from a seventh to 55, coarsely below. The fine step follows the best known officer.
_LOWEST, _LOW, _HIGH, _COARSE, _FINE, _FINEST = -9.0, -2.0, 4.0, 0.25, 0.05, 0.01
# The highest ratio of the grid.
HIGHEST_RATIO = float(np.exp(_HIGH))
_ROUNDS, _SETTLED, _TINY = 12, 0.01, 1e-300


class Posterior(NamedTuple):
    """`ratio`: values, ascending; `mass`: a row per officer, the probability of each."""

    ratio: np.ndarray
    mass: np.ndarray

    def mean(self) -> np.ndarray:
        """Per officer."""
        return self.mass @ self.ratio

    def take(self, officers: np.ndarray) -> "Posterior":
        """Of some officers only."""
        return Posterior(self.ratio, self.mass[officers])

    def log_quantiles(self, levels: np.ndarray) -> np.ndarray:
        """Quantiles of the log ratio: a row per officer, a column per level (ascending), interpolated."""
        officers, width = self.mass.shape
        middle = np.cumsum(self.mass, axis=1) - self.mass / 2
        # How many levels lie below the middle of each value; counting back gives the value before each level.
        passed = np.searchsorted(levels, middle.ravel(), side="left").reshape(officers, width)
        slot = passed + (np.arange(officers) * (len(levels) + 1))[:, None]
        counts = np.bincount(slot.ravel(), minlength=officers * (len(levels) + 1)).reshape(officers, -1)
        after = np.clip(np.cumsum(counts, axis=1)[:, :-1], 1, width - 1)
        start, end = (np.take_along_axis(middle, index, axis=1) for index in (after - 1, after))
        part = np.clip((levels - start) / np.maximum(end - start, _TINY), 0, 1)
        log = np.log(self.ratio)
        return log[after - 1] + part * np.diff(log)[after - 1]


def posterior_of(cells: Cells) -> Posterior:
    """The posterior of the ratio of everybody in `cells.people`, of whom there is at least one; 1 is their average."""
    ratio, bend = np.ones(len(cells.people)), bend_of(cells)
    for _ in range(_ROUNDS):
        weighted, counted = likelihoods_of(cells, ratio, bend)
        grid = _grid(max(weighted.information().max(), counted.information().max()))
        priors = _priors(grid)
        plausible = _plausible(counted.over(grid) @ priors.T)
        mass = weighted.over(grid)
        mass *= (plausible / np.maximum(mass @ priors.T, _TINY)) @ priors
        mass /= mass.sum(axis=1, keepdims=True)
        mean = mass @ np.exp(grid)
        before, ratio = ratio, mean / mean.mean()
        if np.abs(ratio / before - 1).max() < _SETTLED:
            break
    return Posterior(np.exp(grid) / mean.mean(), mass)


def _grid(information: float) -> np.ndarray:
    step = float(np.clip(1 / np.sqrt(max(information, 1.0)), _FINEST, _FINE))
    fine = np.linspace(_LOW, _HIGH, int(np.ceil((_HIGH - _LOW) / step)) + 1)
    return np.concatenate([np.arange(_LOWEST, _LOW, _COARSE), fine])


def _priors(log_ratio: np.ndarray) -> np.ndarray:
    """A row per tail and spread: the mass at each log ratio."""
    rows = []
    for tail in TAILS:
        shape = (tail / SPREADS**2)[:, None]
        other = (shape + 2 * tail - 1) / (tail - 1)
        log = shape * log_ratio - (shape + other) * np.log1p(np.exp(log_ratio) * shape / (other - 1))
        rows.append(np.exp(log - log.max(axis=1, keepdims=True)) * np.gradient(log_ratio))
    mass = np.vstack(rows)
    return mass / mass.sum(axis=1, keepdims=True)


def _plausible(marginal: np.ndarray) -> np.ndarray:
    """The posterior probability of each prior from the officers' marginal likelihoods."""
    log = np.log(np.maximum(marginal, _TINY)).sum(axis=0)
    weight = np.exp(log - log.max()) * np.tile(np.gradient(SPREADS**2), len(TAILS))
    return weight / weight.sum()
