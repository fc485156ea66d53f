"""Where tasks of the reform stand: what plain states say, the plan in force, the progress stated last, when done."""

import json
from datetime import datetime

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar, end_of_day
from lib.casework.reading.states import plain
from lib.casework.reform import plan as plans
from lib.casework.reform.course import MILESTONES, Course, course
from lib.casework.reform.states import DONE, IN_HAND
from lib.casework.reform.steps import ISSUE, REFORM_TASK, START

_TEXTS = ("task_id", "title", "org_id", "area_code", "domain_code", "responsible", "goal", MILESTONES)


def standing(table: pd.DataFrame, events: pd.DataFrame, days: Calendar) -> pd.DataFrame:
    """The table with the columns of states.plain, milestones as they were changed last, and course (a
    reform.course.Course), due_on (the last day of the plan), progress and progress_on (what was stated last: per cent,
    and of which day, NaT when nothing was), done_on (NaT unless accepted).

    What is due while it is in hand is the next milestone that the progress does not reach.
    """
    frame = plain(table.astype(dict.fromkeys(_TEXTS, "str")), events, REFORM_TASK, "task_id", (ISSUE.action,), days)
    courses = _courses(table, events)
    never, last = np.datetime64("NaT", "us"), datetime.max
    stated = [one.latest(last.date(), last) for one in courses]
    plan = [one.plan(last) for one in courses]
    ahead = [
        plans.following(held, 0 if one is None else one.share) if state == IN_HAND else None
        for held, one, state in zip(plan, stated, frame["state"], strict=True)
    ]
    due = np.array([never if one is None else one.day for one in ahead], "datetime64[D]")
    own = np.where(frame["state"].eq(IN_HAND), end_of_day(due), frame["due_at"].to_numpy(dtype="datetime64[us]"))
    done = [one.done_on(last) if state == DONE else None for one, state in zip(courses, frame["state"], strict=True)]
    return frame.assign(
        **{
            START: pd.to_datetime(frame[START]).astype("datetime64[us]"),
            MILESTONES: pd.array([plans.written(one) for one in plan], dtype="str"),
        },
        course=pd.Series(courses, index=frame.index, dtype="object"),
        due_on=_days([one[-1].day for one in plan]),
        progress=pd.Series([0 if one is None else one.share for one in stated], index=frame.index, dtype="int64"),
        progress_on=_days([None if one is None else one.as_of for one in stated]),
        done_on=_days(done),
        due_at=own.astype("datetime64[us]"),
    )


def _days(found: list) -> np.ndarray:
    return np.array([np.datetime64("NaT") if one is None else one for one in found], "datetime64[us]")


def _courses(table: pd.DataFrame, events: pd.DataFrame) -> list[Course]:
    own = np.flatnonzero(events["object_type"].eq(REFORM_TASK).to_numpy())
    told: dict[str, list] = {key: [] for key in table["task_id"]}
    columns = (events[name].take(own) for name in ("object_id", "at", "action", "payload"))
    for key, at, action, payload in zip(*columns, strict=True):
        told[key].append((at.to_pydatetime(), action, json.loads(payload)))
    return [
        course(pd.Timestamp(start).date(), milestones, told[key][0][0], told[key])
        for key, start, milestones in zip(table["task_id"], table[START], table[MILESTONES], strict=True)
    ]
