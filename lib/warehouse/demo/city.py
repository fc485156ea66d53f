"""Build a synthetic city: 29 datasets of an invented but plausible Jiaxing, published as a generation."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lib.catalog import Catalog, load_catalog
from lib.catalog.dataset import ROOT
from lib.errors import UserError
from lib.warehouse.demo.sizes import rows_by_dataset
from lib.warehouse.demo.words import names, word_table
from lib.warehouse.generation import Generation, begin, next_number, publish, write_lock
from lib.warehouse.home import truth_path
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables

SQL = Path(__file__).parent / "sql"
AS_OF = date(2022, 9, 25)
# DuckDB would otherwise keep as much of the city in memory as the machine has; beyond this it spills beside the file.
MEMORY_LIMIT = "2500MB"
FULL_ROWS = 8_600_000
EARLIEST, LATEST = date(2021, 9, 1), date(2026, 6, 30)

STAGES = (
    ("01_places", "区划与机构"),
    ("02_items", "权力事项与裁量基准"),
    ("03_officers", "执法人员"),
    ("04_enterprises", "市场主体"),
    ("05_plans", "检查计划"),
    ("06_cases", "立案与承办"),
    ("07_names", "当事人"),
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

# Days before the city's date on which a dataset last came; the last four are overdue.
_ARRIVED = {
    "officer": 2,
    "officer_cert": 3,
    "officer_posting": 2,
    "officer_integrity": 3,
    "officer_relation": 3,
    "power_item": 3,
    "discretion_benchmark": 3,
    "inspection_plan": 2,
    "enterprise": 2,
    "criminal_referral": 1,
    "review_litigation": 2,
    "vehicle_trip": 12,
    "enterprise_credit": 41,
    "construction_project": 47,
    "case_review": 38,
}

Progress = Callable[[str, float], None]


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

    `clean` plants no violation. `progress` is told the stage (Chinese) and the share done (0 to 1).
    Raises UserError when `rows` is too small or the work calendar does not cover the two years before `as_of`.
    """
    if not EARLIEST <= as_of <= LATEST:
        raise UserError(f"演示城市的日期应在 {EARLIEST} 至 {LATEST} 之间。", "请用 --as-of 指定该范围内的日期。")
    catalog = load_catalog()
    sizes = rows_by_dataset(catalog, rows)
    tell = progress or (lambda text, share: None)
    with write_lock(home):
        tmp = begin(home)
        try:
            with duckdb.connect(str(tmp), config={"memory_limit": MEMORY_LIMIT}) as con:
                truth = _fill(con, catalog, sizes, next_number(tmp), rows, seed, as_of, clean, tell)
                con.execute("checkpoint")
            tell("发布", 0.99)
            pq.write_table(truth, truth_path(home))
            return publish(home, tmp)
        finally:
            tmp.unlink(missing_ok=True)


def _fill(
    con: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    sizes: dict[str, int],
    number: int,
    rows: int,
    seed: int,
    as_of: date,
    clean: bool,
    tell: Progress,
) -> pa.Table:
    create_tables(con)
    fill_reference(con)
    arrived = {
        dataset.name: datetime.combine(as_of - timedelta(days=_ARRIVED.get(dataset.name, 1)), time(23, 40))
        for dataset in catalog.numbered
    }
    _set_variables(con, sizes, arrived, seed, as_of, clean)
    _set_defaults(con, catalog, arrived)
    con.execute((SQL / "00_macros.sql").read_text(encoding="utf-8"))
    for done, (stage, title) in enumerate(STAGES):
        tell(title, 0.02 + 0.80 * done / len(STAGES))
        con.execute((SQL / f"{stage}.sql").read_text(encoding="utf-8"))
    tell("埋设问题", 0.83)
    truth = _plant(con, seed, rows, as_of, clean)
    _drop_defaults(con, catalog)
    _book(con, catalog, arrived, number, rows, seed, as_of, clean)
    tell("汇总", 0.90)
    build_marts(con)
    return truth


