"""From an indicator that is missed to a published exemplar, in a real browser: four people, one sample, one edition.

The leader sees the indicator and its cases, the office draws closed cases of the place, two score the same file without
knowing of each other, a third settles it; what it teaches is redacted, reviewed, voted on and published.
"""

import re
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
from playwright.sync_api import Page

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.exemplars.leftovers import DOCUMENT, FIRM, NUMBER, PERSON, UNIT
from lib.casework.exemplars.states import INCLUDED
from lib.casework.exemplars.working import known
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.reviews.drawing import draw_files, plan, scope_of, strata_of
from lib.casework.reviews.population import closed_cases
from lib.casework.reviews.scoring import FILE_REVIEW, sheets
from lib.casework.reviews.steps import PLAN, REVIEW_SHEET
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.catalog.lists import domain_names
from lib.insight.library.board import EVERYWHERE, Place, cells, usual
from lib.insight.library.indicators import COUNTY, indicator_table
from lib.insight.library.lights import MISSED
from lib.rules.indicators import Indicator, read_indicators
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.browser import served
from tests.browser.hand import choose, press, write

pytestmark = [*served.NEEDS_BROWSER, pytest.mark.scale]

VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}
LEADER, OFFICE, INSPECTOR, OF_COUNTY = (VIEWERS[f"demo-{one}"] for one in ("leader", "office", "inspector", "county"))
SEED = 2022
COUNTY_NAME = "桐乡市"
HEADING = "执法人员资格没有核对案"
NAME, TITLE, BOOK = "未达标地区的案卷", "回头看评出的案卷", "执法监督典型案例汇编"
SEEN, OTHER, RULED = "送达回证没有签名，其余齐全。", "调阅全卷，没有发现问题。", "经核对，执法人员资格不符，予以否决。"
BODY = "【基本案情】{}办理的一件案件，执法人员资格不符。"
COMMENT, PREFACE = "执法资格是程序的起点，办案前应当核对。", "本期选编回头看中发现的典型问题。"


def _missed(home: Path) -> tuple[Indicator, pd.Series]:
    """An indicator about cases that is missed in the whole city and in the county of one who scores, and its cell."""
    warehouse = open_warehouse(home)
    table, month = indicator_table(open_register(home), warehouse, LEADER), usual(warehouse.as_of)
    everywhere, here = (cells(table, month, where) for where in (EVERYWHERE, Place(COUNTY, OF_COUNTY.area_code, "")))
    found = [
        one
        for one in read_indicators().values()
        if one.subject == "penalty_case"
        and {MISSED.word} == {everywhere.at[one.id, "light"], here.at[one.id, "light"]}
        and 0 < everywhere.at[one.id, "met"] < everywhere.at[one.id, "n"]
    ]
    return found[0], everywhere.loc[found[0].id]


def _domain(home: Path) -> str:
    """The domain of which both who score see most closed cases."""
    warehouse = open_warehouse(home)
    row = {"from_day": warehouse.as_of.replace(month=1, day=1), "to_day": warehouse.as_of, "domain_code": None}
    cases = closed_cases(warehouse, OFFICE, scope_of({**row, "area_code": OF_COUNTY.area_code}), ())
    return str(cases.loc[cases["domain_code"].isin(INSPECTOR.domains), "domain_code"].mode().iloc[0])


def _files(home: Path, lookback_id: str) -> pd.DataFrame:
    held = objects(open_register(home), OFFICE, open_warehouse(home), "review_case")
    return held[held["lookback_id"].eq(lookback_id)].set_index("review_case_id")


def _sheet(home: Path, viewer: Viewer, file: str) -> str:
    held = objects(open_register(home), viewer, open_warehouse(home), "review_sheet")
    return str(held.loc[held["review_case_id"].eq(file), "sheet_id"].item())


def _lookback(home: Path, lookback_id: str) -> dict[str, Any]:
    held = objects(open_register(home), OFFICE, open_warehouse(home), "lookback")
    [found] = held[held["lookback_id"].eq(lookback_id)].to_dict("records")
    return found


def _again(home: Path, place: Path, row: dict[str, Any]) -> set[str]:
    """The cases that the same plan draws with the same seed in a register of its own."""
    register, warehouse = Register(f"sqlite:///{place}"), open_warehouse(home)
    given = {one.name: row[one.name] for one in PLAN.fields if one.name in row}
    given |= {name: pd.Timestamp(row[name]).date() for name in ("from_day", "to_day")}
    at = now(warehouse)
    done = plan(register, OFFICE, Submission("again", at, payload={**given, "by": list(strata_of(row))}))
    assert done.created is not None
    assert draw_files(register, OFFICE, warehouse, done.created, Submission("again-draw", at)).recorded
    found = set(objects(register, OFFICE, warehouse, "review_case")["case_id"])
    register.close()
    return found


