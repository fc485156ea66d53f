"""The model of seconds on a cluster, against cases worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.cluster import Asked, Cost, Held, costs, fitted, held_against


def asked(rows: int, cores: int, seconds: float) -> Asked:
    return Asked("M01 signals", rows, cores, seconds)


def test_seconds_are_one_part_and_a_share_of_the_rest() -> None:
    assert Cost(3.0, 4.0, 2.0).seconds(86_000_000, 128) == pytest.approx(3 + (4 + 172) / 128)


def test_two_sizes_on_one_and_two_cores_tell_the_three_parts() -> None:
    # 2 alone, 4 shared, 1 a million rows.
    found = fitted([asked(2_000_000, 1, 8), asked(2_000_000, 2, 5), asked(6_000_000, 1, 12), asked(6_000_000, 2, 7)])
    assert (found.alone, found.shared, found.million) == pytest.approx((2, 4, 1))


def test_what_the_cities_do_not_tell_is_left_at_nothing() -> None:
    # On one core what is alone and what is shared look the same; a city that grows and takes less has no cost a row.
    assert fitted([asked(1_000_000, 1, 5), asked(3_000_000, 1, 9)]) == Cost(pytest.approx(3), 0, pytest.approx(2))
    assert fitted([asked(1_000_000, 1, 5), asked(3_000_000, 1, 3)]) == Cost(pytest.approx(4), 0, 0)


def test_the_largest_city_is_not_fitted_on() -> None:
    found = [asked(2_000_000, 1, 8), asked(2_000_000, 2, 5), asked(6_000_000, 1, 12), asked(6_000_000, 2, 7)]
    found += [asked(9_000_000, 2, 20), asked(9_000_000, 1, 41)]
    cost = costs(found, 9_000_000)["M01 signals"]
    assert (cost.alone, cost.shared, cost.million) == pytest.approx((2, 4, 1))
    assert held_against(found) == [
        Held(9_000_000, 1, pytest.approx(2 + 4 + 9), 41),
        Held(9_000_000, 2, pytest.approx(2 + 2 + 4.5), 20),
    ]


@given(st.tuples(*[st.floats(0, 100)] * 3), st.lists(st.integers(10**5, 10**8), min_size=2, max_size=4, unique=True))
def test_what_the_model_gave_the_model_finds(parts: tuple[float, float, float], sizes: list[int]) -> None:
    truth = Cost(*parts)
    found = fitted([asked(rows, cores, truth.seconds(rows, cores)) for rows in sizes for cores in (1, 2)])
    for rows in sizes:
        for cores in (1, 2):
            assert found.seconds(rows, cores) == pytest.approx(truth.seconds(rows, cores), rel=1e-3, abs=1e-3)
