"""The map of the city by town, to move and to click on. Nothing is fetched from outside."""

import json
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import pydeck as pdk
import shapely
from pydeck.bindings.json_tools import default_serialize
from shapely.geometry.base import BaseGeometry

from lib.insight.map.outlines import Shape, Shapes, simpler
from lib.ui.charts.shared import INK
from lib.ui.server.outlines import address

LAYER = "towns"
FARTHEST_IN = 5
_STEP = 0.6
_LABEL_PX, _EDGE_PX, _FIT = 13, 14, 1.4
_TILE = 512
# Less than a pixel at the nearest, and as many corners as a page carries.
_FINEST, _CORNERS = 0.0001, 1500


class Shade(NamedTuple):
    """How one town is drawn: its fill, and what the tooltip says."""

    colour: str
    text: str


_FLAT = pdk.types.String("XY")
_PALE = Shade("#e9ebee", "")


class Size(NamedTuple):
    """The pixels a map has; a `still` one cannot be dragged, so that a finger on it moves the page."""

    width: int
    height: int
    still: bool = False


class TownMap(pdk.Deck):
    """A deck that is written out once, without the line per coordinate that pydeck writes each time."""

    _written: str | None = None

    def to_json(self) -> str:
        """The deck as compact JSON."""
        if self._written is None:
            self._written = json.dumps(
                self, sort_keys=True, default=default_serialize, ensure_ascii=False, separators=(",", ":")
            )
        return self._written


def town_map(
    shapes: Shapes, shades: dict[str, Shade], size: Size, county: str, town: str, closer: float = 0.0
) -> TownMap:
    """The towns with their shades, county borders and the labels that find room; the chosen town has a frame.

    Towns without a shade are drawn pale and cannot be picked, and so is what lies outside a chosen `county`, which
    fills the view. `closer` is how many steps the view is nearer than that, about the chosen town where there is one;
    the wheel moves the page, not the map. Picking gives the layer LAYER's objects with their `code`.
    """
    shapes = simpler(shapes, _FINEST, _CORNERS)
    shown = [shape for shape in shapes.towns if shape.code in shades and county in ("", shape.county_code)]
    around = [shape for shape in shapes.towns if shape not in shown]
    chosen = [shape for shape in shown if shape.code == town]
    whole = _fit(shown or list(shapes.towns), size)
    view = _nearer(whole, closer, chosen)
    return TownMap(
        layers=[
            pdk.Layer(
                "PolygonLayer", _polygons(around, {}), id="around", get_polygon="ring",
                position_format=_FLAT, get_fill_color="fill",
                get_line_color=[255, 255, 255, 255], get_line_width=1, line_width_units=pdk.types.String("pixels"),
            ),
            pdk.Layer(
                "PolygonLayer", _polygons(shown, shades), id=LAYER, get_polygon="ring",
                position_format=_FLAT, get_fill_color="fill",
                get_line_color=[255, 255, 255, 190], get_line_width=1, line_width_units=pdk.types.String("pixels"),
                pickable=True, auto_highlight=True, highlight_color=[255, 255, 255, 70],
            ),
            _borders("counties", address(json.dumps(_rings(shapes.counties)).encode()), [58, 72, 88, 255], 2.2),
            _borders("around_chosen", _rings(chosen), [255, 255, 255, 255], 7),
            _borders("chosen", _rings(chosen), [*_rgb(INK), 255], 3),
            pdk.Layer(
                "TextLayer", _labels(shown, shades, view), id="labels", get_position="spot", get_text="label",
                get_color="ink", get_size=_LABEL_PX, size_units=pdk.types.String("pixels"),
                character_set=pdk.types.String("auto"),
                font_family=pdk.types.String("Source Han Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei"),
            ),
        ],
        # Nearer than the whole only: farther away the labels would run into each other.
        initial_view_state=pdk.ViewState(**view, min_zoom=whole["zoom"], max_zoom=whole["zoom"] + _STEP * FARTHEST_IN),
        views=[pdk.View(type="MapView", controller=_moves(size))],
        map_provider=None,
        tooltip={"text": "{text}"},
    )  # fmt: skip


