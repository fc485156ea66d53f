"""The played look-backs: one told to units, one that is being scored, by people who may; the same every time."""

from datetime import datetime, time
from pathlib import Path

from sqlalchemy import select

from lib.access import Viewer
from lib.casework.deadlines import calendar
from lib.casework.demo.people import cast
from lib.casework.demo.reviews import look_backs
from lib.casework.reading.snapshot import snapshot
from lib.casework.reviews.sheets import pairs
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.casework.store.verify import verify_register
from lib.warehouse.store import Warehouse
from tests.casework.replay import illegal
from tests.casework.reviews import city

LEADER = Viewer("l", "示范员04", "leader")


def _played(place: Path, warehouse: Warehouse, seed: int) -> Register:
    register = Register(f"sqlite:///{place / f'{seed}.sqlite'}")
    end = datetime.combine(warehouse.as_of, time())
    for step in sorted(look_backs(warehouse, cast(warehouse), calendar(warehouse), seed, end)):
        step.run(register)
    return register


def _events(register: Register) -> list[tuple]:
    columns = (event.c.at, event.c.actor_id, event.c.object_id, event.c.action, event.c.payload)
    with register.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(event.c.seq))]


def test_what_is_told_and_what_is_in_hand(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    warehouse = city.opened(tmp_path / "home")
    register = _played(tmp_path, warehouse, 2022)
    held = snapshot(register, warehouse).objects
    # Nothing had been closed when the first would have been drawn.
    assert sorted(held["lookback"]["state"]) == ["已反馈", "评查中"]
    told = held["lookback"].set_index("state")["lookback_id"]
    own = held["review_case"].query("org_id == 'O0134' and lookback_id == @told['已反馈']")
    assert own["state"].eq("已送单位").all() and len(own) >= 2
    # The personas have sheets to score; none of those who played scored what they handled.
    waiting = held["review_sheet"].query("state == '待评分'")
    assert {"demo-office", "demo-county", "demo-inspector"} & set(waiting["reviewer_id"])
    assert held["review_sheet"].groupby("review_case_id")["reviewer_id"].nunique().eq(2).all()
    assert len(pairs(register, LEADER, warehouse, told["已反馈"])) == len(
        held["review_case"].query("lookback_id == @told['已反馈']")
    )
    assert illegal(register) == [] and verify_register(register) == []
    (tmp_path / "again").mkdir()
    assert _events(_played(tmp_path / "again", warehouse, 2022)) == _events(register)
