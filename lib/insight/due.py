"""How what is due stands, for every list: on time, due soon, due today, late, stopped; and in words."""

from datetime import datetime

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar, settings
from lib.insight.wording import NONE, day

LATE, TODAY, SOON, LATER, PAUSED, OPEN = "late", "today", "soon", "later", "paused", "none"
PROVISIONAL, EXTENDED, ASKED = "暂定", "延期", "申请延期"


def group_names() -> dict[str, str]:
    """What the groups are called, the most pressing first."""
    soon = settings()["due"]["soon_workdays"]
    return {
        LATE: "超期",
        TODAY: "今天到期",
        SOON: f"剩 1–{soon} 工作日",
        LATER: "期限内",
        PAUSED: "暂停计时",
        OPEN: "无期限",
    }


def with_due(frame: pd.DataFrame, at: datetime, days: Calendar) -> pd.DataFrame:
    """How the rows stand at a moment (due_at, and where known paused_at, extended, asked_more and provisional).

    due_group (of group_names; soon counts workdays after today, as in data/deadlines.yaml); overdue (it is late);
    overdue_days (calendar days past it, NaN unless late); workdays_left (to the day it is due on, NaN when late or
    without a deadline); due_words: 超期 n 天, 今日超期, 今日到期, 剩 n 工作日, 暂停 自 2022-09-20, beside it 延期 for
    what was given more time, 申请延期 where that was applied for, and 暂定 for what lies past the announced calendar;
    timing: the day and the same words.
    """
    due = pd.to_datetime(frame["due_at"])
    paused = pd.to_datetime(frame["paused_at"]) if "paused_at" in frame else pd.Series(pd.NaT, index=frame.index)
    late = due.lt(at)
    past = (pd.Timestamp(at).normalize() - due.dt.normalize()).dt.days
    left = workdays_left(due, at, days)
    soon = settings()["due"]["soon_workdays"]
    chosen = [paused.notna(), late, left.eq(0), left.le(soon), due.notna()]
    found = frame.assign(
        due_group=np.select(chosen, [PAUSED, LATE, TODAY, SOON, LATER], OPEN),
        overdue=late & paused.isna(),
        overdue_days=past.where(late).astype("float64"),
        workdays_left=left,
    )
    # Most of a long list has ended: only what has a deadline is put into words.
    running = np.flatnonzero(due.notna() | paused.notna())
    words, told = (np.full(len(frame), NONE, dtype="object") for _ in range(2))
    marks, part = _marks(frame), found.iloc[running]
    columns = (part["due_group"], part["overdue_days"], part["workdays_left"], due.iloc[running], paused.iloc[running])
    for place, group, days_late, days_left, moment, since in zip(running, *columns, strict=True):
        if group == PAUSED:
            words[place] = told[place] = f"暂停 自 {day(since)}"
            continue
        words[place] = told[place] = left_words(days_late, days_left) + marks.get(place, "")
        if group != LATE:
            told[place] = f"{day(moment)}，{words[place]}"
    return found.assign(due_words=pd.Series(words, found.index), timing=pd.Series(told, found.index))


def workdays_left(due: pd.Series, at: datetime, days: Calendar) -> pd.Series:
    """Workdays from a moment to the day of each deadline: 0 on the day itself, NaN when it is past or there is none."""
    left = days.between(np.full(len(due), np.datetime64(at, "us")), due.to_numpy())
    today = due.dt.normalize().eq(pd.Timestamp(at).normalize())
    # A day that is no workday has none left, and is still another day than today.
    ahead = pd.Series(np.where(today, 0.0, np.maximum(left, 1.0)), index=due.index)
    return ahead.where(due.ge(at))


def left_words(late: float, left: float) -> str:
    """How a deadline that runs stands: 超期 n 天, 今日超期, 今日到期, 剩 n 工作日; a dash where none runs."""
    if not np.isnan(late):
        return f"超期 {late:.0f} 天" if late else "今日超期"
    if np.isnan(left):
        return NONE
    return f"剩 {left:.0f} 工作日" if left else "今日到期"


def most_pressing(frame: pd.DataFrame, key: str, done: pd.Series) -> pd.DataFrame:
    """The rows as every list stands: what is late, then by deadline, what is `done` last; the newest first among
    those that are alike (last_seq), by number (`key`) where that is the same."""
    order = pd.DataFrame(
        {
            "done": done,
            "early": ~frame["overdue"],
            "due": frame["due_at"].where(~done),
            "old": -frame["last_seq"],
            "key": frame[key],
        }
    )
    order = order.sort_values(list(order), kind="stable", na_position="last")
    return frame.loc[order.index].reset_index(drop=True)


def of_group(frame: pd.DataFrame, group: str) -> pd.DataFrame:
    """The rows of a group; all of them without one."""
    return frame[frame["due_group"].eq(group)] if group else frame


def group_counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many rows each group has, the most pressing first; those without any left out."""
    held = frame["due_group"].value_counts()
    return {group: int(held[group]) for group in group_names() if group in held}


def _marks(frame: pd.DataFrame) -> dict[int, str]:
    """What stands beside the words of the rows, by their place."""
    told: dict[int, list[str]] = {}
    flags = {EXTENDED: frame["extended"].gt(0)} if "extended" in frame else {}
    if "asked_more" in frame:
        flags[ASKED] = frame["asked_more"].gt(0)
    if "provisional" in frame:
        flags[PROVISIONAL] = frame["provisional"].eq(True)
    for word, holds in flags.items():
        for place in np.flatnonzero(holds.to_numpy()):
            told.setdefault(int(place), []).append(word)
    return {place: f"（{'，'.join(words)}）" for place, words in told.items()}
