"""Loading one table of a file: checked, what is wrong set aside, the rest merged, every row accounted for."""

import re
from datetime import datetime
from pathlib import Path

import duckdb

from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.load.amounts import settle_amounts
from lib.warehouse.load.blocks import HEADING, Block, find_blocks
from lib.warehouse.load.checks import (
    bare_dates,
    check_duplicates,
    check_references,
    check_values,
    create_issue,
    said_of_values,
)
from lib.warehouse.load.columns import settle_columns
from lib.warehouse.load.derive import derive
from lib.warehouse.load.doubts import Answers
from lib.warehouse.load.faults import MEMORY_FAULT, STORAGE_FAULTS, is_full, refusal
from lib.warehouse.load.header import map_headings
from lib.warehouse.load.merge import merge
from lib.warehouse.load.notes import UNIT_ROW, drop_notes
from lib.warehouse.load.plan import Job
from lib.warehouse.load.quarantine import resolve, resolve_again, set_aside
from lib.warehouse.load.questions import settle_values
from lib.warehouse.load.settling import Settling
from lib.warehouse.load.sheet import Sheet
from lib.warehouse.load.typed import create_typed, drop_typed
from lib.warehouse.load.units import Said, read_units


def load_table(
    con: duckdb.DuckDBPyConnection, job: Job, batch_id: str, at: datetime, home: Path, answers: Answers
) -> None:
    """Load one table; its report says what became of the rows.

    Raises UserError when a row that was read is not accounted for.
    """
    report = job.report
    try:
        blocks, said = _staged(con, job)
    except BaseException as error:
        # A file too large for the memory is one file's fault; a full disk is not.
        if isinstance(error, STORAGE_FAULTS) and (is_full(error) or not isinstance(error, MEMORY_FAULT)):
            raise
        report.state, report.message = "refused", refusal(error, home, report.place)
        return
    row = con.execute("select count(*) from raw").fetchone()
    report.rows_read = (int(row[0]) if row else 0) + report.not_data
    if len(blocks) > 1:
        con.execute("alter table raw rename to raw_whole")
    closed = 0
    for block in blocks:
        if len(blocks) > 1:
            con.execute(
                "create or replace temp table raw as "
                "select * from raw_whole where row_no > $after and row_no <= coalesce($last, row_no)",
                {"after": block.after, "last": block.last},
            )
        # Units right above or below a heading are those of the first block's.
        told = said if block is blocks[0] else Said(said.wide)
        closed += _merge_block(con, job, block, told, batch_id, at, answers)
    con.execute("drop table if exists raw_whole")
    if report.rows_read == 0:
        report.message = "没有数据行"
        return
    report.balance()
    if job.again is not None and not report.accepted and not closed:
        report.state, report.rows_read, report.notes = "known", 0, {}
        report.message = f"其中 {report.quarantined} 行仍等着引用的数据"
        report.quarantined = 0
    if closed:
        report.remarks.append(f"以前隔离的 {closed} 条已销")


def _staged(con: duckdb.DuckDBPyConnection, job: Job) -> tuple[list[Block], Said]:
    """The file's rows in `raw`, block by block as its headings tell; and what it says of units."""
    report, width = job.report, len(job.sheet.headings)
    job.sheet.stage(con)
    report.remarks += job.sheet.remarks
    if len(job.sheet.headings) > width:
        # JSON lines may bring further keys far down.
        job.mapping = map_headings(job.sheet.headings, job.mapping.dataset)
        report.ignored = job.mapping.ignored
    _refuse_data_above(job.sheet)
    said = read_units(con, job.sheet)
    if said.rows:
        report.notes[UNIT_ROW] = said.rows
    blocks = [Block(job.sheet, job.mapping, 0, None)]
    if job.sheet.annotated:
        report.remarks += _nameless(con, job.sheet)
        blocks, rows = find_blocks(con, job.sheet, job.mapping)
        if rows:
            report.notes[HEADING] = rows
    if job.again is not None:
        con.execute("delete from raw where row_no not in (select unnest($rows))", {"rows": sorted(job.again)})
        report.notes.clear()
    return blocks, said


def _refuse_data_above(sheet: Sheet) -> None:
    """Raises UserError when a row over the heading holds data: it would vanish without a word."""
    for number, row in enumerate(sheet.above, 1):
        filled = [cell for cell in row if cell.strip()]
        figures = sum(bool(re.search(r"\d", cell)) for cell in filled)
        swallowed = any(re.search(r"\n.*[,;|\t]", cell) for cell in filled)
        if swallowed or (figures >= 3 and len(filled) * 2 >= len(sheet.headings)):
            why = "像是引号没有配对，把后面的行并了进来" if swallowed else "像是数据"
            raise UserError(
                f"第 {number} 行在表头之上，{why}", "请把表头放到数据上方第一行，补上缺的引号，或从来源重新导出。"
            )


def _nameless(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> list[str]:
    """What stands under no heading, and so is taken by nobody."""
    places = [place for place, heading in enumerate(sheet.headings) if not heading.strip()]
    counts = [f"count_if(trim(coalesce(c{place}, '')) <> '')" for place in places]
    found = con.execute(f"select {', '.join([*counts, 'count(surplus)'])} from raw where fault is null").fetchall()[0]
    said = [f"第 {place + 1} 列 {count} 格" for place, count in zip(places, found[:-1], strict=True) if count]
    said += [f"第 {len(sheet.headings)} 列以后 {found[-1]} 行"] if found[-1] else []
    return [f"没有列名、未采用：{'、'.join(said)}"] if said else []


def _merge_block(
    con: duckdb.DuckDBPyConnection, job: Job, block: Block, said: Said, batch_id: str, at: datetime, answers: Answers
) -> int:
    """Check and merge the rows of `raw`; returns how many earlier quarantine entries that closed."""
    report, mapping = job.report, block.mapping
    block.sheet.units = {}
    if job.sheet.annotated:
        blank, notes = drop_notes(con, block.sheet, mapping)
        report.rows_read -= blank
        for kind, rows in notes.items():
            report.notes.setdefault(kind, []).extend(rows)
    settling = Settling(con, block.sheet, mapping, answers)
    settle_columns(settling, said)
    odd = create_typed(con, mapping)
    create_issue(con)
    check_values(con, mapping, odd, max(at, now()))
    if bare := bare_dates(con, mapping):
        report.remarks.append(f"多数只有日期、按 0 时记下的列：{'、'.join(bare)}；凭它们判断钟点不可靠")
    report.remarks += said_of_values(con, mapping, odd)
    derive(con, mapping)
    settle_amounts(settling, odd)
    settle_values(settling, odd)
    report.remarks += settling.remarks
    report.doubts += settling.doubts
    check_references(con, mapping)
    collapsed = check_duplicates(con, mapping)
    if collapsed:
        report.remarks.append(f"完全相同的重复行 {collapsed} 行，只留一行")
    merged = merge(con, mapping, batch_id, at)
    report.accepted += merged.accepted
    report.replaced += merged.replaced
    report.superseded += merged.superseded
    report.overruled += merged.overruled
    report.unchanged += merged.unchanged + collapsed
    if job.again is None:
        quarantined, reasons = set_aside(con, block.sheet, mapping, batch_id, at)
        report.quarantined += quarantined
        report.reasons.update(reasons)
        closed = resolve(con, mapping.dataset, batch_id, at)
    else:
        row = con.execute("select count(distinct row_no) from issue").fetchone()
        report.quarantined += int(row[0]) if row else 0
        closed = resolve_again(con, block.sheet, mapping.dataset, job.batches, at)
    drop_typed(con, odd)
    return closed
