"""The steps of a clean case, on workdays and in the order the law asks for (处罚法 42, 44, 57, 58, 63)."""

from typing import TypeAlias

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import clock
from lib.warehouse.demo.plants.tiers import HEARING

ON_SITE = ("调查取证", "先行登记保存", "查封扣押", "强制执行")
WITHDRAWN = ("撤案", "不予处罚")
_PEOPLE = ("officer_id", "officer2_id", "reviewer_id", "approver_id")
STRICT_TYPES = frozenset({"吊销许可证件", "责令停产停业", "降低资质等级", "责令关闭", "限制从业"})


# A frame of cases, or its columns as arrays.
Case: TypeAlias = "pd.DataFrame | dict[str, np.ndarray]"


def is_major(case: Case) -> np.ndarray:
    """Cases that need collective discussion, hearing notice and legal review: high fine or a strict penalty type."""
    threshold = np.array([float(HEARING[kind]) for kind in case["party_type"]])
    strict = np.array([bool(STRICT_TYPES & set(types)) for types in case["penalty_types"]], dtype=np.bool_)
    return (np.asarray(case["fine_amt"]).astype(np.float64) >= 0.98 * threshold) | strict


class Steps:
    """Collects events of a batch of cases as arrays: (row of the case, type, moment, operator, approver)."""

    def __init__(self, rng: np.random.Generator, case: Case) -> None:
        self.rng = rng
        self.people = {column: np.asarray(case[column]) for column in _PEOPLE}
        self.keys, self.areas = np.asarray(case["case_id"]), np.asarray(case["area_code"])
        self.everyone = np.ones(len(self.keys), dtype=bool)
        self.parts: list[tuple[np.ndarray, ...]] = []

    def add(
        self,
        kind: str,
        days: np.ndarray,
        hour: int,
        *,
        operator: str = "officer_id",
        approver: str | None = None,
        where: np.ndarray | None = None,
    ) -> None:
        """One event per case (of `where`) at a minute within the hour, entered the same day."""
        rows = np.flatnonzero(self.everyone if where is None else where)
        if not len(rows):
            return
        happened = clock(days[rows], hour, self.rng.integers(1, 59, len(rows)))
        entered = happened + self.rng.integers(20, 240, len(rows)).astype("timedelta64[m]")
        nobody = np.full(len(rows), None, dtype=object)
        approved = nobody if approver is None else self.people[approver][rows]
        kinds = np.full(len(rows), kind, dtype=object)
        self.parts.append((rows, kinds, happened, entered, self.people[operator][rows], approved))

    def frame(self, city: City) -> pd.DataFrame:
        """case_event rows up to the city's day, ordered by case and moment."""
        empty = (np.empty(0, dtype="int64"), *(np.empty(0, dtype=kind) for kind in ("O", "M8[us]", "M8[us]", "O", "O")))
        columns = [np.concatenate(values) for values in zip(*(self.parts or [empty]), strict=True)]
        today = city.window.end.astype("M8[us]")
        columns[3] = np.minimum(columns[3], today - np.timedelta64(1, "m"))
        order = np.lexsort((columns[2], columns[0]))
        order = order[columns[2][order] < today]
        rows, kinds, happened, entered, operators, approvers = (values[order] for values in columns)
        return pd.DataFrame(
            {
                "event_id": city.edits.take("case_event", len(rows)),
                "case_id": self.keys[rows],
                "event_type": kinds,
                "event_at": happened,
                "operator_id": operators,
                "approver_id": approvers,
                "entered_at": entered,
                "area_code": self.areas[rows],
            }
        )


def events(city: City, rng: np.random.Generator, case: Case) -> pd.DataFrame:
    """case_event rows of the cases: event_id, case_id, event_type, event_at, operator_id, approver_id, entered_at."""
    steps = Steps(rng, case)
    summary = np.asarray(case["procedure_type"]) == "简易"
    if summary.any():
        _summary(city, steps, case)
    else:
        _ordinary(city, steps, case)
    return steps.frame(city)


