"""The map page: the same towns and numbers by map, selector and table, within the scope."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.insight.figure import asked_in_text
from tests.cities import handmade
from tests.pages.opening import chart_rows, figures, links, open_page, warning_rows, words

PAGE = "pages/map/map.py"


@pytest.fixture(autouse=True)
def city(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.getbasetemp() / "map-city"
    if not home.exists():
        handmade.put(home)
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return home


def drawn(app: AppTest) -> dict[str, dict]:
    """The layers of the map by id."""
    deck = json.loads(app.get("deck_gl_json_chart")[0].proto.json)
    return {layer["id"]: layer for layer in deck["layers"]} | {"deck": deck}


def listed(app: AppTest) -> int:
    return len(warning_rows(app))


def test_the_map_asks_no_server_for_tiles_and_draws_every_town():
    deck = drawn(open_page(PAGE))
    assert deck["deck"].get("mapProvider") is None and "://" not in json.dumps(deck["deck"])
    assert len({town["code"] for town in deck["towns"]["data"]}) == 72
    assert deck["labels"]["characterSet"] == "auto"


def test_a_town_chosen_in_the_address_shows_its_figures_and_its_list():
    app = open_page(PAGE, town="濮院镇")
    assert figures(app)["预警"] == "1 件"
    assert "濮院镇" in words(app) and listed(app) == 1
    assert "无办结案件，不计算预警率" in words(app)
    assert len(drawn(app)["chosen"]["data"]) == 1


def test_a_town_chosen_by_keyboard_shows_the_same():
    app = open_page(PAGE)
    app.selectbox(key="town").select("濮院镇").run()
    assert not app.exception and figures(app)["预警"] == "1 件"


def test_dispatches_are_the_base_when_only_the_grid_model_is_chosen():
    app = open_page(PAGE, town="濮院镇", m_rules="M16 网格超期·虚假办结", period="近12个月")
    # One warning on 80 dispatches.
    assert figures(app)["每千件网格派单"] == "12.5"
    assert "n=80" in words(app)


def test_units_above_the_towns_can_be_chosen_and_are_not_on_the_map():
    app = open_page(PAGE, county="桐乡市", town="桐乡市县级单位")
    assert figures(app)["预警"] == "4 件" and listed(app) == 4
    labels = [label for label, _, _ in links(open_page(PAGE))]
    assert "县级和市级单位 **4** 件" in labels


@pytest.mark.parametrize(
    ("measure", "words_of_it"),
    [("预警数", "本年预警桐乡市最多"), ("红色预警数", "本年红色预警桐乡市最多"), ("每千件预警率", "可比较预警率的镇")],
)
def test_the_sentence_says_what_the_map_is_coloured_by(measure: str, words_of_it: str):
    assert words_of_it in words(open_page(PAGE, measure=measure))


def test_levels_narrow_what_is_counted():
    assert listed(open_page(PAGE, m_levels="红", in_all="清单")) == 1


@pytest.mark.parametrize(("part", "cut"), [("模型", "rule"), ("队伍", "org"), ("人员", "officer")])
def test_a_place_goes_down_to_models_teams_and_officers_whose_bars_open_their_warnings(part: str, cut: str):
    app = open_page(PAGE, county="桐乡市", town="桐乡市县级单位", in_town=part)
    spec = json.loads(app.get("vega_lite_chart")[-1].proto.spec)
    rows = chart_rows(spec["layer"][1])
    asked = [asked_in_text(row["打开"]) for row in rows]
    assert {one.cuts[0] for one in asked} == {("place", "330483")} and all(one.value(cut) for one in asked)
    without = [text for text in words(app).splitlines() if "没有落到" in text]
    assert sum(row["合计"] for row in rows) == 4 or without


def test_a_county_shows_its_towns_and_leaves_the_others_pale():
    deck = drawn(open_page(PAGE, county="桐乡市"))
    assert {town["code"][:6] for town in deck["towns"]["data"]} == {"330483"}
    assert deck["deck"]["initialViewState"]["zoom"] > drawn(open_page(PAGE))["deck"]["initialViewState"]["zoom"] + 1
    assert not deck["around"].get("pickable")


def test_another_county_starts_with_all_its_towns():
    app = open_page(PAGE, county="桐乡市", town="濮院镇")
    app.selectbox(key="county").select("南湖区").run()
    assert not app.exception and app.selectbox(key="town").value == "全部乡镇"


@pytest.mark.parametrize(("person", "county", "towns"), [("demo-county", "桐乡市", 11), ("demo-town", "桐乡市", 1)])
def test_a_persona_of_a_county_or_town_sees_only_that(person: str, county: str, towns: int):
    app = open_page(PAGE, person, county="南湖区", town="建设街道")
    assert app.selectbox(key="county").options == [county]
    assert len({town["code"] for town in drawn(app)["towns"]["data"]}) == towns
    assert "建设街道" not in app.selectbox(key="town").options


def test_an_inspector_counts_only_warnings_of_its_bodies():
    # The transport bureau's warning CA4 is not among those of 住建 and 综合执法.
    assert listed(open_page(PAGE, "demo-inspector", in_all="清单")) == 4
    assert listed(open_page(PAGE, "demo-office", in_all="清单")) == 5


def test_a_period_without_warnings_says_so():
    app = open_page(PAGE, county="南湖区")
    assert "没有符合条件的预警" in words(app) and "本年范围内没有预警" in words(app)


def test_a_broken_boundary_file_is_named_and_the_map_still_drawn(city: Path):
    (city / "towns.geojson").write_text("not json", "utf-8")
    try:
        app = open_page(PAGE)
    finally:
        (city / "towns.geojson").unlink()
    assert "乡镇边界文件无法读取" in words(app)
    assert len({town["code"] for town in drawn(app)["towns"]["data"]}) == 72


def test_the_map_is_neared_by_buttons_and_not_by_the_wheel():
    app = open_page(PAGE)
    whole = drawn(app)["deck"]
    assert whole["views"][0]["controller"]["scrollZoom"] is False
    app.button(key="map_in").click().run()
    nearer = drawn(app)["deck"]["initialViewState"]
    assert nearer["zoom"] > whole["initialViewState"]["zoom"] == nearer["minZoom"]
    assert len(drawn(app)["labels"]["data"]) > len(drawn(open_page(PAGE))["labels"]["data"])
    app.button(key="map_whole").click().run()
    assert drawn(app)["deck"]["initialViewState"] == whole["initialViewState"]
    # A map moved by hand comes back too: the view sent is another one.
    app.button(key="map_whole").click().run()
    assert drawn(app)["deck"]["initialViewState"] != whole["initialViewState"]
