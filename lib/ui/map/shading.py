"""Measures of the map: what is coloured, in which classes, and what the legend says."""

from typing import Any, NamedTuple

import pandas as pd

from lib.insight.map.bands import band_of, bands
from lib.insight.map.risk import FEWEST_PIECES, Base
from lib.insight.wording import number
from lib.ui.charts.levels import LEVELS, level_counts, level_text
from lib.ui.charts.shared import NO_DATA, RAMP
from lib.ui.map.deck import Shade
from lib.ui.verbatim import in_html

MEASURES = {
    "count": "预警数",
    "rate": "每千件预警率",
    "red": "红色预警数",
    "orange": "橙色预警数",
    "highest": "最高等级",
}
_COLUMNS = {"count": "warnings", "rate": "rate", "red": "red", "orange": "orange"}
_NONE = "#e9eff6"
_FEW = "#e4e0d8"
MISSING = "无数据"


class Shading(NamedTuple):
    """The shade of each town by code, the legend as (text, colour), and the legend's heading with its unit."""

    shades: dict[str, Shade]
    legend: list[tuple[str, str]]
    heading: str


def shading(risk: pd.DataFrame, measure: str, base: Base) -> Shading:
    """Colours for the towns of an area_risk frame by one of MEASURES."""
    towns = risk[risk["is_town"]].reset_index(drop=True)
    legend, colours = _levels(towns) if measure == "highest" else _classes(towns, measure)
    missing = ~towns["known"]
    colours = colours.mask(missing, NO_DATA)
    if missing.any():
        legend.append((MISSING, NO_DATA))
    texts = [town_text(row, base) for row in towns.to_dict("records")]
    shades = {code: Shade(colour, text) for code, colour, text in zip(towns["code"], colours, texts, strict=True)}
    return Shading(shades, legend, _heading(measure, base))


def _heading(measure: str, base: Base) -> str:
    return {
        "count": "预警数（件）",
        "rate": f"每千{base.unit}{base.name}的预警数（件）",
        "red": "红色预警数（件）",
        "orange": "橙色预警数（件）",
        "highest": "最高预警等级",
    }[measure]


def _levels(towns: pd.DataFrame) -> tuple[list[tuple[str, str]], pd.Series]:
    colours = towns["highest"].map({level: look.colour for level, look in LEVELS.items()}).fillna(_NONE)
    return [*((level_text(level), look.colour) for level, look in LEVELS.items()), ("无预警", _NONE)], colours


def _classes(towns: pd.DataFrame, measure: str) -> tuple[list[tuple[str, str]], pd.Series]:
    values = towns[_COLUMNS[measure]].fillna(0)
    few = towns["few"] if measure == "rate" else pd.Series(False, index=towns.index)
    found = bands(values[~few], "件", whole=measure != "rate")
    ramp = _ramp(len(found))
    colours = band_of(values, found).map({-1: _NONE, **dict(enumerate(ramp))}).mask(few, _FEW)
    legend = [("0", _NONE), *((band.text, colour) for band, colour in zip(found, ramp, strict=True))]
    if (few & towns["known"]).any():
        legend.append((f"不足{FEWEST_PIECES}件", _FEW))
    return legend, colours


def _ramp(count: int) -> list[str]:
    steps = RAMP[1:]
    return (
        [steps[round(index * (len(steps) - 1) / max(1, count - 1))] for index in range(count)]
        if count > 1
        else ([steps[1]] * count)
    )


def town_text(town: dict[str, Any], base: Base) -> str:
    """The tooltip of a town, and what a reader of the table would know: counts, rate with its interval, n."""
    title = f"{town['name']}（{town['county_name']}）"
    if not town["known"]:
        return f"{title}\n{MISSING}"
    counts = level_counts(*(town[level] for level in LEVELS))
    return f"{title}\n预警 {town['warnings']} 件 {counts}\n{rate_text(town, base)}"


def rate_text(town: dict[str, Any], base: Base) -> str:
    """'每千件 3.2 件(95% 区间 1.1–7.4,n=1,204)', with a word of caution when n is small."""
    if not town["base"]:
        return f"无{base.name}，不计算预警率"
    interval = f"95% 区间 {number(round(town['low'], 1))}–{number(round(town['high'], 1))}"
    few = "，数量少，仅供参考" if town["few"] else ""
    return f"每千{base.unit}{base.name} {round(town['rate'], 1):g} 件（{interval}，n={town['base']:,}{few}）"


def legend_words(shading: Shading) -> str:
    """The legend of a count in one line: '由浅到深 0、1、2–3、≥4 件，灰色无数据'."""
    classes = [text.removesuffix(" 件") for text, _ in shading.legend if text != MISSING]
    grey = f"，灰色{MISSING}" if len(classes) < len(shading.legend) else ""
    return f"由浅到深 {'、'.join(classes)} 件{grey}"


def legend(shading: Shading) -> str:
    """The legend as HTML: squares with their words."""
    squares = (f'<span><i style="background:{fill}"></i>{in_html(text)}</span>' for text, fill in shading.legend)
    return f'<div class="legend" role="img" aria-label="图例：{in_html(shading.heading)}">{"".join(squares)}</div>'
