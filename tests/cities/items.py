"""Cases of one enforcement item known by heart, put into a copy of the handmade city.

All are of item I9 and, unless told otherwise, of 濮院 (O0003), filed on 2022-03-01.
"""

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb

from lib.warehouse.generation import begin, publish
from lib.warehouse.marts import build_marts
from lib.warehouse.store import open_warehouse
from tests.cities import handmade

ITEM = "I9"
FILED = date(2022, 3, 1)
# case_id, unit, day of the decision, fine, benchmark, then steps with the day of March they came on
CASES: tuple[tuple[str, str, date | None, int, str | None, tuple[tuple[str, int], ...]], ...] = (
    ("straight", "O0003", date(2022, 3, 21), 100, "B1", (("立案", 1), ("调查取证", 3), ("调查终结", 11), ("决定", 21))),
    ("quick", "O0003", date(2022, 3, 5), 300, "B1", (("立案", 1), ("调查取证", 2), ("调查终结", 4), ("决定", 5))),
    # Sent back for more evidence after the inquiry had ended.
    ("back", "O0003", date(2022, 3, 31), 0, None,
     (("立案", 1), ("调查取证", 2), ("调查终结", 6), ("调查取证", 8), ("决定", 31))),
    # All of one day, and the source knows the day alone.
    ("one_day", "O0002", date(2022, 3, 1), 500, "B2", (("决定", 1), ("调查终结", 1), ("立案", 1))),
    ("waiting", "O0003", None, 0, None, (("立案", 1), ("调查取证", 5))),
    ("no_events", "O0004", date(2022, 3, 9), 50, None, ()),
    ("last_year", "O0003", date(2021, 12, 31), 900, "B1", (("立案", 1),)),
)  # fmt: skip


def put(home: Path) -> Path:
    """The handmade city with these cases beside its own, and benchmarks of three times."""
    handmade.put(home)
    shutil.copy(open_warehouse(home).generation.path, tmp := begin(home))
    with duckdb.connect(str(tmp)) as con:
        con.execute(
            """
            insert into power_item (item_code, item_name, item_type, domain_code, law_basis, transfer_status,
                fine_min_amt, fine_max_amt, assigned_org_id)
            values ('I9', '占道经营', '02处罚', 'ZF', '《某条例》', '镇街赋权', 50, 1000, 'O0003')
            """
        )
        for number, since, until in (("B1", "2020-01-01", None), ("B2", "2022-06-01", "2022-07-01"),
                                     ("B0", "2019-01-01", "2021-12-31")):  # fmt: skip
            con.execute(
                """
                insert into discretion_benchmark (benchmark_id, item_code, tier_no, condition_text, party_type,
                    fine_min_amt, fine_max_amt, valid_from_date, valid_to_date, basis_doc_no)
                values (?, 'I9', 1, '初次', '自然人', 50, 200, ?, ?, '某号')
                """,
                [number, since, until],
            )
        areas = {row[0]: row[5] for row in handmade.ORGS}
        for case, org, decided, fine, tier, events in CASES:
            _case(con, case, org, areas[org], decided, fine, tier, events)
        build_marts(con)
    publish(home, tmp)
    return home


def _case(
    con: duckdb.DuckDBPyConnection,
    case: str,
    org: str,
    area: str,
    decided: date | None,
    fine: int,
    tier: str | None,
    events: tuple[tuple[str, int], ...],
) -> None:
    con.execute(
        """
        insert into penalty_case (case_id, case_no, item_code, org_id, area_code, procedure_type, filed_date,
            decision_date, fine_amt, benchmark_id, result_type, party_id, party_type)
        values (?, ?, 'I9', ?, ?, '普通', ?, ?, ?, ?, ?, 'p', '自然人')
        """,
        [case, f"某立〔2022〕第{case}号", org, area, FILED, decided, fine, tier, "处罚" if decided else "未决"],
    )
    for place, (step, day) in enumerate(events):
        at = datetime(2022, 3, day, 0 if case == "one_day" else 9)
        con.execute(
            "insert into case_event (event_id, case_id, event_type, event_at) values (?, ?, ?, ?)",
            [f"{case}{place}", case, step, at],
        )
