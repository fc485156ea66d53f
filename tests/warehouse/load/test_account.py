"""Every row that was read is accounted for; every refusal carries its reason; the exit status tells."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from lib.cli import main
from lib.errors import UserError
from lib.insight.kept.ahead import worked_out
from lib.warehouse.load import FileReport, LoadReport, load_paths
from lib.warehouse.load.faults import fault_log
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text, write_csv

Load = Callable[..., LoadReport]


def test_an_account_that_does_not_balance_publishes_nothing(
    based: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.warehouse.load import table

    real = table.set_aside
    monkeypatch.setattr(table, "set_aside", lambda *given: (real(*given)[0] - 1, real(*given)[1]))
    rows = [base_case(11), [*base_case(12)[:-1], "大概"]]
    with pytest.raises(UserError, match="账不平：读入 2 行，有去处的 1 行"):
        load("penalty_case.csv", csv_text([CASE_COLUMNS, *rows]))
    assert open_warehouse(based).generation.number == 1


def test_the_account_names_what_is_not_data_and_where(load: Load) -> None:
    rows = [CASE_COLUMNS, base_case(11), ["合计"], CASE_COLUMNS, base_case(12), ["注：以系统为准"], ["丙"]]
    width = len(CASE_COLUMNS)
    report = load("penalty_case.csv", csv_text([row + [""] * (width - len(row)) for row in rows]))
    (entry,) = report.files
    assert entry.notes == {"合计": [3], "重复的表头": [4], "说明、落款等文字": [6]}
    assert entry.account == "读入 6 行 = 接收 2 + 未变 0 + 隔离 1 + 不是数据 3"
    assert report.as_dict()["files"][0]["notes"] == entry.notes
    assert any("不是数据：合计（第 3 行）" in line for line in report.lines())


def test_a_short_row_at_the_bottom_is_not_taken_for_a_remark(load: Load) -> None:
    rows = [CASE_COLUMNS, base_case(11), ["案件十二", *[""] * (len(CASE_COLUMNS) - 1)]]
    (entry,) = load("penalty_case.csv", csv_text(rows)).files
    assert (entry.accepted, entry.quarantined, entry.not_data) == (1, 1, 0)


def test_a_table_below_another_is_read_by_its_own_heading(based: Path, load: Load) -> None:
    turned = CASE_COLUMNS[::-1]
    rows = [CASE_COLUMNS, base_case(11), turned, base_case(12)[::-1], [*base_case(13)[::-1][:-1], ""]]
    (entry,) = load("penalty_case.csv", csv_text(rows)).files
    assert (entry.rows_read, entry.accepted, entry.quarantined) == (4, 2, 1)
    assert entry.notes == {"另一个表头": [3]}
    con = open_warehouse(based).cursor()
    assert con.execute(
        "select case_id, case_name, filed_date::varchar from penalty_case where case_id >= 'C0011' order by 1"
    ).fetchall() == [("C0011", "案件11", "2022-06-01"), ("C0012", "案件12", "2022-06-01")]
    ((raw,),) = con.execute("select raw_json from quarantine").fetchall()
    assert '"案件名称": "案件13"' in raw


def test_a_foreign_table_below_another_waits_as_a_whole(load: Load) -> None:
    other = ["人员编号", "人员哈希", "姓名", "人员类型", "人员状态", "机构编号"]
    pad = [""] * (len(CASE_COLUMNS) - len(other))
    rows = [CASE_COLUMNS, base_case(11), [*other, *pad], ["P1", "x", "张*", "公务员", "在岗", "O0003", *pad]]
    (entry,) = load("penalty_case.csv", csv_text(rows)).files
    assert (entry.accepted, entry.quarantined, entry.not_data) == (1, 1, 1)
    assert list(entry.reasons) == ["整行：在另一个表头之下"]


def test_a_row_wider_than_the_heading_is_kept_whole(based: Path, load: Load) -> None:
    wide = base_case(11)
    wide.insert(3, "多出的一格")
    load("penalty_case.csv", csv_text([CASE_COLUMNS, wide, base_case(12)]))
    ((raw,),) = open_warehouse(based).cursor().execute("select raw_json from quarantine").fetchall()
    assert raw.endswith('"非现场执法": "处罚", "第15列": "否"}')


def test_a_fault_that_nobody_foresaw_refuses_one_file_and_is_logged(
    based: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.warehouse.load import plan

    class PanicException(BaseException):
        """What a reader written in Rust raises."""

    real = plan.open_file

    def broken(path: Path) -> list:
        if path.name == "b.csv":
            raise PanicException("index out of bounds")
        if path.name == "c.csv":
            raise TypeError("expected <class 'Fill'>")
        return real(path)

    monkeypatch.setattr(plan, "open_file", broken)
    for number, name in enumerate("abcd"):
        write_csv(tmp_path / "penalty_case" / f"{name}.csv", [CASE_COLUMNS, base_case(20 + number)])
    report = load_paths(based, [tmp_path / "penalty_case"])
    assert {entry.file: (entry.state, entry.accepted) for entry in report.files} == {
        "a.csv": ("loaded", 1),
        "b.csv": ("refused", 0),
        "c.csv": ("refused", 0),
        "d.csv": ("loaded", 1),
    }
    assert all("程序出错，未采用其中任何一行" in entry.message for entry in report.refused)
    log = fault_log(based)
    assert "expected <class 'Fill'>" in log.read_text() and log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("good", [True, False])
def test_the_exit_status_says_whether_every_file_came_in(
    based: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], good: bool
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(based))
    paths = [tmp_path / "penalty_case.csv", tmp_path / "信访.csv"]
    write_csv(paths[0], [CASE_COLUMNS, base_case(11)])
    write_csv(paths[1], [["信访编号"], ["X1"]])
    assert main(["load", *map(str, paths[: 1 if good else 2])]) == (0 if good else 1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("合计读入 1 行" if good else "有文件没有装载：信访.csv。")


def test_a_load_stands_where_the_engine_has_not_got_its_data(
    based: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(based))
    monkeypatch.setenv("COCKPIT_ENGINE", "sc://127.0.0.1:1")
    monkeypatch.delenv("COCKPIT_LAKE", raising=False)
    number, path = open_warehouse(based).generation.number, tmp_path / "penalty_case.csv"
    write_csv(path, [CASE_COLUMNS, base_case(11)])
    assert main(["load", str(path)]) == 0
    told, warehouse = capsys.readouterr(), open_warehouse(based)
    assert "合计读入 1 行" in told.out and "数据已经生效，页面要用的数还没有算：用 Spark 计算要" in told.err
    assert warehouse.generation.number == number + 1 and not worked_out(warehouse)


def test_what_stands_under_no_heading_is_named(based: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([*CASE_COLUMNS, None, "备注"], [*base_case(11), "旁注", None, "更远"], [*base_case(12), None, "x"]):
        sheet.append(row)
    book.save(tmp_path / "penalty_case.xlsx")
    (entry,) = load_paths(based, [tmp_path / "penalty_case.xlsx"]).files
    assert entry.accepted == 2
    assert entry.remarks == ["没有列名、未采用：第 15 列 1 格、第 16 列以后 1 行"]


def test_rows_of_a_report_balance() -> None:
    FileReport("a.csv", rows_read=4, accepted=1, unchanged=1, quarantined=1, notes={"合计": [9]}).balance()
    with pytest.raises(UserError, match="账不平"):
        FileReport("a.csv", rows_read=4, accepted=1, unchanged=1, quarantined=1).balance()
