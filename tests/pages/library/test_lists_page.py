"""The page of the supervision lists: who sees what, that every number opens as many rows as it says, and that a word
stands in place of a number where there are no data."""

import re
from pathlib import Path
from urllib.parse import parse_qs

import duckdb
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework.store.register import open_register
from lib.catalog.lists import supervision_lists
from lib.insight.library.board import EVERYWHERE, UNTOLD, cells, own_list, tally, usual, value_text
from lib.insight.library.indicators import ALL, EMPTY, MISSING, STALE, indicator_table
from lib.insight.report.standing import standings
from lib.rules.indicators import read_indicators
from lib.ui.library.lists.spark import spark
from lib.warehouse.clock import now
from lib.warehouse.generation import current
from lib.warehouse.store import open_warehouse
from tests.insight.library.test_standings import SPOILT
from tests.pages.opening import links, open_page, words

PAGE = "pages/library/lists.py"
PEOPLE = {one.person_id: one for one in personas(True)}
# One of each period; the small city has no group that is large enough for a spread.
TRIED = ("I16", "I07", "I29")


def _asked(app: AppTest, name: str) -> list[tuple[str, dict[str, str]]]:
    """Label and address of the links that carry a parameter."""
    read = [(label, {key: given[0] for key, given in parse_qs(query).items()}) for label, _, query in links(app)]
    return [(label, query) for label, query in read if name in query]


def _number(label: str) -> int:
    return int(re.sub(r"\D", "", label))


# One whose list is its own, and one who has none; the others have none either.
_SELDOM = ("demo-leader", "demo-county", "demo-town")


@pytest.mark.parametrize(
    "person", ["demo-office", "demo-inspector", *(pytest.param(one, marks=pytest.mark.scale) for one in _SELDOM)]
)
def test_each_role_opens_it_on_its_own_list_or_on_all(city_home: Path, person: str) -> None:
    own, app = own_list(PEOPLE[person]), open_page(PAGE, person)
    told, titles = words(app), {label for label, _ in _asked(app, "indicator")}
    shown = [one.id for one in supervision_lists() if f"{one.id} {one.owner}" in told]
    assert shown == ([one.id for one in supervision_lists()] if own is None else [own.id])
    assert (own is not None) == (person == "demo-inspector")
    for one in read_indicators().values():
        assert (one.title in titles) == (one.list in shown)


def test_the_lists_tell_the_figures_of_the_last_whole_month(city_home: Path) -> None:
    warehouse, register = open_warehouse(), open_register()
    month = usual(warehouse.as_of)
    frame = cells(indicator_table(register, warehouse, PEOPLE["demo-leader"]), month, EVERYWHERE)
    app = open_page(PAGE, "demo-leader")
    labels = [label for label, _ in _asked(app, "li_rows")]
    for one, cell in zip(read_indicators().values(), frame.to_dict("records"), strict=True):
        assert pd.isna(cell["value"]) or f"**{value_text(one, cell['value'])}**" in labels, one.id
    told = [(label, query["li_list"]) for label, query in _asked(app, "li_light")]
    for each in supervision_lists():
        held = [one.id for one in read_indicators().values() if one.list == each.id]
        wanted = {word: count for word, count in tally(frame.loc[held, "standing"]).items() if count}
        assert {label.partition(" ")[0]: _number(label) for label, owner in told if owner == each.owner} == wanted


def test_a_tally_opens_as_many_indicators(city_home: Path) -> None:
    for label, query in _asked(open_page(PAGE, "demo-leader"), "li_light"):
        asked = {name: query[name] for name in ("month", "li_list", "li_light")}
        opened = {one["indicator"] for _, one in _asked(open_page(PAGE, "demo-leader", **asked), "indicator")}
        assert len(opened) == _number(label), label


@pytest.mark.parametrize("indicator_id", TRIED)
def test_every_count_of_an_indicator_opens_as_many_rows(city_home: Path, indicator_id: str) -> None:
    app, seen = open_page(PAGE, "demo-office", indicator=indicator_id), set()
    for label, query in _asked(app, "li_rows"):
        part, _, level, _ = query["li_rows"].split(".", 3)
        if "%" not in label and "." not in label and "次" not in label and (part, level) not in seen:
            seen.add((part, level))
            opened = open_page(PAGE, "demo-office", **{n: query[n] for n in ("indicator", "month", "li_rows")})
            found = re.search(r"列出 ([\d,]+)", words(opened))
            assert (_number(found[1]) if found else 0) == _number(label), (label, query)
    assert len(seen) >= 2


