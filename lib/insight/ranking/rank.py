"""Officers compared with peers who did the same work: a ratio with its uncertainty, never a bare count.

Each officer's weighted warnings are set against what peers drew per unit of work of the same kind (stratum). The
ratio is shrunk as far as the data say that officers are alike (likelihood, posterior). A rank says where to look first;
it is not a finding about anybody.

Ranks are drawn from the joint posterior, as in Lin, Louis, Paddock and Ridgeway, Loss function based ranking in
two-stage, hierarchical models, Bayesian Analysis 1 (2006).
"""

from datetime import date

import numpy as np
import pandas as pd

from lib.insight.ranking.posterior import Posterior, posterior_of
from lib.insight.ranking.strata import cells_of, compared

COLUMNS = (
    "officer_id",
    "observed",
    "expected",
    "ratio",
    "low",
    "high",
    "p_top5",
    "rank",
    "rank_low",
    "rank_high",
    "status",
)
RANKED, INSUFFICIENT = "ranked", "insufficient"
TOP_SHARE = 0.05

# Draws look up the posterior's quantiles at this many levels.
_LEVELS = 256
# Ranks are drawn for at most this many officers times draws.
_RANK_BUDGET = 4_000_000
# Officers with equal figures stay equal, whatever the last digits of the sums behind them.
_DIGITS = 9


def rank_officers(
    events: pd.DataFrame,
    exposure: pd.DataFrame,
    *,
    as_of: date,
    half_life_days: float | None = None,
    min_exposure: float = 15,
    interval: float = 0.8,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """One row per officer: ranked ones first, in order of rank, then those with too little work.

    `events`: officer_id, stratum, occurred_on, weight; `exposure`: officer_id, stratum, exposure (units of work).
    Events after `as_of` are not there yet; with a half-life, older events weigh less.

    observed: weighted events. expected, in the same unit: the sum over strata of own exposure times the rate of all
    *other* officers in the stratum. A stratum where nobody else worked compares with nobody: its events and work count
    for neither. ratio: posterior mean of the officer's true ratio to the average officer, 1 = like peers; it takes
    into account who the peers were, so beside heavy colleagues it lies above what observed and expected suggest. low,
    high: its `interval`. p_top5: probability of belonging to the highest 5 % of the ranked officers. rank: by ratio, 1
    is the highest; rank_low, rank_high: its `interval`. Officers with less than `min_exposure` units are insufficient:
    they count as peers, but have no ratio and no rank; so are those of whose work nothing can be compared. Equal
    arguments give equal results, whatever the order of the rows; the unit of the weights changes observed and expected
    only. Rows without an officer, and events without a day, count for nobody.

    Raises ValueError for a half-life, an interval or draws that make no sense, for amounts that are not finite, for
    days given as numbers and for strata that are numbers in one frame and words in the other.
    """
    _check(events, exposure, half_life_days, interval, draws)
    exposure = exposure[exposure["officer_id"].notna()]
    cells = cells_of(discounted(events, as_of, half_life_days), exposure)
    tally = compared(cells)
    enough = (tally["exposure"].to_numpy() >= min_exposure) & (tally["exposure"].to_numpy() > 0)
    ranked = tally[enough].reset_index(drop=True)
    if len(ranked):
        posterior = posterior_of(cells).take(enough)
        ranked = _ranked(ranked, posterior, interval, draws, np.random.default_rng(seed))
    rest = tally[~enough].assign(status=INSUFFICIENT)
    table = pd.concat([ranked, rest], ignore_index=True).reindex(columns=list(COLUMNS))
    numbers = dict.fromkeys(("observed", "expected", "ratio", "low", "high", "p_top5"), "float64")
    return table.astype({**numbers, "rank": "Int64", "rank_low": "Int64", "rank_high": "Int64"})


def _check(
    events: pd.DataFrame, exposure: pd.DataFrame, half_life_days: float | None, interval: float, draws: int
) -> None:
    if half_life_days is not None and not half_life_days > 0:
        raise ValueError(f"half_life_days must be above 0, not {half_life_days}")
    if not 0 < interval < 1:
        raise ValueError(f"interval must lie between 0 and 1, not {interval}")
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    for frame, column in ((events, "weight"), (exposure, "exposure")):
        if np.isinf(frame[column].to_numpy(dtype="float64")).any():
            raise ValueError(f"{column} must be finite")
    if len(events) and pd.api.types.is_numeric_dtype(events["occurred_on"]):
        raise ValueError("occurred_on must hold days, not numbers")
    kinds = {pd.api.types.is_numeric_dtype(frame["stratum"]) for frame in (events, exposure) if len(frame)}
    if len(kinds) > 1:
        raise ValueError("stratum must be of one type in events and exposure")


def discounted(events: pd.DataFrame, as_of: date, half_life_days: float | None) -> pd.DataFrame:
    """The events of officers up to a day, `weight` halved every `half_life_days`."""
    age = (pd.Timestamp(as_of) - pd.to_datetime(events["occurred_on"]).dt.normalize()).dt.days.to_numpy()
    known = (age >= 0) & events["officer_id"].notna().to_numpy()
    weight = events["weight"].to_numpy(dtype="float64")
    if half_life_days is not None:
        weight = weight * 0.5 ** (age / half_life_days)
    return events.assign(weight=weight)[known]


def _ranked(
    tally: pd.DataFrame, posterior: Posterior, interval: float, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    tail = (1 - interval) / 2
    ends = np.exp(posterior.log_quantiles(np.array([tail, 1 - tail])))
    tally = tally.assign(ratio=posterior.mean().round(_DIGITS), low=ends[:, 0], high=ends[:, 1], status=RANKED)
    tally["p_top5"], tally["rank_low"], tally["rank_high"] = _simulated(posterior, tail, draws, rng)
    tally["excess"] = (tally["observed"] - tally["expected"]).round(_DIGITS)
    tally = tally.sort_values(["ratio", "excess", "officer_id"], ascending=[False, False, True], kind="stable")
    tally["rank"] = np.arange(1, len(tally) + 1)
    tally["rank_low"] = np.minimum(tally["rank_low"], tally["rank"])
    tally["rank_high"] = np.maximum(tally["rank_high"], tally["rank"])
    return tally


def _simulated(
    posterior: Posterior, tail: float, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of draws in the highest 5 %, and the lower and upper `tail` quantile of the rank, per officer."""
    table = posterior.log_quantiles((np.arange(_LEVELS) + 0.5) / _LEVELS).astype("float32").ravel()
    count = len(posterior.mass)
    start = np.arange(count, dtype="int32") * _LEVELS
    top = max(1, int(np.ceil(TOP_SHARE * count)))
    for_ranks = max(1, min(draws, _RANK_BUDGET // count))
    ranks = np.empty((count, for_ranks), dtype="int32")
    inside = np.zeros(count, dtype="int64")
    places = np.arange(1, count + 1, dtype="int32")
    for draw in range(draws):
        value = table[start + rng.integers(0, _LEVELS, size=count, dtype="uint8")]
        inside += value >= np.partition(value, count - top)[count - top]
        if draw < for_ranks:
            # Equal values in random order: nobody comes first for a low number.
            order = rng.permutation(count)
            ranks[order[np.argsort(-value[order])], draw] = places
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=1, method="inverted_cdf")
    return inside / draws, low, high
