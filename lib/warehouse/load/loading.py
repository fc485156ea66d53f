"""A load: files checked, set aside or merged into a new generation, which is published as a whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from lib.catalog import load_catalog
from lib.errors import UserError
from lib.progress import Progress
from lib.warehouse.clock import now
from lib.warehouse.generation import Generation, begin, current, next_number, note, publish, write_lock
from lib.warehouse.home import register_path
from lib.warehouse.load.doubts import Answers, answers_of, ask
from lib.warehouse.load.faults import STORAGE_FAULTS, unfinished
from lib.warehouse.load.files import find_files
from lib.warehouse.load.identify import named_dataset
from lib.warehouse.load.plan import Job, plan
from lib.warehouse.load.report import LoadReport
from lib.warehouse.load.table import load_table
from lib.warehouse.load.typed import create_macros
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import complete_calendar, fill_reference
from lib.warehouse.room import WRITING
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import open_warehouse

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
                raise unfinished(error, home) from error
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
        raise unfinished(error, home) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


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
                load_table(con, job, batch_id, at, home, answers)
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
            if "workday" in touched:
                complete_calendar(con)
            _mark(con, touched, next_number(tmp), at)
            _note_register(con, home)
            tell("汇总", 0.85, "统计表")
            build_marts(con, {name for name, changed in touched.items() if changed})
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
