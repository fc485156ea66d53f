"""Next year's arrangement as it is published: the days that differ, and what follows for all others."""

from datetime import date

from lib.warehouse.store import open_warehouse

ARRANGED = """日期,是否工作日,是否法定节假日
2027-01-01,否,是
2027-02-05,否,是
2027-02-13,是,否
"""


def _days(home) -> dict:
    rows = open_warehouse(home).query("select * from workday order by day_date")
    return {row.day_date.date(): row for row in rows.itertuples(index=False)}


def test_days_between_and_after_are_weekdays_and_weekends_and_workdays_are_counted_anew(load, based):
    load("工作日历.csv", ARRANGED)
    days = _days(based)
    assert max(days) == date(2027, 12, 31)
    assert len(days) == (max(days) - min(days)).days + 1
    assert [bool(days[date(2027, 1, day)].is_workday) for day in (1, 2, 3, 4)] == [False, False, False, True]
    # A Saturday that is worked, by the arrangement.
    assert days[date(2027, 2, 13)].is_workday and date(2027, 2, 13).isoweekday() == 6
    assert days[date(2027, 2, 5)].is_holiday and not days[date(2027, 2, 5)].is_workday
    running = 0
    for day in sorted(days):
        running += bool(days[day].is_workday)
        assert days[day].wd_seq == running, day


def test_a_count_that_the_file_brings_is_not_taken_over(load, based):
    load("工作日历.csv", "日期,是否工作日,是否法定节假日,工作日序号\n2027-01-04,是,否,1\n")
    days = _days(based)
    assert days[date(2027, 1, 4)].wd_seq == days[date(2026, 12, 31)].wd_seq + 2
