"""The officer ranking where the truth is known: do intervals hold it, do probabilities come true, who is found.

    python -m lib bench simulation [--runs 100] [--json]

A made-up city has 2,000 officers and 24 kinds of work (strata) whose base rates differ about tenfold. An officer does
one to six kinds, common ones more often, with very unequal amounts. Officers draw warnings as a Poisson process at
their true ratio (standard deviation SPREAD around 1, Gamma or log-normal) times the base rate; a warning weighs 1, 2 or
3 with probability 0.6, 0.3, 0.1. Sparse is 0.3 weighted warnings per officer, one warning for every fifth, dense 5.

coverage: share of the 80 % intervals that hold the true ratio (as a multiple of the average officer's). coverage_sd:
its standard deviation between runs. calibration: by bins of p_top5, the mean, the share truly among the highest 5 %,
and how many. precision: share of those put in the first 5 % who are truly there, by the ratio, by p_top5, by the number
of warnings and by warnings per piece of work. Goal: coverage 0.77 to 0.83 in each.

What to expect of sparse data: some 400 warnings can't tell how much officers differ, so that coverage is right on
average but not in each run; and a heavy warning is taken for more evidence than the one event it is, so that a p_top5
of 0.2 and more comes true less often than it says (with all weights 1 half of that or all goes away).
"""

import argparse
import json
import sys
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lib.insight.ranking.rank import TOP_SHARE, rank_officers

AS_OF = date(2022, 9, 25)
OFFICERS, STRATA, SPREAD = 2000, 24, 0.6
DENSITIES = {"sparse": 0.3, "dense": 5.0}
WEIGHTS, CHANCES = (1.0, 2.0, 3.0), (0.6, 0.3, 0.1)
BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
LOWEST, HIGHEST = 0.77, 0.83


class City(NamedTuple):
    """`truth`: true ratio of officer 0, 1, …"""

    truth: np.ndarray
    events: pd.DataFrame
    exposure: pd.DataFrame


def city(seed: int, family: str, weighted: float) -> City:
    """`weighted`: weighted warnings expected per officer; `family`: gamma or lognormal."""
    rng = np.random.default_rng(seed)
    if family == "gamma":
        truth = rng.gamma(1 / SPREAD**2, SPREAD**2, OFFICERS)
    else:
        scale = np.log1p(SPREAD**2)
        truth = np.exp(rng.normal(-scale / 2, np.sqrt(scale), OFFICERS))
    officer = np.repeat(np.arange(OFFICERS), rng.integers(1, 7, OFFICERS))
    stratum = rng.choice(STRATA, len(officer), p=rng.dirichlet(np.full(STRATA, 0.7)))
    work = np.ceil(rng.gamma(1.5, 10, len(officer)) * rng.gamma(2, 0.5, OFFICERS)[officer])
    usual = rng.gamma(1.5, 1, STRATA)[stratum] * work
    usual *= weighted * OFFICERS / np.dot(WEIGHTS, CHANCES) / usual.sum()
    row = np.repeat(np.arange(len(officer)), rng.poisson(truth[officer] * usual))
    events = pd.DataFrame({"officer_id": officer[row], "stratum": stratum[row], "occurred_on": pd.Timestamp(AS_OF)})
    events["weight"] = rng.choice(WEIGHTS, len(row), p=CHANCES)
    return City(truth, events, pd.DataFrame({"officer_id": officer, "stratum": stratum, "exposure": work}))


def _precision(values: np.ndarray, top: np.ndarray) -> float:
    return float(top[np.argsort(-values, kind="stable")[: top.sum()]].mean())


def measure(family: str, weighted: float, runs: int) -> dict[str, Any]:
    """coverage, coverage_sd, precision and calibration of one setting."""
    held, precise, said, came = [], [], [], []
    for seed in range(runs):
        truth, events, exposure = city(seed, family, weighted)
        table = rank_officers(events, exposure, as_of=AS_OF, min_exposure=0).sort_values("officer_id")
        true = truth / truth.mean()
        held.append(float(((table["low"] <= true) & (true <= table["high"])).mean()))
        top = np.zeros(OFFICERS, dtype=bool)
        top[np.argsort(-truth)[: int(np.ceil(TOP_SHARE * OFFICERS))]] = True
        number = np.bincount(events["officer_id"], minlength=OFFICERS)
        rate = number / np.bincount(exposure["officer_id"], exposure["exposure"], OFFICERS)
        by = {"ratio": table["ratio"].to_numpy(), "p_top5": table["p_top5"].to_numpy(), "count": number, "rate": rate}
        precise.append({name: _precision(values, top) for name, values in by.items()})
        said.append(by["p_top5"])
        came.append(top)
    return {
        "coverage": round(float(np.mean(held)), 3),
        "coverage_sd": round(float(np.std(held)), 3),
        "precision": pd.DataFrame(precise).mean().round(3).to_dict(),
        "calibration": _calibration(np.concatenate(said), np.concatenate(came)),
    }


def _calibration(said: np.ndarray, came: np.ndarray) -> list[dict[str, float]]:
    place = np.clip(np.digitize(said, BINS) - 1, 0, len(BINS) - 2)
    rows = pd.DataFrame({"bin": place, "predicted": said, "observed": came}).groupby("bin")
    table = rows.agg(predicted=("predicted", "mean"), observed=("observed", "mean"), n=("observed", "size"))
    return [
        {"from": BINS[place], "predicted": round(predicted, 3), "observed": round(observed, 3), "n": int(n)}
        for place, predicted, observed, n in table.itertuples()
    ]


def _shown(name: str, found: dict[str, Any]) -> str:
    precision = "，".join(f"{by} {share:.3f}" for by, share in found["precision"].items())
    lines = [
        f"{name}：80% 区间覆盖 {found['coverage']:.3f}（各次标准差 {found['coverage_sd']:.3f}）",
        f"    前 5% 命中 {precision}",
    ]
    lines += [
        f"    p_top5 {row['from']:.2f} 起：预测 {row['predicted']:.3f}，实际 {row['observed']:.3f}，n {row['n']}"
        for row in found["calibration"]
    ]
    return "\n".join(lines)


def main(runs: int, as_json: bool = False) -> int:
    """Measure and print; 1 when a goal is missed."""
    results = {}
    for family in ("gamma", "lognormal"):
        for density, weighted in DENSITIES.items():
            name = f"{family} {density}"
            results[name] = measure(family, weighted, runs)
            if not as_json:
                print(_shown(name, results[name]), flush=True)
    missed = [name for name, found in results.items() if not LOWEST <= found["coverage"] <= HIGHEST]
    if as_json:
        goals = {"coverage": [LOWEST, HIGHEST]}
        print(json.dumps({"goals": goals, "runs": runs, "results": results, "missed": missed}, ensure_ascii=False))
    else:
        print("全部达标" if not missed else f"未达标：{'、'.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sys.exit(main(options.runs, options.json))