def test_a_row_opens_its_source_rows_and_another_countys_does_not(city_home: Path) -> None:
    told = words(open_page(PAGE, "demo-leader", indicator="I16", li_rows="whole.month.all."))
    assert "列出" in told
    case = open_warehouse().query(
        "select case_id from penalty_case where decision_date between '2022-08-01' and '2022-08-31'"
        " and procedure_type = '普通' and area_code like '330482%' order by case_id limit 1"
    )["case_id"]
    assert len(case)
    asked = {"indicator": "I16", "li_row": case.iloc[0]}
    assert "没有这条记录" in words(open_page(PAGE, "demo-county", **asked))
    app = open_page(PAGE, "demo-office", **asked)
    assert [tab.label.split(" ")[0] for tab in app.tabs] == ["处罚案件", "流程节点"]


@pytest.mark.parametrize("query", [{"indicator": "I99"}, {"indicator": "I16", "li_rows": "x.month.all."}])
def test_what_is_not_there_says_so(city_home: Path, query: dict[str, str]) -> None:
    assert "没有这条记录" in words(open_page(PAGE, "demo-office", **query))


def test_one_watched_only_is_never_ranked(city_home: Path) -> None:
    watched = next(one.id for one in read_indicators().values() if one.monitor)
    told = words(open_page(PAGE, "demo-leader", indicator=watched))
    assert "监测，不排名；按区划排列" in told and "最差的在前" not in told


def test_who_may_take_the_rows_away(city_home: Path) -> None:
    asked = {"indicator": "I16", "li_rows": "whole.month.all."}
    found = {who: bool(open_page(PAGE, who, **asked).get("download_button")) for who in ("demo-office", "demo-leader")}
    assert found == {"demo-office": True, "demo-leader": False}


def test_the_cases_of_an_indicator_lead_to_a_look_back_of_their_county(city_home: Path) -> None:
    asked = {"indicator": "I16", "li_rows": "whole.month.county.330483"}
    plans = {who: _asked(open_page(PAGE, who, **asked), "plan") for who in ("demo-office", "demo-leader")}
    assert [(label, query["plan"]) for label, query in plans["demo-office"]] == [("拟定回头看", "330483:")]
    assert plans["demo-leader"] == []
    told = open_page("pages/reviews/lookback.py", "demo-office", plan="330483:")
    assert told.selectbox(key="new_plan_area_code").value == "330483"
    items = {"indicator": "I29", "li_rows": "whole.month.all."}
    assert _asked(open_page(PAGE, "demo-office", **items), "plan") == []


def test_a_liaison_is_told_who_sees_it(city_home: Path) -> None:
    assert "您的角色不查看监督指标" in words(open_page(PAGE, "demo-liaison"))


@pytest.mark.parametrize("word", [MISSING, STALE, EMPTY])
def test_a_word_stands_in_place_of_a_number(city_copy: Path, word: str) -> None:
    generation = current(city_copy)
    assert generation is not None
    with duckdb.connect(str(generation.path)) as con:
        for statement in SPOILT[word]:
            con.execute(statement.format(name="penalty_case"))
    app = open_page(PAGE, "demo-leader", indicator="I16")
    told = words(app)
    assert word in told and "行政处罚案件" in told.replace("处罚案件", "行政处罚案件")
    assert not [
        label
        for label, query in _asked(app, "li_rows")
        if query["li_rows"].startswith(("met.month.all", "whole.month.all"))
    ]
    told = words(open_page(PAGE, "demo-leader"))
    assert word in told
    stand = _asked(open_page(PAGE, "demo-leader", li_list="驻市市场监管局"), "li_light")
    assert any(label.startswith(UNTOLD) for label, _ in stand)


def test_the_overview_counts_what_the_page_lists(city_home: Path) -> None:
    warehouse, register = open_warehouse(), open_register()
    for who in ("demo-leader", "demo-county"):
        viewer = PEOPLE[who]
        frame = cells(indicator_table(register, warehouse, viewer), usual(warehouse.as_of), EVERYWHERE)
        told = {one.kind: one for one in standings(register, warehouse, viewer, now(warehouse))}["indicator"]
        for each in told.tallies:
            listed = open_page(PAGE, who, li_list="全部", li_light=each.part)
            opened = {query["indicator"] for _, query in _asked(listed, "indicator")}
            assert each.number == int(frame["standing"].eq(each.part).sum()) == len(opened)


def test_a_value_keeps_its_side_of_a_limit() -> None:
    decided = read_indicators()["I16"]
    assert value_text(decided, 97.96) == "97.96%" and value_text(decided, 98.0) == "98%"
    assert value_text(decided, 99.996) == "99.996%" and value_text(decided, 100.0) == "100%"
    assert value_text(decided, 91.7) == "91.7%" and value_text(decided, float("nan")) == "—"


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    none = float("nan")
    assert spark([none, none], "") == ""
    assert spark([1.0, none, 2.0], "x").count("%") > spark([1.0, 2.0, 2.0], "x").count("%")
    assert EVERYWHERE.level == ALL
