"""Whatever is reported, verified, sent back or planned anew later: what a day knew of a task stays what it knew."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.access import Viewer
from lib.casework.reading.snapshot import snapshot
from lib.casework.reform import plan as plans
from lib.casework.reform.plan import Milestone
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from tests.casework.conftest import MONDAY
from tests.casework.reform.test_steps import UNIT, issued, step
from tests.casework.replay import illegal

OFFICE = Viewer("p-office", "示范员02", "office")
WHO = {"report": UNIT, "verify": OFFICE, "send_back": OFFICE, "replan": OFFICE, "accept": OFFICE}
ACTIONS = ("report", "report", "report", "verify", "send_back", "replan", "accept")
# Days until it happens, what, how many days before then it is about, which share, by how many days the end moves.
MOVES = st.lists(
    st.tuples(
        st.integers(0, 9), st.sampled_from(ACTIONS), st.integers(-1, 25), st.integers(0, 101), st.integers(1, 40)
    ),
    max_size=14,
)


def _replanned(register: Register, today: date, moved: int) -> str:
    held = snapshot(register).objects["reform_task"].iloc[0]["course"].plan(datetime.max)
    ahead = [Milestone(one.day + timedelta(days=moved), one.share, one.name) for one in held if one.day > today]
    return plans.written(tuple([one for one in held if one.day <= today] + ahead))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(MOVES)
def test_no_later_event_rewrites_what_a_day_knew(moves: list[tuple[int, str, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory(prefix="history-") as place:
        register = Register(f"sqlite:///{Path(place) / 'casework.sqlite'}")
        one, at = issued(register, OFFICE), MONDAY
        knew: dict[date, tuple[float, int, float]] = {}
        for days, action, before, share, moved in moves:
            for passed in range(days):
                _note(register, at.date() + timedelta(days=passed), knew)
            at += timedelta(days=days, minutes=1)
            given_ = {"as_of": at.date() - timedelta(days=before), "share": share}
            if action == "replan":
                given_ = {"milestones": _replanned(register, at.date(), moved)}
            try:
                step(register, WHO[action], one, action, at, **({} if action == "accept" else given_))
            except UserError:
                continue
        final = snapshot(register).objects["reform_task"].iloc[0]["course"]
        for day, held in knew.items():
            assert (final.planned(day), final.actual(day), final.deviation(day)) == held, day
        assert illegal(register) == [] and verify_register(register) == []
        register.close()


def _note(register: Register, day: date, knew: dict[date, tuple[float, int, float]]) -> None:
    """What was known by the end of a day on which nothing more happens."""
    held = snapshot(register).objects["reform_task"].iloc[0]["course"]
    knew[day] = held.planned(day), held.actual(day), held.deviation(day)
