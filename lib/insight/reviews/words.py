"""What a look-back found, in words: the same on screen and on paper."""

from lib.insight.reviews.agreement import Agreement, Coefficient
from lib.insight.reviews.estimate import Rate
from lib.insight.reviews.results import Result
from lib.insight.wording import NONE


def percent(value: float) -> str:
    """91.2%."""
    return f"{value:.1%}"


def rate_words(rate: Rate | None) -> str:
    """91.2%（84.0%～96.1%）, or a dash."""
    return NONE if rate is None else f"{percent(rate.value)}（{percent(rate.low)}～{percent(rate.high)}）"


def coefficient_words(held: Coefficient | None) -> str:
    """0.41（0.10～0.72）, or a dash."""
    return NONE if held is None else f"{held.value:.2f}（{held.low:.2f}～{held.high:.2f}）"


def agreement_words(held: Agreement) -> str:
    """κ 0.41（0.10～0.72）　AC1 0.91（0.85～0.97）, or why there is none."""
    if held.ac1 is None:
        return held.word
    told = f"κ {coefficient_words(held.kappa)}　AC1 {coefficient_words(held.ac1)}"
    return f"{told}　{held.word}" if held.word else told


def drawn_words(held: Result) -> str:
    """How many of how many were drawn, and how far off a rate may be."""
    return f"{held.population:,} 件已结案件抽 {held.drawn:,} 件，误差 ±{held.reach * 100:.1f} 个百分点，置信度 95%"
