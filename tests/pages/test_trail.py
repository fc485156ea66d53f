"""What people look for and open is in the audit log."""

from pathlib import Path

from lib.access import SYSTEM
from lib.casework import audit
from lib.casework.store.register import open_register
from tests.pages.opening import open_page


def test_what_is_searched_and_the_ranking_opened_are_logged(home: Path) -> None:
    """Once per session each; the numbers in what was searched are masked."""
    open_page("pages/warnings/workbench.py", "demo-office", w_text="乱堆放 13812345678")
    open_page("pages/ranking/ranking.py", "demo-leader")
    lines = audit.entries(open_register(home), SYSTEM)
    told = [(line.action, line.object_type, line.person_id) for line in lines.itertuples()]
    assert told.count(("search", "warning", "demo-office")) == 1
    assert told.count(("view", "ranking", "demo-leader")) >= 1
    [searched] = lines[lines["action"].eq("search")]["detail"]
    assert searched["text"] == "乱堆放 138****78"
