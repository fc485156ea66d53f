"""A warning that another platform raised, on the screen: its origin, its record, and no model."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd

from lib.access import Viewer
from lib.casework.reading.snapshot import snapshot
from lib.casework.rules.versions import live_version
from lib.casework.warnings.platforms import PLATFORMS, candidates, take_in
from lib.insight.clues.rates import clue_list, rates
from lib.insight.clues.sheet import listed
from lib.insight.ranking.work import charges
from lib.insight.rules.precision import by_version, together
from lib.insight.warnings.listing import warning_list
from lib.ui.paths import CLUES, WARNING, WORKBENCH
from tests.casework.stepping import on_warning
from tests.cities import handmade
from tests.pages.opening import links, open_page, warning_rows, words

# The first moment of the city's day, past at whatever hour the test is run.
AT = datetime(2022, 9, 25)
OFFICE = Viewer("demo-office", "示范监督室甲", "office")


def put(home: Path) -> str:
    """An alert about P0003 of 濮院, who has a warning of M16; its number."""
    register, warehouse = handmade.opened(home)
    told = {
        "subject_id": "A1", "officer_id": "P0003", "org_id": "O0003", "area_code": "330483101", "domain_code": "ZF",
        "occurred_on": date(2022, 9, 20), "colour": "橙", "matter": "派单未签收",
    }  # fmt: skip
    take_in(register, PLATFORMS["四平台"], candidates(PLATFORMS["四平台"], pd.DataFrame([told])), AT)
    found = warning_list(register, warehouse, OFFICE)
    return str(found.loc[found["subject_id"].eq("A1"), "warning_id"].item())


def test_it_says_where_it_comes_from_and_shows_the_record_and_no_model(home: Path):
    number = put(home)
    app = open_page(WARNING, "demo-county", id=number)
    said = words(app)
    assert "外部平台推送（基层治理四平台）" in said and "来源记录　基层治理四平台" in said
    assert "濮院镇综合行政执法队的平台记录 A1 派单未签收：基层治理四平台标为橙色预警。" in said
    [record] = [one.value for one in app.table if "派单未签收" in one.value.to_string()]
    assert "A1" in record.to_string() and "2022-09-20" in record.to_string()
    assert "同类" not in said and not any(path == "models" for _, path, _ in links(app))
    assert "规则文件已不在" not in said


def test_the_list_names_the_platform_in_the_place_of_the_model(home: Path):
    put(home)
    rows = warning_rows(open_page(WORKBENCH, "demo-county"))
    assert [row["对象"] for row in rows if row["模型"] == "基层治理四平台"] == ["A1 派单未签收"]


def test_no_models_precision_and_no_ranking_counts_it(home: Path):
    register, warehouse = handmade.opened(home)
    before = by_version(register, OFFICE, warehouse, "M16")
    number = put(home)
    for step, action in enumerate(("sign", "start")):
        on_warning(action, register, OFFICE, number, submission_id=str(step), at=AT)
    on_warning(
        "conclude", register, OFFICE, number, submission_id="c", at=AT, conclusion="不属实", checked=["x"], text="否。"
    )
    pd.testing.assert_frame_equal(by_version(register, OFFICE, warehouse, "M16"), before)
    assert together(register, OFFICE, warehouse, "M16").empty
    assert number not in {one.warning_id for one in charges(snapshot(register, warehouse))}
    assert live_version(register, "四平台") is None


def test_a_clue_that_comes_of_it_names_the_platform_and_no_model(home: Path):
    register, warehouse = handmade.opened(home)
    number = put(home)
    for step, action in enumerate(("sign", "start")):
        on_warning(action, register, OFFICE, number, submission_id=str(step), at=AT)
    told = {"conclusion": "属实", "checked": ["x"], "text": "是。"}
    on_warning("conclude", register, OFFICE, number, submission_id="c", at=AT, **told)
    on_warning("to_clue", register, OFFICE, number, submission_id="t", at=AT, text="转。")
    [row] = warning_rows(open_page(CLUES, "demo-office"), "线索清单")
    assert row["来源"] == "外部预警（基层治理四平台）"
    frame = clue_list(register, warehouse, OFFICE, AT)
    assert listed(frame)["来源"].tolist() == ["外部预警（基层治理四平台）"]
    assert rates(frame, "origin")["group"].tolist() == ["外部预警（基层治理四平台）"]
    assert warning_rows(open_page(CLUES, "demo-office", c_origins=["外部预警（基层治理四平台）"]), "线索清单") == [row]
    assert warning_rows(open_page(CLUES, "demo-office", c_origins=["模型预警"]), "线索清单") == []
