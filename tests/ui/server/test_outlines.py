"""Outlines are served by an address that only their content gives, and may be kept for ever."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from lib.insight.map.outlines import town_shapes
from lib.ui.map.card import card_map
from lib.ui.server.outlines import Outlines, address


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(middleware=[Middleware(Outlines)]))


def test_what_was_given_is_served_packed_and_kept(client: TestClient):
    where = address(b'[{"code":"330402"}]')
    answer = client.get(f"/{where}")
    assert answer.json() == [{"code": "330402"}]
    assert "immutable" in answer.headers["cache-control"] and answer.headers["content-encoding"] == "gzip"
    assert address(b'[{"code":"330402"}]') == where != address(b"[]")


@pytest.mark.parametrize("path", ["/app/outlines/", "/app/outlines/0123.json", "/app/outlines/..%2f", "/"])
def test_nothing_else_is(client: TestClient, path: str):
    assert client.get(path).status_code == 404


def test_the_card_has_every_town_and_county_by_its_address_and_none_in_itself(client: TestClient):
    shapes = town_shapes()
    chart = card_map(shapes, {}, {}, frozenset(shape.code for shape in shapes.towns), 200)
    areas, borders = chart["layer"][:2]
    where = areas["transform"][0]["from"]["data"]["url"]
    served = {one["code"]: one for one in client.get(f"/{where}").json()}
    assert {row["code"] for row in (*areas["data"]["values"], *borders["data"]["values"])} == set(served)
    assert all(one["type"] in ("Polygon", "MultiPolygon") for one in served.values())
    assert "coordinates" not in str(chart)
    assert len(gzip.compress(client.get(f"/{where}").content)) < 20_000
