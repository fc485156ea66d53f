"""Who was absent on which day: the attendance sheet as sorted numbers."""

import duckdb
import numpy as np

_SHEET = """
select officer_id, day_date, status_type in ('休假', '病假', '轮休', '旷工') as is_absent from attendance
"""
_DUTIES = """
with duty as (
    select operator_id as officer_id, event_at as moment from case_event
    union all select officer_id, started_at from inspection_record
    union all select officer2_id, started_at from inspection_record
    union all select officer_id, assigned_at from grid_dispatch
    union all select officer_id, finished_at from grid_dispatch
)

select distinct officer_id, cast(moment as date) as day from duty
where moment is not null and officer_id in (select unnest($officers))
order by all
"""
_SPAN = 1_000_000


class Attendance:
    """Answers for arrays of officers and days."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        ids = con.execute("select officer_id from officer order by 1").fetchnumpy()["officer_id"]
        self._codes = {officer: number for number, officer in enumerate(ids.tolist(), start=1)}
        rows = con.execute(_SHEET).fetchnumpy()
        keys = self._keys(rows["officer_id"], rows["day_date"])
        absent = np.asarray(rows["is_absent"], dtype=bool)
        self._known, self._absent = np.sort(keys), np.sort(keys[absent])

    def _keys(self, officers: np.ndarray, days: np.ndarray) -> np.ndarray:
        codes = np.array([self._codes.get(officer, 0) for officer in officers], dtype="int64")
        return codes * _SPAN + np.asarray(days).astype("datetime64[D]").astype("int64")

    def known(self, officers: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Whether the sheet has a row for each officer and day."""
        return _within(self._keys(officers, days), self._known)

    def absent(self, officers: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Whether each officer is on leave, ill or off on that day."""
        return _within(self._keys(officers, days), self._absent)


def _within(keys: np.ndarray, among: np.ndarray) -> np.ndarray:
    if not len(among):
        return np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return among[at] == keys


def busy_days(con: duckdb.DuckDBPyConnection, officers: list[str]) -> dict[str, set[np.datetime64]]:
    """Days on which the officers had a step of a case, an inspection or a dispatch."""
    rows = con.execute(_DUTIES, {"officers": officers}).fetchnumpy()
    found: dict[str, set[np.datetime64]] = {}
    for officer, day in zip(rows["officer_id"], rows["day"].astype("datetime64[D]"), strict=True):
        found.setdefault(officer, set()).add(day)
    return found