def _score_the_rest(home: Path, lookback_id: str, but: str) -> None:
    """Everybody hands in what lies with them, nothing found; the sheets of one file are left."""
    register, warehouse = open_register(home), open_warehouse(home)
    for viewer in (INSPECTOR, OF_COUNTY):
        held = objects(register, viewer, warehouse, "review_sheet")
        held = held[held["lookback_id"].eq(lookback_id) & held["review_case_id"].ne(but)]
        for sheet in held["sheet_id"]:
            sent = Submission(f"{sheet}-in", now(warehouse), None, OTHER, {"deductions": []})
            assert take(register, viewer, REVIEW_SHEET, sheet, "hand_in", sent).recorded


def _names(home: Path, exemplar_id: str) -> tuple[str, list[str]]:
    """The unit of an exemplar's case, and everything that may not be read of it."""
    register, warehouse = open_register(home), open_warehouse(home)
    values = known(register, warehouse, OF_COUNTY, exemplar_id).values
    held = objects(register, OF_COUNTY, warehouse, "exemplar").set_index("exemplar_id")
    unit = warehouse.query(
        "select org_name from org inner join penalty_case using (org_id) where case_id = $case_id",
        {"case_id": held.at[exemplar_id, "case_id"]},
    )
    names = {one for kind in (PERSON, FIRM, UNIT, NUMBER, DOCUMENT) for one in values.get(kind, ())}
    assert unit["org_name"].item() in names
    return str(unit["org_name"].item()), sorted(names)


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _pick(page: Page, label: str, *options: str) -> None:
    """Options of a list that one types into."""
    box = page.get_by_role("combobox", name=re.compile(label)).first
    for option in options:
        box.fill(option)
        page.get_by_role("option").filter(has_text=option).first.click()
    if page.get_by_role("option").count():
        page.keyboard.press("Escape")


def _said(page: Page) -> str:
    return page.get_by_test_id("stMainBlockContainer").inner_text()


def _asked(page: Page, name: str) -> str:
    page.wait_for_url(re.compile(rf"[?&]{name}="))
    found = re.search(rf"[?&]{name}=([^&]+)", page.url)
    assert found is not None
    return found[1]


