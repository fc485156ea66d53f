"""Formats, encodings and files that cannot be read."""

import json
import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.errors import UserError
from lib.warehouse.load import LoadReport, load_paths
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text, hashed

Load = Callable[..., LoadReport]
EVENTS = [
    ["event_id", "case_id", "event_type", "event_at"],
    ["E1", "C0001", "立案", "2022-06-01 09:00:00"],
    ["E2", "C0002", "决定", "2022-07-01 09:00:00"],
]


def _events(home: Path) -> list[tuple]:
    return (
        open_warehouse(home)
        .cursor()
        .execute(
            "select event_id, case_id, event_type, strftime(event_at, '%Y-%m-%d %H:%M:%S') from case_event order by 1"
        )
        .fetchall()
    )


_EXPECTED = [tuple(row) for row in EVENTS[1:]]


def test_text_in_any_encoding_and_with_any_separator(based: Path, tmp_path: Path) -> None:
    """Every file holds the same rows: once read from one, they are found unchanged in the others."""
    folder = tmp_path / "in"
    folder.mkdir()
    kinds = list(product(["utf-8", "utf-8-sig", "gb18030", "utf-16"], ",\t;", ["\n", "\r\n"]))
    for number, (encoding, delimiter, newline) in enumerate(kinds, start=10):
        text = csv_text(EVENTS, delimiter).replace("\n", newline)
        (folder / f"case_event_{number}.csv").write_bytes(text.encode(encoding))
    files = load_paths(based, [folder]).files
    assert [(one.accepted, one.unchanged) for one in files] == [(2, 0)] + [(0, 2)] * (len(kinds) - 1)
    assert _events(based) == _EXPECTED


