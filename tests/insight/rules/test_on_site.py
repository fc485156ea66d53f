"""What two people found on site, held against what M16 had flagged."""

from datetime import timedelta
from pathlib import Path

from lib.casework.grid.sending import send_out
from lib.casework.grid.steps import GRID_CHECK
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.rules.runs import run_due
from lib.casework.steps import Submission
from lib.insight.grid.checks import PARTS, check_list
from lib.insight.parts import part_of
from lib.insight.rules.precision import on_site
from lib.warehouse.clock import now
from tests.casework.grid.test_steps import COUNTY, PHOTO, TOWN, TWO
from tests.cities import grid, handmade

# Flagged for a sign: at_once, used_photo, reported_photo, came_back, false. Not: the late, and the plainly closed.
FOUND = {
    "at_once": "虚假办结", "used_photo": "属实", "came_back": "不属实", "false": "无法查实",
    "closed": "虚假办结", "late": "不属实", "solved": "属实", "partly": "属实",
}  # fmt: skip


def test_a_false_close_counts_for_the_model_that_flagged_it_and_against_one_that_did_not(tmp_path: Path) -> None:
    home = grid.put(tmp_path / "city")
    register, warehouse = handmade.opened(home)
    assert on_site(register, COUNTY, warehouse).rate is None
    run_due(home, register)
    at = now(warehouse)
    for name, finding in FOUND.items():
        sent = Submission(f"s-{name}", at - timedelta(days=1), None, "核对", TWO)
        number = send_out(register, TOWN, warehouse, sent, f"D_{name}").created
        assert number is not None
        end = "已解决" if finding == "属实" else "未发现"
        given = {"seen": ["案卷", "现场"], "finding": finding, "end": end}
        take(register, TOWN, GRID_CHECK, number, "check", Submission(f"c-{name}", at, None, "看了", given, PHOTO))
    found = on_site(register, COUNTY, warehouse)
    assert (found.hit_true, found.hit_untrue, found.missed, found.unmissed) == (2, 1, 2, 2)
    # Done again and found in order, it had been false all the same.
    one = objects(register, COUNTY, warehouse, "grid_check").set_index("dispatch_id").loc["D_at_once", "check_id"]
    again = Submission("o", at, None, "重新处置", {"reason": "照片或记录不实"})
    take(register, COUNTY, GRID_CHECK, one, "reopen", again)
    good = {"seen": ["案卷", "现场"], "finding": "属实", "end": "已解决"}
    take(register, TOWN, GRID_CHECK, one, "check", Submission("c", at, None, "看了", good, PHOTO))
    assert on_site(register, COUNTY, warehouse) == found
    assert found.rate == 2 / 3 and found.low is not None and found.low < 2 / 3
    frame = check_list(register, warehouse, COUNTY)
    parts = {
        part: sorted(part_of(frame, PARTS, part)["dispatch_id"])
        for part in ("hit_true", "hit_untrue", "missed", "unmissed")
    }
    assert parts == {
        "hit_true": ["D_at_once", "D_came_back"],
        "hit_untrue": ["D_used_photo"],
        "missed": ["D_closed", "D_late"],
        "unmissed": ["D_partly", "D_solved"],
    }
    elsewhere = TOWN.__class__("p", "某", "county", area_code="330482")
    assert on_site(register, elsewhere, warehouse).checked == 0
