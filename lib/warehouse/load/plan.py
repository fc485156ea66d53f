"""What a load has to do: the tables to load, in the order that their references need, and what was loaded before."""

from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path

from lib.catalog import Dataset, load_catalog
from lib.errors import UserError, system_says
from lib.progress import Progress
from lib.warehouse.load.encoding import sha256
from lib.warehouse.load.excel_file import carry_on, continues
from lib.warehouse.load.faults import refusal
from lib.warehouse.load.files import InputFile, is_known, open_file
from lib.warehouse.load.header import Mapping, score
from lib.warehouse.load.identify import identify
from lib.warehouse.load.reasons import WAITING
from lib.warehouse.load.report import FileReport, LoadReport
from lib.warehouse.load.sheet import Sheet
from lib.warehouse.store import Warehouse

_LOADED_BEFORE = """
    select log.sha256, log.dataset, log.batch_id, set_aside.sheet, set_aside.row_no,
        bool_or(
            set_aside.reason like $unmatched or set_aside.reason like $undocumented or set_aside.reason like $doubtful
        ) as waits
    from load_log as log
    left join quarantine as set_aside
        on set_aside.batch_id = log.batch_id and set_aside.dataset = log.dataset
        and set_aside.file_name = log.file_name and set_aside.resolved_at is null
    where log.status = 'loaded'
    group by all
"""


@dataclass
class Job:
    """One table to load. When the file itself was loaded before, `again` holds the rows that wait for what they
    refer to, with the batches that set them aside: nothing else of it is looked at."""

    sheet: Sheet
    mapping: Mapping
    sha256: str
    report: FileReport
    again: set[int] | None = None
    batches: set[str] = field(default_factory=set)


@dataclass
class _Before:
    datasets: set[str] = field(default_factory=set)
    batches: set[str] = field(default_factory=set)
    open_rows: int = 0
    waiting: dict[tuple[str, str | None], set[int]] = field(default_factory=dict)


def _loaded_before(warehouse: Warehouse | None) -> dict[str, _Before]:
    before: dict[str, _Before] = {}
    rows = warehouse.cursor().execute(_LOADED_BEFORE, WAITING).fetchall() if warehouse else []
    for sha, dataset, batch_id, sheet, row_no, waits in rows:
        file = before.setdefault(sha, _Before())
        file.datasets.add(dataset)
        file.batches.add(batch_id)
        file.open_rows += row_no is not None
        if waits:
            file.waiting.setdefault((dataset, sheet), set()).add(row_no)
    return before


def plan(
    files: list[InputFile],
    given: Dataset | None,
    warehouse: Warehouse | None,
    report: LoadReport,
    home: Path,
    tell: Progress,
    spoilt: dict[str, str],
) -> list[Job]:
    """The tables to load, references first. What becomes of the other files goes to `report` at once."""
    before, seen, jobs = _loaded_before(warehouse), dict[str, str](), list[Job]()
    for number, file in enumerate(files):
        entry = FileReport(file.label)
        tell("读取文件", 0.02 * number / len(files), file.label)
        why = next((why for place, why in spoilt.items() if f"{place}〔".startswith(f"{file.label}〔")), None)
        if why is not None:
            entry.state, entry.message = "refused", why
            report.files.append(entry)
            continue
        if file.fault:
            entry.state, entry.message = "refused", file.fault
            report.files.append(entry)
            continue
        if not is_known(file.path):
            entry.state = "refused" if file.named else "unknown"
            entry.message = "不是 CSV、JSON 行、Parquet 文件或工作簿"
            report.files.append(entry)
            continue
        try:
            sha = sha256(file.path)
        except OSError as error:
            entry.state, entry.message = "refused", f"读不了：{system_says(error)}。请检查文件权限或磁盘"
            report.files.append(entry)
            continue
        known = before.get(sha)
        if sha in seen:
            entry.state, entry.message = "known", f"与 {seen[sha]} 内容相同"
        elif known and not known.waiting and (given is None or given.name in known.datasets):
            entry.state = "known"
            entry.message = f"其中 {known.open_rows} 行仍在隔离区" if known.open_rows else ""
        if entry.state == "known":
            report.files.append(entry)
            continue
        seen[sha] = file.label
        jobs += _open(file, sha, given, known, report, home)
    order = {dataset: place for place, dataset in enumerate(_order())}
    return sorted(jobs, key=lambda job: order[job.mapping.dataset.name])


def _open(
    file: InputFile, sha: str, given: Dataset | None, known: _Before | None, report: LoadReport, home: Path
) -> list[Job]:
    try:
        sheets = open_file(file.path)
    except BaseException as error:
        message = refusal(error, home, file.label)
        report.files.append(FileReport(file.label, state="refused", message=message))
        return []
    jobs: list[Job] = []
    before: Sheet | None = None
    for sheet in sheets:
        sheet.label = file.label
        if before is not None and continues(sheet, before):
            carry_on(sheet, before)
        found = FileReport(file.label, sheet.shown_name if len(sheets) > 1 else None)
        try:
            mapping, how = identify(sheet, given)
        except UserError as error:
            stray = score(sheet.headings) < 2 and (len(sheets) > 1 or not file.named)
            found.state, found.message = "unknown" if stray else "refused", error.sentence
            report.files.append(found)
            continue
        dataset, before = mapping.dataset, sheet
        sheet.fields = {column.index: dataset[name] for name, column in mapping.columns.items()}
        found.dataset, found.title, found.ignored = dataset.name, dataset.title, mapping.ignored
        found.remarks += [how] if how else []
        job = Job(sheet, mapping, sha, found)
        if known and dataset.name in known.datasets:
            job.again = known.waiting.get((dataset.name, sheet.shown_name), set())
            job.batches = known.batches
        report.files.append(found)
        if job.again is not None and not job.again:
            found.state = "known"
            continue
        jobs.append(job)
    return jobs


def _order() -> list[str]:
    """Datasets so that each comes after those it refers to."""
    references = {
        dataset.name: {key.dataset for key in dataset.foreign_keys} - {dataset.name}
        for dataset in load_catalog().values()
    }
    return list(TopologicalSorter(references).static_order())
