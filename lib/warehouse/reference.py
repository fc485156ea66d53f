"""Reference tables that come with the code: the area list and the work calendar."""

from datetime import date, timedelta
from functools import cache

import chinese_calendar
import duckdb
import pandas as pd

from lib.catalog.dataset import ROOT

CITY = "330400"
FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2026, 12, 31)


def areas() -> pd.DataFrame:
    """area_code, area_name, parent_code, level (市 县 镇街): the city, its 7 counties and 72 towns."""
    towns = pd.read_csv(ROOT / "data" / "towns.csv", dtype=str)
    counties = towns[["county_code", "county_name"]].drop_duplicates()
    return pd.DataFrame(
        [(CITY, "嘉兴市", None, "市")]
        + [(*county, CITY, "县") for county in counties.itertuples(index=False)]
        + [(*town, "镇街") for town in towns[["code", "name", "county_code"]].itertuples(index=False)],
        columns=["area_code", "area_name", "parent_code", "level"],
    )


@cache
def workdays() -> pd.DataFrame:
    """day_date, is_workday, is_holiday, wd_seq from 2019 to 2026, with the State Council's shifted days (调休).

    is_holiday is a statutory holiday, not a plain weekend; wd_seq counts workdays up to and including the day.
    One frame for all callers, who read it.
    """
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    frame = pd.DataFrame({"day_date": days})
    frame["is_workday"] = [chinese_calendar.is_workday(day) for day in days]
    frame["is_holiday"] = [
        chinese_calendar.get_holiday_detail(day)[1] is not None and not work
        for day, work in zip(days, frame["is_workday"], strict=True)
    ]
    frame["wd_seq"] = frame["is_workday"].cumsum().astype("int32")
    return frame


_FILLED = """
insert into workday by name
with days as (
    select unnest(generate_series(first_day, last_day, interval 1 day))::date as day_date
    from (select min(day_date) as first_day, make_date(year(max(day_date)), 12, 31) as last_day from workday)
)
select day_date, isodow(day_date) <= 5 as is_workday, false as is_holiday, 0 as wd_seq
from days
anti join workday using (day_date)
"""
_COUNTED = """
update workday set wd_seq = counted.running
from (select day_date, sum(is_workday::integer) over (order by day_date) as running from workday) as counted
where workday.day_date = counted.day_date and workday.wd_seq is distinct from counted.running
"""


def complete_calendar(con: duckdb.DuckDBPyConnection) -> None:
    """After days were loaded: those that lie between or in the rest of the last year, which an arrangement leaves out,
    are plain weekdays and weekends; workdays are counted anew."""
    con.execute(_FILLED)
    con.execute(_COUNTED)


def fill_reference(con: duckdb.DuckDBPyConnection) -> None:
    """Replace the rows of `area` and `workday` in an open, writable generation."""
    for table, frame in (("area", areas()), ("workday", workdays())):
        con.register("reference_rows", frame)
        con.execute(f"delete from {table}")
        con.execute(f"insert into {table} by name select * from reference_rows")
        con.unregister("reference_rows")
