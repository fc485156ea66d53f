"""A load: files checked, set aside or merged into a new generation, which is published as a whole or not at all."""

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from lib.catalog import load_catalog
from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.generation import Generation, begin, current, next_number, note, publish, write_lock
from lib.warehouse.home import register_path
from lib.warehouse.load.blocks import HEADING, Block, find_blocks
from lib.warehouse.load.checks import (
    bare_dates,
    check_duplicates,
    check_references,
    check_values,
    create_issue,
    said_of_values,
)
from lib.warehouse.load.derive import derive
from lib.warehouse.load.doubts import Answers, answers_of, ask
from lib.warehouse.load.faults import MEMORY_FAULT, STORAGE_FAULTS, refusal
from lib.warehouse.load.files import find_files
from lib.warehouse.load.header import map_headings
from lib.warehouse.load.identify import named_dataset
from lib.warehouse.load.merge import merge
from lib.warehouse.load.notes import UNIT_ROW, drop_notes
from lib.warehouse.load.plan import Job, Progress, plan
from lib.warehouse.load.quarantine import resolve, resolve_again, set_aside
from lib.warehouse.load.report import LoadReport
from lib.warehouse.load.settle import Settling
from lib.warehouse.load.sheet import Sheet
from lib.warehouse.load.typed import create_macros, create_typed, drop_typed
from lib.warehouse.load.units import Said, read_units
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.room import WRITING
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import open_warehouse

_FULL = re.compile(r"No space left|Disk quota|File too large|not enough space|max_temp_directory_size", re.IGNORECASE)
_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_LOG = """
    insert into load_log values (
        $batch, $dataset, $file, $sha, $at, $read, $accepted, $quarantined, $unchanged, $replaced, $state
    )
"""


def load_paths(
    home: Path,
    paths: list[Path],
    *,
    dataset: str | None = None,
    progress: Progress | None = None,
    spoilt: dict[str, str] | None = None,
) -> LoadReport:
    """Check, quarantine, merge and publish files or folders of files in one new generation.

    Every row that was read is accounted for, table by table (FileReport.balance).

    `dataset` (English name or Chinese title) overrides what folder, file and sheet names say. `spoilt` names files
    (as progress names them) that brought a reader down before, and why: they are refused unread. Returns what became
    of each file; nothing is published when nothing changed.

    Raises UserError when the home holds a synthetic city, a path does not exist, the dataset is unknown, another
    writer is at work, or the disk is full; the generation in force stays as it was.
    """
    tell = progress or (lambda stage, done, text: None)
    given = named_dataset(dataset) if dataset else None
    with write_lock(home), _workplace(home) as work:
        base = current(home)
        warehouse = open_warehouse(home) if base else None
        if warehouse is not None and warehouse.synthetic:
            raise UserError(
                f"{home} 里是合成城市，不装入文件：真实数据和虚构数据不能混在一起。",
                "请把 COCKPIT_HOME 指向一个空文件夹后装载，例如 COCKPIT_HOME=~/cockpit python -m lib load 文件夹。",
            )
        files = find_files([Path(path) for path in paths], work)
        if not files:
            raise UserError("没有可装载的文件。", "请核对文件夹是否为空。")
        report = LoadReport()
        tell("读取文件", 0.0, f"共 {len(files)} 个")
        jobs = plan(files, given, warehouse, report, home, tell, spoilt or {})
        if jobs:
            try:
                _build(home, base, now(warehouse), jobs, report, tell)
            except (OSError, *STORAGE_FAULTS) as error:
                raise _explained(error, home) from error
    return report


