"""Whatever anybody does to whatever there is, in any order: no illegal step, no lost text, no deadline before its time,
numbers without gaps.

Every kind of object that people work on takes part, with all its steps: those that are possible and those that are not,
filled in well and badly, by everybody. Only refusals in words come back.
"""

import shutil
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.clock import ASSIGN, EXTEND, PAUSE, REMIND, RESUME
from lib.casework.clues.registration import register_clue
from lib.casework.daily.day import wake_over
from lib.casework.daily.escalation import escalate_late
from lib.casework.daily.recount import recount
from lib.casework.daily.reminders import remind_units
from lib.casework.deputies.naming import name_deputy
from lib.casework.motions.proposing import propose
from lib.casework.notices.drafting import draft_notice
from lib.casework.objects import KINDS
from lib.casework.reading.snapshot import snapshot
from lib.casework.record import enter, take
from lib.casework.steps import FILE, Field, Step, Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import event, serial
from lib.casework.store.verify import verify_register
from lib.casework.warnings.ingest import ingest
from lib.errors import UserError
from tests.casework.conftest import RULE, candidates
from tests.casework.notices.test_steps import CONTENT
from tests.casework.replay import illegal

MONDAY = datetime(2022, 9, 5, 9)
# The personas, to whom work can be handed, and a second one of the office, who may review what the first did.
PEOPLE = (*personas(True), Viewer("played-office", "示范员02", "office"))
UNIT = next(one.org_id for one in PEOPLE if one.org_id)
PLACE = {"org_id": UNIT, "area_code": "330483101", "domain_code": "ZF", "officer_id": "P001"}
# Kinds of their own life, whose rows people do not make.
APART = {"rule_version", "rule_task"}
MATTERS = {"warning", "prompt", "clue", "notice", "motion", "grid_check", "suppression", "deputy"}
# What was done at all, by kind.
DONE: set[tuple[str, str]] = set()
WORDS = st.text("核查整改材料一二三，。", min_size=1, max_size=12)


def given(draw: st.DrawFn, one: Field, at: datetime, objects: list[str], well: bool) -> Any:
    """A value for a field: one that it takes, or anything."""
    if not well and draw(st.integers(0, 4)) == 0:
        return None
    match one.kind:
        case "choice" if one.name == "to_id":
            return draw(st.sampled_from([person.person_id for person in PEOPLE]))
        case "choice":
            return draw(st.sampled_from(one.choices or tuple(objects) or ("无",)))
        case "choices":
            return draw(st.lists(st.sampled_from(one.choices or ("票据", "案卷")), min_size=1, max_size=2, unique=True))
        case "flag":
            return draw(st.booleans())
        case "number":
            return draw(st.integers(0, 12))
        case "day":
            return at.date() + timedelta(days=draw(st.sampled_from([0, 0, -1, 30] if well else [-400, -40, 181, 400])))
        case "file":
            return None
        case _:
            return draw(WORDS)


@st.composite
def filled_in(draw: st.DrawFn, step: Step, at: datetime, objects: list[str], key: str, well: bool) -> Submission:
    """What somebody sends for a step, filled in well or anyhow."""
    payload = {one.name: given(draw, one, at, objects, well) for one in step.asked}
    text = draw(WORDS) if well or draw(st.booleans()) else ""
    takes_file = any(one.name == FILE for one in step.fields)
    file = ("照片.jpg", b"photo") if takes_file and (well or draw(st.booleans())) else None
    return Submission(key, at, None, text, {name: held for name, held in payload.items() if held is not None}, file)


