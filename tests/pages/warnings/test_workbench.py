"""The workbench: what is listed for whom, filters in the address, steps on many, export."""

import io
import re
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework import audit
from lib.casework.warnings.many import take_all
from lib.insight.warnings.filter import WarningFilter
from lib.insight.warnings.listing import warning_list
from lib.ui.files.export import excel, watermark
from lib.ui.warnings import workbench
from lib.warehouse.clock import now
from tests.casework.stepping import on_warning
from tests.pages.opening import links, open_page, warning_rows, words

PAGE = "pages/warnings/workbench.py"
VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}
OFFICE, TOWN = VIEWERS["demo-office"], VIEWERS["demo-town"]


def opened(person: str = "demo-office", **query: object) -> AppTest:
    return open_page(PAGE, person, **query)


def listed(app: AppTest) -> list[str]:
    """The levels and subjects of the table."""
    flagged = [row for row in warning_rows(app) if "抽查" not in row["等级"]]
    return [f"{row['等级']} {re.search(r'(CA[0-9]|P[0-9]{4})', row['对象'])[1]}" for row in flagged]


def spot_checks(app: AppTest) -> int:
    """How many rows of the table were drawn by chance."""
    return sum(row["等级"] == "◇ 抽查" for row in warning_rows(app))


def texts(app: AppTest) -> str:
    return "\n".join(element.value for kind in ("markdown", "caption") for element in app.get(kind))


def test_all_visible_warnings_are_listed_worst_first(city) -> None:
    app = opened()
    assert listed(app) == ["▲ 红 CA3", "◆ 橙 CA2", "● 黄 P0003", "● 黄 CA4", "● 黄 CA1"]
    assert spot_checks(app) == 0
    assert app.button(key="quick_全部").label == "全部 5"
    assert app.button(key="quick_待签收").label == "待签收 5"
    app.button(key="quick_spot_checks").click().run()
    assert spot_checks(app) == 2 and "列出 2 件" in texts(app)


@pytest.mark.parametrize(
    ("person", "count", "exports", "records"),
    [
        ("demo-leader", 5, False, False),
        ("demo-office", 5, True, True),
        ("demo-inspector", 4, True, True),
        ("demo-county", 5, True, True),
        ("demo-town", 1, False, True),
    ],
)
def test_each_role_sees_its_own(city, person: str, count: int, exports: bool, records: bool) -> None:
    app = opened(person)
    assert len(listed(app)) == count
    assert bool(app.get("download_button")) is exports
    assert ("勾选左侧的行" in texts(app)) is records
    assert ("只查看" in texts(app)) is not records


def test_the_address_narrows_the_list(city) -> None:
    assert listed(opened(w_levels=["红", "橙"])) == ["▲ 红 CA3", "◆ 橙 CA2"]
    assert listed(opened(w_areas="桐乡市 濮院镇")) == ["● 黄 P0003"]
    assert listed(opened(w_text="ca1")) == ["● 黄 CA1"]
    assert len(listed(opened(w_since="2022-09-25"))) == 5
    assert listed(opened(w_since="2022-09-26")) == []
    assert listed(opened(w_officers="李* P0002")) == []


def test_a_filter_narrows_the_list(city) -> None:
    app = opened()
    app.multiselect(key="w_rules").set_value(["M16 网格超期·虚假办结"]).run()
    assert listed(app) == ["● 黄 P0003"]


def test_quick_filters_show_what_stands_there(city) -> None:
    register, warehouse = city
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    on_warning("sign", register, OFFICE, frame.loc["CA1", "warning_id"], submission_id="s", at=now(warehouse))
    app = opened()
    assert app.button(key="quick_待签收").label == "待签收 4"
    app.button(key="quick_待核查").click().run()
    assert listed(app) == ["● 黄 CA1"]
    app.button(key="quick_全部").click().run()
    assert len(listed(app)) == 5


def test_nothing_found_says_why(city) -> None:
    app = opened(w_states="已办结")
    assert listed(app) == []
    assert "没有符合筛选条件的预警" in texts(app) and "状态：已办结" in texts(app)


def test_many_warnings_come_in_pages(city, monkeypatch: pytest.MonkeyPatch) -> None:
    register, warehouse = city
    frame = warning_list(register, warehouse, OFFICE)
    many = pd.concat(
        [frame.assign(warning_id=[f"W{n:03d}{i}" for i in range(5)]) for n in range(12)], ignore_index=True
    )
    monkeypatch.setattr("lib.ui.state.warning_list", lambda *_: many)
    app = opened()
    assert (app.button(key="quick_全部").label, len(listed(app))) == ("全部 60", 25)
    third = opened(w_page="3")
    assert len(listed(third)) == 10
    third.get_by_key("w_levels").set_value(["红"]).run()
    assert len(listed(third)) == 12
    assert len(listed(opened(w_size="100 条/页"))) == 60