def test_a_missed_indicator_leads_to_an_exemplar_in_an_edition(city_copy: Path, tmp_path: Path) -> None:
    indicator, cell = _missed(city_copy)
    domain = _domain(city_copy)
    fatal = next(one for one in sheets()["案卷评查"].items.values() if one.fatal)
    with served.app(city_copy) as address, served.browser(maps=False) as (context, strangers):
        page = context.new_page()

        def at(person: str, place: str) -> None:
            page.goto(f"{address}/{place}{'&' if '?' in place else '?'}as={person}")
            served.settle(page)

        # The leader sees what is missed, and the cases behind both numbers.
        at("demo-leader", "lists")
        page.get_by_test_id("stButtonGroup").get_by_text(MISSED.word, exact=True).click()
        page.get_by_role("link", name=indicator.title, exact=True).click()
        page.get_by_text(indicator.numerator).first.wait_for()
        served.settle(page)
        counts = [page.get_by_role("link", name=re.compile(f"^{one} [0-9]")).first for one in ("分子", "分母")]
        numbers = [_number(one.inner_text()) for one in counts]
        assert numbers == [cell["met"], cell["n"]] and page.get_by_text(MISSED.text).count()
        opened = [str(one.get_attribute("href")) for one in counts]
        for count, href in zip(numbers, opened, strict=True):
            at("demo-leader", href.lstrip("./"))
            assert _number(page.get_by_text(re.compile("^列出 [0-9,]+")).first.inner_text()) == count

        # The office draws closed cases of the county by a seed.
        at("demo-office", "lookback?plan=own")
        page.get_by_label("名称").fill(NAME)
        choose(page, FILE_REVIEW)
        _pick(page, "区域", COUNTY_NAME)
        _pick(page, "领域", domain_names()[domain])
        page.get_by_role("spinbutton", name=re.compile("^允许误差")).fill("40")
        page.get_by_role("spinbutton", name=re.compile("^抽样种子")).fill(str(SEED))
        page.get_by_test_id("stBaseButton-primary").get_by_text("拟定", exact=True).click()
        lookback_id = _asked(page, "lookback")
        served.settle(page)
        told = re.search(r"从 ([0-9,]+) 件已结案件中抽 ([0-9,]+) 件", _said(page))
        assert told is not None
        press(page, "抽样")
        row = _lookback(city_copy, lookback_id)
        drawn = _files(city_copy, lookback_id)
        strata = drawn.drop_duplicates("stratum")
        assert [strata["stratum_size"].sum(), len(drawn)] == [_number(told[1]), _number(told[2])]
        assert strata["stratum_drawn"].sum() == len(drawn) and set(drawn["domain_code"]) == {domain}
        assert set(drawn["case_id"]) == _again(city_copy, tmp_path / "again.sqlite", row)
        _pick(page, "评查人", OF_COUNTY.name, INSPECTOR.name)
        # The choice draws the step's form anew, under the click on a busy machine.
        served.settle(page)
        press(page, "分派")

        # Two score the same file: neither reads the other's sheet before both are in.
        file = str(drawn.index[0])
        _score_the_rest(city_copy, lookback_id, file)
        own = {viewer.person_id: _sheet(city_copy, viewer, file) for viewer in (OF_COUNTY, INSPECTOR)}
        at("demo-county", f"lookback?sheet={own['demo-county']}")
        _pick(page, "扣分项", fatal.told)
        write(page, "评查意见", SEEN)
        press(page, "交评分表")
        for place in (f"reviewed={file}", f"sheet={own['demo-county']}", f"sheet={own['demo-inspector']}"):
            at("demo-inspector", f"lookback?{place}")
            assert SEEN not in page.content() and "（不合格）" not in _said(page)
        write(page, "评查意见", OTHER)
        press(page, "交评分表")
        at("demo-inspector", f"lookback?reviewed={file}")
        assert SEEN in _said(page) and OTHER in _said(page) and "您评过这一件，不能裁决" in _said(page)

        # A third person settles it, and the result is reported.
        at("demo-office", f"lookback?reviewed={file}")
        _pick(page, "扣分项", fatal.told)
        write(page, "裁决意见", RULED)
        press(page, "裁决")
        at("demo-office", f"lookback?lookback={lookback_id}")
        press(page, "收齐汇总")
        write(page, "结论和建议", "执法资格须逐案核对。")
        press(page, "报告")
        assert "优良率（推及全部）" in _said(page)

        # What it teaches is written down; the check refuses a name.
        at("demo-county", f"lookback?reviewed={file}")
        page.get_by_role("link", name="推荐为典型案例").click()
        page.get_by_label("推荐理由").wait_for()
        served.settle(page)
        page.get_by_role("textbox", name=re.compile("^案例")).first.fill(TITLE)
        write(page, "推荐理由", "多数单位有同样的问题。")
        page.get_by_test_id("stBaseButton-primary").get_by_text("推荐", exact=True).click()
        exemplar_id = _asked(page, "exemplar")
        served.settle(page)
        assert fatal.name in page.get_by_label("案情").first.input_value()
        unit, names = _names(city_copy, exemplar_id)
        page.get_by_label("标题").first.fill(HEADING)
        write(page, "案情", BODY.format(unit))
        write(page, "点评", COMMENT)
        page.get_by_text("脱敏核对：还有 1 处").wait_for()
        page.get_by_test_id("stBaseButton-primary").get_by_text("脱敏", exact=True).click()
        page.get_by_text("还有没有脱敏的内容").first.wait_for()
        write(page, "案情", BODY.format("某执法单位"))
        page.get_by_text("没有发现要改的内容").wait_for()
        press(page, "脱敏")

        # Reviewed by another, voted on, put into an edition, published by one who did not edit it.
        at("demo-office", f"exemplars?exemplar={exemplar_id}")
        page.get_by_role("textbox", name=re.compile("^参加会审的单位")).fill("市司法局")
        write(page, "会审意见", "事实清楚，可以选用。")
        press(page, "会审")
        at("demo-leader", f"exemplars?exemplar={exemplar_id}")
        page.get_by_role("spinbutton", name=re.compile("^同意")).fill("5")
        press(page, "表决")
        at("demo-office", "exemplars?compile=new")
        page.get_by_role("textbox", name=re.compile("^书名")).fill(BOOK)
        _pick(page, "案例", TITLE)
        write(page, "前言", PREFACE)
        page.get_by_test_id("stBaseButton-primary").get_by_text("编辑", exact=True).click()
        edition_id = _asked(page, "edition")
        at("demo-leader", f"exemplars?edition={edition_id}")
        press(page, "发布")
        with page.expect_download() as taken:
            page.get_by_role("button", name="下载 Word").first.click()
        book = docx.Document(taken.value.path())
        lines = [one.text for one in book.paragraphs]
        text = "\n".join([*lines, *(cell.text for table in book.tables for row in table.rows for cell in row.cells)])
        assert HEADING in text.partition(COMMENT)[0] and text.count(HEADING) >= 2
        assert {COMMENT, PREFACE, BODY.format("某执法单位")} <= set(lines)
        assert [one for one in names if one in text] == []
        assert strangers == []
    held = objects(open_register(city_copy), OFFICE, open_warehouse(city_copy), "exemplar").set_index("exemplar_id")
    assert held.loc[exemplar_id, ["state", "origin", "source_id"]].tolist() == [INCLUDED, "review_case", file]
