"""The look-back page: the plan, the draw, one's own sheet, both side by side, the result, and what each role sees."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from lib.access import NotVisible, Viewer
from lib.access.personas import personas
from lib.casework import audit
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.reviews.scoring import settings
from lib.casework.reviews.steps import LOOKBACK, REVIEW_SHEET
from lib.casework.steps import Submission
from lib.casework.store.register import Register, forget_register, open_register
from lib.insight.reviews.results import result
from lib.insight.reviews.words import percent
from lib.ui.record import timeline
from lib.ui.reviews import listing
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse
from tests.casework.reviews import city
from tests.casework.reviews.test_steps import draw_files, files, given, hand_in, own, planned
from tests.pages.opening import links, open_page, warning_rows, words

PAGE = "pages/reviews/lookback.py"
KNOWN = {viewer.person_id: viewer for viewer in personas(True)}
OFFICE, COUNTY, INSPECTOR = (KNOWN[f"demo-{name}"] for name in ("office", "county", "inspector"))


class Ids(NamedTuple):
    """A look-back that was told to units, one that is being scored, one that is planned; a file on which two differ."""

    told: str
    running: str
    planned: str
    differing: str


def _build(home: Path) -> Ids:
    """Of the county: one of 24 files, all done, two of them with a veto; one of 4, of which one file is scored."""
    register, at = open_register(home), now(open_warehouse(home))
    warehouse = open_warehouse(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.casework.reviews.test_steps.AT", at)
        more = {"area_code": "330483", "domain_code": "ZF", "to_day": at.date()}
        told = planned(register, COUNTY, "told", **more)
        draw_files(register, COUNTY, warehouse, told, Submission("told-draw", at))
        given(register, COUNTY, told, "demo-county", "demo-office")
        poor = set(files(register, OFFICE).sort_values("case_id")["review_case_id"].head(2))
        for viewer in (COUNTY, OFFICE):
            for row in own(register, viewer).itertuples():
                hand_in(register, viewer, row.sheet_id, *(["F01"] if row.review_case_id in poor else ["F04"]), at=at)
        for action in ("gather", "report", "tell"):
            take(register, COUNTY, LOOKBACK, told, action, Submission(f"told-{action}", at, None, "总体较好。"))
        running = planned(register, COUNTY, "run", by=[], error=30, **more)
        draw_files(register, COUNTY, warehouse, running, Submission("run-draw", at))
        given(register, COUNTY, running, "demo-county", "demo-inspector")
        mine = own(register, COUNTY).query("lookback_id == @running")
        theirs = own(register, INSPECTOR).set_index("review_case_id")
        differing = str(mine["review_case_id"].iloc[0])
        hand_in(register, COUNTY, mine["sheet_id"].iloc[0], "F01", at=at)
        hand_in(register, INSPECTOR, theirs.loc[differing, "sheet_id"], at=at)
        return Ids(told, running, planned(register, OFFICE, "plan", to_day=at.date()), differing)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Ids]]:
    place = tmp_path_factory.mktemp("lookback-page")
    city.opened(place)
    yield place, _build(place)
    forget_register(place)


@pytest.fixture
def ids(shared: tuple[Path, Ids], monkeypatch: pytest.MonkeyPatch) -> Ids:
    monkeypatch.setenv("COCKPIT_HOME", str(shared[0]))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return shared[1]


@pytest.fixture
def stores(ids: Ids, shared: tuple[Path, Ids]) -> tuple[Register, Warehouse]:
    return open_register(shared[0]), open_warehouse(shared[0])


def _numbers(told: list[tuple[str, str, str]], name: str) -> dict[str, tuple[int, str]]:
    """The links whose address has this parameter: the words before the number, the number and the parameter."""
    found = {}
    for label, _, query in told:
        asked = re.search(rf"{name}=([^&]+)", query)
        count = re.search(r"\*\*([\d,]+)\*\*", label)
        if asked and count:
            found[label.partition(" ")[0]] = (int(count[1].replace(",", "")), asked[1].replace("%3A", ":"))
    return found


def test_every_number_opens_as_many_rows(ids: Ids) -> None:
    app = open_page(PAGE, "demo-county")
    parts = _numbers(links(app), "lb_part")
    assert {name: count for name, (count, _) in parts.items()} == {"在办": 2, "已出结果": 1, "已归档": 0, "全部": 2}
    for count, part in parts.values():
        assert len(warning_rows(open_page(PAGE, "demo-county", lb_part=part), "回头看清单")) == count
    page = open_page(PAGE, "demo-county", lookback=ids.told)
    kinds = _numbers(links(page), "lb_files")
    assert {name: count for name, (count, _) in kinds.items()} == {"全部": 24, "优良": 22, "非优良": 2}
    for count, part in kinds.values():
        rows = warning_rows(open_page(PAGE, "demo-county", lookback=ids.told, lb_files=part), "评查件清单")
        assert len(rows) == count
    item = open_page(PAGE, "demo-county", lookback=ids.told, lb_files="item:F01")
    assert "扣分项「执法主体或执法人员资格不符」：2 件" in words(item)
    assert len(warning_rows(item, "评查件清单")) == 2


def test_the_result_stands_on_the_page(ids: Ids, stores: tuple[Register, Warehouse]) -> None:
    held = result(*stores, COUNTY, ids.told)
    app = open_page(PAGE, "demo-county", lookback=ids.told)
    told = words(app)
    assert held.good is not None and app.metric[0].value == percent(held.good.value)
    assert f"95% 区间 {percent(held.good.low)} 至 {percent(held.good.high)}" in told
    assert "κ 1.00" in told and "AC1 1.00" in told and "绝大多数案卷落在同一等次" in told
    assert "误差 ±" in str([one.value.to_dict() for one in app.table]) and "置信度 95%" in str(
        [one.value.to_dict() for one in app.table]
    )
    # What is still being scored shows no result and no name beside a file.
    running = words(open_page(PAGE, "demo-county", lookback=ids.running))
    assert "优良率" not in running and "已交/应评：示范县丙 1/" in running


def test_the_plan_says_how_many_would_be_drawn(ids: Ids) -> None:
    app = open_page(PAGE, lookback=ids.planned)
    assert "从 **90** 件已结案件中抽 **27** 件，分 4 层；推及全部时误差 ±9.6 个百分点，置信度 95%。" in words(app)
    form = open_page(PAGE, plan="own")
    form.button(key="new_plan_submit").click().run()
    assert "还不能提交：名称、方式" in words(form)
    # Begun for a county and a domain, within what the viewer may.
    there = open_page(PAGE, plan="330482:SC")
    assert [there.selectbox(key=f"new_plan_{name}_code").value for name in ("area", "domain")] == ["330482", "SC"]
    other = open_page(PAGE, "demo-county", plan="330482:SC")
    assert other.selectbox(key="new_plan_area_code").value == "330483"


def test_from_the_plan_to_the_first_sheet_by_the_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    warehouse = city.opened(tmp_path)
    register = open_register(tmp_path)
    form = open_page(PAGE, plan="own")
    form.text_input(key="new_plan_title").set_value("三季度案卷").run()
    form.session_state["new_plan_review_type"] = "案卷评查"
    form.number_input(key="new_plan_error").set_value(30).run()
    form.button(key="new_plan_submit").click().run()
    [row] = objects(register, OFFICE, warehouse, "lookback").to_dict("records")
    assert (row["state"], row["strata"], row["error"], row["double_share"]) == ("草拟", "band", 30, 100)
    one = row["lookback_id"]
    page = open_page(PAGE, lookback=one)
    assert "抽样只此一次" in words(page)
    page.button(key=f"{one}_draw_submit").click().run()
    drawn = files(register, OFFICE)
    assert len(drawn) == 10 and set(drawn["stratum"]) == {name for name, _ in settings().bands}
    page = open_page(PAGE, lookback=one)
    names = page.multiselect(key=f"{one}_give_out_people")
    assert "示范监督室甲（监督室）" in names.options and not any("领导" in name for name in names.options)
    names.set_value(["demo-office", "played-office-1", "played-office-2"]).run()
    page.button(key=f"{one}_give_out_submit").click().run()
    assert objects(register, OFFICE, warehouse, "lookback")["state"].tolist() == ["评查中"]
    mine = own(register, OFFICE)
    assert len(mine) in (6, 7)
    sheet = mine["sheet_id"].iloc[0]
    page = open_page(PAGE, sheet=sheet)
    page.multiselect(key=f"{sheet}_hand_in_deductions").set_value(["F04"]).run()
    assert own(register, OFFICE)["state"].eq("待评分").all()
    forget_register(tmp_path)


def test_a_sheet_is_its_reviewers_alone(ids: Ids, stores: tuple[Register, Warehouse]) -> None:
    register, _ = stores
    mine = own(register, COUNTY).query("lookback_id == @ids.running and state == '待评分'")
    sheet = mine["sheet_id"].iloc[0]
    app = open_page(PAGE, "demo-county", sheet=sheet)
    told = words(app)
    assert "满分 100" in told and "评分只有您自己看得到" in told
    before = audit.entries(register, KNOWN["demo-leader"], person_id="demo-county")
    assert "review_sheet" in set(before["object_type"])
    for other in ("demo-office", "demo-inspector", "demo-leader", "demo-liaison"):
        assert "没有这条记录" in words(open_page(PAGE, other, sheet=sheet))
    # The list offers each their own.
    assert len(warning_rows(open_page(PAGE, "demo-county"), "我的评分表")) == len(mine)
    # From one's list the next sheet follows the last, then the look-backs.
    [entries] = open_page(PAGE, "demo-county").session_state["way_lists"].values()
    kinds = [one.partition("/")[0] for one in entries]
    assert kinds == ["review_sheet"] * len(mine) + ["lookback"] * 2
    # A file of which one sheet is missing tells nothing.
    case = mine["review_case_id"].iloc[0]
    assert "评完之前，谁也看不到别人的评分表" in words(open_page(PAGE, "demo-office", reviewed=case))


def test_what_is_kept_for_one_is_not_shown_to_another_who_sees_the_same(
    ids: Ids, stores: tuple[Register, Warehouse]
) -> None:
    register, warehouse = stores
    twin = Viewer("p-twin", "某", "county", area_code="330483")
    mine = listing.own_sheets(register, warehouse, COUNTY)
    assert len(mine) > 20 and listing.own_sheets(register, warehouse, twin).empty
    sheet = str(mine["sheet_id"].iloc[-1])
    assert "hand_in" in set(timeline.events(register, warehouse, COUNTY, REVIEW_SHEET, sheet)["action"])
    with pytest.raises(NotVisible):
        timeline.events(register, warehouse, twin, REVIEW_SHEET, sheet)


def test_scoring_by_the_form(ids: Ids, stores: tuple[Register, Warehouse]) -> None:
    register, _ = stores
    rows = own(register, INSPECTOR).query("state == '待评分'")
    sheet = rows["sheet_id"].iloc[0]
    app = open_page(PAGE, "demo-inspector", sheet=sheet)
    app.button(key=f"{sheet}_hand_in_submit").click().run()
    assert "还不能提交：评查意见" in words(app)
    offered = app.multiselect(key=f"{sheet}_hand_in_deductions").options
    assert len(offered) == 14 and offered[3] == "F04 立案审批表缺失或填写不全（扣 5 分）"
    assert offered[0].endswith("（否决）")


def test_both_sheets_stand_side_by_side_and_a_third_adjudicates(ids: Ids) -> None:
    told = words(open_page(PAGE, reviewed=ids.differing))
    assert "示范县丙" in told and "**97**" not in told and "不合格" in told and "示范派驻乙" in told
    app = open_page(PAGE, reviewed=ids.differing)
    assert any("裁决" in group.options for group in app.get("button_group"))
    scored = open_page(PAGE, "demo-county", reviewed=ids.differing)
    assert "您评过这一件，不能裁决" in words(scored)
    assert not any("裁决" in group.options for group in scored.get("button_group"))


def test_a_unit_sees_its_own_results_and_nothing_of_how_they_came(ids: Ids, stores: tuple[Register, Warehouse]) -> None:
    app = open_page(PAGE, "demo-liaison")
    rows = warning_rows(app, "评查件清单")
    held = files(stores[0], COUNTY).query("lookback_id == @ids.told and org_id == 'O0134'")
    assert len(rows) == len(held) > 5 and {row["单位"] for row in rows} == {"濮院镇综合行政执法队"}
    one = open_page(PAGE, "demo-liaison", reviewed=held["review_case_id"].iloc[0])
    told = words(one) + str([table.value.to_dict() for table in one.table])
    assert "写明怎样整改" in told
    for hidden in ("示范县丙", "示范监督室甲", "种子", "所在层", "评分对照", "概率"):
        assert hidden not in told.replace("示范县丙（县纪委）", "")
    other = files(stores[0], COUNTY).query("org_id == 'O0002'")["review_case_id"].iloc[0]
    assert "没有这条记录" in words(open_page(PAGE, "demo-liaison", reviewed=other))
    for query in ({"lookback": ids.told}, {"plan": "own"}, {"sheet": "S0"}):
        assert "优良率" not in words(open_page(PAGE, "demo-liaison", **query))


def test_who_only_looks_and_who_does_not(ids: Ids) -> None:
    leader = open_page(PAGE, "demo-leader", lookback=ids.running)
    assert "下一步是「收齐汇总」，由监督室、派驻组、县纪委办理。" in words(leader)
    assert not any("拟定回头看" in label for label, _, _ in links(open_page(PAGE, "demo-leader")))
    for query in ({}, {"lookback": ids.told}, {"plan": "own"}):
        assert "您的角色不查看评查件" in words(open_page(PAGE, "demo-town", **query))


def test_the_work_list_has_ones_own_sheets_and_what_waits_for_a_third(
    ids: Ids, stores: tuple[Register, Warehouse]
) -> None:
    def rows(person: str) -> list[tuple[str, str, str]]:
        found = warning_rows(open_page("pages/work/work.py", person), "待办清单")
        return [(row["种类"], row["下一步"], row["等谁"]) for row in found]

    left = own(stores[0], INSPECTOR)["state"].eq("待评分").sum()
    mine = rows("demo-inspector")
    assert mine.count(("评分表", "交评分表", "我")) == left == 3
    # The office scores nothing of this one, and may settle what differs.
    assert ("评查件", "裁决", "我") in rows("demo-office")
    assert not any(kind == "评分表" for kind, *_ in rows("demo-office"))
    assert any(kind == "评查件" and step == "回复" for kind, step, _ in rows("demo-liaison"))
