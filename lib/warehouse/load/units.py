"""Where a file says in which unit its amounts are: at a heading, above or below it, in titles, notes and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from lib.warehouse.load.header import money_unit
from lib.warehouse.load.sheet import Sheet

_SAID = re.compile(r"单位(?:均)?(?:为|是|[:：])?\s*([^，。；;]{1,20})")
_COUNTED = re.compile(r"(?:以|按|均为|一律为)\s*[“\"]?(亿元|百万元|十万元|万元|千元|百元|元)")
_NAMED = re.compile(r"[(（【\[_\-]\s*(?:单位[:：]?)?(亿元|百万元|万元|千元|百元|元)\s*(?:[)）】\]_\-.]|$)")
_FIRST_ROWS, _LAST_ROWS = 2, 10


@dataclass
class Said:
    """`wide` are the units said for the whole table with the place that says so; `at` the units said right above or
    below a heading, by its index; `rows` the numbers of rows that hold nothing but units."""

    wide: dict[str, str] = field(default_factory=dict)
    at: dict[int, dict[str, str]] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)


def _units(text: str) -> list[str]:
    """Units of money that a sentence names as the unit of something; 单位：元通镇 names none."""
    parts = [part for said in _SAID.findall(text) for part in re.split(r"[\s、,，/()（）]+", said)]
    return [unit for part in parts if (unit := money_unit(part))] or _COUNTED.findall(text)


def read_units(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> Said:
    """What the rows around the table and its names say. Rows of units are taken out of `raw`."""
    said = Said()
    for number, row in enumerate(sheet.above, 1):
        for cell in row:
            for unit in _units(cell):
                said.wide.setdefault(unit, f"第 {number} 行“{cell.strip()}”")
    if sheet.above:
        _beside(said, sheet.above[-1], "列名上方一行")
    for name, where in ((sheet.name, "工作表名"), (sheet.label, "文件名")):
        for unit in _NAMED.findall(name or ""):
            said.wide.setdefault(unit, f"{where}“{name}”")
    cells = ", ".join(f"c{i}" for i in range(len(sheet.headings)))
    first = con.execute(f"select row_no, {cells} from raw order by row_no limit {_FIRST_ROWS}").fetchall()
    for row_no, *row in first:
        if _is_unit_row(row):
            _beside(said, row, "列名下方一行")
            said.rows.append(row_no)
    con.execute("delete from raw where row_no in (select unnest($rows))", {"rows": said.rows})
    last = con.execute(f"select row_no, {cells} from raw order by row_no desc limit {_LAST_ROWS}").fetchall()
    for row_no, *row in last:
        filled = [cell for cell in row if cell and cell.strip()]
        for cell in filled if len(filled) <= 4 else []:
            for unit in _units(cell):
                said.wide.setdefault(unit, f"第 {row_no} 行“{cell.strip()}”")
    return said


def _is_unit_row(row: Sequence[str | None]) -> bool:
    filled = [cell.strip() for cell in row if cell and cell.strip()]
    hints = re.compile(r"[(（\[].*[)）\]]|[年月日天个人件次]")
    return any(map(money_unit, filled)) and all(money_unit(cell) or hints.fullmatch(cell) for cell in filled)


def _beside(said: Said, row: Sequence[str | None], where: str) -> None:
    for index, cell in enumerate(row):
        if cell and (unit := money_unit(cell.strip())):
            said.at.setdefault(index, {}).setdefault(unit, where)
