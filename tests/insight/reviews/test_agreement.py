"""κ and AC1 against values from the literature and by hand; a word where there are too few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.insight.reviews.agreement import agreement

GRADES = ("优秀", "良好", "合格", "不合格")


def table(cells: list[list[int]], names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The scores that a table of counts stands for, rows the first, columns the second."""
    first, second = [], []
    for row, counts in zip(names, cells, strict=True):
        for column, count in zip(names, counts, strict=True):
            first += [row] * count
            second += [column] * count
    return first, second


def test_kappa_by_hand() -> None:
    found = agreement(*table([[20, 5], [10, 15]], ("是", "否")), ("是", "否"), 20)
    assert (found.pairs, found.same) == (50, 35) and found.kappa is not None
    assert found.kappa.value == pytest.approx(0.4)
    # Fleiss, Cohen and Everitt: (0.10972 + 0.10188 - 0.01) / 0.25 / 50 = 0.016128; with n - 1, √(0.016128 · 50/49).
    half = (found.kappa.high - found.kappa.low) / 2
    assert half == pytest.approx(2.009575 * (0.016128 * 50 / 49) ** 0.5, abs=1e-5)
    # Margins 0.55 and 0.45: pe = 2 · 0.55 · 0.45 = 0.495; (0.7 - 0.495) / 0.505.
    assert found.ac1 is not None and found.ac1.value == pytest.approx(0.205 / 0.505)


def test_where_nearly_all_are_good_kappa_falls_to_nothing_and_ac1_does_not() -> None:
    # Gwet (2008), after Feinstein and Cicchetti: 118 of 125 agree.
    found = agreement(*table([[118, 5], [2, 0]], ("是", "否")), ("是", "否"), 20)
    assert found.kappa is not None and found.ac1 is not None
    assert found.kappa.value == pytest.approx(-0.0234, abs=1e-4)
    # Margins 0.972 and 0.028: pe = 2 · 0.972 · 0.028 = 0.054432; (0.944 - 0.054432) / 0.945568.
    assert found.ac1.value == pytest.approx(0.94078, abs=1e-5)
    # Gwet's variance: by parts pa(1-pa) = 0.052864, Σ pₖₖ(1-πₖ) - pa pe = 0.026432 - 0.051384, Σ pₖₗ(1-mean)² - pe².
    share, chance, value, count = 0.944, 0.054432, 0.889568 / 0.945568, 125
    squares = 118 / 125 * 0.028**2 + 7 / 125 * 0.25
    variance = share * (1 - share) - 4 * (1 - value) * (118 / 125 * 0.028 - share * chance)
    variance += 4 * (1 - value) ** 2 * (squares - chance**2)
    error = (variance / (count - 1)) ** 0.5 / (1 - chance)
    assert found.ac1.low == pytest.approx(found.ac1.value - 1.979280 * error, abs=1e-5)


def test_all_in_one_grade() -> None:
    found = agreement(["优秀"] * 30, ["优秀"] * 30, GRADES, 20)
    assert found.kappa is None and "κ 无从计算" in found.word
    assert found.ac1 == (1.0, 1.0, 1.0)


def test_few_pairs_give_a_word() -> None:
    found = agreement(["优秀"] * 19, ["优秀"] * 19, GRADES, 20)
    assert (found.kappa, found.ac1, found.pairs, found.same) == (None, None, 19, 19)
    assert found.word == "双评只有 19 件，不足 20 件，不算一致性系数"
    assert agreement([], [], GRADES, 20).pairs == 0


SCORES = st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), min_size=20, max_size=60)


@given(SCORES)
def test_what_always_holds(scores: list[tuple[str, str]]) -> None:
    first, second = [one for one, _ in scores], [other for _, other in scores]
    found, turned = agreement(first, second, GRADES, 20), agreement(second, first, GRADES, 20)
    assert found.ac1 is not None and found.ac1.low <= found.ac1.value <= found.ac1.high <= 1
    assert turned.ac1 == pytest.approx(found.ac1) and found.same == sum(one == other for one, other in scores)
    if found.kappa is not None:
        assert turned.kappa == pytest.approx(found.kappa) and -1 <= found.kappa.low <= found.kappa.high <= 1
    if found.same == found.pairs and found.kappa is not None:
        assert found.kappa.value == pytest.approx(1)
