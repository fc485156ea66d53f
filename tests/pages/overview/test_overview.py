"""The leaders' page: six figures, what is due, the loop, for every persona of the synthetic city."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import PERSONA_TITLES
from lib.insight.figure import Asked, text_of
from lib.insight.map.risk import CASES
from lib.ui.charts.rates import rate_bars
from tests.cities import handmade
from tests.pages import opening
from tests.pages.opening import chart_rows, open_page, words

PAGE = "pages/overview/overview.py"


@pytest.fixture(autouse=True)
def city(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.getbasetemp() / "overview-city"
    if not home.exists():
        handmade.put(home)
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return home


def titles(app: AppTest) -> list[str]:
    """The titles of the six tiles that carry a definition."""
    return [title for title, told in opening.meanings(app).items() if len(told) > 20]


def figures(app: AppTest) -> dict[str, str]:
    """The large numbers of the six tiles by their titles; 待处置 / 超期 has two."""
    return opening.figures(app)


def links(app: AppTest) -> list[tuple[str, str]]:
    """Label and address of every link of the page; where it stands left out of the address."""
    return [(label, re.sub("back=[^&]*&", "", query)) for label, _, query in opening.links(app)]


def charts_of(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]


def map_of(app: AppTest) -> dict:
    return next(spec for spec in charts_of(app) if "projection" in spec)


@pytest.mark.parametrize(
    ("person", "generated", "towns"),
    [
        ("demo-leader", "5", 72),
        ("demo-office", "5", 72),
        ("demo-inspector", "4", 72),
        ("demo-county", "5", 11),
        ("demo-town", "1", 1),
    ],
)
def test_each_persona_sees_the_figures_and_towns_of_its_scope(person: str, generated: str, towns: int):
    app = open_page(PAGE, person)
    assert figures(app)["本年预警"] == generated
    assert len(map_of(app)["layer"][0]["data"]["values"]) == towns


def test_all_personas_are_covered():
    # A unit's liaison has another first page.
    covered = {"demo-leader", "demo-office", "demo-inspector", "demo-county", "demo-town", "demo-liaison"}
    assert covered == set(PERSONA_TITLES)


def test_six_figures_each_with_its_definition_and_a_link_to_its_list():
    app = open_page(PAGE)
    assert figures(app) == {
        "本年预警": "5",
        "待处置 / 超期": "5 / 0",
        "线索处置率": "—",
        "按期办结率": "—",
        "预警核实率": "—",
        "预警处置时长": "—",
    }
    opened = dict(links(app))
    assert opened["共 **5**"].startswith("figure=generated&during=")
    assert opened["待处置 **5**"].startswith("figure=open&")
    assert any(label == "超期 **0**" and query.startswith("figure=late&") for label, query in links(app))
    assert opened["应办 **0**"].startswith("figure=due&") and opened["收到 **0**"].startswith("figure=clues_received&")


def test_every_model_has_its_number_and_the_loop_its_figures():
    app = open_page(PAGE)
    ranking = next(spec for spec in charts_of(app) if len(spec["layer"]) == 2)
    counts = {row["名称"]: row["文字"] for row in chart_rows(ranking["layer"][1])}
    assert counts["M01 超期·久拖不决"] == "4 ▲1 ◆1 ●2"
    assert list(counts)[:3] == ["M01 超期·久拖不决", "M16 网格超期·虚假办结", "M02 以罚代管"] and len(counts) == 6
    assert counts["M02 以罚代管"] == "0"
    opened = dict(links(app))
    assert opened["其余模型和平台 **0** 件"].count("rule%3A") == 15
    assert opened["→ 预警 **5** 件 本年生成"].startswith("figure=generated&")
    assert opened["→ 核查 **0** 件 占预警 0.0%"].startswith("figure=checked&")
    assert any(label.startswith("归集 ") and address == "as=demo-office" for label, address in links(app))


def test_what_stands_beside_the_warnings_opens_its_lists():
    found = links(open_page(PAGE, "demo-leader"))
    for label, query in (
        ("在办 **0**", "rf_part=open&"),
        ("在办未达标 **0**", "rf_part=missed&"),
        ("在办 **0**", "mo_part=open&"),
        ("超期 **0**", "n_part=open&due=late&"),
    ):
        assert any(one == label and address.startswith(query) for one, address in found), (label, query)
    town = links(open_page(PAGE, "demo-town"))
    assert not any("rf_part" in address or "mo_part" in address for _, address in town)


def test_the_first_line_says_what_is_late_and_what_falls_due():
    app = open_page(PAGE)
    # The bar above it has links of its own.
    assert links(app)[2:4] == [
        ("超期 **0** 件", "figure=late&as=demo-office"),
        ("三个工作日内到期 **2** 件", "figure=soon&as=demo-office"),
    ]
    assert "没有超过期限的预警" in words(app)


def test_the_rates_say_what_they_are_made_of():
    columns = ["name", "warnings", "base", "rate", "low", "high", "few"]
    frame = pd.DataFrame(
        [("桐乡市", 3, 150, 20.0, 4.1, 58.4, False), ("海宁市", 3, 14, 214.3, 1.0, 2.0, True)], columns=columns
    )
    asked = [Asked("generated", "year").of(county=code) for code in ("330483", "330481")]
    first, few = chart_rows(rate_bars(frame, CASES, 100, asked)["layer"][0])
    assert first == {
        "名称": "桐乡市",
        "预警率": 20.0,
        "下限": 4.1,
        "上限": 58.4,
        "文字": "20.0（3 件 / 150 件）",
        "打开": text_of(asked[0]),
    }
    # Fewer than 15 cases are not compared: no bar, and the words say why.
    assert few["预警率"] is None and few["打开"] == text_of(asked[1])
    assert few["文字"] == "数量少，不比较（3 件 / 14 件）"


def test_a_county_narrows_every_number_in_place():
    app = open_page(PAGE, county="桐乡市")
    assert figures(app)["本年预警"] == "5" and app.button(key="whole_city").label == "桐乡市 ✕"
    figured = [address for _, address in links(app)[1:] if "figure=" in address]
    assert all("county%3A330483" in address or "place%3A330483" in address for address in figured)
    drawn = map_of(app)["layer"][0]["data"]["values"]
    assert len(drawn) == 72 and {row["code"][:6] for row in drawn if row["fill"] != "#eceff3"} == {"330483"}
    elsewhere = open_page(PAGE, county="海宁市")
    assert figures(elsewhere)["本年预警"] == "0" and figures(elsewhere)["待处置 / 超期"] == "0 / 0"
    app.button(key="whole_city").click().run()
    assert "county" not in app.query_params


@pytest.mark.parametrize("county", ["", "上海市", "330483", "桐乡市"])
def test_a_county_that_cannot_be_chosen_is_left_out(county: str):
    app = open_page(PAGE, "demo-town", county=county)
    assert figures(app)["本年预警"] == "1" and not [one for one in app.button if one.key == "whole_city"]


def test_the_period_comes_from_the_address():
    app = open_page(PAGE, period="本月")
    assert "本月预警" in figures(app) and "2022-09-01 至 2022-09-25" in words(app)


def test_before_the_first_record_a_comparison_is_not_a_zero():
    assert "同比 —，去年无记录" in words(open_page(PAGE))
    assert "环比 —，上期无记录" in words(open_page(PAGE, period="本月"))
