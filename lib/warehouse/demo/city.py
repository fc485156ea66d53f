"""Build a synthetic city: all datasets of an invented but plausible Jiaxing, published as a generation."""

import os
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lib.catalog import load_catalog
from lib.errors import UserError
from lib.progress import Progress
from lib.warehouse.clock import now
from lib.warehouse.demo.books import counted, drop_defaults, keep_books, set_defaults
from lib.warehouse.demo.plants import plant
from lib.warehouse.demo.spec import AS_OF, FULL_ROWS, CitySpec, spec_of
from lib.warehouse.demo.variables import set_span, set_variables
from lib.warehouse.generation import Generation, begin, current, next_number, note, publish, write_lock
from lib.warehouse.home import truth_path
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.room import WRITING
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import open_warehouse

SQL = Path(__file__).parent / "sql"
# DuckDB would otherwise keep as much of the city in memory as the machine has; beyond this it spills beside the file.
# A larger city gets more: what cannot spill grows with it.
_MEGABYTES, _MOST_MEGABYTES = 2500, 5000

STAGES = (
    ("01_places", "区划与机构"),
    ("02_items", "权力事项与裁量基准"),
    ("03_officers", "执法人员"),
    ("04_enterprises", "市场主体"),
    ("05_plans", "检查计划"),
    ("06_cases", "立案"),
    ("06_turns", "立案"),
    ("06_parties", "当事人与承办"),
    ("07_names", "市场主体名称"),
    ("07_visits", "检查对象"),
    ("08_decisions", "处罚决定"),
    ("09_case", "处罚案件"),
    ("10_case_events", "办案流程"),
    ("11_money", "罚没票据与公示"),
    ("12_aftermath", "线索、移送与评查"),
    ("13_inspections", "行政检查"),
    ("14_transport", "交通阳光监管"),
    ("15_complaints", "投诉与信访"),
    ("16_grid", "网格事件与派单"),
    ("17_duty", "记录仪、车辆与考勤"),
    ("18_history", "历史版本"),
)


def build_city(
    home: Path,
    *,
    rows: int = FULL_ROWS,
    seed: int = 2022,
    as_of: date = AS_OF,
    clean: bool = False,
    progress: Progress | None = None,
) -> Generation:
    """Build and publish a city of about `rows` rows whose today is `as_of`; the same arguments give the same rows.

    `clean` plants no violation. `progress` is told how far it is.
    Raises UserError on a home with real data, when `rows` is too small or the work calendar does not cover the two
    years before `as_of`.
    """
    spec = spec_of(load_catalog(), rows=rows, seed=seed, as_of=as_of, clean=clean)
    tell = progress or (lambda stage, done, text: None)
    with write_lock(home):
        if current(home) is not None and not open_warehouse(home).synthetic:
            raise UserError(f"{home} 里是真实数据，不能改建合成城市。", "请另设 COCKPIT_HOME 后再运行。")
        tmp = begin(home)
        try:
            with duckdb.connect(str(tmp), config=room(tmp, rows)) as con:
                truth = _fill(con, spec, next_number(tmp), tell)
                con.execute("checkpoint")
            tell("发布", 0.99, "")
            generation = publish(home, tmp)
        finally:
            tmp.unlink(missing_ok=True)
        _write(truth, truth_path(home))
    return generation


def room(tmp: Path, rows: int) -> dict[str, str]:
    """What making a city of so many rows may take, in the file `tmp`."""
    megabytes = min(_MOST_MEGABYTES, max(_MEGABYTES, _MEGABYTES * rows // (3 * FULL_ROWS)))
    return {"memory_limit": f"{megabytes}MB", "temp_directory": f"{tmp}.tmp", "threads": WRITING["threads"]}


def draw(con: duckdb.DuckDBPyConnection, stage: str) -> None:
    """Run one stage: what it makes stands in the tables of the city and in temporary ones."""
    con.execute((SQL / f"{stage}.sql").read_text(encoding="utf-8"))


def lay_out(con: duckdb.DuckDBPyConnection, spec: CitySpec) -> None:
    """Make the empty tables of a city and what its stages read: the calendar, variables, words, macros."""
    create_tables(con)
    fill_reference(con)
    set_variables(con, spec)
    set_span(con, spec, spec.whole)
    set_defaults(con, load_catalog(), spec)
    draw(con, "00_macros")


def _fill(con: duckdb.DuckDBPyConnection, spec: CitySpec, number: int, tell: Progress) -> pa.Table:
    catalog = load_catalog()
    lay_out(con, spec)
    for done, (stage, title) in enumerate(STAGES):
        tell(title, 0.02 + 0.58 * done / len(STAGES), "")
        draw(con, stage)
    tell("埋设问题", 0.60, "")
    truth = _plant(con, spec)
    drop_defaults(con, catalog)
    keep_books(con, catalog, spec, number, counted(con, catalog))
    tell("汇总", 0.90, "")
    build_marts(con)
    note(con, number, "demo", spec.as_of, now())
    return truth


def _plant(con: duckdb.DuckDBPyConnection, spec: CitySpec) -> pa.Table:
    return plant(con, seed=spec.seed, rows=spec.rows, as_of=spec.as_of, clean=spec.clean)


def _write(truth: pa.Table, path: Path) -> None:
    tmp = path.with_suffix(f".{os.getpid()}.tmp")
    pq.write_table(truth, tmp)
    os.replace(tmp, path)
