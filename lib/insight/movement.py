"""Movements in words: against the period before (环比) and a year ago (同比)."""

from lib.insight.share import NONE, Share, percent

BEFORE, YEAR_AGO = "环比", "同比"
THEN = {BEFORE: "上期", YEAR_AGO: "去年"}


def count_moved(kind: str, now: int, then: int | None) -> str:
    """'环比 +12%，上期 25'; without a share when then is 0; '环比 —，上期无记录' when then is None."""
    if then is None:
        return _unknown(kind)
    if then == 0:
        return f"{kind} {NONE}，{THEN[kind]} 0" if now else f"{kind} 持平，{THEN[kind]} 0"
    return f"{kind} {_signed((now - then) / then * 100, '%', 0)}，{THEN[kind]} {then:,}"


def share_moved(kind: str, now: Share, then: Share | None) -> str:
    """'环比 +3.2点，上期 81.0%', in percentage points; '—' where one of the two has nothing to divide by."""
    if then is None:
        return _unknown(kind)
    if now.value is None or then.value is None:
        return f"{kind} {NONE}，{THEN[kind]} {percent(then)}"
    return f"{kind} {_signed((now.value - then.value) * 100, '点', 1)}，{THEN[kind]} {percent(then)}"


def days_moved(kind: str, now: float | None, then: float | None, known: bool) -> str:
    """'环比 -1天，上期 5天'."""
    if not known:
        return _unknown(kind)
    if now is None or then is None:
        return f"{kind} {NONE}，{THEN[kind]} {NONE if then is None else f'{then:g}天'}"
    return f"{kind} {_signed(now - then, '天', 1)}，{THEN[kind]} {then:g}天"


def _unknown(kind: str) -> str:
    return f"{kind} {NONE}，{THEN[kind]}无记录"


def _signed(change: float, unit: str, digits: int) -> str:
    rounded = round(change, digits)
    if rounded == 0:
        return "持平"
    text = f"{rounded:+,.{digits}f}"
    return f"{text.removesuffix('.0')}{unit}"
