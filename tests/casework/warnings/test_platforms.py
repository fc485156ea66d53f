"""Alerts of other platforms: one warning a record, of its own origin, whatever is sent again."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lib.casework.reading.snapshot import snapshot
from lib.casework.rules.runs import run_due
from lib.casework.store.register import Register, open_register
from lib.casework.store.verify import verify_register
from lib.casework.warnings.alert_files import read_alerts
from lib.casework.warnings.platforms import PLATFORMS, hear, take_in
from lib.errors import UserError
from lib.warehouse.generation import begin, publish
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import Warehouse, open_warehouse

AT = datetime(2022, 9, 25, 9)
SUNSHINE, FOUR = PLATFORMS["交通阳光"], PLATFORMS["四平台"]
# record, colour, captured, audited, officer
RECORDS = [
    ("S1", "黄", "2022-09-01 08:00", "2022-09-02 10:00", "P1"),
    ("S2", "红", "2022-09-20 23:00", None, None),
    ("S3", None, "2022-09-03 08:00", None, "P1"),
    ("S4", "橙", "2021-09-25 08:00", None, "P1"),
    ("S5", "橙", "2021-09-26 08:00", None, "P1"),
]


def city(home: Path, changed: dict[str, str] | None = None) -> Warehouse:
    """A city with the records of the platform, the colours of some of them changed."""
    tmp = begin(home)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
        fill_reference(con)
        con.execute("insert into meta values ('synthetic', 'true'), ('as_of', '2022-09-25'), ('rows', '60000')")
        con.execute(
            "insert into org (org_id, org_name, org_level, domain_code, area_code) values"
            " ('O1', '桐乡市交通运输局', '县', 'JT', '330483')"
        )
        con.execute("insert into officer (officer_id, name_masked, org_id) values ('P1', '吴*', 'O1')")
        for record, colour, captured, audited, officer in RECORDS:
            con.execute(
                "insert into sunshine_record (record_id, record_type, alert_color, captured_at, audited_at, officer_id,"
                " area_code) values (?, '现场检测', ?, ?, ?, ?, '330482')",
                [record, (changed or {}).get(record, colour), captured, audited, officer],
            )
    publish(home, tmp)
    return open_warehouse(home)


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return city(home)


def warned(register: Register) -> pd.DataFrame:
    return snapshot(register).warning.set_index("subject_id").sort_index()


def test_each_coloured_record_of_the_last_year_is_a_warning_of_that_platform(register: Register, warehouse: Warehouse):
    assert hear(register, warehouse, SUNSHINE, AT).new == 3
    found = warned(register)
    # The 25th of the year before is past, the 26th is not.
    assert found["level"].to_dict() == {"S1": "yellow", "S2": "red", "S5": "orange"}
    assert set(found["origin"]) == {"external_platform"} and set(found["title"]) == {"交通阳光监管平台"}
    # Where the officer works; where there is none, where the record lies.
    assert found[["org_id", "area_code", "domain_code"]].loc["S1"].tolist() == ["O1", "330483", "JT"]
    assert found["area_code"]["S2"] == "330482" and pd.isna(found["org_id"]["S2"])
    assert found["occurred_on"].dt.date.to_dict()["S1"] == date(2022, 9, 2)
    assert found["state"].tolist() == ["新生成"] * 3 and found["value"].isna().all()


def test_what_is_sent_again_writes_nothing_and_what_is_graver_rises(register, warehouse, tmp_path: Path):
    hear(register, warehouse, SUNSHINE, AT)
    before = snapshot(register).seq
    assert hear(register, warehouse, SUNSHINE, AT).new == 0
    assert snapshot(register).seq == before
    milder = city(tmp_path / "home", {"S1": "橙", "S2": "黄"})
    done = hear(register, milder, SUNSHINE, AT)
    assert (done.new, done.raised, done.gone) == (0, 1, 0)
    assert warned(register)["level"].to_dict() == {"S1": "orange", "S2": "red", "S5": "orange"}
    assert verify_register(register) == []


def test_a_record_that_has_gone_leaves_its_warning(register, warehouse, tmp_path: Path):
    hear(register, warehouse, SUNSHINE, AT)
    hear(register, city(tmp_path / "home", {"S1": None}), SUNSHINE, AT)  # type: ignore[dict-item]
    assert bool(warned(register)["firing"]["S1"])


def test_a_run_hears_them_and_no_model_retires_them(warehouse: Warehouse, tmp_path: Path):
    register = open_register(tmp_path / "home")
    for _ in range(2):
        run_due(tmp_path / "home", register)
    assert len(warned(register)) == 3 and warned(register)["firing"].all()


def put(folder: Path, text: str, name: str = "四平台.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


HEAD = "记录编号,颜色,单位编号,发生日期,事由,经度\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_alerts_is_taken_in_once(register, warehouse, tmp_path: Path, encoding: str):
    path = put(
        tmp_path, HEAD + "A1,黄色,O1,2022-09-01,派单未签收,120.5\nA2, 红 ,O1,2022/9/2,虚假办结,\n", encoding=encoding
    )
    found = read_alerts(warehouse, FOUR, path)
    assert take_in(register, FOUR, found, AT).new == 2 and take_in(register, FOUR, found, AT).new == 0
    rows = warned(register)
    assert rows["level"].to_dict() == {"A1": "yellow", "A2": "red"} and set(rows["subject_type"]) == {"alert"}
    assert rows["evidence"]["A1"] == '{"colour": "黄", "matter": "派单未签收", "经度": "120.5"}'


def test_a_workbook_is_read_the_same(register, warehouse, tmp_path: Path):
    path = tmp_path / "四平台.xlsx"
    pd.DataFrame(
        {"记录编号": ["A1"], "颜色": ["橙"], "单位编号": ["O1"], "发生日期": ["2022-09-01"], "事由": ["派单未签收"]}
    ).to_excel(path, index=False, engine="xlsxwriter")
    assert read_alerts(warehouse, FOUR, path)["level"].tolist() == ["orange"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("记录编号,颜色\nA1,黄\n", "缺少列 单位编号、发生日期、事由"),
        (HEAD + "A1,绿,O1,2022-09-01,某,\n", "第 2 行「颜色」须是红、橙、黄"),
        (HEAD + "A1,黄,O1,2022-09-01,某,\nA1,黄,O1,2022-09-01,某,\n", "第 3 行「记录编号」空着，或与前面的行重复"),
        (HEAD + "A1,黄,O9,2022-09-01,某,\nA2,黄,O9,2022-09-01,某,\n", "「单位编号」不是单位表里的编号，另有 1 行"),
        (HEAD + "A1,黄,O1,昨天,某,\n", "第 2 行「发生日期」不是日期"),
        (HEAD + "A1,黄,O1,2022-09-01,,\n", "第 2 行「事由」空着"),
        ("", "打不开"),
    ],
)
def test_a_fault_in_a_file_is_told_with_its_row_and_nothing_is_taken(warehouse, tmp_path: Path, text: str, said: str):
    with pytest.raises(UserError) as refused:
        read_alerts(warehouse, FOUR, put(tmp_path, text))
    assert said in refused.value.message


def test_what_is_no_file_or_lies_in_a_dataset_is_refused(warehouse, tmp_path: Path):
    with pytest.raises(UserError, match="没有文件"):
        read_alerts(warehouse, FOUR, tmp_path / "没有.csv")
    with pytest.raises(UserError, match="数据集"):
        read_alerts(warehouse, SUNSHINE, put(tmp_path, HEAD))
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(UserError, match="打不开"):
        read_alerts(warehouse, FOUR, broken)
