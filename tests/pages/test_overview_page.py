"""The leaders' page: six figures, what is due, the loop, for every persona of the synthetic city."""

import json
import re
from pathlib import Path

import handmade
import pytest
from opening import open_page, words
from streamlit.testing.v1 import AppTest

from lib.access.personas import PERSONA_TITLES

PAGE = "pages/leader/overview.py"


@pytest.fixture(autouse=True)
def city(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.getbasetemp() / "overview-city"
    if not home.exists():
        handmade.build(home)
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return home


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def links(app: AppTest) -> list[tuple[str, str]]:
    """Label and address of every link of the page; where it stands left out of the address."""
    return [
        (link.proto.label, re.sub("back=[^&]*&", "", link.proto.query_string)) for link in app.get("page_link")
    ]  # fmt: skip


def map_of(app: AppTest) -> dict:
    specs = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
    return next(spec for spec in specs if "projection" in spec)


@pytest.mark.parametrize(
    ("person", "generated", "towns"),
    [("demo-leader", "5", 72), ("demo-office", "5", 72), ("demo-inspector", "4", 72), ("demo-county", "5", 11),
     ("demo-town", "1", 1)],
)  # fmt: skip
def test_each_persona_sees_the_figures_and_towns_of_its_scope(person: str, generated: str, towns: int):
    app = open_page(PAGE, person)
    assert figures(app)["本年预警"] == generated
    assert len(map_of(app)["layer"][0]["data"]["values"]) == towns


def test_all_personas_are_covered():
    covered = {"demo-leader", "demo-office", "demo-inspector", "demo-county", "demo-town"}
    assert covered == set(PERSONA_TITLES)


def test_six_figures_each_with_its_definition_and_a_link_to_its_list():
    app = open_page(PAGE)
    assert figures(app) == {
        "本年预警": "5", "待处置 / 超期": "5 / 0", "线索处置率": "—", "按期办结率": "—", "预警核实率": "—",
        "预警处置时长": "—",
    }  # fmt: skip
    assert all(len(metric.help) > 20 for metric in app.metric)
    opened = dict(links(app))
    assert opened["共 **5**"].startswith("figure=generated&during=")
    assert opened["待处置 **5**"].startswith("figure=open&") and opened["超期 **0**"].startswith("figure=late&")
    assert opened["应办 **0**"].startswith("figure=due&") and opened["收到 **0**"].startswith("figure=clues_received&")


def test_every_model_has_its_number_and_the_loop_its_figures():
    app = open_page(PAGE)
    ranking = next(
        spec for chart in app.get("vega_lite_chart")
        if "layer" in (spec := json.loads(chart.proto.spec)) and "projection" not in spec
    )  # fmt: skip
    counts = {row["名称"]: row["文字"] for row in ranking["layer"][1]["data"]["values"]}
    assert counts["M01 超期·久拖不决"] == "4 ▲1 ◆1 ●2"
    assert list(counts)[:3] == ["M01 超期·久拖不决", "M16 网格超期·虚假办结", "M02 以罚代管"] and len(counts) == 7
    assert counts["M02 以罚代管"] == "0"
    opened = dict(links(app))
    assert opened["其余模型 **0** 件"].count("rule%3A") == 12
    assert opened["→ 预警 **5** 件"].startswith("figure=generated&") and "占预警 0.0%" in words(app)
    assert any(label.startswith("归集 ") and address == "as=demo-office" for label, address in links(app))


def test_what_is_due_and_what_is_new_open_their_warnings_red_first():
    app = open_page(PAGE)
    warnings = [label for label, address in links(app) if "id=W" in address]
    due, new = warnings[:-5], warnings[-5:]
    # Red is to be signed within a day, orange within two workdays.
    assert [label.split(" · ")[0] for label in due] == [":red[▲ 红] 剩 1 个工作日", ":orange[◆ 橙] 剩 2 个工作日"]
    assert ("**两个工作日内到期** **2** 件", "figure=soon&as=demo-office") in links(app)
    assert new[0] == ":red[▲ 红] 09-25 · 超期·久拖不决 · 桐乡市综合行政执法局"


def test_the_period_comes_from_the_address():
    app = open_page(PAGE, period="本月")
    assert "本月预警" in figures(app) and "2022-09-01 至 2022-09-25" in words(app)


def test_before_the_first_record_a_comparison_is_not_a_zero():
    assert "同比 —，去年无记录" in words(open_page(PAGE))
    assert "环比 —，上期无记录" in words(open_page(PAGE, period="本月"))
