"""The shapes of the towns: they fill their county, each holds its seat, and an official file takes their place."""

import json
from pathlib import Path

import pandas as pd
import pytest
import shapely

from lib.catalog.dataset import ROOT
from lib.errors import UserError
from lib.insight.map.outlines import town_shapes

TOWNS = pd.read_csv(ROOT / "data" / "towns.csv", dtype={"code": str, "county_code": str})


def _file(home: Path, features: list[dict]) -> None:
    (home / "towns.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


def _square(properties: dict, west: float = 120.5) -> dict:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(shapely.box(west, 30.6, west + 0.1, 30.7)),
    }


def test_every_town_has_one_valid_cell_that_holds_its_seat():
    shapes = town_shapes()
    assert {shape.code for shape in shapes.towns} == set(TOWNS["code"]) and len(shapes.towns) == 72
    outlines = {shape.code: shape.outline for shape in shapes.towns}
    seats = zip(TOWNS["code"], TOWNS["lon"], TOWNS["lat"], strict=True)
    assert [code for code, lon, lat in seats if not outlines[code].covers(shapely.Point(lon, lat))] == []
    assert all(outline.is_valid for outline in outlines.values())


def test_cells_of_a_county_fill_it_and_do_not_overlap():
    shapes = town_shapes()
    assert len(shapes.counties) == 7
    for county in shapes.counties:
        parts = [shape.outline for shape in shapes.towns if shape.county_code == county.code]
        assert sum(part.area for part in parts) == pytest.approx(county.outline.area, rel=1e-6)
        assert shapely.union_all(parts).symmetric_difference(county.outline).area < 1e-8


def test_a_spot_belongs_to_the_nearest_seat_of_its_county():
    shapes = {shape.code: shape for shape in town_shapes().towns}
    tongxiang = TOWNS[TOWNS["county_code"] == "330483"]
    spot = shapely.Point(120.60, 30.66)
    squeezed = ((tongxiang["lon"] - spot.x) * 0.8602) ** 2 + (tongxiang["lat"] - spot.y) ** 2
    nearest = tongxiang.loc[squeezed.idxmin()]
    assert nearest["name"] == "濮院镇"
    assert shapes[nearest["code"]].outline.contains(spot)


def test_labels_stand_inside_their_towns():
    assert all(shape.outline.contains(shapely.Point(shape.middle)) for shape in town_shapes().towns)


def test_an_official_file_replaces_the_cells(tmp_path: Path):
    _file(tmp_path, [_square({"code": "330483101"}), _square({"code": "330483100000"}, west=120.6)])
    shapes = town_shapes(tmp_path)
    assert shapes.official
    assert [(shape.code, shape.name) for shape in shapes.towns] == [("330483100", "乌镇镇"), ("330483101", "濮院镇")]
    assert [shape.code for shape in shapes.counties] == ["330483"]
    assert shapes.counties[0].outline.area == pytest.approx(0.02)


def test_the_name_decides_where_two_code_lists_differ(tmp_path: Path):
    _file(tmp_path, [_square({"code": "330402012", "name": "城南街道"})])
    assert [shape.code for shape in town_shapes(tmp_path).towns] == ["330402014"]


@pytest.mark.parametrize("text", ["not json", "{}", '{"features": [{"properties": {}, "geometry": null}]}'])
def test_a_broken_official_file_is_named_with_what_to_do(tmp_path: Path, text: str):
    (tmp_path / "towns.geojson").write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"towns\.geojson") as caught:
        town_shapes(tmp_path)
    assert "9 位区划代码" in caught.value.hint


def test_an_official_file_of_another_city_is_refused(tmp_path: Path):
    _file(tmp_path, [_square({"code": "310101002"})])
    with pytest.raises(UserError, match="没有本市乡镇"):
        town_shapes(tmp_path)