class Lives(RuleBasedStateMachine):
    """Everybody at work on one register."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="lives-"))
        self.register = Register(f"sqlite:///{self.place / 'casework.sqlite'}")
        self.at = MONDAY
        self.said: list[tuple[int, str]] = []
        self.count = 0

    def teardown(self) -> None:
        try:
            self._whole()
            with self.register.read() as connection:
                pairs = connection.execute(select(event.c.object_type, event.c.action).distinct())
                DONE.update((row.object_type, row.action) for row in pairs)
        finally:
            self.register.close()
            shutil.rmtree(self.place, ignore_errors=True)

    def _key(self) -> str:
        self.count += 1
        return f"s-{self.count}"

    def _done(self, outcome: Any, text: str) -> None:
        if outcome.recorded:
            self.said.append((outcome.event.seq, text.strip()))

    @initialize(levels=st.lists(st.sampled_from(["red", "orange", "yellow"]), min_size=2, max_size=4))
    def fire(self, levels: list[str]) -> None:
        rows = [{"subject_id": f"C{number}", "level": level, "org_id": UNIT} for number, level in enumerate(levels)]
        ingest(self.register, RULE, "h", None, candidates(*rows), self.at, "M05-000001")

    @rule(hours=st.integers(1, 80))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        wake_over(self.register, self.at)
        recount(self.register, None, self.at)
        escalate_late(self.register, None, self.at)
        remind_units(self.register, None, self.at)

    @rule(viewer=st.sampled_from(PEOPLE), title=WORDS)
    @precondition(lambda self: len(self.said) < 3 or self.count % 5 == 0)
    def enter(self, viewer: Viewer, title: str) -> None:
        key = self._key()
        try:
            done = register_clue(
                self.register, viewer, "grid", key, submission_id=key, at=self.at, title=title, detail=title,
                org_id=UNIT, area_code="330483101", domain_code="ZF",
            )  # fmt: skip
        except UserError:
            return
        self._done(done, title)

    @rule(viewer=st.sampled_from(PEOPLE), content=st.fixed_dictionaries({"title": WORDS, "complex": st.booleans()}))
    @precondition(lambda self: len(self.said) < 3 or self.count % 5 == 0)
    def draft(self, viewer: Viewer, content: dict[str, Any]) -> None:
        try:
            done = draft_notice(
                self.register,
                viewer,
                Submission(self._key(), self.at, payload=CONTENT | content | {"org_id": UNIT}),
                "330483101",
                "ZF",
            )
        except UserError:
            return
        self._done(done, "")

    @rule(viewer=st.sampled_from(PEOPLE), text=WORDS)
    @precondition(lambda self: len(self.said) < 3 or self.count % 5 == 0)
    def move(self, viewer: Viewer, text: str) -> None:
        content = {"on": self.at.date(), "title": text, "org_id": UNIT, "recipient": "某"}
        sent = Submission(self._key(), self.at, text=text, payload=content)
        try:
            done = propose(self.register, viewer, sent, "330483101", "ZF")
        except UserError:
            return
        self._done(done, text)

    @rule(viewer=st.sampled_from(PEOPLE), text=WORDS, two=st.lists(WORDS, min_size=2, max_size=2))
    @precondition(lambda self: len(self.said) < 3 or self.count % 5 == 0)
    def check(self, viewer: Viewer, text: str, two: list[str]) -> None:
        """A field check of a dispatch that the warehouse would tell of."""
        values = {**PLACE, "dispatch_id": f"D{self.count}", "title": text}
        sent = Submission(
            self._key(), self.at, text=text, payload=dict(zip(("checker", "companion"), two, strict=True))
        )
        try:
            done = enter(self.register, viewer, KINDS["grid_check"], values, sent)
        except UserError:
            return
        self._done(done, text)

    @rule(viewer=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE), text=WORDS, days=st.integers(0, 9))
    @precondition(lambda self: self.count % 7 == 0)
    def stand_in(self, viewer: Viewer, other: Viewer, text: str, days: int) -> None:
        """Somebody names a deputy: what the deputy does then says for whom."""
        today = self.at.date()
        given = {"to_id": other.person_id, "from_day": today, "to_day": today + timedelta(days=days)}
        try:
            done = name_deputy(self.register, viewer, Submission(self._key(), self.at, text=text, payload=given))
        except UserError:
            return
        self._done(done, text)

    @rule(data=st.data(), text=WORDS)
    @precondition(lambda self: self.count % 3 == 0)
    def hold_back(self, data: st.DataObject, text: str) -> None:
        """A warning is found untrue to its end, and what fires about the same is held back for a time."""
        open_ = [key for name, key, state in self._there() if name == "warning" and state in ("新生成", "已签收")]
        if not open_:
            return
        key, (inspector, office) = data.draw(st.sampled_from(open_)), (PEOPLE[2], PEOPLE[1])
        until = self.at.date() + timedelta(days=data.draw(st.integers(-1, 200)))
        untrue = {"conclusion": "不属实", "checked": ["核对票据"]}
        for viewer, action, given in (
            (inspector, "sign", {}), (inspector, "start", {}), (inspector, "conclude", untrue), (office, "review", {}),
            (office, "close", {}), (office, "suppress", {"until": until}),
        ):  # fmt: skip
            sent = Submission(self._key(), self.at, None, text, given)
            try:
                done = take(self.register, viewer, KINDS["warning"].workflow, key, action, sent)
            except UserError:
                continue
            self._done(done, text)
        again = [{"subject_id": f"C{number}", "occurred_on": self.at.date(), "org_id": UNIT} for number in range(4)]
        ingest(self.register, RULE, "h", None, candidates(*again), self.at, f"M05-{self.count:06d}")

    @rule(data=st.data(), count=st.integers(3, 12))
    def work(self, data: st.DataObject, count: int) -> None:
        """Some steps that are possible, by somebody who may take them."""
        for _ in range(count):
            name, key, state = data.draw(st.sampled_from(self._there()))
            workflow = KINDS[name].workflow
            steps = [step for step in workflow.steps.values() if state in step.sources]
            usual = [step for step in steps if step.action == workflow.usual.get(state)]
            if steps:
                step = data.draw(st.sampled_from([*steps, *usual, *usual, *usual]))
                able = [viewer for viewer in PEOPLE if viewer.may(step.right, name)]
                self._take(data, data.draw(st.sampled_from(able or PEOPLE)), name, key, step, True)
                self.at += timedelta(minutes=data.draw(st.integers(1, 600)))

    @rule(data=st.data(), viewer=st.sampled_from(PEOPLE))
    def try_anything(self, data: st.DataObject, viewer: Viewer) -> None:
        """A step that may not be possible, by whoever may not take it, filled in anyhow."""
        name, key, _ = data.draw(st.sampled_from(self._there()))
        step = data.draw(st.sampled_from(list(KINDS[name].workflow.steps.values())))
        self._take(data, viewer, name, key, step, False)

    def _there(self) -> list[tuple[str, str, str]]:
        """Kind, number and state of everything."""
        last = select(event.c.object_type, event.c.object_id, event.c.to_state).where(
            event.c.object_type.in_(KINDS.keys() - APART), event.c.to_state.is_not(None)
        )
        with self.register.read() as connection:
            rows = connection.execute(last.order_by(event.c.seq)).all()
        states = {(row.object_type, row.object_id): row.to_state for row in rows}
        return sorted((name, key, state) for (name, key), state in states.items())

    def _take(self, data: st.DataObject, viewer: Viewer, name: str, key: str, step: Step, well: bool) -> None:
        objects = [other for kind, other, _ in self._there() if kind == name]
        sent = data.draw(filled_in(step, self.at, objects, self._key(), well))
        try:
            done = take(self.register, viewer, KINDS[name].workflow, key, step.action, sent)
        except UserError:
            return
        self._done(done, sent.text)

    def _whole(self) -> None:
        with self.register.read() as connection:
            rows = connection.execute(select(event).order_by(event.c.seq)).all()
            numbers = connection.execute(select(serial)).all()
        assert illegal(self.register) == []
        texts = {row.seq: row.text for row in rows}
        assert [(seq, text) for seq, text in self.said if texts[seq] not in (text, text.strip()) and text] == []
        for name in KINDS.keys() - APART:
            frame = snapshot(self.register).objects[name]
            if "due_at" in frame and "opened_at" in frame:
                due = frame[frame["due_at"].notna()]
                assert (due["due_at"] >= due["state_at"]).all(), name
        for (kind, year), count in Counter((row.kind, row.year) for row in numbers).items():
            given = sorted(row.number for row in numbers if (row.kind, row.year) == (kind, year))
            assert given == list(range(1, count + 1))
        assert verify_register(self.register) == []


def _run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_whatever_happens_every_record_stays_legal_and_whole() -> None:
    _run(3, 15)


@pytest.mark.scale
def test_for_a_long_time() -> None:
    """Every kind of matter lives, with whatever may be done to any of them, and with what happens by itself."""
    DONE.clear()
    _run(150, 60)
    assert {name for name, _ in DONE} >= MATTERS
    done = {action for name, action in DONE if name in MATTERS}
    assert done >= {ASSIGN, EXTEND, PAUSE, RESUME, REMIND, "merge", "suppress", "hold", "end", "remind_due", "escalate"}
