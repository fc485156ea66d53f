"""A city small enough to know by heart: four units, three officers, and warnings of two models.

Cases CA1..CA4 of 桐乡 are overdue under M01 (filed, not decided): CA1 by 10 days (yellow), CA2 by 40 (orange), CA3 by
100 (red); CA4 belongs to the transport bureau and is overdue by 5 days (yellow). Officer P0003 of 濮院 handled 20
dispatches in August 2022 and was late with 6 of them, P0002 handled 60 and was late with none: one grouped M16 warning.

It is built once in a process; `put` copies it. A test that writes works on a copy of its own, one that reads may share.
"""

import shutil
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from lib.casework.rules.runs import run_due
from lib.casework.store.register import Register, forget_register, open_register
from lib.catalog import load_catalog
from lib.warehouse.generation import begin, publish
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import Warehouse, open_warehouse
from tests.cities.told import told_everything

AS_OF = date(2022, 9, 25)
DAY = datetime(2022, 9, 25)

ORGS = [
    ("O0001", None, "嘉兴市综合行政执法局", "市", "ZF", "330400"),
    ("O0002", "O0001", "桐乡市综合行政执法局", "县", "ZF", "330483"),
    ("O0003", "O0002", "濮院镇综合行政执法队", "镇街", "ZF", "330483101"),
    ("O0004", "O0001", "桐乡市交通运输局", "县", "JT", "330483"),
]
OFFICERS = [("P0001", "张*", "O0002"), ("P0002", "李*", "O0003"), ("P0003", "王*", "O0003")]
# case_id, days over the 90 of M01, org, officer
CASES = [
    ("CA1", 10, "O0002", "P0001"),
    ("CA2", 40, "O0002", "P0001"),
    ("CA3", 100, "O0002", "P0001"),
    ("CA4", 5, "O0004", None),
]


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    frame = pd.DataFrame(rows)
    con.register("rows_to_insert", frame)
    con.execute(f"insert into {table} by name select * from rows_to_insert")
    con.unregister("rows_to_insert")


def _dispatches() -> list[dict]:
    rows = []
    for officer, count, late in (("P0003", 20, 6), ("P0002", 60, 0)):
        for n in range(count):
            assigned = datetime(2022, 8, 1, 9) + timedelta(hours=9 * n)
            done = assigned + timedelta(hours=30 if n < late else 10)
            rows.append(
                {
                    "dispatch_id": f"D{officer}{n:03d}",
                    "event_no": f"G{officer}{n:03d}",
                    "to_org_id": "O0003",
                    "officer_id": officer,
                    "assigned_at": assigned,
                    "accepted_at": assigned,
                    "finished_at": done,
                    "due_at": assigned + timedelta(hours=24),
                    "result_type": "已处置",
                    "area_code": "330483101",
                    "photo_hash": f"photo-{officer}-{n}-0123456789",
                }
            )
    return rows


def build(home: Path, synthetic: bool = True) -> None:
    """Publish the city in `home` and run the models on it; or the same rows as if they were real."""
    home.mkdir(parents=True, exist_ok=True)
    tmp = begin(home)
    with duckdb.connect(str(tmp)) as con:
        con.begin()
        create_tables(con)
        fill_reference(con)
        _insert(con, "org", [dict(zip(("org_id", "parent_org_id", "org_name", "org_level", "domain_code", "area_code"),
                                      row, strict=True)) for row in ORGS])  # fmt: skip
        areas = {org[0]: org[5] for org in ORGS}
        _insert(con, "officer", [{"officer_id": number, "person_hash": f"hash-{number}", "name_masked": name,
                                  "officer_type": "公务员", "status_type": "在岗", "org_id": org,
                                  "area_code": areas[org]} for number, name, org in OFFICERS])  # fmt: skip
        _insert(con, "power_item", [{"item_code": "I1", "item_name": "擅自占用城市道路", "domain_code": "ZF"}])
        _insert(con, "penalty_case", [
            {"case_id": case, "case_no": f"桐综执立〔2022〕第{case}号", "party_id": "0123456789abcdef",
             "party_type": "自然人", "item_code": "I1", "org_id": org, "procedure_type": "普通", "result_type": "未决",
             "extension_cnt": 0, "suspended_cnt": 0, "filed_date": AS_OF - timedelta(days=90 + over),
             "area_code": areas[org]}
            for case, over, org, _ in CASES
        ])  # fmt: skip
        _insert(
            con,
            "case_event",
            [
                {
                    "event_id": f"E{case}",
                    "case_id": case,
                    "event_type": "调查取证",
                    "event_at": DAY - timedelta(days=3),
                    "operator_id": officer,
                    "area_code": areas[org],
                }
                for case, _, org, officer in CASES
            ],
        )
        _insert(
            con,
            "case_officer",
            [
                {"case_id": case, "officer_id": officer, "role_type": "主办", "area_code": areas[org]}
                for case, _, org, officer in CASES
                if officer
            ],
        )
        dispatches = _dispatches()
        _insert(con, "grid_dispatch", dispatches)
        _insert(
            con,
            "grid_event",
            [
                {
                    "event_no": row["event_no"],
                    "grid_code": "GR1",
                    "reporter_hash": "reporter-secret-hash",
                    "event_type": "乱堆放",
                    "reported_at": row["assigned_at"] - timedelta(hours=1),
                    "place_text": f"濮院镇永乐路{n}号",
                    "area_code": "330483101",
                }
                for n, row in enumerate(dispatches)
            ],
        )
        for dataset in load_catalog().numbered:
            con.execute(f"insert into dataset_state select '{dataset.name}', count(*), 1, ? from {dataset.name}", [DAY])
        about = [("synthetic", "true"), ("as_of", AS_OF.isoformat())] if synthetic else [("synthetic", "false")]
        con.executemany("insert into meta values (?, ?)", about)
        con.commit()
        build_marts(con)
    publish(home, tmp)
    run_due(home, open_register(home))
    if synthetic:
        told_everything(home)


@cache
def _once(synthetic: bool) -> "TemporaryDirectory[str]":
    kept = TemporaryDirectory(prefix="handmade-")
    build(Path(kept.name), synthetic)
    # Closed, its store is one file.
    forget_register(Path(kept.name))
    return kept


def put(home: Path, synthetic: bool = True) -> Path:
    """A copy of the built city in `home`, which it returns."""
    shutil.copytree(_once(synthetic).name, home, dirs_exist_ok=True)
    return home


def opened(home: Path) -> tuple[Register, Warehouse]:
    """The register and the warehouse of a built home."""
    return open_register(home), open_warehouse(home)
