"""How many are drawn of which stratum, which ones, and how far off the rate may be."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chisquare

from lib.casework.reviews.design import LEAST, allocated, drawn_of, needed, reach
from tests.casework.reviews.city import cases

SIZES = st.dictionaries(st.text("甲乙丙丁戊", min_size=1, max_size=3), st.integers(1, 900), min_size=1, max_size=12)


def test_sizes_by_hand() -> None:
    # Cochran 4.4: 1.96² · 0.25 / 0.0025 = 384.1; 384.1 / (1 + 383.1 / 1000) = 277.7.
    assert needed(1000, 0.05, 0.5) == 278
    # 1.96² · 0.09 / 0.01 = 34.57; / (1 + 33.57 / 500) = 32.4.
    assert needed(500, 0.10, 0.9) == 33
    # 384.1 / (1 + 383.1 / 10⁶) = 383.999.
    assert needed(1_000_000, 0.05, 0.5) == 384 and needed(10_000_000, 0.05, 0.5) == 385
    assert needed(3, 0.01, 0.5) == 3 and needed(0, 0.1, 0.5) == 0


def test_shares_by_hand() -> None:
    # 33 · 40/57 = 23.2, 9.8 (17), so 23 and 10; a stratum of 1 gives its only one, one of 3 its least.
    assert allocated({"a": 40, "b": 17}, 33) == {"a": 23, "b": 10}
    assert allocated({"a": 996, "b": 3, "c": 1}, 100) == {"a": 100, "b": 2, "c": 1}
    assert allocated({}, 5) == {}


def test_reach_by_hand() -> None:
    # 1.96 √(0.934 · 0.09 / 33).
    assert reach({"a": 500}, {"a": 33}, 0.9) == pytest.approx(0.0989, abs=1e-4)
    # Two of 100 and 300, 10 and 30 drawn: (1/16 · 0.9 · 0.25/10 + 9/16 · 0.9 · 0.25/30)^½ · 1.96.
    assert reach({"a": 100, "b": 300}, {"a": 10, "b": 30}, 0.5) == pytest.approx(0.1470, abs=1e-4)
    assert reach({"a": 7}, {"a": 7}, 0.5) == 0.0


@given(SIZES, st.integers(0, 500))
def test_every_stratum_is_drawn_from_and_none_beyond_its_size(sizes: dict[str, int], wanted: int) -> None:
    found = allocated(sizes, min(wanted, sum(sizes.values())))
    assert set(found) == set(sizes)
    assert all(min(LEAST, sizes[name]) <= count <= sizes[name] for name, count in found.items())
    assert sum(found.values()) >= min(wanted, sum(sizes.values()))
    # In proportion, but for rounding and the minimum.
    whole, asked = sum(sizes.values()), min(wanted, sum(sizes.values()))
    assert all(count <= max(LEAST, asked * sizes[name] / whole + 1) for name, count in found.items())


@given(SIZES, st.integers(1, 400), st.randoms())
def test_the_order_of_rows_plays_no_part(sizes: dict[str, int], wanted: int, chance: object) -> None:
    shuffled = list(sizes.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allocated(dict(shuffled), wanted) == allocated(sizes, wanted)
    held = [f"C{number}" for number in range(50)]
    mixed = list(held)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert drawn_of(7, mixed, 12) == drawn_of(7, held, 12)


def test_a_thousand_draws_of_all_strata_hit_each_at_its_rate() -> None:
    held = cases().groupby("org_id")["case_id"].apply(list).to_dict()
    sizes = {name: len(numbers) for name, numbers in held.items()}
    counts = allocated(sizes, needed(sum(sizes.values()), 0.1, 0.9))
    seen: Counter[str] = Counter()
    for seed in range(1000):
        for name, numbers in held.items():
            found = drawn_of(seed, numbers, counts[name])
            # Each stratum gives what it was allotted, whatever the seed.
            assert len(set(found)) == counts[name]
            seen.update(found)
    for name, numbers in held.items():
        size, count = sizes[name], counts[name]
        rate = count / size
        # Each of its files comes at that rate: the inverse is what a file stands for.
        spread = sum((seen[one] - 1000 * rate) ** 2 / (1000 * rate) for one in numbers) * (size - 1) / (size - count)
        assert 0.001 < chi2.sf(spread, size - 1) < 0.999, name
    assert sum(seen.values()) == 1000 * sum(counts.values())


def test_a_thousand_draws_take_every_file_at_the_rate_of_its_stratum() -> None:
    held = [f"C{number:04}" for number in range(60)]
    seen: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for seed in range(1000):
        found = drawn_of(seed, held, 12)
        assert len(set(found)) == 12
        seen.update(found)
        first.update(found[:1])
    # Drawn without replacement, counts vary less than a multinomial's: the factor (N − 1) / (N − n) makes it χ².
    spread = sum((seen[one] - 200) ** 2 / 200 for one in held) * 59 / 48
    assert 30 < spread < 98  # 0.999 of χ² with 59 degrees of freedom lies below 98, all but 0.001 above 30.
    # Which comes first is as likely to be any.
    assert chisquare([first[one] for one in held]).pvalue > 0.001
    # A file's chance does not hang on its neighbour's: both of a pair come 12·11 / (60·59) of the times.
    pairs = sum({"C0000", "C0001"} <= set(drawn_of(seed, held, 12)) for seed in range(1000))
    assert 15 <= pairs <= 62
