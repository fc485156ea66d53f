"""The data page: what there is, who sees what was set aside, and loading through the browser."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.access import Viewer
from lib.casework.accounts.people import enter_person
from lib.casework.audit import entries
from lib.casework.store.register import open_register
from lib.warehouse.load import answers_of, load_paths, open_doubts
from lib.warehouse.store import open_warehouse
from tests.cities import handmade
from tests.pages.opening import figures, links, open_page, open_signed_in, words

PAGE = "pages/data/data.py"
UNITS = "机构编号,机构名称,层级,领域代码,区划代码\nO0009,濮院镇所,{level},SC,330483101\n"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("data-page")
    handmade.put(place)
    return place


@pytest.fixture
def home(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("COCKPIT_HOME", str(shared))
    yield shared


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same rows as real data, with three people who may sign in."""
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    handmade.put(tmp_path, synthetic=False)
    for role, area in (("office", None), ("county", "330483"), ("town", "330483101")):
        enter_person(
            open_register(tmp_path),
            person_id=role,
            name="某甲",
            role=role,
            area_code=area,
            list_ids=[],
            at=datetime(2022, 9, 25),
        )
    return tmp_path


def table(app: AppTest, column: str):
    return next(found.value for found in app.dataframe if column in found.value)


def test_all_datasets_with_freshness_in_words(home: Path):
    app = open_page(PAGE, "demo-leader")
    assert figures(app)["数据鲜活率"] == "100%"
    assert "按时 **29** 项" in [label for label, _, _ in links(app)]
    rows = table(app, "freshness")
    assert len(rows) == 33
    assert rows["freshness"].tolist()[:29] == ["按时"] * 29


def test_a_dataset_is_described_after_the_catalog_and_named_in_the_address(home: Path):
    app = open_page(PAGE, "demo-leader", d_name="处罚案件")
    assert "**处罚案件** · 省统一处罚办案系统" in words(app)
    assert "立案日期" in table(app, "aliases")["title"].tolist()


@pytest.mark.parametrize("person", ["demo-leader", "demo-inspector", "demo-county", "demo-town"])
def test_who_may_not_load_is_told_who_does(home: Path, person: str):
    app = open_page(PAGE, person, d_view="装载")
    assert "您不能装载数据" in words(app)
    assert "装载由监督室办理" in words(app)
    assert not app.get("file_uploader")


def test_a_synthetic_city_offers_no_upload_and_says_where_to_go(home: Path):
    app = open_page(PAGE, "demo-office", d_view="装载")
    assert "合成城市不装载文件" in words(app) and "python -m lib load" in words(app)
    assert not app.get("file_uploader")


def test_an_upload_is_checked_published_and_told_row_by_row(real: Path):
    before = open_warehouse(real).generation.number
    app = open_signed_in(PAGE, "office", d_view="装载")
    app.file_uploader[0].upload("机构.csv", UNITS.format(level="镇街").encode())
    app.run()
    app.button(key="load_start").click().run()
    assert not app.exception
    told = table(app, "接收")
    assert told[["文件", "数据集", "结果", "接收", "隔离"]].values.tolist() == [["机构.csv", "机构", "已装载", 1, 0]]
    after = open_warehouse(real)
    assert after.generation.number == before + 1
    assert after.query("select org_name from org where org_id = 'O0009'")["org_name"].tolist() == ["濮院镇所"]


def test_rows_set_aside_are_shown_to_the_office_and_counted_for_a_town(real: Path):
    app = open_signed_in(PAGE, "office", d_view="装载")
    app.file_uploader[0].upload("机构.csv", UNITS.format(level="乡级").encode())
    app.run()
    app.button(key="load_start").click().run()
    assert table(app, "接收")["隔离"].tolist() == [1]
    office = open_signed_in(PAGE, "office", d_view="隔离")
    rows = table(office, "reason")
    assert rows[["title", "row_no", "column_name", "value"]].values.tolist() == [["机构", 2, "层级", "乡级"]]
    assert "可填：市、县、镇街" in rows["reason"].iloc[0]
    county = open_signed_in(PAGE, "county", d_view="隔离")
    assert "value" not in table(county, "reason")
    town = open_signed_in(PAGE, "town", d_view="隔离")
    assert table(town, "fault")["row_cnt"].tolist() == [1]
    assert not any("reason" in found.value for found in town.dataframe)


def test_the_account_of_a_load_balances_on_the_page_and_in_the_record(real: Path):
    app = open_signed_in(PAGE, "office", d_view="装载")
    app.file_uploader[0].upload("机构.csv", (UNITS.format(level="县") + "\n合计,1\n").encode())
    app.run()
    app.button(key="load_start").click().run()
    told = table(app, "接收").iloc[0]
    assert told["不是数据"] == 1 and "不是数据：合计 1 行" in told["说明"]
    assert told["读入"] == told["接收"] + told["未变"] + told["隔离"] + told["不是数据"]
    kept = table(open_signed_in(PAGE, "office", d_view="装载记录"), "rows_read").iloc[0]
    assert kept["rows_not_data"] == 1
    assert kept["rows_read"] == kept[["rows_accepted", "rows_unchanged", "rows_quarantined", "rows_not_data"]].sum()


def test_nothing_set_aside_is_said(home: Path):
    assert "没有被隔离的行" in words(open_page(PAGE, "demo-leader", d_view="隔离"))
    assert "还没有装载记录" in words(open_page(PAGE, "demo-leader", d_view="装载记录"))


def test_a_doubtful_column_is_answered_once_and_its_rows_come_in(real: Path, tmp_path: Path):
    folder = tmp_path / "sources"
    folder.mkdir()
    columns = "线索编号,来源类型,接收时间,移送单位,接收单位"
    rows = "".join(f"L90{n},网格上报,{n}/4/2022 10:00,O0003,O0003\n" for n in (1, 2))
    (folder / "violation_lead.csv").write_text(f"{columns}\n{rows}", encoding="utf-8")
    report = load_paths(real, [folder])
    assert report.files[0].doubts, report.lines()
    (asked,) = open_doubts(real)
    county = open_signed_in(PAGE, "county", d_view="待确认")
    assert "由监督室确认" in words(county) and not county.radio
    office = open_signed_in(PAGE, "office", d_view="待确认")
    assert "有 1 处拿不准的列" in words(open_signed_in(PAGE, "office"))
    office.radio(f"doubt_{asked.number}").set_value("月/日/年").run()
    office.button(f"doubt_go_{asked.number}").click().run()
    assert not office.exception
    assert "接收 2" in words(office) and open_doubts(real) == []
    (answer,) = answers_of(real)
    assert (answer.choice, answer.by) == ("月/日/年", "某甲")
    assert open_warehouse(real).query("select month(received_at) as m from violation_lead where lead_id like 'L90%'")[
        "m"
    ].tolist() == [1, 2]
    log = entries(open_register(real), Viewer("office", "某甲", "office"))
    assert log["action"].tolist()[0] == "confirm"
