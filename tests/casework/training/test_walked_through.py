"""From a warning to a notice and a colleague's warning handed over, walked in a seat's own store: the score of the
course that was really recorded."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework import audit
from lib.casework.notices.drafting import draft_notice
from lib.casework.notices.steps import NOTICE
from lib.casework.reading.visible import warnings
from lib.casework.record import take
from lib.casework.steps import Submission, Workflow
from lib.casework.store import transaction
from lib.casework.store.register import Register
from lib.casework.training import attempts
from lib.casework.training.seats import seat_register, sit_down
from lib.casework.warnings.steps import WARNING
from lib.catalog.exercises import exercises
from lib.insight.training import marking
from lib.warehouse.store import open_warehouse
from tests.casework.training.conftest import a_class
from tests.insight.training.recomputed import recomputed

CITY_DAY = date(2022, 9, 25)
# A go that ends on the day it began, and one that midnight comes into: in the city it is the same day again.
BEGINNINGS = [datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 23, 55)]
CONTENT = {
    "title": "关于案件久拖不决问题",
    "facts": "该案立案后逾期未作出决定。",
    "basis": "行政处罚法第六十条",
    "requirement": "限期作出决定。",
    "feedback": "书面",
    "contact": "监督室",
}


class Walk:
    """A trainee in a seat, and the roles that are played there."""

    def __init__(self, home: Path, city: Register, begins: datetime) -> None:
        self.wall, self.sent = begins, 0
        came = sit_down(home, city, a_class(city).code, "张三", "", self.at)
        assert came.seat is not None
        self.seat = came.seat
        self.register, self.warehouse = seat_register(home, self.seat), open_warehouse(home)
        self.trainee = Viewer("T-ABCDEF-01", "学员", "trainee", seat=self.seat)

    def plays(self, role: str) -> Viewer:
        persona = next(one for one in personas(True) if one.role == role)
        return replace(persona, person_id=f"{self.trainee.person_id}:{role}", seat=self.seat)

    @property
    def at(self) -> datetime:
        """The city's time: its one day, the wall's time of day."""
        return datetime.combine(CITY_DAY, self.wall.time())

    def submission(self, text: str = "", **payload: object) -> Submission:
        self.wall, self.sent = self.wall + timedelta(minutes=1), self.sent + 1
        return Submission(f"s{self.sent}", self.at, text=text, payload=payload)

    def looks(self, role: str, kind: str, about: str) -> None:
        self.wall += timedelta(minutes=1)
        audit.log(self.register, self.plays(role), "view", kind, about, at=self.at)

    def does(self, role: str, workflow: Workflow, about: str, action: str, text: str = "", **payload: object) -> None:
        take(self.register, self.plays(role), workflow, about, action, self.submission(text, **payload))

    def begins(self, name: str) -> str:
        """A go about the first warning of the list that the inspector supervises."""
        found = warnings(self.register, self.plays("inspector"), self.warehouse)
        row = found[found["officer_id"].notna()].sort_values("warning_id").iloc[0]
        items = [{key: str(row[key]) for key in ("warning_id", "org_id", "officer_id")}]
        self.about, self.org = str(row["warning_id"]), row
        begun = attempts.start(self.register, self.trainee, exercises()[name], "seed", items, "begin", self.at)
        return str(begun.created)

    def scores(self, number: str) -> dict[str, float]:
        self.wall += timedelta(minutes=1)
        attempts.finish(self.register, self.trainee, number, "end", self.at)
        [go] = attempts.goes(self.register, self.trainee)
        found = marking.result(self.register, self.warehouse, self.trainee, exercises()[go.exercise], go)
        assert found.points == recomputed(self.register, self.warehouse, self.trainee, go)
        return {one.part: round(one.share, 3) for one in found.parts} | {"points": found.points}


@pytest.fixture(params=BEGINNINGS, ids=["one day", "over midnight"])
def walk(home: Path, city: Register, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Walk:
    held = Walk(home, city, request.param)
    for module in (audit, transaction):
        monkeypatch.setattr(module, "now", lambda: held.wall)
    return held


def test_a_warning_taken_to_a_delivered_notice_is_the_full_score(walk: Walk) -> None:
    assert _to_the_delivery(walk, timedelta()) == {"steps": 1, "time": 1, "apart": 1, "points": 100}


def test_a_notice_that_takes_half_as_long_again_gets_half_of_the_time(walk: Walk) -> None:
    # Eight steps of a minute each and 22 minutes before the last one: 30 where 20 are the full score.
    found = _to_the_delivery(walk, timedelta(minutes=22))
    assert found == {"steps": 1, "time": 0.5, "apart": 1, "points": 85}


def _to_the_delivery(walk: Walk, pause: timedelta) -> dict[str, float]:
    number = walk.begins("notice")
    walk.does("inspector", WARNING, walk.about, "sign")
    walk.does("inspector", WARNING, walk.about, "start")
    walk.does("inspector", WARNING, walk.about, "conclude", "查实", conclusion="属实", checked=["调阅案卷"])
    walk.does("office", WARNING, walk.about, "review", "同意")
    row, org = walk.org, str(walk.org["org_id"])
    sent = walk.submission(**CONTENT, org_id=org)
    drafted = draft_notice(
        walk.register, walk.plays("inspector"), sent, row["area_code"], row["domain_code"], "warning", walk.about
    )
    notice = str(drafted.created)
    walk.does("office", NOTICE, notice, "review", "同意")
    walk.does("leader", NOTICE, notice, "sign", "同意")
    walk.wall += pause
    walk.does("office", NOTICE, notice, "deliver", by="浙政钉")
    return walk.scores(number)


def test_a_colleagues_warning_handed_over_is_the_full_score(walk: Walk) -> None:
    number = walk.begins("colleague")
    walk.looks("inspector", "warning", walk.about)
    walk.does("office", WARNING, walk.about, "assign", "共事多年，申请回避", to_id="demo-inspector")
    assert walk.scores(number) == {"handed": 1, "untouched": 1, "masked": 1, "points": 100}


def test_a_colleagues_warning_handled_oneself_after_a_look_at_the_file_is_little(walk: Walk) -> None:
    number = walk.begins("colleague")
    walk.does("inspector", WARNING, walk.about, "sign")
    walk.does("office", WARNING, walk.about, "assign", to_id="demo-county")
    # Over midnight in one of the goes.
    walk.wall += timedelta(minutes=5)
    walk.looks("inspector", "officer", str(walk.org["officer_id"]))
    assert walk.scores(number) == {"handed": 0.5, "untouched": 0, "masked": 0.5, "points": 35}


def test_the_deadlines_of_the_work_stand_beside_the_exercise(walk: Walk) -> None:
    def limits() -> list[tuple[str, str, str, str]]:
        [go] = attempts.goes(walk.register, walk.trainee)
        found = marking.limits(walk.register, walk.warehouse, walk.trainee, exercises()["notice"], go, walk.at)
        assert found is not None
        rows = found[["对象", "步骤", "due_at", "due_words"]].itertuples(index=False, name=None)
        return [(kind, step, f"{due:%m-%d %H:%M:%S}", left) for kind, step, due, left in rows]

    conclusion = ("预警", "反馈核查结论", "10-12 23:59:59", "剩 10 工作日")
    # Delivered on Sunday 25 September: seven days of holiday and two weekends of work lie within ten workdays.
    answers = [("通知书", "反馈整改（今天送达）", "10-12 23:59:59", "剩 10 工作日"),
               ("通知书", "反馈整改（今天送达，复杂事项）", "10-19 23:59:59", "剩 15 工作日")]  # fmt: skip
    walk.begins("notice")
    assert walk.org["level"] == "orange"
    assert limits() == [("预警", "签收", "09-27 23:59:59", "剩 2 工作日"), conclusion, *answers]
    walk.does("inspector", WARNING, walk.about, "sign")
    assert limits() == [conclusion, *answers]
    walk.does("inspector", WARNING, walk.about, "start")
    walk.does("inspector", WARNING, walk.about, "conclude", "查实", conclusion="属实", checked=["调阅案卷"])
    assert limits() == answers
    row, sent = walk.org, walk.submission(**CONTENT, org_id=str(walk.org["org_id"]))
    drafted = draft_notice(
        walk.register, walk.plays("inspector"), sent, row["area_code"], row["domain_code"], "warning", walk.about
    )
    assert limits() == [("通知书", "审核", "09-27 23:59:59", "剩 2 工作日")]
    walk.does("office", NOTICE, str(drafted.created), "review", "同意")
    assert limits() == [("通知书", "签发", "09-27 23:59:59", "剩 2 工作日")]
