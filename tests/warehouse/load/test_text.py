"""Text as it really comes: quotes that were never closed, several encodings in one file, any line end, JSON of any
shape."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lib.warehouse.load import LoadReport, load_paths
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text, uscc

Load = Callable[..., LoadReport]
NAME = CASE_COLUMNS.index("案件名称")


def _ids(home: Path) -> list[str]:
    sql = "select case_id from penalty_case where case_id > 'C0005' order by 1"
    return [case_id for (case_id,) in open_warehouse(home).cursor().execute(sql).fetchall()]


def _named(number: int, name: str) -> str:
    """One line of a case as a program writes it that knows nothing of quoting."""
    row = base_case(number)
    row[NAME] = name
    return ",".join(row) + "\n"


HEAD = ",".join(CASE_COLUMNS) + "\n"


@pytest.mark.parametrize("space", ["", "\n"])
def test_rows_between_two_stray_quotes_come_out_one_by_one(based: Path, load: Load, space: str) -> None:
    """Read by the fast reader, and by the careful one that a blank line calls for."""
    text = HEAD + _named(11, "甲") + space + _named(12, '"乙') + _named(13, "丙") + _named(14, '"丁') + _named(15, "戊")
    (entry,) = load("penalty_case.csv", text).files
    assert (entry.rows_read, entry.accepted, dict(entry.reasons)) == (5, 3, {"整行：引号没有配对": 2})
    assert _ids(based) == ["C0011", "C0013", "C0015"]
    waiting = open_warehouse(based).cursor().execute("select row_no, raw_json from quarantine order by 1").fetchall()
    first = 3 + len(space)
    assert [row_no for row_no, _ in waiting] == [first, first + 2]
    assert [json.loads(raw)["案件名称"] for _, raw in waiting] == ['"乙', '"丁']


def test_a_quote_closed_at_the_end_of_a_later_row(based: Path, load: Load) -> None:
    text = HEAD + _named(11, '"甲') + _named(12, "乙") + _named(13, '丙"') + _named(14, "丁")
    (entry,) = load("penalty_case.csv", text).files
    assert (entry.rows_read, entry.accepted, entry.quarantined) == (4, 2, 2)
    assert _ids(based) == ["C0012", "C0014"]


def test_a_quote_open_to_the_end_of_the_file_costs_one_row(based: Path, load: Load) -> None:
    text = HEAD + _named(10, '"甲') + "".join(_named(number, "乙") for number in range(11, 1500))
    (entry,) = load("penalty_case.csv", text).files
    assert (entry.rows_read, entry.accepted, entry.quarantined) == (1490, 1489, 1)
    (last,) = load("penalty_case2.csv", HEAD + _named(1600, "甲") + _named(1601, '"乙'), "penalty_case").files
    assert (last.rows_read, last.accepted, last.quarantined) == (2, 1, 1)


@pytest.mark.parametrize("column", ["案件编号", "决定书文号", "办案单位"])
def test_a_code_that_lost_its_opening_quote_waits(based: Path, load: Load, column: str) -> None:
    rows = [base_case(number) for number in (11, 12)]
    lines = [[f'"{cell}"' for cell in row] for row in rows]
    place = CASE_COLUMNS.index(column)
    lines[1][place] = rows[1][place] + '"'
    (entry,) = load("penalty_case.csv", HEAD + "".join(",".join(line) + "\n" for line in lines)).files
    assert (entry.rows_read, entry.accepted, entry.quarantined) == (2, 1, 1)
    assert _ids(based) == ["C0011"]


def test_line_breaks_and_separators_within_a_cell_are_no_rows(based: Path, load: Load) -> None:
    rows = [CASE_COLUMNS, base_case(11), base_case(12)]
    rows[1][NAME] = "一、甲,乙,丙,丁\n二、" + ",".join("戊己庚辛壬癸")
    rows[2][NAME] = "甲\n" * 300
    assert load("penalty_case.csv", csv_text(rows)).total("accepted") == 2
    assert _ids(based) == ["C0011", "C0012"]


def _alike(home: Path, folder: Path, texts: list[bytes], suffix: str = "csv") -> None:
    """Load files that hold the same two rows: once read from the first, they are found unchanged in the others."""
    folder.mkdir()
    for number, text in enumerate(texts, start=10):
        (folder / f"penalty_case_{number}.{suffix}").write_bytes(text)
    files = load_paths(home, [folder]).files
    told = [(one.rows_read, one.accepted, one.unchanged) for one in files]
    assert told == [(2, 2, 0)] + [(2, 0, 2)] * (len(texts) - 1)


def test_any_encoding_and_any_line_end(based: Path, tmp_path: Path) -> None:
    text = HEAD + _named(11, "甲") + _named(12, "乙")
    encodings = ["utf-32", "utf-32-le", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-8"]
    written = [text.replace("\n", end).encode(one) for one in encodings for end in ("\n", "\r\n", "\r")]
    _alike(based, tmp_path / "in", written)
    assert _ids(based) == ["C0011", "C0012"]


def test_separators_of_a_chinese_keyboard_and_of_hive(based: Path, tmp_path: Path) -> None:
    text = HEAD + _named(11, "甲") + _named(12, "乙")
    _alike(based, tmp_path / "in", [text.replace(",", one).encode() for one in ("，", "；", "｜", "|", "\x01")])
    assert _ids(based) == ["C0011", "C0012"]


def test_a_file_pieced_together_from_two_encodings(based: Path, load: Load) -> None:
    def firm(number: int, name: str) -> str:
        return f"{uscc(number)},{name},企业,A\n"

    old = "统一社会信用代码,主体名称,主体类型,风险等级\n" + firm(31, "桐乡测试商行") + firm(32, "联通")
    new = firm(33, "桐乡测试商行") + firm(34, "嘉兴㐀𠀀店")
    spoilt = firm(35, "桐乡").encode()[:-14] + b"\xff\xff" + b",A\n"
    many = "".join(firm(number, "海宁企业") for number in range(40, 60)).encode("gb18030")
    (entry,) = load("enterprise.csv", old.encode("gb18030") + new.encode() + many + spoilt).files
    assert (entry.rows_read, entry.accepted, entry.quarantined) == (25, 24, 1)
    con = open_warehouse(based).cursor()
    codes = [uscc(number) for number in (31, 32, 33, 34)]
    names = con.execute("select uscc, entity_name from enterprise where uscc in $codes", {"codes": codes}).fetchall()
    expected = ["桐乡测试商行", "联通", "桐乡测试商行", "嘉兴㐀𠀀店"]
    assert dict(names) == dict(zip(codes, expected, strict=True))


def test_a_cell_of_a_whole_document_and_a_first_line_of_a_megabyte(based: Path, load: Load) -> None:
    text = "说明" * 800_000 + "\n" + HEAD + _named(11, "长" * 300_000) + _named(12, "乙")
    assert load("penalty_case.csv", text).total("accepted") == 2
    con = open_warehouse(based).cursor()
    assert con.execute("select length(case_name) from penalty_case where case_id = 'C0011'").fetchall() == [(300_000,)]


RECORDS: list[dict[str, Any]] = [dict(zip(CASE_COLUMNS, base_case(number), strict=True)) for number in (11, 12)]
LINES = [json.dumps(record, ensure_ascii=False) for record in RECORDS]


SHAPES = [
    "\n".join(LINES),
    "\ufeff" + "\r\n".join(LINES),
    ",\n".join(LINES) + ",\n",
    "[\n" + ",\n".join(LINES) + "\n]\n",
    "[" + ",".join(LINES) + "]",
    "[\n" + "\n,".join(LINES) + "\n,\n]",
    json.dumps(RECORDS, ensure_ascii=False, indent=2),
    json.dumps({"code": 200, "data": {"total": 2, "rows": RECORDS}}, ensure_ascii=False),
    json.dumps({"code": 200, "columns": ["a"], "list": RECORDS}, ensure_ascii=False, indent=1),
    "\n".join(json.dumps(record, ensure_ascii=False, indent=1) for record in RECORDS),
]


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_of_any_shape(based: Path, tmp_path: Path, suffix: str) -> None:
    _alike(based, tmp_path / "in", [text.encode() for text in SHAPES], suffix)
    assert _ids(based) == ["C0011", "C0012"]


def test_a_page_of_a_longer_list_is_told(load: Load) -> None:
    (entry,) = load("penalty_case.json", json.dumps({"total": 350, "rows": RECORDS})).files
    assert entry.remarks == ["按“rows”里的 2 条记录读", "文件自称共 350 条，里面只有 2 条；可能只导出了其中一页"]


def test_what_is_broken_or_nested_in_json_waits(load: Load) -> None:
    nested = json.dumps(RECORDS[1] | {"案件编号": {"$oid": "5f"}}, ensure_ascii=False)
    deep = '{"案件编号": ' + "[" * 5000 + "]" * 5000 + "}"
    (entry,) = load("penalty_case.jsonl", "\n".join([LINES[0], nested, deep, LINES[1][:-9]])).files
    assert (entry.rows_read, entry.accepted) == (4, 1)
    assert dict(entry.reasons) == {"整行：有一格是嵌套的对象": 1, "整行：不是完整的 JSON 对象": 2}
    broken = "[" + LINES[0] + ',\n{"案件编号": \n' + LINES[1] + "]"
    (entry,) = load("penalty_case2.json", broken, "penalty_case").files
    assert (entry.rows_read, entry.accepted + entry.unchanged, entry.quarantined) == (3, 2, 1)
