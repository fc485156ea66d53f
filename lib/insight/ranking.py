"""Officers compared with peers who did the same work: a ratio with its uncertainty, never a bare count.

Each officer's weighted warnings are set against what peers drew per unit of work of the same kind (stratum). The
ratio is shrunk by a Gamma–Poisson model whose spread between officers is estimated from the data. A rank says where
to look first; it is not a finding about anybody.
"""

from datetime import date

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, gammaln

COLUMNS = ("officer_id", "observed", "expected", "ratio", "low", "high", "p_top5", "rank", "rank_low", "rank_high",
           "status")  # fmt: skip
RANKED, INSUFFICIENT = "ranked", "insufficient"
TOP_SHARE = 0.05

# Spread between officers (standard deviation of the true ratios) that is thought possible.
_SPREADS = np.concatenate([[0.02], np.arange(0.05, 3.0, 0.05)])
# Gamma quantiles are tabulated at this many shapes and levels; draws look them up.
_SHAPES, _LEVELS = 128, 2048
# Ranks are drawn for at most this many officers times draws.
_RANK_BUDGET = 4_000_000


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

    observed: weighted events. expected: the sum over strata of own exposure times the rate of all *other* officers
    in the stratum. A stratum where nobody else worked compares with nobody: its events and work count for neither.
    ratio: posterior mean of the officer's true ratio to peers, 1 = like peers; low, high: its `interval`.
    p_top5: probability of belonging to the highest 5 % of the ranked officers. rank: by ratio, 1 is the highest;
    rank_low, rank_high: its `interval`. Officers with less than `min_exposure` units are insufficient: they count as
    peers, but have no ratio and no rank. Equal arguments give equal results, whatever the order of the rows.
    """
    tally = _tally(_discounted(events, as_of, half_life_days), exposure)
    enough = tally["exposure"].to_numpy() >= min_exposure
    ranked = tally[enough].reset_index(drop=True)
    if len(ranked):
        ranked = _ranked(ranked, interval, draws, np.random.default_rng(seed))
    rest = tally[~enough].assign(status=INSUFFICIENT)
    table = pd.concat([ranked, rest], ignore_index=True).reindex(columns=list(COLUMNS))
    numbers = dict.fromkeys(("observed", "expected", "ratio", "low", "high", "p_top5"), "float64")
    return table.astype({**numbers, "rank": "Int64", "rank_low": "Int64", "rank_high": "Int64"})


def _discounted(events: pd.DataFrame, as_of: date, half_life_days: float | None) -> pd.DataFrame:
    age = (pd.Timestamp(as_of) - pd.to_datetime(events["occurred_on"]).dt.normalize()).dt.days.to_numpy()
    known = (age >= 0) & events["officer_id"].notna().to_numpy()
    weight = events["weight"].to_numpy(dtype="float64")
    if half_life_days is not None:
        weight = weight * 0.5 ** (age / half_life_days)
    return events.assign(weight=weight)[known]


def _tally(events: pd.DataFrame, exposure: pd.DataFrame) -> pd.DataFrame:
    """officer_id, exposure, observed, expected and `scale`: the weighted events that carry the information of one."""
    people = pd.Index(pd.concat([exposure["officer_id"], events["officer_id"]]).unique()).sort_values()
    kinds = pd.Index(exposure["stratum"].unique())
    known = events[events["stratum"].isin(kinds)]
    cells = _cells(exposure, people, kinds, "exposure")
    cells = cells[cells["amount"] > 0].reset_index(drop=True)
    hits = _cells(known, people, kinds, "weight")
    total_work = np.bincount(cells["stratum"], cells["amount"], len(kinds))
    total_hits = np.bincount(hits["stratum"], hits["amount"], len(kinds))

    own = cells.merge(hits, on=["officer", "stratum"], how="left", suffixes=("", "_hit"))["amount_hit"].fillna(0)
    work, stratum = cells["amount"].to_numpy(), cells["stratum"].to_numpy()
    others = total_work[stratum] - work
    compared = others > 1e-9 * work
    odds = np.divide(work, others, out=np.zeros(len(work)), where=compared)
    expected = odds * (total_hits[stratum] - own.to_numpy())
    alone = np.bincount(stratum[compared], minlength=len(kinds)) == 0

    def per_officer(rows: pd.DataFrame, values: np.ndarray) -> np.ndarray:
        return np.bincount(rows["officer"], values, len(people))

    counted = np.where(alone[hits["stratum"]], 0.0, hits["amount"])
    mean = per_officer(cells, expected)
    # What peers drew is itself a matter of chance: the smaller their share of the work, the more so.
    noise = np.divide(per_officer(cells, odds * expected), mean, out=np.zeros(len(mean)), where=mean > 0)
    weights = known["weight"].to_numpy(dtype="float64")
    typical = (weights**2).sum() / weights.sum() if weights.sum() > 0 else 1.0
    return pd.DataFrame(
        {
            "officer_id": people,
            "exposure": per_officer(cells, np.where(compared, work, 0.0)),
            "observed": per_officer(hits, counted),
            "expected": mean,
            "scale": typical * (1 + noise),
        }
    )


def _cells(rows: pd.DataFrame, people: pd.Index, kinds: pd.Index, amount: str) -> pd.DataFrame:
    """The sum of `amount` per officer and stratum, both as positions, in a fixed order."""
    width = max(len(kinds), 1)
    code = people.get_indexer(rows["officer_id"]).astype("int64") * width + kinds.get_indexer(rows["stratum"])
    unique, position = np.unique(code, return_inverse=True)
    sums = np.bincount(position, rows[amount].to_numpy(dtype="float64"), len(unique))
    return pd.DataFrame({"officer": unique // width, "stratum": unique % width, "amount": sums})


def _ranked(tally: pd.DataFrame, interval: float, draws: int, rng: np.random.Generator) -> pd.DataFrame:
    shape, rate = _posterior(tally)
    tail = (1 - interval) / 2
    tally = tally.assign(
        ratio=shape / rate, low=gammaincinv(shape, tail) / rate, high=gammaincinv(shape, 1 - tail) / rate, status=RANKED
    )
    tally["p_top5"], tally["rank_low"], tally["rank_high"] = _simulated(shape, rate, tail, draws, rng)
    tally["excess"] = tally["observed"] - tally["expected"]
    tally = tally.sort_values(["ratio", "excess", "officer_id"], ascending=[False, False, True], kind="stable")
    tally["rank"] = np.arange(1, len(tally) + 1)
    tally["rank_low"] = np.minimum(tally["rank_low"], tally["rank"])
    tally["rank_high"] = np.maximum(tally["rank_high"], tally["rank"])
    return tally


def _posterior(tally: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Shape and rate of the Gamma posterior of each officer's ratio.

    The prior is Gamma with mean 1 and an unknown variance, uniform over _SPREADS squared; the posterior under each
    variance is exact, their mixture is replaced by the Gamma with the same mean and variance.
    """
    seen = (tally["observed"] / tally["scale"]).to_numpy()[:, None]
    mean = (tally["expected"] / tally["scale"]).to_numpy()[:, None]
    prior = 1 / _SPREADS**2
    likelihood = np.zeros(len(prior))
    # Equal pairs (nothing seen, much alike expected) are many: each is worked out once.
    pairs, times = np.unique(np.round(np.hstack([seen, mean]), 6), axis=0, return_counts=True)
    for block in np.array_split(np.arange(len(pairs)), max(1, len(pairs) // 4096)):
        one, other = pairs[block, :1], pairs[block, 1:]
        part = gammaln(prior + one) - gammaln(prior) + prior * np.log(prior) - (prior + one) * np.log(prior + other)
        likelihood += (times[block, None] * part).sum(axis=0)
    weight = np.exp(likelihood - likelihood.max()) * np.gradient(_SPREADS**2)
    weight /= weight.sum()
    means = (prior + seen) / (prior + mean)
    ratio = means @ weight
    variance = (means / (prior + mean) + means**2) @ weight - ratio**2
    return ratio**2 / variance, ratio / variance


def _simulated(
    shape: np.ndarray, rate: np.ndarray, tail: float, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of draws in the highest 5 %, and the lower and upper `tail` quantile of the rank, per officer."""
    count = len(shape)
    grid = np.unique(shape)
    if len(grid) > _SHAPES:
        grid = np.geomspace(grid[0], grid[-1], _SHAPES)
    nearest = np.searchsorted(np.sqrt(grid[1:] * grid[:-1]), shape)
    table = gammaincinv(grid[:, None], (np.arange(_LEVELS) + 0.5) / _LEVELS).astype("float32").ravel()
    start = (nearest * _LEVELS).astype("int32")
    # Each officer's own mean is kept exactly; only the shape is rounded.
    scale = (shape / rate / grid[nearest]).astype("float32")
    top = max(1, int(np.ceil(TOP_SHARE * count)))
    for_ranks = max(1, min(draws, _RANK_BUDGET // count))
    ranks = np.empty((count, for_ranks), dtype="int32")
    inside = np.zeros(count, dtype="int64")
    places = np.arange(1, count + 1, dtype="int32")
    for draw in range(draws):
        level = rng.integers(0, _LEVELS, size=count, dtype="uint16")
        value = table[start + level] * scale
        inside += value >= np.partition(value, count - top)[count - top]
        if draw < for_ranks:
            ranks[np.argsort(-value), draw] = places
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=1, method="inverted_cdf")
    return inside / draws, low, high
