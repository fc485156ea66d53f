"""The statistics of the officer ranking: worked by hand, and on simulated cities."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from lib.insight.ranking.likelihood import bend_of, likelihoods_of
from lib.insight.ranking.posterior import SPREADS, TAILS, Posterior, posterior_of
from lib.insight.ranking.rank import COLUMNS, _simulated, rank_officers
from lib.insight.ranking.strata import cells_of

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
        ("a", "s", "2022-03-01", 3),
        ("b", "s", "2022-03-01", 2),
        ("c", "s", "2022-03-01", 2),
        ("b", "t", "2022-03-01", 1),
    )
    table = by_officer(rank_officers(events, exposure, as_of=AS_OF, min_exposure=1))
    # a: 20 x (2+2)/(30+10) in s and 10 x 1/40 in t; b: 30 x (3+2)/(20+10) and 40 x 0/10; c: 10 x (3+2)/(20+30).
    assert table.loc["a", "expected"] == pytest.approx(2.25)
    assert table.loc["b", "expected"] == pytest.approx(5.0)
    assert table.loc["c", "expected"] == pytest.approx(1.0)
    assert table["observed"].to_dict() == {"a": 3.0, "b": 3.0, "c": 2.0}


def test_a_busy_officer_at_the_rate_of_the_peers_stands_at_one():
    exposure = exposure_of(("busy", "s", 400), *((f"p{n}", "s", 20) for n in range(50)))
    events = events_of(
        *(("busy", "s", "2022-03-01", 1) for _ in range(40)),
        *((f"p{n}", "s", "2022-03-01", 1) for n in range(50)),
        *((f"p{n}", "s", "2022-04-01", 1) for n in range(50)),
    )
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


@pytest.mark.parametrize("spread", ["gamma", pytest.param("lognormal", marks=pytest.mark.scale)])
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


def test_officers_who_do_the_same_are_all_at_one():
    exposure = exposure_of(*((n, "s", 100) for n in range(200)))
    even = events_of(*((n, "s", "2022-03-01", 1) for n in range(200) for _ in range(10)))
    assert rank_officers(even, exposure, as_of=AS_OF)["ratio"].between(0.99, 1.01).all()


def test_the_ratio_is_the_posterior_mean_over_all_priors():
    """One kind of work, 20 officers with 40 events and 180 with 5: the share of each is binomial, so that the posterior
    can be integrated on a plain grid under each prior, and the priors weighted by what they say about all 200."""
    seen = np.where(np.arange(200) % 10 == 0, 40, 5)
    exposure = exposure_of(*((n, "s", 100) for n in range(200)))
    events = events_of(*((n, "s", "2022-03-01", 1) for n in range(200) for _ in range(seen[n])))
    ratio = by_officer(rank_officers(events, exposure, as_of=AS_OF))["ratio"].sort_index()

    grid = np.exp(np.linspace(-7, 4, 4000))
    plausible, means = [], []
    for tail in TAILS:
        for spread, width in zip(SPREADS, np.gradient(SPREADS**2), strict=True):
            shape = tail / spread**2
            other = (shape + 2 * tail - 1) / (tail - 1)
            prior = stats.betaprime.pdf(grid, shape, other, scale=(other - 1) / shape) * grid
            prior /= prior.sum()
            marginal, mean = {}, {}
            for officer, drawn in ((0, 40), (1, 5)):
                share = grid / (grid + 200 - ratio[officer])
                likelihood = stats.binom.pmf(drawn, seen.sum(), share)
                marginal[drawn] = (prior * likelihood).sum()
                mean[drawn] = (prior * likelihood * grid).sum() / marginal[drawn]
            plausible.append(20 * np.log(marginal[40]) + 180 * np.log(marginal[5]) + np.log(width))
            means.append((mean[40], mean[5]))
    weight = np.exp(np.array(plausible) - max(plausible))
    high, low = (weight / weight.sum()) @ np.array(means)
    average = (20 * high + 180 * low) / 200
    assert ratio[0] == pytest.approx(high / average, rel=0.01)
    assert ratio[1] == pytest.approx(low / average, rel=0.01)
    # 40 and 5 where the average officer drew 8.5.
    assert 3.8 < ratio[0] < 40 / 8.5
    assert 5 / 8.5 < ratio[1] < 0.75


def test_heavy_warnings_count_more_but_are_not_taken_for_many_independent_ones():
    exposure = exposure_of(*((n, "s", 100) for n in range(100)))
    ones = events_of(*((n, "s", "2022-03-01", 1) for n in range(100) for _ in range(6 if n else 18)))
    threes = events_of(*((n, "s", "2022-03-01", 3) for n in range(100) for _ in range(2 if n else 6)))
    light, heavy = (by_officer(rank_officers(events, exposure, as_of=AS_OF)).loc[0] for events in (ones, threes))
    assert light["observed"] == heavy["observed"] == 18
    assert heavy["high"] - heavy["low"] > light["high"] - light["low"]


def test_quantiles_are_those_of_the_distribution():
    log_ratio = np.linspace(-6, 4, 400)
    shapes = np.array([2.0, 40.0])
    mass = stats.gamma.pdf(np.exp(log_ratio), shapes[:, None], scale=1 / shapes[:, None]) * np.exp(log_ratio)
    posterior = Posterior(np.exp(log_ratio), mass / mass.sum(axis=1, keepdims=True))
    levels = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    exact = stats.gamma.ppf(levels, shapes[:, None], scale=1 / shapes[:, None])
    assert np.exp(posterior.log_quantiles(levels)) == pytest.approx(exact, rel=0.01)
    assert posterior.mean() == pytest.approx([1, 1], rel=1e-3)


def test_probabilities_agree_with_plain_draws_from_the_posterior():
    events, exposure = city(60, 3, 5, 0.2, np.random.default_rng(2).gamma(3, 1 / 3, 60), seed=6)
    table = rank_officers(events, exposure, as_of=AS_OF, draws=8000, min_exposure=0).sort_values("officer_id")
    posterior = posterior_of(cells_of(events, exposure))
    rng = np.random.default_rng(0)
    drawn = np.stack([rng.choice(posterior.ratio, 20_000, p=mass) for mass in posterior.mass], axis=1)
    # Equal grid values are told apart by chance.
    drawn = drawn * rng.uniform(0.975, 1.025, drawn.shape)
    top = (drawn >= np.sort(drawn, axis=1)[:, [-3]]).mean(axis=0)
    assert np.abs(table["p_top5"].to_numpy() - top).max() < 0.02
    assert table["p_top5"].sum() == pytest.approx(3, abs=0.05)


def test_an_officer_tells_less_about_himself_the_larger_his_part_of_the_stratum():
    """Ten events between two who worked alike: 5 fit, but only 10 x 1/2 x 1/2 count as information."""
    events = events_of(*(("a", "s", "2022-03-01", 1) for _ in range(7)), *(("b", "s", "2022-03-01", 1),) * 3)
    cells = cells_of(events, exposure_of(("a", "s", 50), ("b", "s", 50)))
    weighted, _ = likelihoods_of(cells, np.ones(2), np.zeros(2))
    assert weighted.seen.tolist() == [7, 3]
    assert weighted.fitted == pytest.approx([5, 5])
    assert weighted.overlap == pytest.approx([0.5, 0.5])
    assert weighted.information() == pytest.approx([2.5, 2.5])
    # With twice the ratio, a is expected to draw two thirds.
    weighted, _ = likelihoods_of(cells, np.array([2.0, 1.0]), np.zeros(2))
    assert weighted.fitted == pytest.approx([20 / 3, 10 / 3])


def test_where_a_unit_of_work_draws_one_event_at_most_the_stratum_fills_up():
    """Two of four at an incident: the variance of who it was is 1/4. With odds of 3 to 1 against three others, the
    expected part p of the first solves p / (1 - p) = 3 q / (1 - q), p + 3 q = 2."""
    events = events_of(("a", "s", "2022-03-01", 1), ("b", "s", "2022-03-01", 1))
    cells = cells_of(events, exposure_of(*((name, "s", 1) for name in "abcd")))
    _, counted = likelihoods_of(cells, np.ones(4), np.ones(4))
    assert counted.fitted == pytest.approx([0.5] * 4)
    assert counted.information() * counted.dispersion == pytest.approx([0.25] * 4)
    _, counted = likelihoods_of(cells, np.array([3.0, 1, 1, 1]), np.ones(4))
    first = optimize.brentq(lambda p: p + 3 * (p / (1 - p) / 3) / (1 + p / (1 - p) / 3) - 2, 0.01, 0.99)
    assert counted.fitted == pytest.approx([first, *[(2 - first) / 3] * 3], abs=1e-4)


def scene(officers: int, incidents: int, at_once: int, odds: np.ndarray, seed: int):
    """Work and events of officers who meet at incidents, where each draws at most one event."""
    rng = np.random.default_rng(seed)
    officer = np.concatenate([rng.choice(officers, at_once, replace=False) for _ in range(incidents)])
    incident = np.repeat(np.arange(incidents), at_once)
    chance = odds[officer] * rng.gamma(1, 0.7, incidents)[incident]
    work = pd.DataFrame({"officer_id": officer, "stratum": incident, "exposure": 1.0})
    drew = rng.random(len(officer)) < chance / (1 + chance)
    return work, work.assign(weight=1.0, occurred_on=pd.Timestamp(2022, 6, 1))[drew].drop(columns="exposure")


def test_how_far_units_of_work_are_used_up_is_seen_in_the_data():
    work, once = scene(100, 1500, 6, np.ones(100), seed=1)
    assert np.median(bend_of(cells_of(once, work))) > 0.8
    counts = np.random.default_rng(2).poisson(0.4, len(work))
    anew = once.iloc[:0].reindex(range(counts.sum())).assign(weight=1.0, occurred_on=pd.Timestamp(2022, 6, 1))
    anew[["officer_id", "stratum"]] = work.loc[work.index.repeat(counts), ["officer_id", "stratum"]].to_numpy()
    assert np.median(bend_of(cells_of(anew, work))) < 0.2


@pytest.mark.parametrize("copies", [1, 4])
def test_the_dispersion_of_weighted_events_is_measured(copies: int):
    """Warnings that come four at a time tell as much as a quarter of them."""
    events, exposure = city(500, 12, 6, 0.3, np.ones(500), seed=1)
    cells = cells_of(pd.concat([events] * copies), exposure)
    weighted, counted = likelihoods_of(cells, np.ones(500), np.zeros(len(cells.work)))
    assert weighted.dispersion == pytest.approx(cells.typical * copies, rel=0.1)
    assert counted.dispersion == pytest.approx(copies, rel=0.1)


def test_who_works_beside_heavy_colleagues_is_not_flattered():
    """`a` and `b` draw as many as those beside them, but a's colleagues draw four times as many as b's elsewhere."""
    exposure, drawn = [], []
    for n in range(30):
        for side, partner, others in (("a", f"heavy{n}", 8), ("b", f"light{n}", 2)):
            exposure += [(side, f"{side}{n}", 10), (partner, f"{side}{n}", 10), (partner, "common", 40)]
            drawn += [(side, f"{side}{n}", "2022-03-01", 1), (partner, f"{side}{n}", "2022-03-01", 1)]
            drawn += [(partner, "common", "2022-03-01", 1)] * others
    table = by_officer(rank_officers(events_of(*drawn), exposure_of(*exposure), as_of=AS_OF))
    for side in "ab":
        assert table.loc[side, ["observed", "expected"]].tolist() == [30, 30]
    assert table.loc["a", "ratio"] > 1.25
    assert table.loc["b", "ratio"] < 0.75


def test_levels_dealt_anew_flag_nobody():
    odds = np.ones(150)
    odds[:5] = 8
    work, events = scene(150, 1200, 6, odds, seed=3)
    found = rank_officers(events, work, as_of=AS_OF)
    assert set(found.loc[found["p_top5"] > 0.8, "officer_id"]) & set(range(5))
    for seed in range(5):
        dealt = work.sample(frac=1, random_state=seed).sort_values("stratum", kind="stable").reset_index(drop=True)
        number = events.groupby("stratum").size().reindex(dealt["stratum"], fill_value=0).to_numpy()
        dealt = dealt[dealt.groupby("stratum").cumcount() < number].assign(weight=1.0, occurred_on=pd.Timestamp(AS_OF))
        table = rank_officers(dealt, work, as_of=AS_OF)
        assert (table["p_top5"] > 0.8).sum() == 0
        assert table["ratio"].between(0.5, 2).all()


@pytest.mark.parametrize("factor", [10, 0.1])
def test_the_unit_of_the_weights_does_not_matter(factor: float):
    events, exposure = city(300, 10, 5, 0.1, np.random.default_rng(1).gamma(3, 1 / 3, 300), seed=7)
    one = rank_officers(events, exposure, as_of=AS_OF)
    other = rank_officers(events.assign(weight=events["weight"] * factor), exposure, as_of=AS_OF)
    for column in ("observed", "expected"):
        other[column] /= factor
    pd.testing.assert_frame_equal(one, other, rtol=1e-5)
    assert one["officer_id"].tolist() == other["officer_id"].tolist()


WORK = st.dictionaries(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("stu")), st.integers(1, 60), min_size=1, max_size=12
)
EVENTS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("stu"), st.integers(0, 400), st.floats(0.1, 3)))


@settings(max_examples=20, deadline=None)
@given(work=WORK, drawn=EVENTS, order=st.randoms(use_true_random=False), half_life=st.sampled_from([None, 90]))
def test_whatever_is_given_the_table_is_whole(work, drawn, order, half_life):
    rows = [
        (officer, kind, pd.Timestamp(AS_OF) - pd.Timedelta(days=age), weight) for officer, kind, age, weight in drawn
    ]
    exposure = exposure_of(*((*key, units) for key, units in work.items()))

    def ranked(rows: list, exposure: pd.DataFrame) -> pd.DataFrame:
        return rank_officers(events_of(*rows), exposure, as_of=AS_OF, half_life_days=half_life, draws=50)

    table = ranked(rows, exposure)
    shared = {kind for _, kind in work if sum(other == kind for _, other in work) > 1}
    counted = sum(
        weight * (0.5 ** (age / half_life) if half_life else 1) for _, kind, age, weight in drawn if kind in shared
    )
    assert table["observed"].sum() == pytest.approx(counted, abs=1e-6)
    assert set(table["officer_id"]) == {officer for officer, _ in work} | {officer for officer, *_ in drawn}
    held = table[table["status"] == "ranked"]
    assert held["rank"].tolist() == list(range(1, len(held) + 1))
    assert held[["ratio", "low", "high", "p_top5"]].notna().all(axis=None)
    assert ((held["low"] <= held["high"]) & (held["rank_low"] <= held["rank_high"])).all()
    order.shuffle(rows)
    pd.testing.assert_frame_equal(table, ranked(rows, exposure.sample(frac=1, random_state=1)))


def test_without_any_warning_everybody_is_like_the_peers():
    table = rank_officers(events_of(), exposure_of(("a", "s", 20), ("b", "s", 30)), as_of=AS_OF)
    assert table["observed"].tolist() == [0, 0]
    assert table["ratio"].tolist() == pytest.approx([1, 1])
    assert table["status"].tolist() == ["ranked", "ranked"]


def test_where_everybody_works_alone_nobody_is_compared():
    events, exposure = events_of(("a", "s", "2022-03-01", 3)), exposure_of(("a", "s", 90), ("b", "t", 90))
    assert rank_officers(events, exposure, as_of=AS_OF)["status"].tolist() == ["insufficient"] * 2
    table = rank_officers(events, exposure, as_of=AS_OF, min_exposure=0)
    assert table[["observed", "expected"]].to_numpy().tolist() == [[0, 0], [0, 0]]
    assert table["ratio"].isna().all() and table["status"].eq("insufficient").all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"half_life_days": 0},
        {"half_life_days": -10},
        {"half_life_days": float("nan")},
        {"interval": 0},
        {"interval": 1},
        {"draws": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict):
    events, exposure = city(20, 2, 2, 0.1, np.ones(20), seed=1)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        rank_officers(events, exposure, as_of=AS_OF, **wrong)


def test_amounts_days_and_strata_that_make_no_sense_are_refused():
    events, exposure = city(20, 2, 2, 0.1, np.ones(20), seed=1)
    for wrong in (
        {"events": events.assign(weight=np.inf)},
        {"exposure": exposure.assign(exposure=np.inf)},
        {"events": events.assign(occurred_on=20220601)},
        {"events": events.assign(stratum=events["stratum"].astype(str))},
    ):
        with pytest.raises(ValueError):
            rank_officers(**{"events": events, "exposure": exposure, **wrong}, as_of=AS_OF)


def test_work_of_nobody_counts_for_nobody():
    events, exposure = city(20, 2, 2, 0.1, np.ones(20), seed=1)
    nameless = pd.DataFrame({"officer_id": [None], "stratum": [0], "exposure": [50]})
    more = pd.concat([exposure, nameless], ignore_index=True)
    pd.testing.assert_frame_equal(
        rank_officers(events, more, as_of=AS_OF), rank_officers(events, exposure, as_of=AS_OF), check_dtype=False
    )


def test_equal_figures_come_in_random_order_in_every_draw():
    """300 alike: the median rank of each lies near the middle, whatever the place in the table."""
    alike = Posterior(np.array([0.5, 1.0, 2.0]), np.tile([0.25, 0.5, 0.25], (300, 1)))
    _, low, high = _simulated(alike, 0.5, 2000, np.random.default_rng(0))
    assert low.tolist() == high.tolist()
    assert low.min() > 130 and low.max() < 170


def test_without_anybody_the_table_is_empty():
    table = rank_officers(events_of(), exposure_of(), as_of=AS_OF)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def test_one_officer_whose_events_pile_up_hides_few_and_only_rises():
    """A data fault or a scandal: thirty and more events of one officer in one kind of work of a city of 1,100.

    With a scatter that knows no bounds, two of the eleven who stood out before are left.
    """
    truth = np.ones(800)
    truth[:16] = 6.0
    events, exposure = city(800, 20, 5, 0.04, truth, seed=4)
    place = exposure[exposure["officer_id"].eq(399)].iloc[0]["stratum"]
    one = events_of((399, place, "2022-06-01", 1))

    def ranked(more: int) -> pd.DataFrame:
        return by_officer(rank_officers(pd.concat([events, *[one] * more]), exposure, as_of=AS_OF))

    tables = {more: ranked(more) for more in (0, 10, 30, 100)}
    own = [table.loc[399, "ratio"] for table in tables.values()]
    assert own == sorted(own) and tables[100].loc[399, "rank"] == 1
    assert tables[0]["low"].gt(1).sum() == 11
    assert tables[30]["low"].gt(1).sum() >= 8
