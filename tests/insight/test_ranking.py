"""The statistics of the officer ranking: worked by hand, and on simulated cities."""

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from lib.insight.ranking import COLUMNS, rank_officers

AS_OF = date(2022, 9, 25)


def events_of(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["officer_id", "stratum", "occurred_on", "weight"])
    return frame.assign(occurred_on=pd.to_datetime(frame["occurred_on"]))


def exposure_of(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["officer_id", "stratum", "exposure"])


def by_officer(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("officer_id")


def city(officers: int, strata: int, kinds_each: int, rate: float, truth: np.ndarray, seed: int, weighted: bool = True):
    """Exposure and Poisson events of a made-up city in which officer i draws truth[i] times the rate of the stratum."""
    rng = np.random.default_rng(seed)
    officer = np.repeat(np.arange(officers), kinds_each)
    stratum = rng.integers(0, strata, officers * kinds_each)
    work = rng.poisson(5, officers * kinds_each) + 1
    rates = rng.gamma(2, rate / 2, strata)
    counts = rng.poisson(truth[officer] * rates[stratum] * work)
    row = np.repeat(np.arange(len(officer)), counts)
    weights = rng.choice([1, 2, 3], len(row), p=[0.6, 0.3, 0.1]) if weighted else np.ones(len(row))
    exposure = pd.DataFrame({"officer_id": officer, "stratum": stratum, "exposure": work})
    events = pd.DataFrame({"officer_id": officer[row], "stratum": stratum[row], "weight": weights})
    return events.assign(occurred_on=pd.Timestamp(2022, 6, 1)), exposure


def test_expected_is_what_the_others_of_the_same_strata_drew_per_unit_of_work():
    exposure = exposure_of(("a", "s", 20), ("b", "s", 30), ("c", "s", 10), ("a", "t", 10), ("b", "t", 40))
    events = events_of(
        ("a", "s", "2022-03-01", 3), ("b", "s", "2022-03-01", 2), ("c", "s", "2022-03-01", 2),
        ("b", "t", "2022-03-01", 1),
    )  # fmt: skip
    table = by_officer(rank_officers(events, exposure, as_of=AS_OF, min_exposure=1))
    # a: 20 x (2+2)/(30+10) in s and 10 x 1/40 in t; b: 30 x (3+2)/(20+10) and 40 x 0/10; c: 10 x (3+2)/(20+30).
    assert table.loc["a", "expected"] == pytest.approx(2.25)
    assert table.loc["b", "expected"] == pytest.approx(5.0)
    assert table.loc["c", "expected"] == pytest.approx(1.0)
    assert table["observed"].to_dict() == {"a": 3.0, "b": 3.0, "c": 2.0}


def test_a_busy_officer_at_the_rate_of_the_peers_stands_at_one():
    exposure = exposure_of(("busy", "s", 400), *((f"p{n}", "s", 20) for n in range(50)))
    events = events_of(
        *(("busy", "s", "2022-03-01", 1) for _ in range(40)), *((f"p{n}", "s", "2022-03-01", 1) for n in range(50)),
        *((f"p{n}", "s", "2022-04-01", 1) for n in range(50)),
    )  # fmt: skip
    table = by_officer(rank_officers(events, exposure, as_of=AS_OF))
    assert table.loc["busy", "observed"] == 40
    assert table.loc["busy", "expected"] == pytest.approx(40)
    assert table.loc["busy", "ratio"] == pytest.approx(1.0, abs=0.02)


def test_hard_work_is_compared_with_hard_work():
    """Ten times the warnings in a kind of work that draws ten times as many says nothing about the officer."""
    hard = [(f"h{n}", "hard", 20) for n in range(30)]
    easy = [(f"e{n}", "easy", 20) for n in range(30)]
    drawn = [(officer, kind, "2022-03-01", 1) for officer, kind, _ in hard for _ in range(10)]
    drawn += [(officer, kind, "2022-03-01", 1) for officer, kind, _ in easy]
    table = by_officer(rank_officers(events_of(*drawn), exposure_of(*hard, *easy), as_of=AS_OF))
    assert table["ratio"].between(0.95, 1.05).all()
    assert table["p_top5"].max() < 0.5


def test_officers_with_little_work_are_a_group_of_their_own_but_count_as_peers():
    exposure = exposure_of(("a", "s", 100), ("b", "s", 100), ("small", "s", 14), ("enough", "s", 15))
    events = events_of(("small", "s", "2022-03-01", 9), ("a", "s", "2022-03-01", 1))
    table = rank_officers(events, exposure, as_of=AS_OF)
    last = table.iloc[-1]
    assert (last["officer_id"], last["status"], last["observed"]) == ("small", "insufficient", 9.0)
    assert pd.isna(last["rank"]) and pd.isna(last["ratio"]) and pd.isna(last["p_top5"])
    assert set(table.loc[table["status"] == "ranked", "officer_id"]) == {"a", "b", "enough"}
    assert by_officer(table).loc["b", "expected"] == pytest.approx(100 * 10 / 129)


def test_work_nobody_else_does_is_not_compared():
    exposure = exposure_of(("a", "own", 500), ("a", "s", 20), ("b", "s", 20), ("c", "s", 20))
    events = events_of(*(("a", "own", "2022-03-01", 3) for _ in range(20)), ("b", "s", "2022-03-01", 1))
    table = by_officer(rank_officers(events, exposure, as_of=AS_OF))
    assert table.loc["a", "observed"] == 0
    assert table.loc["a", "expected"] == pytest.approx(0.5)


def test_what_happens_after_the_cut_off_is_not_there_yet():
    exposure = exposure_of(("a", "s", 20), ("b", "s", 20))
    events = events_of(("a", "s", "2022-09-25", 1), ("a", "s", "2022-09-26", 3))
    assert by_officer(rank_officers(events, exposure, as_of=AS_OF)).loc["a", "observed"] == 1


def test_older_warnings_weigh_less_under_a_half_life():
    exposure = exposure_of(("a", "s", 20), ("b", "s", 20))
    events = events_of(("a", "s", "2022-09-25", 2), ("a", "s", "2022-08-26", 2), ("b", "s", "2022-07-27", 4))
    table = by_officer(rank_officers(events, exposure, as_of=AS_OF, half_life_days=30))
    assert table["observed"].to_dict() == pytest.approx({"a": 3.0, "b": 1.0})


def test_the_same_input_gives_the_same_table_whatever_the_order_of_rows():
    events, exposure = city(300, 10, 5, 0.05, np.ones(300), seed=4)
    first = rank_officers(events, exposure, as_of=AS_OF)
    shuffled = rank_officers(
        events.sample(frac=1, random_state=1), exposure.sample(frac=1, random_state=2), as_of=AS_OF
    )
    pd.testing.assert_frame_equal(first, shuffled)
    assert list(first.columns) == list(COLUMNS)
    assert not first["p_top5"].equals(rank_officers(events, exposure, as_of=AS_OF, seed=1)["p_top5"])


def test_ranks_are_complete_and_lie_in_their_interval():
    truth = np.random.default_rng(1).gamma(3, 1 / 3, 400)
    table = rank_officers(*city(400, 8, 5, 0.1, truth, seed=5), as_of=AS_OF)
    assert table["rank"].tolist() == list(range(1, 401))
    assert table["ratio"].is_monotonic_decreasing
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).all()
    assert ((table["low"] < table["ratio"]) & (table["ratio"] < table["high"])).all()


