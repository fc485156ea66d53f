"""The notices of the played years: as many as there should be, every way that one can go, the last ones still open."""

from lib.access import SYSTEM
from lib.casework.daily.escalation import escalate_late
from lib.casework.demo.notices import LEAST
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.warehouse.store import Warehouse
from tests.casework.demo.conftest import END


def test_the_notices_of_two_years(year: Register, city: Warehouse) -> None:
    found, events = objects(year, SYSTEM, city, "notice"), snapshot(year).event
    assert len(found) == LEAST
    assert sorted(found["state"]) == sorted(["反馈", "整改", "整改", "送达", "审核", "拟稿", *["销号"] * (LEAST - 6)])
    late = found[found["due_at"].lt(END)]
    assert late["state"].tolist() == ["整改"] and late["escalated_at"].notna().all()
    assert escalate_late(year, city, END) == 0
    assert {"return", "revise", "send_back", "extend", "escalate"} <= set(
        events.loc[events["object_type"].eq("notice"), "action"]
    )
    assert found["source_id"].dropna().is_unique and set(found["origin"]) >= {"warning"}
    assert found["serial"].dropna().is_unique and verify_register(year) == []
