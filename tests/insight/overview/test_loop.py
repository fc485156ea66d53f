"""Whom to remind: what is late by whoever signed it, and by county where nobody has."""

import numpy as np
import pandas as pd

from lib.casework.deadlines import Calendar
from lib.insight.due import LATE, OPEN, SOON
from lib.insight.figure import Asked, Casework, rows
from lib.insight.overview.loop import counties_sentence, pressing, situation
from lib.insight.period import period

_COLUMNS = [
    "warning_id",
    "level",
    "handler_id",
    "handler_name",
    "county_name",
    "county_code",
    "area_code",
    "overdue_days",
    "overdue",
    "workdays_left",
]
_ROWS = [
    ("W1", "red", "p1", "甲", "桐乡市", "330483", "330483101", 3.0, True, None),
    ("W2", "yellow", "p1", "甲", "海宁市", "330481", "330481001", 9.0, True, None),
    ("W3", "orange", None, None, "桐乡市", "330483", "330483101", 20.0, True, None),
    ("W4", "orange", None, None, "市本级", None, "330400", 1.0, True, None),
    ("W5", "orange", "p2", "甲", "桐乡市", "330483", "330483101", None, False, 2.0),
    ("W6", "orange", "p2", "甲", "桐乡市", "330483", "330483102", 2.0, True, None),
]


def casework() -> Casework:
    warnings = pd.DataFrame(_ROWS, columns=_COLUMNS)
    warnings["due_group"] = np.select([warnings["overdue"], warnings["workdays_left"].le(3)], [LATE, SOON], OPEN)
    days = Calendar.__new__(Calendar)
    clues = pd.DataFrame({"area_code": []}, dtype="str")
    return Casework(warnings, clues, pd.Index([]), days, pd.Timestamp("2022-09-25").to_pydatetime(), pd.NaT)


def test_the_longest_delay_comes_first_and_names_alike_stay_apart():
    found = pressing(casework())
    assert found[["name", "place", "count", "days", "red"]].values.tolist() == [
        ["尚无人签收", "桐乡市", 1, 20.0, 0],
        ["甲", "", 2, 9.0, 1],
        ["甲", "", 1, 2.0, 0],
        ["尚无人签收", "市本级", 1, 1.0, 0],
    ]


def test_every_line_opens_exactly_what_it_counts():
    found, held = pressing(casework()), casework()
    opened = [set(rows(held, asked)["warning_id"]) for asked in found["asked"]]
    assert opened == [{"W3"}, {"W1", "W2"}, {"W6"}, {"W4"}]


def test_the_first_line_names_the_county_with_most_only_where_one_leads():
    told = situation(casework()).parts
    assert [(part.words, part.number) for part in told] == [("超期", 5), ("桐乡市最重", 3), ("三个工作日内到期", 1)]
    alone = situation(casework().within(county="330483")).parts
    assert [(part.words, part.number) for part in alone] == [("超期", 3), ("三个工作日内到期", 1)]
    assert all(part.asked.cuts[:1] == (("county", "330483"),) for part in alone)


def test_a_reader_of_one_town_is_told_of_that_town():
    columns = ["name", "code", "is_town", "county_name", "county_code", "warnings"]
    towns = pd.DataFrame(
        [("濮院镇", "330483104", True, "桐乡市", "330483", 14), ("乌镇镇", "330483103", True, "桐乡市", "330483", 3)],
        columns=columns,
    )
    asked, year = Asked("generated", "year"), period("year", pd.Timestamp("2022-09-25").date())
    one, both = counties_sentence(towns[:1], asked, year), counties_sentence(towns, asked, year)
    assert one.text == "本年预警濮院镇"
    assert [(part.words, part.number) for part in one.parts] == [("濮院镇", 14)]
    assert one.parts[0].asked.cuts == (("place", "330483104"),)
    assert both.text == "本年预警桐乡市，乡镇中濮院镇居首"
