"""How what is due stands, for every list: on time, due soon, due today, late, stopped; and in words."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar, settings
from lib.insight.wording import NONE, day

LATE, TODAY, SOON, LATER, PAUSED, OPEN = "late", "today", "soon", "later", "paused", "none"
PROVISIONAL = "暂定"


def group_names() -> dict[str, str]:
    """What the groups are called, the most pressing first."""
    soon = settings()["due"]["soon_workdays"]
    return {
        LATE: "超期",
        TODAY: "今天到期",
        SOON: f"{soon} 日内到期",
        LATER: "期限内",
        PAUSED: "暂停计时",
        OPEN: "无期限",
    }


def with_due(frame: pd.DataFrame, at: datetime, days: Calendar) -> pd.DataFrame:
    """The rows (due_at, and where known paused_at and provisional) with how they stand at a moment.

    due_group (of group_names; soon counts workdays after today, as in data/deadlines.yaml); overdue_days (calendar days
    past it, NaN unless late); workdays_left (to the day it is due on, NaN when late or without a deadline); due_words:
    超期 n 天, 今日超期, 今日到期, 剩 n 工作日, 暂停 自 2022-09-20; 暂定 beside what lies past the announced calendar.
    """
    due = pd.to_datetime(frame["due_at"])
    paused = pd.to_datetime(frame["paused_at"]) if "paused_at" in frame else pd.Series(pd.NaT, index=frame.index)
    left = days.between(np.full(len(frame), np.datetime64(at, "us")), due.to_numpy())
    late, today = due.lt(at), due.dt.normalize().eq(pd.Timestamp(at).normalize())
    past = (pd.Timestamp(at).normalize() - due.dt.normalize()).dt.days
    # A day that is no workday has none left, and is still another day than today.
    ahead = np.where(late, np.nan, np.where(today, 0.0, np.maximum(left, 1.0)))
    chosen = [paused.notna(), late, today, ahead <= settings()["due"]["soon_workdays"], due.notna()]
    found = frame.assign(
        due_group=np.select(chosen, [PAUSED, LATE, TODAY, SOON, LATER], OPEN),
        overdue_days=past.where(late).astype("float64"),
        workdays_left=np.where(due.notna(), ahead, np.nan),
    )
    marks = frame["provisional"].eq(True) if "provisional" in frame else pd.Series(False, index=frame.index)
    columns = (found["due_group"], found["overdue_days"], found["workdays_left"], paused, marks)
    return found.assign(
        due_words=pd.Series([_words(*one) for one in zip(*columns, strict=True)], found.index, "object")
    )


def _words(group: str, late: float, left: float, paused: pd.Timestamp, provisional: bool) -> str:
    mark = f"（{PROVISIONAL}）" if provisional else ""
    if group == PAUSED:
        return f"暂停 自 {day(paused)}"
    if group == LATE:
        return f"超期 {late:.0f} 天" if late else "今日超期"
    if group == TODAY:
        return f"今日到期{mark}"
    return NONE if group == OPEN else f"剩 {left:.0f} 工作日{mark}"
