"""A small map of the city that fits its card at any width."""

import json
import math
from functools import lru_cache
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from lib.insight.map.outlines import Cell, Cells, simpler
from lib.insight.map.risk import CASES
from lib.ui.charts.shared import INK, sheet
from lib.ui.map.deck import Shade

SELECTION = "county"
# Drawn flat: a degree of longitude is shorter than one of latitude.
_SQUEEZE = math.cos(math.radians(30.65))
# Less than half a pixel of the card, and as many corners as a small map shows.
_FINEST, _CORNERS = 0.0008, 1000
# No sign of these stands in a name or a number.
_REPEATED = {
    "{": "\n预警 ", "}": " 件 ▲", "^": f"\n每千{CASES.unit}{CASES.name} ", "~": " 件（95% 区间 ",
    "|": "，数量少，仅供参考）",
}  # fmt: skip
_SAID = "datum.text"
for _sign, _words in _REPEATED.items():
    _SAID = f"replace({_SAID}, '{_sign}', {json.dumps(_words)})"
_BORDER = "#3a4858"
_PALE = Shade("#eceff3", "")


def card_map(
    cells: Cells, shades: dict[str, Shade], counts: dict[str, int], scope: frozenset[str], height: int
) -> dict[str, Any]:
    """The towns in `scope` with their shades (pale without one), county borders, county names with their counts.

    A click selects SELECTION: the `county` it lies in.
    """
    cells = simpler(cells, _FINEST, _CORNERS)
    towns = [cell for cell in cells.towns if cell.code in scope]
    counties = [cell for cell in cells.counties if any(town.county_code == cell.code for town in towns)]
    areas = {
        "data": {"values": [{**_feature(cell), **_looks(cell, shades.get(cell.code, _PALE))} for cell in towns]},
        "transform": [{"calculate": _SAID, "as": "text"}],
        "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 0.6, "cursor": "pointer"},
        "params": [{"name": SELECTION, "select": {"type": "point", "fields": ["county"], "on": "click"}}],
        "encoding": {
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "tooltip": {"field": "text", "type": "nominal"},
        },
    }
    borders = {
        "data": {"values": [_feature(cell) for cell in counties]},
        "mark": {"type": "geoshape", "fill": None, "stroke": _BORDER, "strokeWidth": 1.4, "tooltip": None},
    }
    halo = {"stroke": "#ffffff", "strokeWidth": 3, "strokeOpacity": 0.85}
    return sheet(
        height,
        projection={"type": "identity", "reflectY": True},
        layer=[areas, borders, _names(counties, counts, halo), _names(counties, counts, {})],
    )


def _looks(cell: Cell, shade: Shade) -> dict[str, str]:
    return {"county": cell.county_code, "fill": shade.colour, "text": _short(shade.text or cell.name)}


def _short(text: str) -> str:
    """A tooltip with a sign for what every town's repeats: it stands once in the chart, which puts it back (_SAID)."""
    for sign, words in _REPEATED.items():
        text = text.replace(words, sign, 1)
    return text


def _names(counties: list[Cell], counts: dict[str, int], looks: dict[str, Any]) -> dict[str, Any]:
    spots = [
        {
            "lon": cell.middle[0] * _SQUEEZE, "lat": cell.middle[1],
            "name": f"{cell.name.rstrip('区县市')} {counts.get(cell.code, 0):,}",
        }
        for cell in counties
    ]  # fmt: skip
    return {
        "data": {"values": spots},
        "mark": {"type": "text", "fontSize": 13, "fontWeight": 600, "color": INK, "tooltip": None, **looks},
        "encoding": {
            "longitude": {"field": "lon", "type": "quantitative"},
            "latitude": {"field": "lat", "type": "quantitative"},
            "text": {"field": "name", "type": "nominal"},
        },
    }


def _feature(cell: Cell) -> dict[str, Any]:
    return {"type": "Feature", "geometry": _flat(cell.outline)}


@lru_cache(maxsize=256)
def _flat(outline: BaseGeometry) -> dict[str, Any]:
    flat = affinity.scale(outline, xfact=_SQUEEZE, origin=(0, 0))
    return _rounded(shapely.geometry.mapping(flat))


def _rounded(shape: Any) -> Any:
    if isinstance(shape, float):
        return round(shape, 3)
    if isinstance(shape, dict):
        return {name: _rounded(value) for name, value in shape.items()}
    return [_rounded(one) for one in shape] if isinstance(shape, tuple) else shape
