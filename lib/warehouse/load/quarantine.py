"""Rows set aside, kept with the place they came from, the reason, and the row itself."""

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from lib.catalog import Dataset
from lib.catalog.names import is_likely_name, is_person_heading, starred_labels, starred_names
from lib.catalog.private import CODE_CELL, mask_text
from lib.warehouse.load.checks import key_text
from lib.warehouse.load.header import Mapping, loadable, with_unit
from lib.warehouse.load.reasons import KEY, ROW, reason_text
from lib.warehouse.load.sheet import Sheet

_BATCH = 20_000
_PRIVATE_HEADING = re.compile(
    "身份证|证件号|公民身份|手机|电话|联系方式|护照|银行卡|卡号|账号|帐号|ZJHM|SFZ|LXDH|LXFS|SJHM|ID_?CARD|PHONE|MOBILE|TEL(?![A-Z])",
    re.IGNORECASE,
)
# A hash gives nobody away, and without it the row could not be mended.
_HASH = re.compile(r"(?=.*[a-fA-F])[0-9a-fA-F]{16,128}|[0-9]{32}|[0-9]{40}|[0-9]{64}")
# What tells a quarantined row apart, written into an export and read back from the mended file.
REFERENCE = "concat_ws('/', batch_id, file_name, sheet, cast(row_no as varchar))"
# How the faults of rows begin whose cells stand under other headings.
_SHIFTED = ("列数与表头不符", "引号没有配对", "在另一个表头之下")
_COLUMNS = (
    "batch_id",
    "dataset",
    "file_name",
    "sheet",
    "row_no",
    "column_name",
    "value",
    "reason",
    "raw_json",
    "loaded_at",
    "row_key",
)
_TEXTS = [name for name in _COLUMNS if name not in ("row_no", "loaded_at")]
_SCHEMA = pa.schema(
    [
        (name, pa.string() if name in _TEXTS else pa.int32() if name == "row_no" else pa.timestamp("us"))
        for name in _COLUMNS
    ]
)


def unique_headings(headings: list[str]) -> list[str]:
    """Headings as keys of a raw row: nameless ones by their position, repeated ones numbered."""
    seen: Counter[str] = Counter()
    names = []
    for place, heading in enumerate(headings, 1):
        name = heading.strip() or f"第{place}列"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def set_aside(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, mapping: Mapping, batch_id: str, at: datetime
) -> tuple[int, Counter[str]]:
    """Write the rows of `issue` to `quarantine`.

    Returns the number of rows and, by reason, how often each occurs.
    """
    con.execute(f"""
        create or replace temp table aside as
        select raw.*, issue.place, issue.kind, issue.detail, {key_text(mapping.dataset)} as row_key
        from issue join raw using (row_no) left join typed using (row_no)
        order by row_no, place
    """)
    reasons: Counter[str] = Counter()
    units = sheet.units
    names = unique_headings([with_unit(h, units[i]) if i in units else h for i, h in enumerate(sheet.headings)])
    rows = con.execute("select count(*), count(distinct row_no) from aside").fetchall()[0]
    for start in range(0, rows[0], _BATCH):
        page = con.sql(
            "select * from aside where rowid >= $start and rowid < $stop",
            params={"start": start, "stop": start + _BATCH},
        ).to_arrow_table()
        records = [_record(row, sheet, mapping, names) for row in page.to_pylist()]
        for record in records:
            record |= {"batch_id": batch_id, "loaded_at": at}
            reasons[f"{record['column_name']}：{record['reason'].split('。')[0]}"] += 1
        con.register("aside_records", pa.Table.from_pylist(records, schema=_SCHEMA))
        con.execute("insert into quarantine by name select * from aside_records")
        con.unregister("aside_records")
    con.execute("drop table aside")
    return rows[1], reasons


