"""Grid dispatches known by heart, put into a copy of the handmade city: one for each thing the board counts.

All lie in 濮院 (O0003, officer P0002) in September 2022 unless told otherwise; the photo of each is its own.
"""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from lib.warehouse.generation import begin, publish
from lib.warehouse.marts import build_marts
from lib.warehouse.store import open_warehouse
from tests.cities import handmade

START = datetime(2022, 9, 5, 9)
# dispatch_id, hours from assigned to finished (None: not finished), result, verification, more
CASES: tuple[tuple[str, float | None, str | None, str | None, dict], ...] = (
    ("solved", 10, "已处置", "属实", {}),
    ("partly", 10, "已处置", "部分属实", {}),
    ("unclear", 10, "已处置", "无法查实", {}),
    ("closed", 10, "现场劝离", None, {}),
    ("untrue", 10, "已处置", "不属实", {}),
    ("false", 10, "已处置", "虚假办结", {}),
    ("late", 30, "已处置", "属实", {}),
    ("at_once", 4 / 60, "已处置", None, {}),
    ("at_once_true", 4 / 60, "已处置", "属实", {}),
    ("five_minutes", 5 / 60, "已处置", None, {}),
    ("open", None, None, None, {"assigned_at": datetime(2022, 9, 24, 20)}),
    ("open_late", None, None, None, {}),
    ("passed_on", 2, "不属职责", None, {"event_no": "GE_passed"}),
    ("taken_up", 10, "已处置", "属实", {"event_no": "GE_passed", "assigned_at": START + timedelta(hours=3)}),
    ("dropped", 2, "不属职责", None, {}),
    ("first_photo", 10, "已处置", "属实", {"photo_hash": "p-shared"}),
    ("used_photo", 12, "已处置", None, {"photo_hash": "p-shared"}),
    ("reported_photo", 10, "已处置", None, {"photo_hash": "p-report"}),
    ("came_back", 10, "已处置", None, {"place": "濮院镇永越路1号"}),
    ("again", 10, "已处置", "属实", {"place": "濮院镇永越路1号", "assigned_at": START + timedelta(days=7)}),
    ("long_after", 10, "已处置", None, {"place": "濮院镇永越路1号", "assigned_at": START + timedelta(days=16)}),
    ("elsewhere", 10, "已处置", "属实", {"area_code": "330482001", "to_org_id": "O0009"}),
)


def put(home: Path) -> Path:
    """The handmade city with these dispatches in place of its own, and one event that was never dispatched."""
    handmade.put(home)
    # A copy of what is published, changed and published after it.
    shutil.copy(open_warehouse(home).generation.path, tmp := begin(home))
    with duckdb.connect(str(tmp)) as con:
        con.execute("delete from grid_dispatch")
        con.execute("delete from grid_event")
        for name, hours, result, verified, more in CASES:
            _insert(con, name, hours, result, verified, dict(more))
        _event(con, "GE_waiting", START, "濮院镇永远路9号", "330483101", None)
        con.execute("update dataset_state set changed_generation = 2 where dataset in ('grid_dispatch', 'grid_event')")
        build_marts(con)
    publish(home, tmp)
    return home


def _insert(
    con: duckdb.DuckDBPyConnection, name: str, hours: float | None, result: str | None, verified: str | None, more: dict
) -> None:
    assigned = more.get("assigned_at", START)
    finished = None if hours is None else assigned + timedelta(hours=hours)
    event, area = more.get("event_no", f"GE_{name}"), more.get("area_code", "330483101")
    con.execute(
        """
        insert into grid_dispatch (dispatch_id, event_no, to_org_id, officer_id, assigned_at, accepted_at, due_at,
            finished_at, result_type, verify_result, verified_at, photo_hash, area_code)
        values (?, ?, ?, 'P0002', ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            f"D_{name}", event, more.get("to_org_id", "O0003"), assigned, assigned, assigned + timedelta(hours=24),
            finished, result, verified, finished if verified else None, more.get("photo_hash", f"p-{name}"), area,
        ],
    )  # fmt: skip
    known = con.execute("select 1 from grid_event where event_no = ?", [event]).fetchone()
    if known is None:
        photo = "p-report" if name == "reported_photo" else f"r-{name}"
        _event(con, event, assigned - timedelta(hours=1), more.get("place", f"濮院镇{name}路1号"), area, photo)


def _event(con: duckdb.DuckDBPyConnection, number: str, at: datetime, place: str, area: str, photo: str | None) -> None:
    con.execute(
        """
        insert into grid_event (event_no, grid_code, event_type, reported_at, place_text, area_code, photo_hash)
        values (?, 'GR1', '乱堆放', ?, ?, ?, ?)
        """,
        [number, at, place, area, photo],
    )