def _set_variables(
    con: duckdb.DuckDBPyConnection,
    sizes: dict[str, int],
    arrived: dict[str, datetime],
    seed: int,
    as_of: date,
    clean: bool,
) -> None:
    first_day = (pd.Timestamp(as_of) - pd.DateOffset(months=24)).date()
    variables: dict[str, Any] = {
        "seed": seed,
        "clean": clean,
        "as_of": as_of,
        "first_day": first_day,
        "last_day": as_of - timedelta(days=1),
        "revised_on": (pd.Timestamp(as_of) - pd.DateOffset(months=8)).date().replace(day=1),
        "uscc_alphabet": list("0123456789ABCDEFGHJKLMNPQRTUWXY"),
        "uscc_values36": [int(letter, 36) for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY"],
        **{f"n_{name}": count for name, count in sizes.items()},
        **{f"until_{name}": moment.date() for name, moment in arrived.items()},
        **names(),
    }
    for name, value in variables.items():
        con.execute(f"set variable {name} = $value", {"value": value})
    con.execute("set variable workday_seqs = (select list(wd_seq order by day_date) from workday)")
    con.execute("set variable workday_dates = (select list(day_date order by day_date) from workday where is_workday)")
    for table in ("violations", "duties", "circumstances", "scopes", "industries"):
        con.register("words", word_table(table))
        con.execute(f"create or replace temp table words_{table} as select * from words")
        con.unregister("words")
    con.register("towns", pd.read_csv(ROOT / "data" / "towns.csv", dtype=str))
    con.execute("create or replace temp table town_points as select * from towns")
    con.unregister("towns")


def _common(dataset: Any, arrived: dict[str, datetime]) -> dict[str, str]:
    return {
        "source_system": f"'{dataset.source}'",
        "batch_id": f"'{_batch_id(dataset.no)}'",
        "ingested_at": f"timestamp '{arrived[dataset.name]:%Y-%m-%d %H:%M:%S}'",
        "version_no": "1",
        "is_void": "false",
    }


def _batch_id(number: int) -> str:
    return f"DEMO{number:02d}"


def _set_defaults(con: duckdb.DuckDBPyConnection, catalog: Catalog, arrived: dict[str, datetime]) -> None:
    con.begin()
    for dataset in catalog.numbered:
        for column, value in _common(dataset, arrived).items():
            con.execute(f'alter table "{dataset.name}" alter column {column} set default {value}')
    con.commit()


def _drop_defaults(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    con.begin()
    for dataset in catalog.numbered:
        for column in ("source_system", "batch_id", "ingested_at", "version_no", "is_void"):
            con.execute(f'alter table "{dataset.name}" alter column {column} drop default')
    con.commit()


def _plant(con: duckdb.DuckDBPyConnection, seed: int, rows: int, as_of: date, clean: bool) -> pa.Table:
    from lib.warehouse.demo.plants import plant

    return plant(con, seed=seed, rows=rows, as_of=as_of, clean=clean)


def _book(
    con: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    arrived: dict[str, datetime],
    number: int,
    rows: int,
    seed: int,
    as_of: date,
    clean: bool,
) -> None:
    con.begin()
    for dataset in catalog.numbered:
        counted = con.execute(f'select count(*) from "{dataset.name}"').fetchone()
        count = counted[0] if counted else 0
        sha256 = hashlib.sha256(f"{dataset.name}/{seed}/{rows}/{as_of}/{clean}".encode()).hexdigest()
        con.execute(
            "insert into dataset_state values ($name, $count, $number, $moment)",
            {"name": dataset.name, "count": count, "number": number, "moment": arrived[dataset.name]},
        )
        con.execute(
            "insert into load_log values ($batch, $name, $file, $sha256, $moment, $count, $count, 0, 0, 0, 'loaded')",
            {
                "batch": _batch_id(dataset.no or 0),
                "name": dataset.name,
                "file": f"演示城市/{dataset.title}",
                "sha256": sha256,
                "moment": arrived[dataset.name],
                "count": count,
            },
        )
    for key, value in {
        "synthetic": "true",
        "as_of": as_of.isoformat(),
        "seed": str(seed),
        "rows": str(rows),
        "clean": str(clean).lower(),
        "created_at": datetime.combine(as_of, time(6)).isoformat(sep=" "),
    }.items():
        con.execute("insert into meta values ($key, $value)", {"key": key, "value": value})
    con.commit()