def _record(row: dict[str, Any], sheet: Sheet, mapping: Mapping, names: list[str]) -> dict[str, Any]:
    dataset, place = mapping.dataset, row["place"]
    cells = [row[f"c{i}"] for i in range(len(names))]
    heading, value = _where(row, mapping, sheet, cells)
    beyond = json.loads(row["surplus"]) if row["surplus"] else []
    if row["kind"] == "fault" and (row["detail"] or "").startswith(_SHIFTED):
        cells, beyond = _kept_by_looks(cells, sheet.headings), _kept_by_looks(beyond, sheet.headings)
    else:
        cells = [kept(heading_, cell) for heading_, cell in zip(sheet.headings, cells, strict=True)]
        beyond = [kept("", cell) for cell in beyond]
    if value is not None:
        value = starred(value) if row["kind"] == "private" else kept(heading, value)
        if row["kind"] == "private":
            cells[mapping.columns[loadable(dataset)[place].name].index] = value
    names = [mask_text(name, facts=False) for name in names]
    names = [*names, *(f"第{place}列" for place in range(len(names) + 1, len(names) + 1 + len(beyond)))]
    return {
        "dataset": dataset.name,
        "file_name": sheet.label,
        "sheet": sheet.shown_name,
        "row_no": row["row_no"],
        "column_name": mask_text(heading, facts=False),
        "value": value,
        "reason": reason_text(dataset, place, row["kind"], row["detail"]),
        "raw_json": json.dumps(dict(zip(names, [*cells, *beyond], strict=True)), ensure_ascii=False),
        "row_key": row["row_key"],
    }


def kept(heading: str, cell: str | None) -> str | None:
    """A cell as it may be kept beside its table: numbers of persons starred, whatever the column is for, and the names
    of persons in a column of such names."""
    if cell is None or not cell.strip():
        return cell
    if _HASH.fullmatch(cell.strip()):
        return cell
    if _PRIVATE_HEADING.search(heading) or re.fullmatch(CODE_CELL, re.sub(r"\s", "", cell)):
        return starred(cell) if any(character.isdigit() for character in cell) else cell
    masked = mask_text(cell, facts=False)
    return starred_names(masked) if is_person_heading(heading) else starred_labels(masked)


def _kept_by_looks(cells: list[str | None], headings: list[str]) -> list[str | None]:
    """The cells of a row that does not stand under its headings: what looks like a name is starred wherever it is."""
    names = any(map(is_person_heading, headings))
    found = [kept("", cell) for cell in cells]
    return [starred_names(cell) if names and cell and is_likely_name(cell) else cell for cell in found]


def starred(text: str) -> str:
    """The first and last two characters."""
    return f"{text[:2]}****{text[-2:]}" if len(text) > 6 else "****"


def _where(row: dict[str, Any], mapping: Mapping, sheet: Sheet, cells: list[str | None]) -> tuple[str, str | None]:
    """Heading and value of the cell at fault."""
    place, columns = row["place"], mapping.columns
    if place == ROW:
        return "整行", None
    if place == KEY:
        key = [name for name in mapping.dataset.primary_key if name in columns]
        return "、".join(columns[name].heading for name in key), row["row_key"]
    field = loadable(mapping.dataset)[place]
    if field.name in columns:
        return columns[field.name].heading, cells[columns[field.name].index]
    return field.title, None


def resolve(con: duckdb.DuckDBPyConnection, dataset: Dataset, batch_id: str, at: datetime) -> int:
    """Close entries of earlier loads whose row has come again: told by its reference, or by its key.

    A row that failed again has a new entry of its own, so its old one is closed as well. Returns the number of
    entries closed.
    """
    row = con.execute(
        f"""
        update quarantine set resolved_at = $at
        where dataset = $dataset and batch_id <> $batch and resolved_at is null and (
            row_key in (select {key_text(dataset)} from typed)
            or {REFERENCE} in (select trim(reference_) from typed where reference_ is not null)
        )
        """,
        {"at": at, "dataset": dataset.name, "batch": batch_id},
    ).fetchone()
    return int(row[0]) if row else 0


def resolve_again(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, dataset: Dataset, batches: set[str], at: datetime
) -> int:
    """Close entries of a file loaded before whose rows pass now. Returns the number of entries closed."""
    row = con.execute(
        """
        update quarantine set resolved_at = $at
        where dataset = $dataset and file_name = $file and sheet is not distinct from $sheet
            and batch_id in (select unnest($batches)) and resolved_at is null
            and row_no in (select row_no from typed anti join issue using (row_no))
        """,
        {"at": at, "dataset": dataset.name, "file": sheet.label, "sheet": sheet.shown_name, "batches": sorted(batches)},
    ).fetchone()
    return int(row[0]) if row else 0