@contextmanager
def _workplace(home: Path) -> Iterator[Path]:
    """A folder to unpack archives into; one that a crash left behind goes first."""
    for leftover in home.glob("unpacked-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    work = Path(mkdtemp(prefix="unpacked-", dir=home))
    try:
        yield work
    except OSError as error:
        raise _explained(error, home) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _is_full(error: BaseException) -> bool:
    return getattr(error, "errno", None) in _FULL_ERRORS or bool(_FULL.search(str(error)))


def _explained(error: Exception, home: Path) -> UserError:
    number = getattr(error, "errno", None)
    unharmed = f"装载没有完成，原有数据不受影响（{home}）。"
    if _is_full(error):
        return UserError(f"磁盘空间不足，{unharmed}", "请腾出空间后重新装载。")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(f"数据文件夹不可写，{unharmed}", "请检查文件夹权限。")
    if isinstance(error, duckdb.OutOfMemoryException):
        return UserError(f"内存不足，{unharmed}", "请分批装载，或换内存大一些的机器。")
    return UserError(f"读写数据时出错，{unharmed}", f"请把这句话告诉管理员：{str(error).splitlines()[0]}")


def _build(
    home: Path, base: Generation | None, at: datetime, jobs: list[Job], report: LoadReport, tell: Progress
) -> None:
    for leftover in (home / "warehouse").glob("gen-*.spill"):
        shutil.rmtree(leftover, ignore_errors=True)
    tell("读取文件", 0.02, "复制现有数据" if base else "建立新库")
    tmp = begin(home, base)
    batch_id = f"B{at:%Y%m%d%H%M%S}-{next_number(tmp):06d}"
    spill = tmp.with_suffix(".spill")
    try:
        with duckdb.connect(str(tmp), config={**WRITING, "temp_directory": str(spill)}) as con:
            if base is None:
                _found(con, at)
            answers = Answers(answers_of(home))
            create_macros(con, answers.codes())
            touched: dict[str, bool] = {}
            for number, job in enumerate(jobs):
                tell("检查合并", 0.05 + 0.75 * number / len(jobs), job.report.place)
                _load(con, job, batch_id, at, home, answers)
                news = job.report.state == "loaded" and job.report.rows_read > 0
                if news and (job.report.accepted or job.report.unchanged):
                    name = job.mapping.dataset.name
                    touched[name] = touched.get(name, False) or job.report.accepted > 0
                if job.report.overruled:
                    before = [
                        other.report.place for other in jobs[:number] if other.mapping.dataset is job.mapping.dataset
                    ]
                    job.report.remarks.append(
                        f"有 {job.report.overruled} 行与同一次装载中前面的文件（{'、'.join(before[-3:])}）"
                        "主键相同、内容不同，以本文件为准；请核对哪一份是新的"
                    )
                if news:
                    _log(con, job, batch_id, at)
            if not any(job.report.state == "loaded" and job.report.rows_read for job in jobs):
                return
            _mark(con, touched, next_number(tmp), at)
            _note_register(con, home)
            tell("汇总", 0.85, "统计表")
            build_marts(con)
            note(con, next_number(tmp), "load", at.date(), at, batch_id)
            tell("发布", 0.95, "写盘")
            con.execute("checkpoint")
        generation = publish(home, tmp)
        report.batch_id, report.generation = batch_id, generation.number
        ask(home, [doubt for job in jobs for doubt in job.report.doubts], at)
        tell("发布", 1.0, f"第 {generation.number} 代")
    finally:
        with suppress(OSError):
            tmp.unlink(missing_ok=True)
            tmp.with_name(f"{tmp.name}.wal").unlink(missing_ok=True)
        shutil.rmtree(spill, ignore_errors=True)


def _found(con: duckdb.DuckDBPyConnection, at: datetime) -> None:
    """The first generation of a real city: empty tables, the calendar and the list of areas."""
    create_tables(con)
    fill_reference(con)
    con.executemany(
        "insert into meta values (?, ?)",
        [["synthetic", "false"], ["created_at", at.isoformat(sep=" ", timespec="seconds")]],
    )
    _mark(con, {"area": True, "workday": True}, 1, at)


def _load(con: duckdb.DuckDBPyConnection, job: Job, batch_id: str, at: datetime, home: Path, answers: Answers) -> None:
    """Load one table; its report says what became of the rows.

    Raises UserError when a row that was read is not accounted for.
    """
    report = job.report
    try:
        blocks, said = _staged(con, job)
    except BaseException as error:
        # A file too large for the memory is one file's fault; a full disk is not.
        if isinstance(error, STORAGE_FAULTS) and (_is_full(error) or not isinstance(error, MEMORY_FAULT)):
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
    settling.columns(said)
    odd = create_typed(con, mapping)
    create_issue(con)
    check_values(con, mapping, odd, max(at, now()))
    if bare := bare_dates(con, mapping):
        report.remarks.append(f"多数只有日期、按 0 时记下的列：{'、'.join(bare)}；凭它们判断钟点不可靠")
    report.remarks += said_of_values(con, mapping, odd)
    derive(con, mapping)
    settling.amounts(odd)
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


def _log(con: duckdb.DuckDBPyConnection, job: Job, batch_id: str, at: datetime) -> None:
    report = job.report
    con.execute(
        _LOG,
        {
            "batch": batch_id,
            "dataset": job.mapping.dataset.name,
            "file": report.file,
            "sha": job.sha256,
            "at": at,
            "read": report.rows_read,
            "accepted": report.accepted,
            "quarantined": report.quarantined,
            "unchanged": report.unchanged,
            "replaced": report.replaced,
            "state": report.state,
        },
    )


def _note_register(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Where the chains of the casework ended when this generation was made: a chain rewritten later is found."""
    kept = register_path(home)
    if kept.exists():
        con.execute("insert or replace into meta values ('register', ?)", [kept.read_text(encoding="utf-8").strip()])


def _mark(con: duckdb.DuckDBPyConnection, touched: dict[str, bool], generation: int, at: datetime) -> None:
    """When data last came for a dataset, and the generation in which its rows last changed."""
    for name, changed in touched.items():
        row = con.execute(f'select count(*) from "{load_catalog()[name].name}"').fetchone()
        con.execute(
            """
            insert into dataset_state values ($name, $rows, $generation, $at)
            on conflict (dataset) do update set row_cnt = excluded.row_cnt, updated_at = excluded.updated_at,
                changed_generation = case when $changed then excluded.changed_generation
                    else dataset_state.changed_generation end
            """,
            {"name": name, "rows": row[0] if row else 0, "generation": generation, "at": at, "changed": changed},
        )
