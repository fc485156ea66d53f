"""A rate for the whole by hand, and how often its interval holds in cities whose rate is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from lib.casework.reviews.design import allocated, drawn_of, needed
from lib.insight.reviews.estimate import rate


def strata(**sizes: int) -> pd.DataFrame:
    return pd.DataFrame(sizes.items(), columns=["stratum", "size"])


def files(**seen: tuple[int, int]) -> pd.DataFrame:
    """So many reviewed of a stratum, so many of them good."""
    rows = [(name, number < good) for name, (count, good) in seen.items() for number in range(count)]
    return pd.DataFrame(rows, columns=["stratum", "met"]).astype({"met": "bool"})


def test_each_stratum_weighs_by_its_size() -> None:
    found = rate(strata(a=300, b=100), files(a=(10, 9), b=(10, 5)))
    assert found is not None
    # 3/4 · 0.9 + 1/4 · 0.5, not 14/20.
    assert found.value == pytest.approx(0.8)
    # One over the chance of each: 30 cases stand behind a file of a, 10 behind one of b.
    assert found.value == pytest.approx((9 * 30 + 5 * 10) / 400)
    assert (found.reviewed, found.covered, found.population) == (20, 400, 400)
    # v = 9/16 · 0.9667 · 0.1/10 + 1/16 · 0.9 · 0.27778/10 = 0.0070; n* = 0.16 / v · (t19/t18)², beta quantiles.
    variance = 9 / 16 * (1 - 10 / 300) * 0.1 / 10 + 1 / 16 * 0.9 * (0.25 * 10 / 9) / 10
    assert variance == pytest.approx(0.0070, abs=1e-5)
    # 22.7 would be more than 20 files of 400 can tell: 20 / (1 - 20/400).
    size = min(0.16 / variance * (2.093024 / 2.100922) ** 2, 20 / 0.95)
    assert size == 20 / 0.95
    assert found.low == pytest.approx(beta.ppf(0.025, 0.8 * size, 0.2 * size + 1), abs=1e-6)
    assert found.high == pytest.approx(beta.ppf(0.975, 0.8 * size + 1, 0.2 * size), abs=1e-6)
    assert (round(found.low, 3), round(found.high, 3)) == (0.571, 0.94)


def test_of_one_large_stratum_it_is_the_exact_interval() -> None:
    found = rate(strata(a=10_000_000), files(a=(10, 9)))
    # The variance divides by n - 1, so that the effective size is 9: 8.1 of 9.
    assert found is not None and found.value == 0.9
    assert found.low == pytest.approx(beta.ppf(0.025, 8.1, 1.9), abs=1e-5)
    assert found.high == pytest.approx(beta.ppf(0.975, 9.1, 0.9), abs=1e-5)
    every = rate(strata(a=10_000_000), files(a=(10, 10)))
    # All of 10: from 0.025^(1/10).
    assert every is not None and (every.low, every.high) == (pytest.approx(0.6915, abs=1e-4), 1.0)


def test_what_is_reviewed_whole_is_known() -> None:
    found = rate(strata(a=7, b=3), files(a=(7, 6), b=(3, 3)))
    assert found is not None and found[:3] == pytest.approx((0.9, 0.9, 0.9))
    # Of a population of 12 of which 10 were seen, 9 of them good, at least 9 are, at most 11.
    most = rate(strata(a=12), files(a=(10, 9)))
    assert most is not None and most.low >= 9 / 12 and most.high <= 11 / 12


def test_what_was_not_reviewed_is_not_spoken_for() -> None:
    found = rate(strata(a=50, b=50), files(a=(10, 8)))
    assert found is not None and (found.covered, found.population, found.value) == (50, 100, 0.8)
    assert rate(strata(a=50), files()) is None
    # One reviewed of many: the spread of the whole stands for its own.
    one = rate(strata(a=50, b=50), files(a=(10, 8), b=(1, 1)))
    assert one is not None and one.value == 0.9 and one.low < 0.3
    # Two of the hundred are known not to be good.
    assert one.high == pytest.approx(0.98)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=6))
def test_the_rate_lies_in_its_interval_and_that_within_what_was_seen(parts: list[tuple[int, int, int]]) -> None:
    sizes = {f"s{number}": size for number, (size, _, _) in enumerate(parts)}
    seen = {f"s{number}": (min(n, size), min(good, n, size)) for number, (size, n, good) in enumerate(parts)}
    found = rate(strata(**sizes), files(**seen))
    if found is None:
        assert sum(count for count, _ in seen.values()) == 0
        return
    met = sum(good for _, good in seen.values())
    assert met / found.covered - 1e-9 <= found.low <= found.value <= found.high
    assert found.high <= 1 - (found.reviewed - met) / found.covered + 1e-9


def coverage(sizes: dict[str, int], good: dict[str, float], error: float, draws: int) -> float:
    """How often the interval holds the rate of a city in which so many of each stratum's files are good."""
    chance = np.random.default_rng(5)
    known = {name: chance.permutation(np.arange(size) < round(good[name] * size)) for name, size in sizes.items()}
    true = sum(one.sum() for one in known.values()) / sum(sizes.values())
    drawn = allocated(sizes, needed(sum(sizes.values()), error, 0.9))
    table, held = strata(**sizes), 0
    numbers = {name: [f"{name}{number}" for number in range(size)] for name, size in sizes.items()}
    for seed in range(draws):
        rows = [
            (name, bool(known[name][int(one.removeprefix(name))]))
            for name, count in drawn.items()
            for one in drawn_of(seed, numbers[name], count)
        ]
        found = rate(table, pd.DataFrame(rows, columns=["stratum", "met"]))
        assert found is not None
        held += found.low <= true <= found.high
    return held / draws


UNITS = {"a": 120, "b": 60, "c": 40, "d": 9, "e": 3, "f": 1}


def test_the_interval_holds_as_often_as_it_says() -> None:
    good = {"a": 0.95, "b": 0.9, "c": 0.7, "d": 0.8, "e": 1.0, "f": 1.0}
    assert coverage(UNITS, good, 0.1, 300) >= 0.93


@pytest.mark.scale
@pytest.mark.parametrize("error", [0.05, 0.1, 0.15])
@pytest.mark.parametrize("level", [0.6, 0.8, 0.9, 0.97, 1.0])
def test_the_interval_holds_in_many_cities(level: float, error: float) -> None:
    for shift in (0.0, 0.1):
        good = {
            name: min(1.0, max(0.0, level + (shift if number % 2 else -shift))) for number, name in enumerate(UNITS)
        }
        assert coverage(UNITS, good, error, 2000) >= 0.94
    many = {f"u{number:02}": 8 + number % 5 for number in range(30)}
    assert coverage(many, dict.fromkeys(many, level), error, 2000) >= 0.94
