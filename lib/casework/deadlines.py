"""When a warning must be signed and verified, in hours and workdays; the settings are data/deadlines.yaml."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
import pandas as pd

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.rules.levels import LEVELS, NAMES, level_name
from lib.warehouse.reference import workdays
from lib.warehouse.store import Warehouse

_LAST_SECOND = np.timedelta64(86_399, "s")
_BEYOND_DAYS = 800


@lru_cache(maxsize=1)
def settings() -> dict:
    """The content of data/deadlines.yaml: limits by level, the clue's opinion month, who may review."""
    return yamltext.parse((ROOT / "data" / "deadlines.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Calendar:
    """Workdays as arrays: consecutive days and the running count of workdays up to and including each.

    known: the last day whose workdays have been announced; what lies beyond counts Monday to Friday and is 暂定.
    """

    first: np.datetime64
    sequence: np.ndarray
    known: np.datetime64

    def after(self, start: np.ndarray, count: np.ndarray | int) -> np.ndarray:
        """The day (datetime64[D]) that is `count` workdays after each start day; NaT where start is NaT."""
        day = np.asarray(start, dtype="datetime64[D]")
        empty = np.isnat(day)
        index = np.where(empty, 0, (day - self.first).astype("int64")).clip(0, len(self.sequence) - 1)
        target = np.searchsorted(self.sequence, self.sequence[index] + count, side="left")
        found = self.first + target.astype("timedelta64[D]")
        return np.where(empty, np.datetime64("NaT", "D"), found)

    def between(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Workdays from each start day to each end day, wd_seq(end) - wd_seq(start); NaN where one is missing."""
        days = [np.asarray(side, dtype="datetime64[D]") for side in (start, end)]
        empty = np.isnat(days[0]) | np.isnat(days[1])
        first, last = (
            self.sequence[np.where(empty, 0, (day - self.first).astype("int64")).clip(0, len(self.sequence) - 1)]
            for day in days
        )
        return np.where(empty, np.nan, last - first)

    def until(self, known: np.datetime64) -> "Calendar":
        """The calendar as it was when the days after `known` had not been announced."""
        count = int((known - self.first).astype("int64")) + 1
        return _announced(self.first, self.sequence[:count])


def _announced(first: np.datetime64, sequence: np.ndarray) -> Calendar:
    """The days announced, and after them Monday to Friday: the State Council publishes one year at a time."""
    last = first + np.timedelta64(len(sequence) - 1, "D")
    beyond = last + np.arange(1, _BEYOND_DAYS + 1)
    running = np.concatenate([sequence, sequence[-1] + np.cumsum(np.is_busday(beyond))])
    return Calendar(first, running, last)


def _calendar(frame: pd.DataFrame) -> Calendar:
    frame = frame.sort_values("day_date")
    days = frame["day_date"].to_numpy().astype("datetime64[D]")
    sequence = frame["wd_seq"].to_numpy(dtype="int64")
    return _announced(days[0], sequence)


@lru_cache(maxsize=1)
def _own_calendar() -> Calendar:
    return _calendar(workdays())


@lru_cache(maxsize=4)
def _calendar_of(warehouse: Warehouse) -> Calendar:
    frame = warehouse.query("select day_date, wd_seq from workday order by day_date")
    return _calendar(frame) if len(frame) else _own_calendar()


def calendar(warehouse: Warehouse | None = None) -> Calendar:
    """The calendar of the warehouse's `workday` table, or the one that comes with the code."""
    return _own_calendar() if warehouse is None else _calendar_of(warehouse)


def end_of_day(days: np.ndarray) -> np.ndarray:
    """The last second of each day: until then what is due in workdays may be done."""
    return days.astype("datetime64[us]") + _LAST_SECOND


def due_times(days: Calendar, since: pd.Series, level: pd.Series) -> pd.DataFrame:
    """sign_due_at and verify_due_at for times `since` which a warning has its level.

    Limits in workdays end with the last second of the day; limits in hours run by the clock.
    """
    limits = settings()["warning"]
    start = since.to_numpy().astype("datetime64[us]")
    sign = np.full(len(start), np.datetime64("NaT", "us"))
    verify = sign.copy()
    for name in NAMES:
        chosen = level.eq(name).to_numpy()
        limit = limits[name]
        verify[chosen] = end_of_day(days.after(start[chosen], limit["verify_workdays"]))
        if "sign_hours" in limit:
            sign[chosen] = start[chosen] + np.timedelta64(limit["sign_hours"], "h")
        else:
            sign[chosen] = end_of_day(days.after(start[chosen], limit["sign_workdays"]))
    return pd.DataFrame({"sign_due_at": sign, "verify_due_at": verify}, index=since.index)


def opinion_due(received_at: datetime) -> datetime:
    """Until when a clue's handling opinion is due: the end of the day a month on (监督执纪工作规则, 待核)."""
    years, month = divmod(received_at.month - 1 + settings()["clue"]["opinion_months"], 12)
    year = received_at.year + years
    day = min(received_at.day, monthrange(year, month + 1)[1])
    return received_at.replace(year=year, month=month + 1, day=day, hour=23, minute=59, second=59, microsecond=0)


_COUNTED = "零一两三四五六七八九十"


def _counted(number: int) -> str:
    """一, 两 … 十, then figures."""
    return _COUNTED[number] if 0 <= number < len(_COUNTED) else str(number)


def signing(level: str) -> str:
    """Within what time a warning of a level is signed, in words: 24小时, 2个工作日."""
    limit = settings()["warning"][level]
    return f"{limit['sign_hours']}小时" if "sign_hours" in limit else f"{limit['sign_workdays']}个工作日"


def signing_units() -> str:
    """What the time for signing is counted in: 红色按小时，其余按工作日."""
    limits = settings()["warning"]
    hourly = [level_name(level) for level in LEVELS if "sign_hours" in limits[level]]
    if len(hourly) in (0, len(LEVELS)):
        return "按小时" if hourly else "按工作日"
    return f"{'、'.join(hourly)}按小时，其余按工作日"


def verifying() -> str:
    """Within how many workdays warnings are verified, by level: 红5、橙10、黄15个工作日."""
    limits = settings()["warning"]
    return "、".join(f"{name}{limits[level]['verify_workdays']}" for level, name in LEVELS.items()) + "个工作日"


def soon() -> str:
    """What counts as due soon: 三个工作日内."""
    return f"{_counted(settings()['due']['soon_workdays'])}个工作日内"


def opinion() -> str:
    """Within what time of its receipt a clue's handling opinion is due: 一个月."""
    return f"{_counted(settings()['clue']['opinion_months'])}个月"
