"""Whoever does whatever in a look-back, in any order: nobody scores what they may not, nobody reads another's sheet
before both are in, nobody adjudicates what they scored, and the record stays whole."""

import shutil
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lib.access import Viewer
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import events, objects
from lib.casework.record import take
from lib.casework.reviews.assigning import give_out
from lib.casework.reviews.scoring import differ, sheets
from lib.casework.reviews.sheets import both_sheets
from lib.casework.reviews.states import DIFFERING, GIVEN, HANDED_IN, RECUSED, SET_ASIDE, WAITING, WITH_RESULT
from lib.casework.reviews.steps import LOOKBACK, REVIEW_CASE, REVIEW_SHEET
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from lib.warehouse.store import Warehouse
from tests.casework.replay import illegal
from tests.casework.reviews import city
from tests.casework.reviews.test_steps import AT, drawn

OFFICE = Viewer("p-office", "示范员02", "office")
PEOPLE = {
    one.person_id: one
    for one in (
        OFFICE,
        Viewer("p-office-2", "示范员12", "office"),
        Viewer("p-county", "示范员03", "county", area_code="330483"),
        Viewer("p-approver", "示范员22", "office", officer_id="P9"),
        Viewer("p-handler", "示范员21", "office", officer_id="P1"),
    )
}
UNIT = Viewer("p-unit", "示范员61", "liaison", org_id="O0134")
FOUND = st.lists(st.sampled_from(["F01", "F04", "F05", "F14"]), max_size=2, unique=True)
WHO = st.sampled_from(list(PEOPLE.values()))
PLACES: list[Path] = []


@cache
def _city() -> Warehouse:
    PLACES.append(Path(tempfile.mkdtemp(prefix="blind-city-")))
    return city.opened(PLACES[-1])


