"""Tasks of the reform as the screens show them: planned against actual progress, how far apart, where, as known today
or on a past day."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lib import yamltext
from lib.access import Viewer, under
from lib.access.policy import policy
from lib.access.scope import visible
from lib.casework import deadlines
from lib.casework.reading.visible import objects
from lib.casework.reform.course import ACCEPT, Course, end_of
from lib.casework.reform.plan import WHOLE, Milestone, following
from lib.casework.reform.states import CLAIMED, DONE, IN_HAND, OPEN_STATES, STOPPED
from lib.casework.store.register import Register
from lib.catalog.dataset import ROOT
from lib.catalog.lists import domain_names
from lib.errors import UserError
from lib.insight.due import with_due
from lib.insight.library.lights import CLOSE, LIGHTS, MISSED, REACHED, Light
from lib.insight.names import every_unit
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.insight.wording import NONE, day
from lib.rules.facts import CASEWORK
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

# Which tasks a list shows: title, column of the list that says so.
PARTS = {
    "open": ("在办", "open"),
    "missed": (f"在办{MISSED.word}", "missed"),
    "overdue": ("节点超期", "missed_milestone"),
    "claimed": (CLAIMED, "claimed"),
    "done": (DONE, "done"),
    "all": ("全部", ""),
}


class Limits(NamedTuple):
    """From which deviation on (percentage points) a task has reached its plan, or is close to it; how sure the limits
    are; a statement that came so many days after its day came late."""

    reached: float
    close: float
    mark: str
    late_days: int


@lru_cache(maxsize=1)
def limits() -> Limits:
    """data/library/reform.yaml. Raises UserError for limits that contradict each other."""
    raw = yamltext.parse((ROOT / "data" / "library" / "reform.yaml").read_text(encoding="utf-8"))
    found = Limits(float(raw["reached"]), float(raw["close"]), str(raw["mark"]), int(raw["late_days"]))
    if not found.close < found.reached <= 0:
        raise UserError(
            f"data/library/reform.yaml 的界限不对：reached {found.reached}，close {found.close}。",
            "应是 close < reached ≤ 0（百分点）。",
        )
    return found


def light_of(deviation: float) -> Light:
    """How a deviation stands."""
    held = limits()
    return REACHED if deviation >= held.reached else CLOSE if deviation >= held.close else MISSED


@under("view", "reform_task")
def task_list(
    register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime | None = None, known: date | None = None
) -> pd.DataFrame:
    """The visible tasks as they stand at `at` (the warehouse's clock unless given), the furthest behind first, those
    that ended last; with `known` as they were known at the end of that past day, those issued by then.

    All columns of lib.casework's tasks, and: org_name, county, county_code, department (of the domain), planned and
    actual (per cent), stated_on (the day the progress is told of, NaT when none was), deviation (percentage points, NaN
    of what ended), light (its word, empty of what ended), open, missed, missed_milestone, claimed, done, way (how far,
    in words), waits (whom it waits for), timing (the next milestone and its day, in words), the columns of
    lib.insight.due.
    """
    at = at or now(warehouse)
    frame = objects(register, viewer, warehouse, "reform_task")
    orgs, areas = places(warehouse)
    frame = frame.merge(orgs[["org_id", "org_name"]], on="org_id", how="left")
    frame = frame.merge(areas[["area_code", "area_label", "county_code", "county_name"]], on="area_code", how="left")
    frame["county"] = frame["county_name"].fillna(CITY_ITSELF)
    frame["county_code"] = frame["county_code"].fillna("")
    frame["area_label"] = frame["area_label"].fillna(CITY_ITSELF)
    frame["org_name"] = frame["org_name"].fillna("")
    frame["department"] = frame["domain_code"].map(domain_names()).fillna(NONE)
    if known is not None:
        frame = frame[[one.issued <= end_of(known) for one in frame["course"]]].reset_index(drop=True)
        frame["state"] = [_state(one, known) for one in frame["course"]]
    # What was recorded since the clock was last read is known too.
    frame = _measured(frame, known or at.date(), end_of(known) if known else datetime.max)
    frame = _timed(frame, warehouse, end_of(known) if known else at)
    order = frame.assign(ended=~frame["open"], old=-frame["last_seq"]).sort_values(
        ["ended", "deviation", "old"], kind="stable", na_position="last"
    )
    return frame.loc[order.index].reset_index(drop=True)


def _state(course: Course, known: date) -> str:
    """Where a task stood at the end of a day."""
    if course.ended is not None and course.ended[0] <= end_of(known):
        return DONE if course.ended[1] == ACCEPT else STOPPED
    held = [one for one in course.stated if one.at <= end_of(known)]
    return CLAIMED if held and max(held, key=lambda one: one.at).share == WHOLE else IN_HAND


def _measured(frame: pd.DataFrame, on: date, known: datetime) -> pd.DataFrame:
    courses: list[Course] = list(frame["course"])
    running = frame["state"].isin(OPEN_STATES)
    stated = [one.latest(on, known) for one in courses]
    planned = pd.Series([one.planned(on, known) for one in courses], frame.index, "float64")
    actual = pd.Series([0 if one is None else one.share for one in stated], frame.index, "float64")
    days = [np.datetime64("NaT") if one is None else np.datetime64(one.as_of) for one in stated]
    deviation = (actual - planned).where(running)
    light = pd.Series(["" if pd.isna(one) else light_of(one).word for one in deviation], frame.index)
    ahead = [following(one.plan(known), held) for one, held in zip(courses, actual, strict=True)]
    due = np.array([np.datetime64("NaT") if one is None else np.datetime64(one.day) for one in ahead], "datetime64[D]")
    own = deadlines.end_of_day(due)
    return frame.assign(
        planned=planned,
        actual=actual,
        stated_on=np.array(days, "datetime64[us]"),
        deviation=deviation,
        light=light,
        next_name=["" if one is None else one.name for one in ahead],
        due_at=np.where(frame["state"].eq(IN_HAND), own, frame["due_at"].to_numpy(dtype="datetime64[us]")),
        open=running,
        missed=light.eq(MISSED.word),
        claimed=frame["state"].eq(CLAIMED),
        done=frame["state"].eq(DONE),
    )


def _timed(frame: pd.DataFrame, warehouse: Warehouse, at: datetime) -> pd.DataFrame:
    frame["due_at"] = pd.to_datetime(frame["due_at"]).where(frame["open"])
    frame = with_due(frame, at, deadlines.calendar(warehouse))
    frame["missed_milestone"] = frame["overdue"] & frame["state"].eq(IN_HAND)
    holders = policy().holders
    waits = {IN_HAND: "、".join(holders("reply", "reform_task")), CLAIMED: "、".join(holders("record", "reform_task"))}
    frame["waits"] = frame["state"].map(waits).fillna("")
    frame["timing"] = [_timing(row) for row in frame.to_dict("records")]
    frame["way"] = [
        state if not running else f"{actual:.0f}%（计划 {planned:.0f}%）"
        for state, running, actual, planned in zip(
            frame["state"], frame["open"], frame["actual"], frame["planned"], strict=True
        )
    ]
    return frame


def _timing(row: Mapping[str, Any]) -> str:
    if not row["open"] or pd.isna(row["due_at"]):
        return NONE
    if row["state"] == CLAIMED:
        return f"待验收，{row['due_words']}"
    return f"{row['next_name'] or '节点'} {day(row['due_at'])}，{row['due_words']}"


def points(deviation: float) -> str:
    """A deviation in words: +2.4, −8.0 (percentage points)."""
    return f"{'−' if round(deviation, 1) < 0 else '+'}{abs(deviation):.1f}"


def signed(limit: float) -> str:
    """A limit in words: −5."""
    return f"{'−' if limit < 0 else ''}{abs(limit):g}"


class Cell(NamedTuple):
    """The tasks in hand of one county and one department: how many, by light, their mean deviation (NaN of none)."""

    county: str
    department: str
    tasks: int
    by_light: dict[str, int]
    deviation: float

    @property
    def light(self) -> Light | None:
        """How they stand together."""
        return None if not self.tasks else light_of(self.deviation)


def matrix(frame: pd.DataFrame) -> dict[tuple[str, str], Cell]:
    """推进偏差 of a task list: the tasks in hand by county (by code, the city's own first) and department (as
    data/lists.yaml has them), "" for all of them."""
    running = frame[frame["open"]]
    counties = running.sort_values("county_code", kind="stable")["county"].unique()
    departments = [name for name in (*domain_names().values(), NONE) if running["department"].eq(name).any()]
    found = {}
    for county in ("", *counties):
        for department in ("", *departments):
            rows = running[
                (running["county"].eq(county) | (county == ""))
                & (running["department"].eq(department) | (department == ""))
            ]
            by_light = {word: int(rows["light"].eq(word).sum()) for word in LIGHTS}
            mean = float(rows["deviation"].mean()) if len(rows) else float("nan")
            found[county, department] = Cell(county, department, len(rows), by_light, mean)
    return found


@under("issue", "reform_task")
def units(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The units to which a viewer may issue a task: org_id, org_name, area_code, domain_code, by name."""
    return visible(viewer, every_unit(warehouse)).reset_index(drop=True)


@under("view", "reform_task")
def told_of(register: Register, warehouse: Warehouse, viewer: Viewer, task_id: str) -> dict[str, str] | None:
    """What a motion or a notice about a task begins with: title, org_id, facts; None for a task that is not visible."""
    frame = task_list(register, warehouse, viewer)
    rows = frame[frame["task_id"].eq(task_id)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    if pd.isna(row["deviation"]):
        said = f"任务{row['state']}"
    else:
        told = (
            "没有报告过进展"
            if pd.isna(row["stated_on"])
            else f"实际完成 {row['actual']:.0f}%（截至 {day(row['stated_on'])}）"
        )
        said = (
            f"{told}，截至 {day(now(warehouse))} 计划完成 {row['planned']:.1f}%，"
            f"偏差 {points(row['deviation'])} 个百分点（{row['light']}）"
        )
    milestone = f"节点「{row['next_name']}」应于 {day(row['due_at'])} 完成，{row['due_words']}。"
    late = milestone if row["missed_milestone"] else ""
    about = f"（责任人：{row['responsible']}，完成时限 {day(row['due_on'])}）"
    return {
        "title": f"改革任务「{row['title']}」推进{'落后' if row['missed'] else '情况'}",
        "org_id": str(row["org_id"]),
        "facts": f"改革任务「{row['title']}」{about}：{said}。{late}",
    }


@under("view", "reform_task")
def reform_task_facts(register: Register, warehouse: Warehouse | None, viewer: Viewer) -> pd.DataFrame:
    """What an indicator reads of the visible tasks that were not stopped, in the columns that lib.rules.facts gives it.

    done_on: the day since when the whole was done, NaT unless that was accepted. A plan cannot be changed for days that
    have passed, so that a task that is late stays so.
    """
    frame = objects(register, viewer, warehouse, "reform_task")
    told = frame[frame["state"].ne(STOPPED)].rename(columns={"task_id": "subject_id"})
    return told[list(CASEWORK["reform_task_facts"])].reset_index(drop=True)


def course_days(row: Mapping[str, Any], today: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A task's plan and progress (row of `task_list`) up to a day or its end, each as the day itself knew it, and what
    was stated.

    Columns of the first: 日期, 哪条 (计划, 实际（当时所知）), 百分比. Of the second: 截至日 and 截至, 记录 (the day it
    was stated on), 百分比, 说明 (当时报告; 事后补报 where it came later after its day than a report usually does).
    """
    course: Course = row["course"]
    last = max(today, course.plan(end_of(today))[-1].day)
    days = pd.date_range(course.start, last, freq="3D").date.tolist()
    days = sorted({*days, *(one.day for one in course.plan(end_of(today))), today if today >= course.start else last})
    lines = [
        {
            "日期": one.isoformat(),
            "哪条": "计划",
            "百分比": course.planned(one, max(end_of(one), end_of(course.issued.date()))),
        }
        for one in days
    ]
    until = min(today, course.ended[0].date()) if course.ended else today
    lines += [
        {"日期": one.isoformat(), "哪条": "实际（当时所知）", "百分比": float(course.actual(one))}
        for one in days
        if one <= until
    ]
    stated = [
        {
            "截至日": one.as_of.isoformat(),
            "截至": one.as_of.isoformat(),
            "记录": f"{one.at:%Y-%m-%d}",
            "百分比": float(one.share),
            "说明": "事后补报" if (one.at.date() - one.as_of).days > limits().late_days else "当时报告",
        }
        for one in course.stated
    ]
    return pd.DataFrame(lines), pd.DataFrame(stated)


def milestones_told(row: Mapping[str, Any], today: date) -> dict[str, list[str]]:
    """The milestones of a task, and whether each was reached, as now known: 节点, 日期, 累计, 情况."""
    course: Course = row["course"]
    known = end_of(today)
    plan = course.plan(known)
    return {
        "节点": [one.name or NONE for one in plan],
        "日期": [day(one.day) for one in plan],
        "累计": [f"{one.share}%" for one in plan],
        "情况": [_reached(course, one, today) for one in plan],
    }


def _reached(course: Course, milestone: Milestone, today: date) -> str:
    known = end_of(today)
    when = min((one.as_of for one in course.stated if one.at <= known and one.share >= milestone.share), default=None)
    if when is not None and course.actual(today, known) >= milestone.share:
        late = (when - milestone.day).days
        return f"{day(when)} 达到" + (f"，迟 {late} 天" if late > 0 else "")
    if milestone.day < today:
        return f"超期 {(today - milestone.day).days} 天"
    return "未到期"