def test_where_officers_do_not_differ_hardly_anybody_stands_out():
    for seed in range(5):
        table = rank_officers(*city(1000, 20, 5, 0.05, np.ones(1000), seed=seed), as_of=AS_OF)
        assert (table["p_top5"] > 0.8).sum() <= 1
        assert table["ratio"].dropna().between(0.5, 2.0).all()


def test_officers_who_draw_four_times_as_many_are_found():
    truth = np.ones(1000)
    planted = np.arange(0, 1000, 50)
    truth[planted] = 4
    table = rank_officers(*city(1000, 20, 6, 0.1, truth, seed=3), as_of=AS_OF)
    assert table["officer_id"].head(20).isin(planted).sum() >= 15
    flagged = table[table["p_top5"] > 0.8]["officer_id"]
    assert len(flagged) >= 4
    assert flagged.isin(planted).all()


@pytest.mark.parametrize("spread", ["gamma", "lognormal"])
@pytest.mark.parametrize("peers", ["many", "few"])
def test_four_in_five_intervals_hold_the_truth(spread: str, peers: str):
    covered = []
    for seed in range(8):
        rng = np.random.default_rng(100 + seed)
        truth = rng.gamma(3, 1 / 3, 500) if spread == "gamma" else np.exp(rng.normal(-0.125, 0.5, 500))
        events, exposure = city(500, 12 if peers == "many" else 400, 6, 0.1, truth, seed=seed)
        table = by_officer(rank_officers(events, exposure, as_of=AS_OF)).query("status == 'ranked'")
        true = truth[table.index.to_numpy(dtype=int)] / truth.mean()
        covered.append(((table["low"] <= true) & (true <= table["high"])).mean())
    assert 0.74 <= np.mean(covered) <= 0.86