def test_the_same_rows_from_every_format(based: Path, tmp_path: Path) -> None:
    """The same two events as CSV, JSON lines, Parquet and a workbook: the first is accepted, the others unchanged."""
    records = [dict(zip(EVENTS[0], row, strict=True)) for row in EVENTS[1:]]
    (tmp_path / "case_event.csv").write_text(csv_text(EVENTS))
    (tmp_path / "case_event.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "case_event.parquet")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in EVENTS:
        sheet.append(row)
    book.save(tmp_path / "case_event.xlsx")
    figures = []
    for suffix in ("csv", "jsonl", "parquet", "xlsx"):
        report = load_paths(based, [tmp_path / f"case_event.{suffix}"])
        figures.append((report.total("accepted"), report.total("unchanged"), report.total("quarantined")))
    assert figures == [(2, 0, 0), (0, 2, 0), (0, 2, 0), (0, 2, 0)]
    assert _events(based) == _EXPECTED


def test_quoted_separators_line_breaks_and_trailing_commas(based: Path, load: Load) -> None:
    case = dict(zip(CASE_COLUMNS, base_case(21), strict=True)) | {"案件名称": '甲,乙"丙"\n丁'}
    text = csv_text([CASE_COLUMNS, list(case.values()), base_case(22)])
    assert load("penalty_case.csv", text.replace("\nC0022", "\nC0022").rstrip("\n") + ",,,\n").total("accepted") == 2
    names = open_warehouse(based).cursor().execute("select case_name from penalty_case where case_id = 'C0021'")
    assert names.fetchall() == [('甲,乙"丙" 丁',)]


def test_rows_are_numbered_alike_by_the_fast_and_the_careful_reader(based: Path, load: Load) -> None:
    bad = ["E9", "C9999", "立案", "2022-06-01 09:00:00"]
    load("a/case_event.csv", csv_text([*EVENTS, bad]))
    load("b/case_event.csv", csv_text([EVENTS[0], [], *EVENTS[1:], ["E8", "C0001"], [*bad[:3], "x"]]))
    rows = (
        open_warehouse(based)
        .cursor()
        .execute("select file_name, row_no, column_name from quarantine order by loaded_at, row_no, column_name")
        .fetchall()
    )
    assert rows == [
        ("case_event.csv", 4, "case_id"),
        ("case_event.csv", 5, "整行"),
        ("case_event.csv", 6, "case_id"),
        ("case_event.csv", 6, "event_at"),
    ]


def test_an_unclosed_quote_does_not_swallow_rows_unnoticed(load: Load) -> None:
    text = csv_text(EVENTS).replace("C0001", '"C0001') + "".join(
        f"F{n},C0001,立案,2022-06-01 09:00:00\n" for n in range(50)
    )
    report = load("case_event.csv", text)
    assert (report.total("rows_read"), report.total("accepted")) == (52, 51)
    assert report.files[0].reasons == {"整行：引号没有配对": 1}


def test_folders_are_walked_and_the_same_content_is_loaded_once(based: Path, tmp_path: Path) -> None:
    folder = tmp_path / "送来的"
    (folder / "case_event" / "2022").mkdir(parents=True)
    (folder / "case_event" / "2022" / "a.csv").write_text(csv_text(EVENTS))
    (folder / "case_event" / "2022" / "b.csv").write_text(csv_text(EVENTS))
    (folder / ".hidden.csv").write_text("x")
    report = load_paths(based, [folder])
    assert [(entry.file, entry.state, entry.dataset, entry.accepted) for entry in report.files] == [
        ("case_event/2022/a.csv", "loaded", "case_event", 2),
        ("case_event/2022/b.csv", "known", None, 0),
    ]
    assert report.files[0].remarks == []
    assert report.files[1].message == "与 case_event/2022/a.csv 内容相同"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("case_event.csv", b"", "文件是空的"),
        ("case_event.csv", b"\n \n", "文件是空的"),
        ("case_event.xlsx", b"PK\x03\x04broken", "工作簿损坏"),
        ("case_event.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "工作簿损坏"),
        ("case_event.parquet", b"PAR1 cut", "Parquet 文件损坏"),
        ("case_event.jsonl", b"[1, 2]\n", "里面没有一个 JSON 对象"),
        ("case_event.json", b"x", "不是 JSON 文件"),
        ("case_event.json", b"\n", "文件是空的"),
        ("case_event.json", b'{"a": ' * 100_000, "太深"),
        ("case_event.json", b'{"rows": [{"event_id": 1}', "JSON 不完整"),
        ("case_event.json", b'{"a": [{"x": 1}], "b": {"c": [{"y": 1}, {"y": 2}]}}', "“a”（1 条）、“b.c”（2 条）"),
        ("case_event.csv", "节点编号,案件编号\n".encode() + b"\x80\x81,\xff\n", "文字编码有误：第 2 行"),
        ("case_event.csv", b"a,b\n\x00\x01,c\n", "不是文本文件"),
        ("case_event.doc", b"x", "不是 CSV、JSON 行、Parquet 文件或工作簿"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(
    based: Path, load: Load, name: str, content: bytes, message: str
) -> None:
    report = load(name, content)
    assert [entry.state for entry in report.files] == ["refused"] and message in report.files[0].message
    assert not report.changed and open_warehouse(based).generation.number == 1


def test_keys_that_come_late_in_json_lines_are_columns_as_well(based: Path, load: Load) -> None:
    lines = [dict(zip(EVENTS[0], EVENTS[1], strict=True)) | {"event_id": f"E{number}"} for number in range(300)]
    lines[299] |= {"operator_id": "P1", "备注": "x"}
    report = load("case_event.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    assert (report.total("accepted"), report.files[0].ignored) == (300, ["备注"])
    assert open_warehouse(based).cursor().execute(
        "select event_id from case_event where operator_id = 'P1'"
    ).fetchall() == [("E299",)]


def test_a_broken_file_does_not_stop_the_others(based: Path, tmp_path: Path) -> None:
    (tmp_path / "case_event.csv").write_text(csv_text(EVENTS))
    (tmp_path / "信访.xlsx").write_bytes(b"PK\x03\x04broken")
    report = load_paths(based, [tmp_path / "case_event.csv", tmp_path / "信访.xlsx"])
    assert (report.total("accepted"), [entry.file for entry in report.refused]) == (2, ["信访.xlsx"])


def test_a_workbook_damaged_in_the_middle_is_refused_as_a_whole(based: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(EVENTS[0])
    for number in range(20_000):
        sheet.append([f"E{number}", "C0001", "立案", f"2022-06-01 09:{number % 60:02}:00"])
    path = tmp_path / "case_event.xlsx"
    book.save(path)
    content = bytearray(path.read_bytes())
    middle = content.index(b"xl/worksheets/sheet1.xml") + 60_000
    content[middle : middle + 200] = b"\x00" * 200
    path.write_bytes(content)
    (entry,) = load_paths(based, [path]).files
    assert (entry.state, entry.accepted) == ("refused", 0) and "损坏" in entry.message


def test_paths_that_are_not_there_are_named(based: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"找不到文件或文件夹：.*没有\.csv"):
        load_paths(based, [tmp_path / "没有.csv"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="没有可装载的文件"):
        load_paths(based, [tmp_path / "empty"])


def test_a_file_without_permission_is_refused(based: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case_event.csv"
    path.write_text(csv_text(EVENTS))
    real = Path.open

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        if self.name == path.name:
            raise PermissionError(13, os.strerror(13), str(self))
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)
    (entry,) = load_paths(based, [path]).files
    assert (entry.state, entry.message[:3]) == ("refused", "读不了")


def test_long_numbers_and_dates_of_a_spreadsheet_stay_what_they_were(based: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(CASE_COLUMNS)
    row = dict(zip(CASE_COLUMNS, base_case(23), strict=True)) | {"案件编号": 20220925001, "罚款金额": 100.1 + 200.2}
    sheet.append(list(row.values()))
    book.save(tmp_path / "penalty_case.xlsx")
    assert load_paths(based, [tmp_path / "penalty_case.xlsx"]).total("accepted") == 1
    cursor = open_warehouse(based).cursor()
    assert cursor.execute(
        "select case_id, fine_amt::varchar from penalty_case where party_id = $party", {"party": hashed(23)}
    ).fetchall() == [("20220925001", "300.30")]
