"""The calendar beside an item: the days as the rules count them."""

from datetime import date
from pathlib import Path

import pandas as pd

from lib.insight.training.shown import counts_workdays, dates_in, span
from lib.rules import read_rules
from lib.warehouse.store import open_warehouse


def test_the_days_around_a_holiday_are_counted_from_the_next_one_on(small_city: Path) -> None:
    found = span(open_warehouse(small_city), date(2022, 9, 28), date(2022, 10, 12))
    # 29 and 30 September; 8 and 9 October, a weekend that is worked; 10, 11 and 12.
    assert found.workdays == 7 and len(found.days) == 15
    assert [one.day.day for one in found.days if one.holiday] == [1, 2, 3, 4, 5, 6, 7]
    assert all(one.works for one in found.days if one.day in (date(2022, 10, 8), date(2022, 10, 9)))
    assert span(open_warehouse(small_city), date(2022, 9, 28), date(2022, 9, 28)).workdays == 0


def test_the_calendar_stands_beside_the_models_whose_deadlines_count_workdays() -> None:
    assert {rule.id for rule in read_rules().values() if counts_workdays(rule)} >= {"M04", "M13", "M14", "M15"}
    assert not counts_workdays(read_rules()["M18"])


def test_the_days_of_an_item_are_those_of_all_its_tables() -> None:
    tables = {
        "案件": pd.DataFrame({"立案": pd.to_datetime(["2022-01-05"]), "金额": [3.0]}),
        "节点": pd.DataFrame({"时间": pd.to_datetime(["2022-01-04 09:00", None, "2022-01-05 10:00"])}),
    }
    assert dates_in(tables) == [date(2022, 1, 4), date(2022, 1, 5)]
