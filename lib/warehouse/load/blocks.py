"""Tables stacked in one sheet: each heading row that differs from the one above it opens a block of its own."""

from dataclasses import dataclass, replace

import duckdb

from lib.catalog import load_catalog
from lib.warehouse.load.header import Mapping, loadable, map_headings, score
from lib.warehouse.load.identify import fits
from lib.warehouse.load.sheet import Sheet

HEADING = "另一个表头"
# Heading rows are looked for by their first cells; the rest of the row is looked at only then.
_LOOKED_AT = 6


@dataclass
class Block:
    """The rows of `raw` after `after` up to `last`, read by their own heading."""

    sheet: Sheet
    mapping: Mapping
    after: int
    last: int | None


def find_blocks(con: duckdb.DuckDBPyConnection, sheet: Sheet, mapping: Mapping) -> tuple[list[Block], list[int]]:
    """The blocks of `raw`, and the numbers of the heading rows between them, which leave it.

    Rows below a heading that does not fit the dataset, or that has another number of columns, get a fault.
    """
    blocks, rows = [Block(sheet, mapping, 0, None)], []
    for row_no, cells, whole in _headings(con, sheet, mapping):
        current = blocks[-1]
        if _mapped(cells, mapping) == _mapped(current.sheet.headings, mapping) and whole:
            continue
        below = map_headings(cells, mapping.dataset)
        current.last = row_no
        rows.append(row_no)
        fitting = whole and fits(below)
        blocks.append(Block(replace(sheet, headings=cells), below if fitting else mapping, row_no, None))
        if not fitting:
            _refuse(con, row_no)
    con.execute("delete from raw where row_no in (select unnest($rows))", {"rows": rows})
    return blocks, rows


def _mapped(headings: list[str], mapping: Mapping) -> dict[str, int]:
    return {name: column.index for name, column in map_headings(headings, mapping.dataset).columns.items()}


def _headings(con: duckdb.DuckDBPyConnection, sheet: Sheet, mapping: Mapping) -> list[tuple[int, list[str], bool]]:
    """Rows of `raw` that are headings: number, cells, and whether they have as many columns as the first heading."""
    known = {*sheet.headings} - {""}
    for dataset in load_catalog().values():
        for field in loadable(dataset):
            known |= {field.name, field.title, *field.aliases}
    looked_at = sorted(column.index for column in mapping.columns.values())[:_LOOKED_AT]
    if not looked_at:
        return []
    matches = " or ".join(f"trim(c{index}) in (select unnest($known))" for index in looked_at)
    cells = ", ".join(f"c{index}" for index in range(len(sheet.headings)))
    rows = con.execute(
        f"select row_no, fault is null and surplus is null, {cells} from raw where {matches} order by row_no",
        {"known": sorted(known)},
    ).fetchall()
    found = []
    for row_no, whole, *texts in rows:
        headings = [text or "" for text in texts]
        filled = sum(1 for heading in headings if heading.strip())
        if score(headings) >= max(2, filled / 2):
            found.append((row_no, headings, whole))
    return found


def _refuse(con: duckdb.DuckDBPyConnection, row_no: int) -> None:
    fault = f"在另一个表头之下。第 {row_no} 行起是另一张表，与本表的列对不上；请把它分成单独的文件或工作表"
    con.execute("update raw set fault = $fault where row_no > $row_no", {"fault": fault, "row_no": row_no})