class LookBack(RuleBasedStateMachine):
    """Five files of one unit whose first ten cases two of the people may not judge."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="blind-"))
        self.register = Register(f"sqlite:///{self.place / 'casework.sqlite'}")
        self.at, self.count = AT + timedelta(hours=1), 0
        self.number = drawn(self.register, _city(), OFFICE, by=[], error=28, area_code="330483", domain_code="ZF")

    def teardown(self) -> None:
        try:
            assert illegal(self.register) == [] and verify_register(self.register) == []
        finally:
            self.register.close()
            shutil.rmtree(self.place, ignore_errors=True)

    def _sent(self, **given: object) -> Submission:
        self.count, self.at = self.count + 1, self.at + timedelta(minutes=10)
        return Submission(f"s-{self.count}", self.at, None, "看过全卷。", dict(given))

    def _held(self, kind: str) -> list[dict]:
        return snapshot(self.register).objects[kind].to_dict("records")

    @initialize()
    def give_to_all(self) -> None:
        given = self._sent(people=list(PEOPLE))
        assert give_out(self.register, OFFICE, self.number, given).recorded

    @rule(people=st.sets(st.sampled_from(list(PEOPLE)), min_size=1))
    @precondition(lambda self: any(one["state"] == RECUSED for one in self._held("review_sheet")))
    def give(self, people: set[str]) -> None:
        try:
            give_out(self.register, OFFICE, self.number, self._sent(people=sorted(people)))
        except UserError:
            return

    @rule(data=st.data(), many=st.integers(3, 8))
    def hand_in_own(self, data: st.DataObject, many: int) -> None:
        """Some hand in what lies with them."""
        for _ in range(many):
            self._hand_in(data, data.draw(WHO), data.draw(FOUND), own=True)

    @rule(data=st.data(), who=WHO, found=FOUND)
    def try_to_hand_in(self, data: st.DataObject, who: Viewer, found: list[str]) -> None:
        self._hand_in(data, who, found, own=False)

    def _hand_in(self, data: st.DataObject, who: Viewer, found: list[str], own: bool) -> None:
        rows = self._held("review_sheet")
        rows = [one for one in rows if one["state"] == GIVEN] if own else rows
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        viewer = PEOPLE[row["reviewer_id"]] if own else who
        allowed = row["reviewer_id"] == viewer.person_id and row["state"] == GIVEN
        try:
            take(self.register, viewer, REVIEW_SHEET, row["sheet_id"], "hand_in", self._sent(deductions=found))
        except UserError:
            assert not allowed
            return
        assert allowed

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        rows = [one for one in self._held("review_sheet") if one["state"] == GIVEN]
        if rows and data.draw(st.integers(0, 3)) == 0:
            row = data.draw(st.sampled_from(rows))
            take(self.register, PEOPLE[row["reviewer_id"]], REVIEW_SHEET, row["sheet_id"], "recuse", self._sent())

    @rule(data=st.data(), who=WHO, found=FOUND)
    def adjudicate(self, data: st.DataObject, who: Viewer, found: list[str]) -> None:
        rows = self._held("review_case")
        row = data.draw(st.sampled_from(sorted(rows, key=lambda one: one["state"] != DIFFERING)))
        scored = {one["reviewer_id"] for one in self._held("review_sheet")
                  if one["review_case_id"] == row["review_case_id"] and one["state"] == HANDED_IN}  # fmt: skip
        allowed = row["state"] == DIFFERING and who.person_id not in scored
        allowed = allowed and who.officer_id not in row["barred"].split(",")
        try:
            take(self.register, who, REVIEW_CASE, row["review_case_id"], "adjudicate", self._sent(deductions=found))
        except UserError:
            assert not allowed
            return
        assert allowed

    @rule(data=st.data())
    def set_aside(self, data: st.DataObject) -> None:
        rows = [one for one in self._held("review_case") if one["state"] in (WAITING, DIFFERING)]
        if rows and data.draw(st.integers(0, 7)) == 0:
            row = data.draw(st.sampled_from(rows))
            take(self.register, OFFICE, REVIEW_CASE, row["review_case_id"], "set_aside", self._sent())

    @rule(action=st.sampled_from(["gather", "report", "tell", "archive", "withdraw"]))
    def move_on(self, action: str) -> None:
        states = {one["state"] for one in self._held("review_case")}
        try:
            take(self.register, OFFICE, LOOKBACK, self.number, action, self._sent())
        except UserError:
            return
        if action in ("gather", "report", "tell"):
            assert WAITING not in states and (action == "gather" or DIFFERING not in states)
        assert action != "withdraw" or not self._held("review_sheet")

    @invariant()
    def nobody_sees_what_is_not_theirs(self) -> None:
        held = snapshot(self.register).objects
        files = held["review_case"].set_index("review_case_id")
        for viewer in PEOPLE.values():
            found = objects(self.register, viewer, None, "review_sheet")
            assert found["reviewer_id"].eq(viewer.person_id).all()
            told = events(self.register, viewer, None, "review_sheet")
            assert set(told["object_id"]) <= set(found["sheet_id"])
            both = both_sheets(self.register, viewer, None)
            assert both["review_case_id"].map(files["state"]).isin([DIFFERING, *WITH_RESULT]).all()
        assert both_sheets(self.register, UNIT, None).empty

    @invariant()
    def each_file_stands_where_its_sheets_put_it(self) -> None:
        held = snapshot(self.register).objects
        rows = held["review_sheet"]
        sheet = sheets()["案卷评查"]
        for file in held["review_case"].to_dict("records"):
            own = rows[rows["review_case_id"].eq(file["review_case_id"])]
            given = [PEOPLE[one].officer_id for one in own["reviewer_id"]]
            assert not set(given) & set(file["barred"].split(","))
            assert own["reviewer_id"].is_unique
            done = own[own["state"].eq(HANDED_IN)]
            if file["state"] == WAITING:
                assert len(done) < 2
            elif file["state"] != SET_ASIDE:
                first, second = done["deductions"]
                apart = differ(sheet, first, second)
                assert apart == (file["state"] == DIFFERING or file["adjudicated"])


def _run(examples: int, steps: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lib.casework.reviews.assigning.colleagues", lambda _connection: PEOPLE)
        run_state_machine_as_test(
            LookBack,
            settings=settings(
                max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )


@pytest.fixture(scope="module", autouse=True)
def _nothing_left() -> object:
    yield
    for place in PLACES:
        shutil.rmtree(place, ignore_errors=True)


def test_whoever_does_whatever_the_review_stays_blind_and_fair() -> None:
    _run(2, 25)


@pytest.mark.scale
def test_for_a_long_time() -> None:
    _run(60, 60)
