"""What a day brings is all done by whoever is there first, and what a crash left undone at the next call."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lib.access import SYSTEM, Viewer
from lib.casework.custody import checkpoint
from lib.casework.custody.verify import verify_all
from lib.casework.daily import day
from lib.casework.daily.day import pass_day
from lib.casework.store.register import Register, open_register
from lib.casework.store.schema import event
from lib.casework.warnings.ingest import ingest
from lib.catalog.dataset import ROOT
from lib.cli import main
from lib.errors import UserError
from lib.ui.server import daily
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.casework.conftest import MONDAY, RULE, candidates, warnings_id
from tests.casework.replay import illegal
from tests.casework.risks.test_steps import entered
from tests.casework.stepping import on_warning
from tests.casework.suppressions.test_suppressions import suppressed

# What each part leaves in the events, in the order of the parts.
LEFT = {
    "wake_over": "wake",
    "recount": "known",
    "call_reviews": "call",
    "escalate_late": "escalate",
    "remind_units": "remind_due",
}
ALL = Counter([*LEFT.values(), "seal"])


@pytest.fixture
def due(home: Path, home_register: Register, inspector: Viewer, office: Viewer) -> Register:
    """A register in which, on 25 September 2022, every part of the day has one thing to do."""
    ingest(home_register, RULE, "h", None, candidates({}, {"subject_id": "C2", "level": "red"}), MONDAY, "M05-1")
    untrue, late = (warnings_id("M05", "penalty_case", subject) for subject in ("C1", "C2"))
    given = {"conclusion": "不属实", "checked": ["核对票据"], "text": "无误。"}
    for viewer, step, said in (
        (inspector, "sign", {}), (inspector, "start", {}), (inspector, "conclude", given), (office, "review", {}),
        (office, "close", {}),
    ):  # fmt: skip
        on_warning(step, home_register, viewer, untrue, submission_id=step, at=MONDAY, **said)
    suppressed(home_register, office, untrue, date(2022, 9, 20))
    # Due on the 7th; and, of five workdays, on the 27th, a Tuesday.
    on_warning("prompt", home_register, inspector, late, submission_id="late", at=MONDAY)
    row = candidates({"subject_id": "C3"})
    ingest(home_register, RULE, "h", None, row, datetime(2022, 9, 20, 8), "M05-2", complete=False)
    near = warnings_id("M05", "penalty_case", "C3")
    on_warning("prompt", home_register, inspector, near, submission_id="near", at=datetime(2022, 9, 20, 9))
    entered(home_register, office, key="called", review_on=date(2022, 9, 27))
    return home_register


def did(register: Register) -> Counter[str]:
    """What happened by itself, of what a day brings."""
    own = select(event.c.action).where(event.c.actor_id == SYSTEM.person_id, event.c.action.in_(ALL))
    with register.read() as connection:
        return Counter(connection.execute(own).scalars())


def passing(register: Register, home: Path) -> list[str]:
    warehouse = open_warehouse(home)
    return pass_day(register, warehouse, home, now(warehouse), now())


def by_command(home: Path) -> None:
    assert main(["run", "--rule", "M05"]) == 0


def by_server(home: Path) -> None:
    over = daily.start()
    until = time.monotonic() + 60
    while did(open_register(home)) != ALL and time.monotonic() < until:
        time.sleep(0.02)
    over.set()


@pytest.mark.parametrize("way", [by_command, by_server])
def test_both_do_all_of_it_and_once(
    due: Register, home: Path, way: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "_FIRST_SECONDS", 0.01)
    monkeypatch.setattr(daily, "_SECONDS", 0.01)
    way(home)
    assert did(due) == ALL
    assert passing(due, home) == []
    assert (did(due), len(checkpoint.lines(home))) == (ALL, 1)
    assert (verify_all(due, home), illegal(due)) == ([], [])


@pytest.mark.parametrize("part", LEFT)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_what_a_crash_left_undone_is_done_at_the_next_call(
    due: Register, home: Path, part: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the part has begun, or when it has just been written."""
    whole = getattr(day, part)

    def crash(*given: object) -> None:
        if after:
            whole(*given)
        raise SystemExit("killed")

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(day, part, crash)
        passing(due, home)
    done = list(LEFT)[: list(LEFT).index(part) + after]
    assert did(due) == Counter(LEFT[one] for one in done)
    assert passing(due, home) == []
    assert did(due) == ALL
    assert verify_all(due, home) == []


@pytest.mark.parametrize("part", LEFT)
def test_a_part_that_fails_keeps_none_of_the_others(
    due: Register, home: Path, part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fails(*_given: object) -> None:
        raise UserError("业务库暂时无法写入：磁盘已满。")

    with monkeypatch.context() as patch:
        patch.setattr(day, part, fails)
        by_command(home)
    assert did(due) == ALL - Counter([LEFT[part]])
    assert "没有" in (said := capsys.readouterr().err) and said.strip().endswith("：业务库暂时无法写入：磁盘已满。")
    assert passing(due, home) == []
    assert did(due) == ALL


# Waits for the word, so that all begin at once.
_RACE = """
import sys
from pathlib import Path
from lib.casework.daily.day import pass_day
from lib.casework.store.register import open_register
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse

home = Path(sys.argv[1])
register, warehouse = open_register(home), open_warehouse(home)
print("ready", flush=True)
sys.stdin.readline()
print(pass_day(register, warehouse, home, now(warehouse), now()), flush=True)
"""


def test_of_processes_that_pass_the_day_at_once_each_thing_is_done_by_one(due: Register, home: Path) -> None:
    asked = [sys.executable, "-c", _RACE, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    with ExitStack() as stack:
        racing = [stack.enter_context(subprocess.Popen(asked, **pipes)) for _ in range(3)]
        assert [one.stdout.readline() for one in racing] == ["ready\n"] * 3
        for one in racing:
            one.stdin.write("go\n")
            one.stdin.flush()
        assert [one.stdout.readline() for one in racing] == ["[]\n"] * 3
    assert did(due) == ALL
    assert (verify_all(due, home), illegal(due)) == ([], [])
    assert len(checkpoint.lines(home)) == 1
