"""A city of closed cases for look-backs: three units of different size, fines of every band, known handlers."""

import shutil
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from lib.warehouse.generation import begin, publish
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import Warehouse, open_warehouse

AS_OF = date(2022, 9, 25)
UNITS = {
    "O0134": ("濮院镇综合行政执法队", "镇街", "ZF", "330483101", 40),
    "O0002": ("桐乡市综合行政执法局", "县", "ZF", "330483", 17),
    "O0003": ("桐乡市洲泉镇综合行政执法队", "镇街", "ZF", "330483107", 3),
    "O0004": ("平湖市市场监管局", "县", "SC", "330482", 30),
}
FINES = (None, 500, 5_000, 20_000, 80_000)
_KEPT = TemporaryDirectory(prefix="reviews-")


def cases() -> pd.DataFrame:
    """The closed cases, the number of each unit's in UNITS; one more is not closed yet."""
    rows = []
    for place, (org_id, (_, _, _, area_code, count)) in enumerate(UNITS.items(), start=1):
        for number in range(count):
            rows.append(
                {
                    "case_id": f"C{place}{number:03}", "case_no": f"嘉立〔2022〕第{number:03}号",
                    "case_name": "某公司未按规定处置案", "party_id": "91330400MA0000001X" if number == 0 else "x",
                    "org_id": org_id, "area_code": area_code, "item_code": f"I{number % 2}",
                    "closed_date": AS_OF - timedelta(days=1 + 2 * number), "fine_amt": FINES[number % 5],
                    "result_type": "处罚",
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


@cache
def _file() -> Path:
    kept = Path(_KEPT.name) / "city.duckdb"
    with duckdb.connect(str(kept)) as con:
        con.begin()
        create_tables(con)
        fill_reference(con)
        con.execute("insert into meta values ('synthetic', 'true'), ('as_of', ?), ('rows', '1000')", [str(AS_OF)])
        for org_id, (name, level, domain, area, _) in UNITS.items():
            con.execute(
                "insert into org (org_id, org_name, org_level, domain_code, area_code) values (?, ?, ?, ?, ?)",
                [org_id, name, level, domain, area],
            )
        con.register("held", cases())
        con.execute("insert into penalty_case by name select * from held")
        con.execute("insert into penalty_case (case_id, org_id, area_code) values ('C1999', 'O0134', '330483101')")
        # Officer P1 handles all of O0134 but the first ten, P9 approved one step of each of these.
        con.execute(
            """
            insert into case_officer (case_id, officer_id, role_type)
            select case_id, case when case_id < 'C1010' then 'P2' else 'P' || case_id[2] end, '主办' from held
            """
        )
        con.execute(
            """
            insert into case_event (event_id, case_id, event_type, operator_id, approver_id)
            select 'E' || case_id, case_id, '决定', 'P3', 'P9' from held where case_id < 'C1010'
            """
        )
        con.execute(
            """
            insert into officer_relation (relation_id, officer_id, uscc, relation_type)
            values ('R1', 'P7', '91330400MA0000001X', '配偶')
            """
        )
        con.unregister("held")
        con.commit()
    return kept


def opened(home: Path) -> Warehouse:
    """The city, published into a home and opened."""
    shutil.copy(_file(), tmp := begin(home))
    publish(home, tmp)
    return open_warehouse(home)