def test_steps_on_many_say_item_by_item_what_was_recorded(city) -> None:
    register, warehouse = city
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    numbers = frame["warning_id"]
    on_warning("sign", register, OFFICE, numbers["CA2"], submission_id="first", at=now(warehouse))
    chosen = [(numbers[subject], int(frame.loc[subject, "last_seq"])) for subject in ("CA1", "CA2", "CA3")]
    county = VIEWERS["demo-county"]
    done = take_all(register, county, "sign", chosen, submission="b1", at=now(warehouse)).set_index("warning_id")
    assert done["recorded"].tolist() == [True, False, True]
    assert "示范监督室甲" in done.loc[numbers["CA2"], "result"] and "已签收" in done.loc[numbers["CA2"], "result"]
    again = take_all(register, county, "sign", chosen[:1], submission="b1", at=now(warehouse))
    assert again["result"].iloc[0].startswith("此前已记录，未重复")
    refused = take_all(register, TOWN, "start", chosen[:1], submission="b2", at=now(warehouse))
    assert not refused["recorded"].any()
    after = warning_list(register, warehouse, OFFICE).set_index("subject_id")["state"]
    assert after[["CA1", "CA2", "CA3"]].tolist() == ["已签收"] * 3


def test_a_batch_says_how_many_asks_once_and_is_taken_back(city) -> None:
    register, warehouse = city
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    two = frame.loc[["CA1", "CA3"], "warning_id"].tolist()
    app = opened()
    app.session_state["workbench_picked"] = two
    app.run()
    app.button(key="batch_sign_start").click().run()

    def states() -> list[str]:
        return warning_list(register, warehouse, OFFICE).set_index("warning_id").loc[two, "state"].tolist()

    assert app.button(key="confirm_sign_start").label == "确认签收并开始核查 2 条" and states() == ["新生成"] * 2
    app.button(key="confirm_sign_start").click().run()
    assert states() == ["核查中"] * 2 and "已记录 **2** 条" in texts(app)
    app.button(key="batch_undo").click().run()
    assert states() == ["新生成"] * 2 and "批量撤回：已记录 **2** 条" in texts(app)
    assert not [button for button in app.button if button.key == "batch_undo"]


def test_the_page_opens_on_what_is_open_and_knows_ones_own(city) -> None:
    register, warehouse = city
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    at = now(warehouse)
    on_warning("sign", register, OFFICE, frame.loc["CA1", "warning_id"], submission_id="1", at=at)
    on_warning(
        "withdraw",
        register,
        OFFICE,
        frame.loc["CA4", "warning_id"],
        submission_id="2",
        at=at,
        reason="误报",
        text="重复录入",
    )
    app = opened()
    assert "● 黄 CA4" not in listed(app) and len(listed(app)) == 4
    assert app.button(key="quick_已结").label == "已结 1"
    app.button(key="quick_我经办的").click().run()
    assert listed(app) == ["● 黄 CA1"]
    app.button(key="quick_已结").click().run()
    assert listed(app) == ["● 黄 CA4"]
    app.button(key="quick_全部").click().run()
    assert len(listed(app)) == 5
    assert listed(opened(w_standing="已结", w_order="等级降序")) == ["● 黄 CA4"]


def test_a_former_handler_is_told_where_the_work_is_listed(city) -> None:
    register, warehouse = city
    number = warning_list(register, warehouse, OFFICE).set_index("subject_id").loc["CA1", "warning_id"]
    on_warning("sign", register, OFFICE, number, submission_id="1", at=now(warehouse))
    county = VIEWERS["demo-county"]
    on_warning("take_over", register, county, number, submission_id="2", at=now(warehouse), text="经办人出差")
    assert "您经办的 **1** 条已转由他人经办" in texts(opened())
    assert "已转由他人经办" not in texts(opened("demo-county"))


def test_an_empty_list_is_helped_by_clearing_search_and_filters(city) -> None:
    app = opened(w_text="没有这样的", w_states="已办结", w_mine="true")
    assert listed(app) == []
    app.button(key="clear_filters").click().run()
    assert len(listed(app)) == 5
    assert app.text_input(key="w_text").value == "" and "w_mine" not in app.query_params


def test_an_export_carries_its_watermark_and_no_formulas(city) -> None:
    _, warehouse = city
    sheet = pd.DataFrame({"对象": ["=1+1", "甲"], "数值": [1.5, None]})
    mark = watermark(warehouse, OFFICE, datetime(2022, 9, 25, 10, 33, 5))
    assert mark == "内部资料 · 导出人 示范监督室甲（监督室） · 导出时间 2022-09-25 10:33:05 · 演示·合成数据"
    page = openpyxl.load_workbook(io.BytesIO(excel(sheet, "预警清单", mark, "筛选 全部"))).active
    assert (page["A1"].value, page["A2"].value, page["A3"].value) == ("预警清单", mark, "筛选 全部 共 2 条")
    assert (page["A6"].value, page["A6"].data_type, page["B6"].value) == ("=1+1", "s", 1.5)
    assert page["B7"].value is None
    assert mark in page.oddFooter.left.text


def test_an_export_is_logged_before_it_is_made(city) -> None:
    register, warehouse = city
    rows = warning_list(register, warehouse, OFFICE)
    content = workbench.exported(register, warehouse, OFFICE, rows, WarningFilter(levels=("红",)))
    assert content[:2] == b"PK"
    line = audit.entries(register, OFFICE).iloc[0]
    assert (line["action"], line["detail"]["rows"], line["detail"]["filter"]) == ("export", 5, "等级：红")


def test_the_present_filters_are_saved_as_a_view_that_opens_them(city) -> None:
    app = opened()
    app.text_input(key="view_name").set_value("我的红色").run()
    app.button(key="view_save").click().run()
    assert any(label == "我的红色" for label, _, _ in links(app))
    app.text_input(key="view_name").set_value(" ").run()
    app.button(key="view_save").click().run()
    assert "请给视图起一个 1 至 20 个字的名称" in words(app)
