"""The ranking page: what it says about itself, who is in it, one officer in detail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.ui.ranking.page import OFFICER_KEY
from tests.cities import handmade
from tests.pages.opening import figures, open_page, words

PAGE = "pages/ranking/ranking.py"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ranking-page")
    handmade.put(place)
    return place


@pytest.fixture(autouse=True)
def city(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield


def test_it_says_what_it_is_not_before_anything_else():
    app = open_page(PAGE, "demo-leader")
    assert app.info[0].value.startswith("**核查提示，不是结论；不作考核依据。**")
    shown = figures(app)
    assert shown["参加比较"] == "2 人"
    assert shown["样本不足"] == "1 人"
    assert shown["计入预警"] == "4 件"


def test_the_first_officer_is_in_detail_with_the_models_behind():
    app = open_page(PAGE, "demo-leader")
    assert app.selectbox(key=OFFICER_KEY).value == "P0003"
    assert "M16 网格超期·虚假办结" in words(app)
    shown = figures(app)
    assert shown["工作量（折合主办）"] == "20 件"
    assert shown["观察 / 期望"].endswith("/ 0.00")


def test_another_officer_can_be_chosen_and_is_named_with_number_and_unit():
    app = open_page(PAGE, "demo-leader")
    chooser = app.selectbox(key=OFFICER_KEY)
    assert chooser.options == ["王* P0003 · 濮院镇综合行政执法队", "李* P0002 · 濮院镇综合行政执法队"]
    chooser.select("P0002").run()
    assert not app.exception
    assert app.query_params["officer"] in ("P0002", ["P0002"])
    assert "此人名下没有预警" in words(app)


def test_an_address_names_the_officer_by_number_or_says_that_nobody_is_found():
    app = open_page(PAGE, "demo-leader", officer="P0002")
    assert app.selectbox(key=OFFICER_KEY).value == "P0002"
    app = open_page(PAGE, "demo-leader", officer="P0001")
    assert app.selectbox(key=OFFICER_KEY).value == "P0003" and "未参加比较" in words(app)


def test_those_with_too_little_work_stand_apart_without_a_rank():
    assert not open_page(PAGE, "demo-leader").dataframe
    app = open_page(PAGE, "demo-leader", r_everyone="true", r_insufficient="true")
    tables = [table.value for table in app.dataframe]
    apart = next(table for table in tables if "全市名次" not in table)
    assert apart["人员"].tolist() == ["张* P0001"]
    assert "全市名次" not in apart
    compared = next(table for table in tables if "全市名次" in table)
    assert compared["人员"].tolist() == ["王* P0003", "李* P0002"]


def test_filters_come_from_the_address():
    app = open_page(PAGE, "demo-leader", r_areas=["桐乡市"], r_domains=["综合行政执法"])
    assert app.multiselect(key="r_areas").value == ["桐乡市"]
    assert app.multiselect(key="r_domains").value == ["ZF"]
    assert figures(app)["参加比较"] == "2 人"


def test_a_county_sees_its_own_officers_ranked_in_the_whole_city():
    app = open_page(PAGE, "demo-county")
    assert figures(app)["参加比较"] == "2 人"
    assert "全市第 1 名" in words(app)


def test_a_town_is_told_why_there_is_no_ranking():
    app = open_page(PAGE, "demo-town")
    assert "不查看人员排序" in words(app)
    assert not figures(app)
    assert not app.dataframe


@pytest.mark.parametrize(
    ("view", "told"),
    [("单位", "按办理时所在单位列出"), ("近 12 个月", "每个月末按当时已有的预警和核查结论重算"), ("同类人员", "")],
)
def test_one_officer_by_unit_over_time_and_beside_others(view: str, told: str):
    app = open_page(PAGE, "demo-leader")
    app.get_by_key("r_detail").set_value(view).run()
    assert not app.exception
    assert told in words(app)
    if view == "同类人员":
        assert any("工作相同" in table.value for table in app.dataframe)


def test_groups_and_units_are_compared_on_the_page():
    app = open_page(PAGE, "demo-leader", r_fair="true", r_units="true")
    fair = next(table.value for table in app.dataframe if "与全体相比" in table.value)
    assert set(fair["与全体相比"]) == {"人数少"}
    assert "数据中没有性别" in words(app)
    app.get_by_key("r_by").set_value("镇街").run()
    assert not app.exception
