"""The page 待办: what it counts is what it lists, for each role; rows open their objects and lead on; who is late is
reminded."""

import re
from datetime import date, datetime
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework.store.register import Register
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse
from tests.casework.stepping import on_warning
from tests.pages.opening import drawn, links, open_page, words

PAGE, WARNING, CLUES = "pages/work/work.py", "pages/warnings/warning.py", "pages/clues/clues.py"
LEADER, OFFICE, INSPECTOR, COUNTY, TOWN, *_ = personas(True)


def rows(app: AppTest) -> list[dict[str, str]]:
    sheet = next((one for one in drawn(app) if one.get("label") == "待办清单"), None)
    if sheet is None:
        return []
    names = [column["name"] for column in sheet["columns"]]
    return [{"id": row["id"], **dict(zip(names, row["cells"], strict=True))} for row in sheet["rows"]]


def numbers(app: AppTest) -> list[tuple[int, dict[str, str]]]:
    """The numbers of the page that open rows of it, with what their addresses ask for."""
    found = []
    for label, path, query in links(app):
        if path == "work" and (number := re.search(r"\*\*([\d,]+)\*\*", label)):
            asked = {key: value[0] for key, value in parse_qs(query).items() if key.startswith("t_")}
            found.append((int(number[1].replace(",", "")), asked))
    return found


_SELDOM = ("demo-leader", "demo-inspector", "demo-county")


@pytest.mark.parametrize(
    "person", ["demo-office", "demo-town", *(pytest.param(one, marks=pytest.mark.scale) for one in _SELDOM)]
)
def test_every_number_opens_the_rows_it_counts(home, person: str):
    found = numbers(open_page(PAGE, person))
    assert len(found) >= 10
    for count, asked in found:
        app = open_page(PAGE, person, **asked)
        assert len(rows(app)) == count, asked
        assert bool(count) or "这里没有事项" in words(app)


def test_it_opens_on_what_waits_for_the_viewer_and_for_a_leader_on_what_waits_for_others(city):
    assert {row["等谁"] for row in rows(open_page(PAGE, "demo-inspector"))} == {"我"}
    leader = open_page(PAGE, "demo-leader")
    assert len(rows(leader)) == 7 and "我" not in {row["等谁"] for row in rows(leader)}


def test_a_row_opens_its_object_and_after_the_step_the_next_one_follows(city: tuple[Register, Warehouse]):
    listed = [row["id"].partition("/")[2] for row in rows(open_page(PAGE, "demo-office"))]
    app = open_page(WARNING, "demo-office", id=listed[1], back="work")
    assert f"第 2 条，共 {len(listed)} 条" in words(app)
    leads = {label: parse_qs(query)["id"] for label, _, query in links(app) if label.endswith("一条")}
    assert leads == {"上一条": [listed[0]], "下一条": [listed[2]]}
    app.button(key=f"{listed[1]}_sign_submit").click().run()
    # Signed, it is still the viewer's: the page stays.
    assert "**已保存** 签收" in words(app)
    app.button_group(key=f"{listed[1]}_demo-office_已签收_step").set_value("assign").run()
    app.selectbox(key=f"{listed[1]}_assign_to_id").set_value("demo-inspector").run()
    app.button(key=f"{listed[1]}_assign_submit").click().run()
    [going] = [one["href"] for one in drawn(app) if "href" in one]
    assert f"id={listed[2]}" in going and "back=work" in going


def test_a_key_signs_the_row_that_has_the_focus(city: tuple[Register, Warehouse]):
    app = open_page(PAGE, "demo-inspector")
    sheet = next(one for one in drawn(app) if one.get("label") == "待办清单")
    assert sheet["keys"] and sheet["signs"] == [row["id"] for row in rows(app) if row["下一步"] == "签收"] != []
    leader = open_page(PAGE, "demo-leader")
    assert next(one for one in drawn(leader) if one.get("label") == "待办清单")["signs"] == []


def test_whoever_is_late_is_reminded_once_a_day_with_one_button_and_sees_it(
    city: tuple[Register, Warehouse], monkeypatch: pytest.MonkeyPatch
):
    register, warehouse = city
    red = next(row["id"] for row in rows(open_page(PAGE, "demo-office")) if "红" in row["等级"]).partition("/")[2]
    on_warning("sign", register, INSPECTOR, red, submission_id="s", at=now(warehouse))
    assert "没有等待他人而超期的事项" in words(open_page(PAGE, "demo-leader"))
    later = datetime(2022, 10, 20, 9)
    for module in ("state", "work.listing", "work.deputies"):
        monkeypatch.setattr(f"lib.ui.{module}.now", lambda *_: later)
    assert "该催办的" not in words(open_page(PAGE, "demo-inspector"))
    app = open_page(PAGE, "demo-leader")
    app.button(key="remind_demo-inspector").click().run()
    assert "已催办 示范派驻乙：1 项" in words(app) and "已催 1 项" in words(app)
    app.button(key="remind_demo-inspector").click().run()
    assert "今天已经催办过" in words(app)
    own = {row["id"]: row for row in rows(open_page(PAGE, "demo-inspector"))}
    assert "催办" in own[f"warning/{red}"]["提示"] and "超期 20 天" in own[f"warning/{red}"]["期限"]
    assert "**催办** 示范领导（市纪委领导）" in words(open_page(WARNING, "demo-inspector", id=red))


def test_a_deputy_is_named_on_the_page_and_shown_to_both(home):
    app = open_page(PAGE, "demo-inspector")
    assert "没有指定代理人" in words(app)
    app.session_state["name_deputy"] = True
    app.run()
    app.selectbox(key="new_name_to_id").set_value("demo-county").run()
    app.date_input(key="new_name_from_day").set_value(date(2022, 9, 25)).run()
    app.date_input(key="new_name_to_day").set_value(date(2022, 9, 30)).run()
    app.button(key="new_name_submit").click().run()
    assert "示范县丙 代您办理" in words(app)
    county = open_page(PAGE, "demo-county")
    assert "您代 示范派驻乙 办理" in words(county)
    next(one for one in county.button if one.label == "结束").click().run()
    assert "没有指定代理人" in words(county)


def test_the_board_of_what_is_late_leads_back_to_its_rows(
    city: tuple[Register, Warehouse], monkeypatch: pytest.MonkeyPatch
):
    later = datetime(2022, 10, 12, 10)
    for module in ("state", "work.listing"):
        monkeypatch.setattr(f"lib.ui.{module}.now", lambda *_: later)
    leads = [query for label, _, query in links(open_page(PAGE, "demo-leader")) if label == "超期看板"]
    assert parse_qs(leads[0])["t_late"] == ["who"]
    app = open_page(PAGE, "demo-leader", t_late="unit")
    [(label, opened)] = [(label, query) for label, _, query in links(app) if label.startswith("共超期")]
    late = rows(open_page(PAGE, "demo-leader", t_part=parse_qs(opened)["t_part"][0]))
    assert len(late) == 7 and "**7**" in label
    app = open_page(PAGE, "demo-leader", t_part="late_all", t_unit="O0003", t_days="d30")
    assert {row["单位"] for row in rows(app)} == {"濮院镇综合行政执法队"}
    assert "濮院镇综合行政执法队，超期 11–30 天" in words(app)
    assert "超期看板" not in words(open_page(PAGE, "demo-inspector"))
