"""Dates in workdays: the calendar of the generation as arrays."""

import duckdb
import numpy as np
import numpy.typing as npt

DAY = np.timedelta64(1, "D")


class WorkCalendar:
    """`workday` as arrays. All functions take and give datetime64[D] arrays."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        rows = con.execute("select * from workday order by day_date").fetchnumpy()
        self.first = rows["day_date"].astype("datetime64[D]")[0]
        self.seq = np.asarray(rows["wd_seq"], dtype="int64")
        self.is_workday = np.asarray(rows["is_workday"], dtype=bool)
        self.is_holiday = np.asarray(rows["is_holiday"], dtype=bool)
        self.days = self.first + np.arange(len(self.seq)) * DAY
        self.workdays = self.days[self.is_workday]

    def position(self, days: npt.ArrayLike) -> np.ndarray:
        return (np.asarray(days, dtype="datetime64[D]") - self.first).astype("int64")

    def wd(self, days: npt.ArrayLike) -> np.ndarray:
        """Running number of the workday, as wd_seq."""
        return self.seq[self.position(days)]

    def at(self, number: npt.ArrayLike) -> np.ndarray:
        """The workday with that running number."""
        return self.workdays[np.asarray(number, dtype="int64") - 1]

    def on_or_before(self, days: npt.ArrayLike) -> np.ndarray:
        return self.at(self.wd(days))

    def add(self, days: npt.ArrayLike, count: npt.ArrayLike) -> np.ndarray:
        """The workday `count` workdays after (or before) each day."""
        return self.at(self.wd(days) + np.asarray(count, dtype="int64"))

    def holidays(self, start: np.datetime64, end: np.datetime64) -> np.ndarray:
        """Statutory holidays within [start, end]."""
        return self._between(self.is_holiday, start, end)

    def weekends(self, start: np.datetime64, end: np.datetime64) -> np.ndarray:
        """Days off that are no statutory holiday, within [start, end]."""
        return self._between(~self.is_workday & ~self.is_holiday, start, end)

    def _between(self, mask: np.ndarray, start: np.datetime64, end: np.datetime64) -> np.ndarray:
        return self.days[mask & (self.days >= start) & (self.days <= end)]


def clock(days: npt.ArrayLike, hours: npt.ArrayLike, minutes: npt.ArrayLike) -> np.ndarray:
    """datetime64[us] of the days at a time of day."""
    day = np.asarray(days, dtype="datetime64[D]").astype("datetime64[us]")
    passed = (np.asarray(hours, dtype="int64") * 60 + np.asarray(minutes, dtype="int64")) * 60_000_000
    return day + passed.astype("timedelta64[us]")