def _moves(size: Size) -> dict[str, bool]:
    return {"scrollZoom": False, "dragRotate": False, "touchRotate": False, "dragPan": not size.still}


def _nearer(view: dict[str, float], closer: float, chosen: list[Shape]) -> dict[str, float]:
    middle = dict(zip(("longitude", "latitude"), chosen[0].middle, strict=True)) if closer >= 1 and chosen else {}
    return {**view, **middle, "zoom": view["zoom"] + _STEP * closer}


def _rings(shapes: Iterable[Shape]) -> list[dict]:
    return [
        {"path": _rounded(ring)}
        for shape in shapes
        for part in _parts(shape.outline)
        for ring in (part.exterior, *part.interiors)
    ]


def _borders(name: str, rings: list[dict] | str, colour: list[int], width: float) -> pdk.Layer:
    """Lines along rings, or along those at an address: what stays the same is fetched once."""
    return pdk.Layer(
        "PathLayer",
        rings,
        id=name,
        get_path="path",
        get_color=colour,
        get_width=width,
        width_units=pdk.types.String("pixels"),
    )


def _rounded(ring: Any) -> list[list[float]]:
    return [[round(lon, 4), round(lat, 4)] for lon, lat in ring.coords]


def _parts(outline: BaseGeometry) -> list[Any]:
    return list(shapely.get_parts(outline))


def _polygons(towns: list[Shape], shades: dict[str, Shade]) -> list[dict]:
    return [
        {"code": shape.code, "text": shade.text, "fill": _rgb(shade.colour), "ring": _ring(part)}
        for shape in towns
        for shade in (shades.get(shape.code, _PALE),)
        for part in _parts(shape.outline)
    ]


def _ring(part: Any) -> list:
    """The corners of a polygon, one number after the other and none twice; of one with holes its rings."""
    if part.interiors:
        return [_rounded(part.exterior), *(_rounded(hole) for hole in part.interiors)]
    return [round(degrees, 4) for corner in part.exterior.coords[:-1] for degrees in corner]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def ink_on(colour: str) -> str:
    """The text colour that reads best on a fill."""
    red, green, blue = _rgb(colour)
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else INK


def _mercator(latitude: float) -> float:
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def _fit(shapes: list[Shape], size: Size) -> dict[str, float]:
    west, south, east, north = shapely.total_bounds([shape.outline for shape in shapes])
    wide, tall = east - west, _mercator(north) - _mercator(south)
    room = min((size.width - 2 * _EDGE_PX) / wide, (size.height - 2 * _EDGE_PX) / tall)
    return {"longitude": (west + east) / 2, "latitude": (south + north) / 2, "zoom": math.log2(room * 360 / _TILE)}


def label_of(name: str) -> str:
    """A town's name without 街道 or 镇, as maps print it; 乌镇镇 is 乌镇."""
    short = name.removesuffix("街道")
    return short if short != name else name.removesuffix("镇")


def _labels(shapes: list[Shape], shades: dict[str, Shade], view: dict[str, float]) -> list[dict]:
    """The labels that find room: largest town first, none over another, none far wider than its town."""
    scale = _TILE * 2 ** view["zoom"] / 360
    taken: list[tuple[float, float, float]] = []
    labels = []
    for shape in sorted(shapes, key=lambda shape: -shape.outline.area):
        text = label_of(shape.name)
        half = _LABEL_PX * len(text) / 2 + 2
        x, y = shape.middle[0] * scale, _mercator(shape.middle[1]) * scale
        crowded = any(
            abs(x - other_x) < half + other and abs(y - other_y) < _LABEL_PX + 3 for other_x, other_y, other in taken
        )
        if crowded or 2 * half > _FIT * math.sqrt(shape.outline.area) * scale:
            continue
        taken.append((x, y, half))
        spot = [round(degrees, 4) for degrees in shape.middle]
        labels.append({"spot": spot, "label": text, "ink": _rgb(ink_on(shades[shape.code].colour))})
    return labels
