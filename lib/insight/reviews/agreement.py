"""How far two who scored the same files agree beyond chance: Cohen's κ and Gwet's AC1, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

_TAIL = 0.025
# When which of the two holds, for whoever reads both.
WHEN = (
    "κ（Cohen）与 AC1（Gwet）都扣除碰巧一致：绝大多数案卷落在同一等次（如几乎都是优良）时 κ 会失真偏低，看 AC1；"
    "各等次都有一定数量时看 κ，两者应相近。"
)


class Coefficient(NamedTuple):
    """A coefficient with its 95 % interval; at most 1, 0 when no better than chance."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Of so many pairs so many agree; a coefficient is None where `word` says why there is none."""

    pairs: int
    same: int
    kappa: Coefficient | None
    ac1: Coefficient | None
    word: str = ""


def agreement(first: Sequence[str], second: Sequence[str], categories: Sequence[str], least: int) -> Agreement:
    """The agreement of two scores of the same files, in the same order, each one of `categories`.

    Fewer pairs than `least` give a word instead of coefficients. Where all scores are the same, κ is not defined: what
    chance alone would give leaves nothing to be better than; AC1 then is 1.

    κ: Cohen, Educational and Psychological Measurement 20 (1960) 37-46; AC1: Gwet, British Journal of Mathematical and
    Statistical Psychology 61 (2008) 29-48. Variances by linearisation over files, as Gwet, Handbook of Inter-Rater
    Reliability, 4th ed. (2014), ch. 5; for κ the same as Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969)
    323-327, but for n − 1 in place of n. Intervals by Student's t with n − 1 degrees of freedom, within -1 and 1.
    [[20, 5], [10, 15]]: κ 0.4; [[118, 5], [2, 0]]: κ -0.023, AC1 0.941.
    """
    count = len(first)
    same = sum(one == other for one, other in zip(first, second, strict=True))
    if count < least:
        return Agreement(count, same, None, None, f"双评只有 {count} 件，不足 {least} 件，不算一致性系数")
    place = {name: number for number, name in enumerate(categories)}
    one = np.array([place[name] for name in first])
    other = np.array([place[name] for name in second])
    agree = (one == other).astype(float)
    width = len(categories)
    left, right = (np.bincount(side, minlength=width) / count for side in (one, other))
    chance = float(left @ right)
    kappa = None
    if chance < 1:
        # What a file adds to the agreement by chance: how often each other reader says what one says of it.
        kappa = _coefficient(agree, (right[one] + left[other]) / 2, chance)
    both = (left + right) / 2
    spread = float((both * (1 - both)).sum()) / (width - 1)
    each = ((1 - both[one]) + (1 - both[other])) / 2 / (width - 1)
    ac1 = _coefficient(agree, each, spread)
    word = "" if kappa else "全部评为同一等次，κ 无从计算"
    return Agreement(count, same, kappa, ac1, word)


def _coefficient(agree: np.ndarray, each: np.ndarray, chance: float) -> Coefficient:
    """(pa − pe) / (1 − pe), and its interval from what each file adds to both."""
    from scipy.special import stdtrit

    count, share = len(agree), float(agree.mean())
    value = (share - chance) / (1 - chance)
    parts = (agree - chance) / (1 - chance) - 2 * (1 - value) * (each - chance) / (1 - chance)
    error = float(np.sqrt(((parts - value) ** 2).sum() / (count * (count - 1))))
    half = float(stdtrit(count - 1, 1 - _TAIL)) * error
    return Coefficient(value, max(-1.0, value - half), min(1.0, value + half))
