"""A small map of the city that fits its card at any width."""

import json
import math
from functools import lru_cache
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from lib.insight.map.outlines import Shape, Shapes, simpler
from lib.insight.map.risk import CASES
from lib.ui.charts.levels import LEVELS
from lib.ui.charts.shared import INK, sheet
from lib.ui.map.deck import Shade, label_of
from lib.ui.server.outlines import address

SELECTION = "county"
# The digits of a code that are its county's.
_COUNTY = 6
# Drawn flat: a degree of longitude is shorter than one of latitude.
_WEST, _SOUTH, _STEP = 120.0, 30.0, 0.001
_SQUEEZE = math.cos(math.radians(30.65))
# Far less than a pixel of the card, and more corners than a small map shows.
_FINEST, _CORNERS = 0.0001, 4000
# No sign of these stands in a name or a number.
_REPEATED = {
    "{": "\n预警 ",
    "}": f" 件 {LEVELS['red'].shape}",
    "<": f" {LEVELS['orange'].shape}",
    ">": f" {LEVELS['yellow'].shape}",
    "^": f"\n每千{CASES.unit}{CASES.name} ",
    "~": " 件（95% 区间 ",
    "|": "，数量少，仅供参考）",
    "_": "–",
    "=": "，n=",
    ";": "）",
}
# What stands first in a tooltip is said with the outline, which the browser keeps.
_TITLE = "@"
_SAID = f"replace(datum.text, '{_TITLE}', datum.outline.title)"
for _sign, _words in _REPEATED.items():
    _SAID = f"replace({_SAID}, '{_sign}', {json.dumps(_words)})"
_BORDER = "#3a4858"
# What says nothing that stands not beside it.
_SILENT = {"tooltip": None, "aria": False}
_PALE = Shade("#eceff3", "")


def card_map(
    shapes: Shapes, shades: dict[str, Shade], counts: dict[str, int], scope: frozenset[str], height: int
) -> dict[str, Any]:
    """The towns in `scope` with their shades (pale without one), county borders, county names with their counts; of a
    county of which one town is in scope, that town's name.

    A click selects SELECTION: the `county` it lies in.
    """
    towns = [shape for shape in shapes.towns if shape.code in scope]
    counties = [shape for shape in shapes.counties if any(town.county_code == shape.code for town in towns)]
    outline = {
        "lookup": "code",
        "as": "outline",
        "from": {"data": {"url": _drawn(shapes), "format": {"type": "json"}}, "key": "code"},
    }
    shape = {"field": "outline", "type": "geojson"}
    areas = {
        "data": {"values": [_looks(shape, _title(shape, shapes), shades.get(shape.code, _PALE)) for shape in towns]},
        "transform": [
            outline,
            {"calculate": _SAID, "as": "text"},
            {"calculate": f"slice(datum.code, 0, {_COUNTY})", "as": SELECTION},
        ],
        "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 0.6, "cursor": "pointer"},
        "params": [{"name": SELECTION, "select": {"type": "point", "fields": [SELECTION], "on": "click"}}],
        "encoding": {
            "shape": shape,
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "tooltip": {"field": "text", "type": "nominal"},
            "description": {"field": "text", "type": "nominal"},
        },
    }
    borders = {
        "data": {"values": [{"code": shape.code} for shape in counties]},
        "transform": [outline],
        "mark": {
            "type": "geoshape",
            "fill": None,
            "stroke": _BORDER,
            "strokeWidth": 1.4,
            "tooltip": None,
            "aria": False,
        },
        "encoding": {"shape": shape},
    }
    halo = {"stroke": "#ffffff", "strokeWidth": 3, "strokeOpacity": 0.85, **_SILENT}
    spots = _spots(towns, counties, counts)
    return sheet(height, projection=_fitted(towns), layer=[areas, borders, _names(spots, halo), _names(spots, {})])


def _spots(towns: list[Shape], counties: list[Shape], counts: dict[str, int]) -> list[dict[str, Any]]:
    """What stands written on the map, and where."""
    found = []
    for county in counties:
        own = [town for town in towns if town.county_code == county.code]
        shape, name = (own[0], label_of(own[0].name)) if len(own) == 1 else (county, county.name.rstrip("区县市"))
        found.append(
            {
                "lon": round((shape.middle[0] - _WEST) * _SQUEEZE / _STEP),
                "lat": round((shape.middle[1] - _SOUTH) / _STEP),
                "name": f"{name} {counts.get(county.code, 0):,}",
            }
        )
    return found


def _fitted(towns: list[Shape]) -> dict[str, Any]:
    """A flat projection in which the towns fill the card; it is not left to the chart, which has not read them yet."""
    outlines = [_placed(shape.outline) for shape in towns]
    west, south, east, north = shapely.total_bounds(outlines) if outlines else (0, 0, 1, 1)
    scale = f"0.97 * min(width / {east - west:.0f}, height / {north - south:.0f})"
    middle = f"[width / 2 - {scale} * {(west + east) / 2:.1f}, height / 2 + {scale} * {(south + north) / 2:.1f}]"
    return {"type": "identity", "reflectY": True, "scale": {"expr": scale}, "translate": {"expr": middle}}


def _title(shape: Shape, shapes: Shapes) -> str:
    county = next((one.name for one in shapes.counties if one.code == shape.county_code), "")
    return f"{shape.name}（{county}）"


def _looks(shape: Shape, title: str, shade: Shade) -> dict[str, str]:
    text = shade.text or shape.name
    said = _TITLE + text.removeprefix(title) if text.startswith(title) else text
    return {"code": shape.code, "fill": shade.colour, "text": _short(said)}


def _short(text: str) -> str:
    """A tooltip with a sign for what every town's repeats: it stands once in the chart, which puts it back (_SAID)."""
    for sign, words in _REPEATED.items():
        text = text.replace(words, sign, 1)
    return text


def _names(spots: list[dict[str, Any]], looks: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"values": spots},
        "mark": {"type": "text", "fontSize": 13, "fontWeight": 600, "color": INK, "tooltip": None, **looks},
        "encoding": {
            "longitude": {"field": "lon", "type": "quantitative"},
            "latitude": {"field": "lat", "type": "quantitative"},
            "text": {"field": "name", "type": "nominal"},
            "description": {"field": "name", "type": "nominal"},
        },
    }


@lru_cache(maxsize=4)
def _drawn(shapes: Shapes) -> str:
    """The address of the outlines of all places, small enough for a card."""
    small = simpler(shapes, _FINEST, _CORNERS)
    places = [
        {"code": shape.code, "title": _title(shape, shapes), **_flat(shape.outline)}
        for shape in (*small.towns, *small.counties)
    ]
    return address(json.dumps(places, ensure_ascii=False, separators=(",", ":")).encode())


def _flat(outline: BaseGeometry) -> dict[str, Any]:
    """The outline in whole steps of _STEP, drawn flat."""
    return _whole(shapely.geometry.mapping(_placed(outline)))


def _placed(outline: BaseGeometry) -> BaseGeometry:
    placed = affinity.translate(outline, -_WEST, -_SOUTH)
    return affinity.scale(placed, xfact=_SQUEEZE / _STEP, yfact=1 / _STEP, origin=(0, 0))


def _whole(shape: Any) -> Any:
    if isinstance(shape, float):
        return round(shape)
    if isinstance(shape, dict):
        return {name: _whole(value) for name, value in shape.items()}
    return [_whole(one) for one in shape] if isinstance(shape, tuple) else shape
