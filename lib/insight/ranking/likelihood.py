"""What the events say about each officer's ratio λ to peers: the likelihood.

Officer i draws events in stratum s at work_is θ_s λ_i. The rate θ_s of the stratum is free, whatever it may be: only
how the stratum's events divide among those who worked there speaks, so who works beside heavy colleagues is not
flattered by them (Ridgeway and MacDonald, JASA 104, 2009; for officers at the same incident Ridgeway, A conditional
ordinal stereotype model, 2025).

Where a unit of work can draw only about one event, a stratum fills up: the officer who is heavy by nature cannot draw
more than the work done. Then θ_s λ_i are the odds of a unit, and fitted = work θ λ / (1 + bend θ λ) with bend 1; bend 0
is the Poisson number that nothing limits. The bend is measured: by how much less than Poisson numbers vary in fuller
strata. It matters only where events are not rare.

Of each officer are kept, at the current λ_i: y events seen, M fitted, and the overlap o, by which the information about
log λ_i falls short of M. In a stratum it is 1 − (1 − q)(1 − p) with q = bend · fitted / work and p the officer's own
part in what fixes θ_s: an officer alone tells nothing, in a large stratum where events are rare all of M counts. The
likelihood is written as

    λ^y · (1 + o (λ/λ_i − 1))^(−M/o)

with exact slope and information at λ_i: the binomial likelihood of shares (bend 0) or of events per work (bend 1) when
all the officer's strata are alike, the Poisson one for small o. Its logarithm is divided by the dispersion, the
variance of weighted events over what the model says: weighted events are neither Poisson nor on a scale of 1
(quasi-likelihood; McCullagh and Nelder, Generalized Linear Models, 1989, ch. 9).
"""

from typing import NamedTuple

import numpy as np

from lib.insight.ranking.strata import Cells

# The dispersion of independent weighted events counts as much as this many typical events.
_PRIOR_EVENTS = 20.0
# An officer's scatter counts up to this many times what chance gives.
_MOST_SCATTER = 10.0
# No stratum is fitted fuller than this.
_FULLEST = 0.95
_STEPS, _CLOSE, _TINY = 12, 1e-4, 1e-300


class Likelihood(NamedTuple):
    """Per officer: events seen, fitted and overlap at `centre` (λ_i); the dispersion, in the unit of the events."""

    seen: np.ndarray
    fitted: np.ndarray
    overlap: np.ndarray
    dispersion: float
    centre: np.ndarray

    def over(self, log_ratio: np.ndarray) -> np.ndarray:
        """A row per officer, a column per log λ, relative to the highest of the row."""
        log = np.exp(log_ratio) / self.centre[:, None]
        log -= 1
        log *= self.overlap[:, None]
        np.log1p(log, out=log)
        log *= -(self.fitted / self.overlap / self.dispersion)[:, None]
        log += (self.seen / self.dispersion)[:, None] * log_ratio
        log -= log.max(axis=1, keepdims=True)
        return np.exp(log, out=log)

    def information(self) -> np.ndarray:
        """Per officer, about log λ at the centre: its inverse is a variance."""
        return self.fitted * (1 - self.overlap) / self.dispersion


def bend_of(cells: Cells) -> np.ndarray:
    """How far units of work that drew an event are used up, 0 to 1, per cell; below 1 where a stratum overflows."""
    work = cells.of_strata(cells.work)
    share = _over(cells.work, work)
    fitted = cells.of_strata(cells.number) * share
    full, lone = _over(fitted, cells.work), _over(np.ones(len(work)), work)
    residual, chance = _scatter(cells, cells.number, fitted, share)
    missing, most = (chance - residual).sum(), (chance * (full - lone)).sum()
    bend = np.clip(missing / most, 0, 1) if most > 0 else 0.0
    return np.minimum(bend, _FULLEST / np.maximum(full, _TINY))


def likelihoods_of(cells: Cells, ratio: np.ndarray, bend: np.ndarray) -> tuple[Likelihood, Likelihood]:
    """Of the weighted events and of their plain number, when officers have these ratios."""
    fitted = _fitted(cells, ratio[cells.officer], bend)
    full = _over(bend * fitted, cells.work)
    moved = fitted * (1 - full)
    share = _over(moved, cells.of_strata(moved))
    # Without replacement the others' chances rise with each event dealt: the factor W / (W − 1) of sampling.
    dealt = np.maximum(1 - _over(bend, cells.of_strata(cells.work)), 0.5)
    overlap = np.clip(1 - (1 - full) * (1 - share) / dealt, 0.0, 1.0)
    heavy = fitted * _over(cells.of_strata(cells.weight), cells.of_strata(cells.number))
    weighted = _likelihood(cells, cells.weight, heavy, overlap, ratio, cells.typical)
    return weighted, _likelihood(cells, cells.number, fitted, overlap, ratio, 1.0)


def _fitted(cells: Cells, ratio: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """The number of events that fits each cell; Newton steps find the θ that give each stratum its total."""
    total, pull = cells.of_strata(cells.number), cells.work * ratio
    rate = _over(total, cells.of_strata(pull))
    for _ in range(_STEPS if bend.any() else 0):
        free = 1 / (1 + bend * rate * ratio)
        fitted = pull * rate * free
        step = np.clip(_over(total - cells.of_strata(fitted), cells.of_strata(fitted * free)), -1, 1)
        rate = rate * np.exp(step)
        if np.abs(step).max() < _CLOSE:
            break
    return pull * rate / (1 + bend * rate * ratio)


def _likelihood(
    cells: Cells, amount: np.ndarray, fitted: np.ndarray, overlap: np.ndarray, ratio: np.ndarray, typical: float
) -> Likelihood:
    residual, chance = (cells.of_officers(part) for part in _scatter(cells, amount, fitted, overlap))
    prior = _PRIOR_EVENTS * typical
    # One officer whose events pile up in one stratum must not make everybody's look like chance.
    residual = np.minimum(residual, _MOST_SCATTER * typical * chance)
    dispersion = (residual.sum() + prior * typical) / (chance.sum() + prior)
    total = cells.of_officers(fitted)
    mean = np.clip(_over(cells.of_officers(fitted * overlap), total), 1e-9, 1 - 1e-9)
    return Likelihood(cells.of_officers(amount), total, mean, float(dispersion), ratio)


def _scatter(
    cells: Cells, amount: np.ndarray, fitted: np.ndarray, overlap: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Squared residuals of the cells around the officer's own total, so that differences between officers are no part
    of them, and what they would be on average with a dispersion of 1."""
    part = _over(fitted, cells.of_officers(fitted)[cells.officer])
    mean = cells.of_officers(amount)[cells.officer] * part
    return (amount - mean) ** 2, mean * (1 - part) * (1 - overlap)


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
