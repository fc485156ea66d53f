"""The model of seconds on a cluster, against cases worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.cluster import Asked, Cost, costs, fitted, held_against


def asked(rows: int, cores: int, processor: float, seconds: float = 0.0) -> Asked:
    return Asked("M01 signals", rows, cores, seconds, processor)


def test_two_cities_give_the_line_through_them() -> None:
    assert fitted([(1_000_000, 5.0), (3_000_000, 9.0)]) == Cost(3.0, 2.0)


def test_seconds_are_the_fixed_part_and_a_share_of_the_rest() -> None:
    assert Cost(3.0, 2.0).seconds(86_000_000, 128) == pytest.approx(3 + 2 * 86 / 128)


def test_a_line_neither_falls_nor_starts_below_nothing() -> None:
    assert fitted([(1_000_000, 5.0), (3_000_000, 3.0)]) == Cost(4.0, 0.0)
    assert fitted([(1_000_000, 1.0), (2_000_000, 3.0)]) == Cost(0.0, pytest.approx(1.4))


def test_the_largest_city_is_not_fitted_on() -> None:
    found = [asked(1_000_000, 2, 5.0), asked(3_000_000, 2, 9.0)]
    found += [asked(9_000_000, 2, 42.0, 20.0), asked(9_000_000, 1, 40.0, 41.0)]
    assert costs(found, 9_000_000)["M01 signals"] == Cost(3.0, 2.0)
    one, two = held_against(found)
    assert (one.cores, one.processor, one.seconds) == (1, (21.0, 40.0), (21.0, 41.0))
    assert (two.cores, two.processor, two.seconds) == (2, (21.0, 42.0), (12.0, 20.0))


@given(st.floats(0, 100), st.floats(0, 100), st.lists(st.integers(1, 10**8), min_size=2, unique=True))
def test_what_lies_on_a_line_gives_the_line(fixed: float, million: float, sizes: list[int]) -> None:
    found = fitted([(rows, fixed + million * rows / 1e6) for rows in sizes])
    for rows in sizes:
        assert found.processor(rows) == pytest.approx(fixed + million * rows / 1e6, rel=1e-4, abs=1e-4)