def test_the_shrinkage_follows_the_spread_in_the_data():
    exposure = exposure_of(*((n, "s", 100) for n in range(200)))
    even = events_of(*((n, "s", "2022-03-01", 1) for n in range(200) for _ in range(10)))
    uneven = events_of(*((n, "s", "2022-03-01", 1) for n in range(200) for _ in range(40 if n % 10 == 0 else 5)))
    same = by_officer(rank_officers(even, exposure, as_of=AS_OF))
    apart = by_officer(rank_officers(uneven, exposure, as_of=AS_OF))
    assert same["ratio"].between(0.99, 1.01).all()
    # 40 seen where the other 199 drew 8.342 on average, shrunk by the prior that makes these counts most likely.
    seen = np.where(np.arange(200) % 10 == 0, 40, 5)
    expected = (seen.sum() - seen) * 100 / 19_900

    def unlikely(prior: float) -> float:
        return -stats.nbinom.logpmf(seen, prior, prior / (prior + expected)).sum()

    prior = optimize.minimize_scalar(unlikely, bounds=(0.1, 50), method="bounded").x
    assert expected[0] == pytest.approx(8.342, abs=0.001)
    assert apart.loc[0, "ratio"] == pytest.approx((prior + 40) / (prior + expected[0]), abs=0.05)
    assert apart.loc[1, "ratio"] == pytest.approx((prior + 5) / (prior + expected[1]), abs=0.05)


def test_heavy_warnings_count_more_but_are_not_taken_for_many_independent_ones():
    exposure = exposure_of(*((n, "s", 100) for n in range(100)))
    ones = events_of(*((n, "s", "2022-03-01", 1) for n in range(100) for _ in range(6 if n else 18)))
    threes = events_of(*((n, "s", "2022-03-01", 3) for n in range(100) for _ in range(2 if n else 6)))
    light, heavy = (by_officer(rank_officers(events, exposure, as_of=AS_OF)).loc[0] for events in (ones, threes))
    assert light["observed"] == heavy["observed"] == 18
    assert heavy["high"] - heavy["low"] > light["high"] - light["low"]


def test_probabilities_agree_with_plain_gamma_draws():
    """The looked-up quantiles behind p_top5 are those of the Gamma distribution."""
    truth = np.random.default_rng(2).gamma(3, 1 / 3, 60)
    events, exposure = city(60, 3, 5, 0.2, truth, seed=6, weighted=False)
    table = rank_officers(events, exposure, as_of=AS_OF, draws=8000)
    width = np.log(table["high"] / table["low"]).to_numpy()
    shapes = np.geomspace(0.3, 3000, 4000)
    log_widths = np.log(stats.gamma.ppf(0.9, shapes) / stats.gamma.ppf(0.1, shapes))
    shape = np.interp(-width, -log_widths, shapes)
    drawn = np.random.default_rng(0).gamma(shape, table["ratio"].to_numpy() / shape, size=(20000, 60))
    top = (drawn >= np.sort(drawn, axis=1)[:, [-3]]).mean(axis=0)
    assert np.abs(table["p_top5"] - top).max() < 0.02


def test_without_any_warning_everybody_is_like_the_peers():
    table = rank_officers(events_of(), exposure_of(("a", "s", 20), ("b", "s", 30)), as_of=AS_OF)
    assert table["observed"].tolist() == [0, 0]
    assert table["ratio"].tolist() == pytest.approx([1, 1])
    assert table["status"].tolist() == ["ranked", "ranked"]


def test_without_anybody_the_table_is_empty():
    table = rank_officers(events_of(), exposure_of(), as_of=AS_OF)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def test_twenty_thousand_officers_take_at_most_two_seconds():
    events, exposure = city(20_000, 120, 15, 0.01, np.ones(20_000), seed=1)
    rank_officers(events.head(100), exposure.head(100), as_of=AS_OF)
    # Time of this process: what else the machine is doing does not count.
    start = time.process_time()
    table = rank_officers(events, exposure, as_of=AS_OF)
    assert len(table) == 20_000
    assert time.process_time() - start <= 2.0
