"""What a twin is given: the tables of a city as they were loaded, and its casework."""

from dataclasses import dataclass

import pandas as pd

from lib.casework.reading.snapshot import Snapshot, snapshot
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse


@dataclass(frozen=True)
class Raw:
    """The raw rows of a city. Nothing of it was computed by a mart, a model or an indicator."""

    warehouse: Warehouse
    register: Register

    @property
    def as_of(self) -> pd.Timestamp:
        """The day that counts as today, at midnight."""
        return pd.Timestamp(self.warehouse.as_of)

    @property
    def end(self) -> pd.Timestamp:
        """The midnight after it: what happened before that is known."""
        return self.as_of + pd.Timedelta(days=1)

    @property
    def since(self) -> pd.Timestamp:
        """The first day that any figure shown looks back to: that of the month thirty-five before this one."""
        return self.as_of.replace(day=1) - pd.DateOffset(months=35)

    def table(self, name: str, *columns: str) -> pd.DataFrame:
        """These columns of a dataset or reference table, days as timestamps."""
        frame = self.warehouse.query(f"select {', '.join(columns)} from {name}")
        for column in columns:
            if column.endswith("_date") or column == "day_date":
                frame[column] = pd.to_datetime(frame[column])
        return frame

    @property
    def casework(self) -> Snapshot:
        """All objects and events of the casework."""
        return snapshot(self.register, self.warehouse)

    def workdays(self) -> pd.Series:
        """The running number of workdays by day."""
        frame = self.table("workday", "day_date", "wd_seq")
        return frame.set_index("day_date")["wd_seq"]


def lead_officers(raw: Raw) -> pd.Series:
    """The officer who leads each case today: of those who had taken it the one with the first number."""
    frame = raw.table("case_officer", "case_id", "officer_id", "role_type", "start_at")
    taken = frame["start_at"].isna() | frame["start_at"].lt(raw.end)
    return frame[frame["role_type"].eq("主办") & taken].groupby("case_id")["officer_id"].min()


def unit_on(raw: Raw, officer: pd.Series, day: pd.Series) -> pd.Series:
    """The unit that each officer worked for on each day: by the posting begun last of those that held, else today's."""
    postings = raw.table(
        "officer_posting", "posting_id", "officer_id", "org_id", "use_org_id", "start_date", "end_date"
    )
    postings = postings.assign(unit=postings["use_org_id"].fillna(postings["org_id"]))
    asked = pd.DataFrame({"officer_id": officer, "day": day}).drop_duplicates()
    held = asked.merge(postings, on="officer_id")
    held = held[held["start_date"].le(held["day"]) & ~held["end_date"].lt(held["day"])]
    held = held.sort_values(["start_date", "posting_id"]).groupby(["officer_id", "day"])["unit"].last()
    today = raw.table("officer", "officer_id", "org_id").set_index("officer_id")["org_id"]
    found = pd.MultiIndex.from_arrays([officer, day]).map(held)
    return pd.Series(found, index=officer.index, dtype="object").fillna(officer.map(today))
