"""The charts on the wall: bars by model and by month with their levels, rates with their intervals."""

import math

import pandas as pd

from lib.insight.map.risk import CASES
from lib.rules.levels import LEVELS as CODES
from lib.ui.charts.levels import level_counts
from lib.ui.wall.ink import ACCENT, COLOURS, INK, LINE, PLAIN, QUIET, SMALL, drawing, line, rect, text

# Room for as many bars as can be read from afar.
_MODELS, _PLACES = 11, 10
_ROW = 68


def by_model(rules: pd.DataFrame) -> str:
    """The models with most warnings (label, red, orange, yellow, total): stacked by level, counts beside the bar."""
    width, name, most = 900, 330, 300
    shown = rules.head(_MODELS)
    longest = max(int(shown["total"].max()) if len(shown) else 0, 1)
    parts = []
    for place, row in enumerate(shown.to_dict("records")):
        y = place * _ROW + 8
        parts.append(text(name - 14, y + 34, _short(str(row["label"]), 12), PLAIN, INK, "end"))
        x = float(name)
        for level in CODES:
            long = most * int(row[level]) / longest
            parts.append(rect(x, y + 6, long, 38, COLOURS[level]))
            x += long
        told = f"{row['total']:,} 件 {level_counts(*(row[level] for level in CODES))}" if row["total"] else "0 件"
        parts.append(text(x + 12, y + 34, told, SMALL, QUIET))
    return drawing(width, _MODELS * _ROW, "各模型预警件数", *parts)


def by_month(months: pd.DataFrame) -> str:
    """Twelve months (month, red, orange, yellow): columns stacked from red, the sum on top."""
    width, height, foot, head = 860, 660, 40, 44
    totals = months[list(CODES)].sum(axis=1)
    highest = max(int(totals.max()), 1)
    step = width / len(months)
    room = height - foot - head
    parts = [line(0, height - foot, width, height - foot)]
    for place, row in enumerate(months.to_dict("records")):
        x, y = place * step + step * 0.18, float(height - foot)
        for level in CODES:
            tall = room * int(row[level]) / highest
            y -= tall
            parts.append(rect(x, y, step * 0.64, tall, COLOURS[level]))
        middle = place * step + step / 2
        parts.append(text(middle, y - 10, f"{totals.iloc[place]:,}", SMALL, INK, "middle"))
        parts.append(text(middle, height - 8, f"{row['month'].month}月", SMALL, QUIET, "middle"))
    return drawing(width, height, "近12个月各级预警件数", *parts)


def rates(places: pd.DataFrame) -> str:
    """Rates by place (columns of area_risk.by_county): a dot with the line of its interval, and what it is made of."""
    width, name, right = 1820, 250, 720
    shown = places.head(_PLACES)
    compared = shown[~shown["few"] & shown["rate"].notna()]
    ends = _ticks(float(compared["high"].max()) if len(compared) else 1.0)
    scale = (width - name - right) / ends[-1]
    foot = len(shown) * 74 + 10
    parts = [line(name + tick * scale, 0, name + tick * scale, foot, LINE, 1) for tick in ends]
    parts += [text(name + tick * scale, foot + 30, f"{tick:g}", SMALL, QUIET, "middle") for tick in ends]
    for place, row in enumerate(shown.to_dict("records")):
        y = place * 74 + 38
        made = f"{row['warnings']:,} 件 / {row['base']:,} {CASES.unit}"
        parts.append(text(name - 18, y + 10, _short(str(row["name"]), 8), 30, INK, "end"))
        if row["few"] or pd.isna(row["rate"]):
            parts.append(text(name + 14, y + 10, f"数量少，不比较（{made}）", SMALL, QUIET))
            continue
        low, middle, high = (name + row[each] * scale for each in ("low", "rate", "high"))
        parts.append(line(low, y, high, y, ACCENT, 6))
        parts.append(f'<circle cx="{middle:.1f}" cy="{y}" r="13" fill="{INK}"/>')
        told = f"{row['rate']:.1f}"
        parts.append(text(width - right + 40, y + 12, told, 36, INK, "start", 600))
        between = f"95% 区间 {row['low']:.1f}–{row['high']:.1f}"
        parts.append(text(width - right + 170, y + 10, between, PLAIN, QUIET))
        parts.append(text(width - 10, y + 10, made, PLAIN, QUIET, "end"))
    return drawing(width, max(foot + 44, 200), "各地预警率", *parts)


def _ticks(highest: float) -> list[float]:
    """Round numbers from 0 up to at least the highest, four to six of them."""
    raw = highest / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= raw)
    return [step * place for place in range(math.ceil(highest / step) + 1)]


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
