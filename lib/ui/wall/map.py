"""The warning map on the wall: every town in the shade of its warnings, those with red ones marked by their shape."""

import math
from typing import Any, NamedTuple

import pandas as pd
import shapely

from lib.insight.map.bands import band_of, bands
from lib.insight.map.outlines import Shape, Shapes, simpler
from lib.ui.charts.levels import LEVELS
from lib.ui.map.deck import ink_on, label_of
from lib.ui.map.shading import MISSING
from lib.ui.verbatim import in_html
from lib.ui.wall.ink import CARD, COLOURS, NO_DATA, NONE, RAMP, SMALL, drawing

WIDTH, HEIGHT = 1180, 830
# Less than a pixel of the largest screen, and as many corners as are sent every few minutes.
_FINEST, _CORNERS = 0.0003, 4000
_FLAT = math.cos(math.radians(30.65))
_EDGE = 10


class TownMap(NamedTuple):
    """The picture, and its legend as (words, colour)."""

    picture: str
    legend: list[tuple[str, str]]


class _Frame(NamedTuple):
    west: float
    north: float
    scale: float
    left: float
    top: float

    def spot(self, lon: float, lat: float) -> tuple[float, float]:
        return self.left + (lon - self.west) * _FLAT * self.scale, self.top + (self.north - lat) * self.scale


def town_map(shapes: Shapes, towns: pd.DataFrame) -> TownMap:
    """The towns of a frame of area_risk with their warnings, the borders of their counties, and the names that find
    room."""
    small = simpler(shapes, _FINEST, _CORNERS)
    rows = {row["code"]: row for row in towns[towns["is_town"]].to_dict("records")}
    shown = [shape for shape in small.towns if shape.code in rows]
    counties = {shape.county_code for shape in shown}
    borders = [shape for shape in small.counties if shape.code in counties]
    if not shown:
        return TownMap(drawing(WIDTH, HEIGHT, "没有可画的镇街"), [])
    counts = pd.Series({code: int(row["warnings"]) for code, row in rows.items()})
    found = bands(counts, "件", whole=True)
    ramp = [RAMP[round(place * (len(RAMP) - 1) / max(1, len(found) - 1))] for place in range(len(found))]
    classes = band_of(counts, found)
    fills = {
        code: NO_DATA if not row["known"] else NONE if classes[code] < 0 else ramp[classes[code]]
        for code, row in rows.items()
    }
    frame = _frame(shown)
    legend = [("0 件", NONE), *((band.text, colour) for band, colour in zip(found, ramp, strict=True))]
    if NO_DATA in fills.values():
        legend.append((MISSING, NO_DATA))
    areas = "".join(
        f'<path d="{_path(shape, frame)}" fill="{fills[shape.code]}" stroke="{CARD}" stroke-width="1.5"/>'
        for shape in shown
    )
    lines = "".join(
        f'<path d="{_path(shape, frame)}" fill="none" stroke="#e8eef5" stroke-width="3" stroke-opacity=".75"/>'
        for shape in borders
    )
    return TownMap(drawing(WIDTH, HEIGHT, "预警地图", areas, lines, _labels(shown, rows, fills, frame)), legend)


def _frame(shapes: list[Shape]) -> _Frame:
    west, south, east, north = shapely.total_bounds([shape.outline for shape in shapes])
    wide, tall = (east - west) * _FLAT, north - south
    scale = min((WIDTH - 2 * _EDGE) / wide, (HEIGHT - 2 * _EDGE) / tall)
    return _Frame(west, north, scale, (WIDTH - wide * scale) / 2, (HEIGHT - tall * scale) / 2)


def _path(shape: Shape, frame: _Frame) -> str:
    rings = (ring for part in shapely.get_parts(shape.outline) for ring in (part.exterior, *part.interiors))
    return "".join(
        "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in (frame.spot(*corner) for corner in ring.coords[:-1])) + "Z"
        for ring in rings
    )


def _labels(shapes: list[Shape], rows: dict[Any, dict], fills: dict[Any, str], frame: _Frame) -> str:
    """Name and count of each town that has room, those with most warnings first; ▲ and how many where some are red."""
    red = LEVELS["red"]
    taken: list[tuple[float, float, float, float]] = []
    told = []
    for shape in sorted(shapes, key=lambda shape: (-rows[shape.code]["warnings"], shape.code)):
        row = rows[shape.code]
        name = f"{label_of(shape.name)} {row['warnings']:,}" if row["warnings"] else label_of(shape.name)
        mark = f"{red.shape}{row['red']}" if row["red"] else ""
        x, y = frame.spot(*shape.middle)
        half = max(sum(SMALL if ord(sign) > 255 else SMALL * 0.56 for sign in name), 40 if mark else 0) / 2 + 3
        high = SMALL * (1.15 if mark else 0.6)
        if any(abs(x - a) < half + b and abs(y - c) < high + d for a, c, b, d in taken):
            continue
        if x - half < 0 or x + half > WIDTH:
            continue
        taken.append((x, y, half, high))
        ink = ink_on(fills[shape.code])
        base = y + SMALL * (0.35 if not mark else -0.15)
        told.append(
            f'<text x="{x:.0f}" y="{base:.0f}" font-size="{SMALL}" text-anchor="middle" fill="{ink}"'
            f' stroke="{fills[shape.code]}" stroke-width="5" paint-order="stroke">{in_html(name)}</text>'
        )
        if mark:
            told.append(
                f'<text x="{x:.0f}" y="{base + SMALL:.0f}" font-size="{SMALL}" text-anchor="middle" font-weight="600"'
                f' fill="{COLOURS["red"]}" stroke="{CARD}" stroke-width="5" paint-order="stroke">{mark}</text>'
            )
    return "".join(told)