def _ordinary(city: City, steps: Steps, case: Case) -> None:
    """From filing to closing; an undecided case stops after the investigation is concluded."""
    calendar, count, rng = city.calendar, len(steps.keys), steps.rng
    filed = np.asarray(case["filed_date"]).astype("datetime64[D]")
    decided = np.asarray(case["decision_date"]).astype("datetime64[D]")
    done = ~np.isnat(decided)
    first = calendar.wd(filed)
    length = np.where(done, calendar.wd(np.where(done, decided, filed)) - first, 16)
    survey = first + 1 + rng.integers(0, 2, count)
    for _ in range(3):
        days = calendar.at(survey)
        first_away, second_away = (city.attendance.absent(steps.people[who], days) for who in _PEOPLE[:2])
        survey += first_away | second_away
    concluded, reviewed = first + (0.45 * length).astype(int), first + (0.5 * length).astype(int)
    told, last = calendar.at(first + length - 6), first + length
    result = np.asarray(case["result_type"])
    punished, withdrawn = done & (result == "处罚"), done & np.isin(result, WITHDRAWN)
    major = done & is_major(case)
    closed = np.asarray(case["closed_date"]).astype("datetime64[D]")
    steps.add("立案", filed, 9, approver="approver_id")
    steps.add("调查取证", calendar.at(survey), 14)
    steps.add("调查终结", calendar.at(concluded), 15)
    steps.add("法制审核", calendar.at(reviewed), 16, operator="reviewer_id", where=punished)
    steps.add("事先告知", told, 15, where=punished)
    steps.add("听证告知", told, 16, where=major)
    steps.add("集体讨论", calendar.at(last - 1), 10, operator="approver_id", where=major)
    steps.add("撤案审批", calendar.at(last), 10, approver="approver_id", where=withdrawn)
    steps.add("决定", decided, 14, approver="approver_id", where=done)
    steps.add("送达", calendar.at(last + rng.integers(1, 4, count)), 10, where=punished)
    steps.add("复查", calendar.at(last + rng.integers(7, 15, count)), 9, operator="officer2_id", where=punished)
    steps.add("结案", closed, 16, where=~np.isnat(closed))


def _summary(city: City, steps: Steps, case: Case) -> None:
    """简易程序: everything on the spot."""
    day = np.asarray(case["decision_date"]).astype("datetime64[D]")
    closed = np.asarray(case["closed_date"]).astype("datetime64[D]")
    steps.add("立案", day, 9, approver="approver_id")
    steps.add("调查取证", day, 10)
    steps.add("决定", day, 11, approver="approver_id")
    steps.add("送达", day, 12)
    steps.add("复查", city.calendar.add(day, steps.rng.integers(5, 12, len(day))), 9, operator="officer2_id")
    steps.add("结案", closed, 16, where=~np.isnat(closed))


def clips(city: City, rng: np.random.Generator, event: pd.DataFrame) -> pd.DataFrame:
    """A body camera clip around every on-site event, by its operator."""
    shot = event[event["event_type"].isin(ON_SITE)]
    count = len(shot)
    started = shot["event_at"].to_numpy() - rng.integers(1, 5, count).astype("timedelta64[m]")
    ended = shot["event_at"].to_numpy() + rng.integers(12, 40, count).astype("timedelta64[m]")
    return pd.DataFrame(
        {
            "clip_id": city.edits.take("body_camera_log", count),
            "officer_id": shot["operator_id"].to_numpy(),
            "device_no": [f"DSJ{int(officer[1:]) * 7 % 100_000:06d}" for officer in shot["operator_id"]],
            "started_at": started,
            "ended_at": ended,
            "uploaded_at": ended + np.timedelta64(3, "h"),
            "related_no": shot["case_id"].to_numpy(),
            "area_code": shot["area_code"].to_numpy(),
        }
    )
