"""The figures of the indicators: the same as worked out one by one from the raw rows, within the scope, a word where
there are no data."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.access.personas import personas
from lib.casework.store.register import Register, open_register
from lib.insight.library.indicator_rows import days_of, rows_behind, sources_behind
from lib.insight.library.indicators import ALL, COUNTY, HIDDEN, TOWN, UNIT, indicator_table, light, standings
from lib.rules.indicators import MET, UNMET, WHOLE, read_indicators
from lib.warehouse.store import Warehouse, open_warehouse
from tests.insight.library.plain import plain
from tests.insight.library.raw import Raw
from tests.insight.library.test_twins import twin_rows

INDICATORS = read_indicators()
PEOPLE = {one.role: one for one in personas(True)}
LEADER = PEOPLE["leader"]
FIGURES = {
    "value": ("value", "met", "n"),
    "before": ("before",),
    "year": ("year_value", "year_met", "year_n"),
    "year_before": ("year_before",),
}


@pytest.fixture(scope="module")
def city(small_city: Path) -> tuple[Register, Warehouse]:
    return open_register(small_city), open_warehouse(small_city)


@pytest.fixture(scope="module")
def table(city: tuple[Register, Warehouse]) -> pd.DataFrame:
    return indicator_table(*city, LEADER)


@pytest.mark.parametrize("counties", [1, pytest.param(8, marks=pytest.mark.scale)])
@pytest.mark.parametrize("indicator_id", INDICATORS)
def test_every_month_and_county_is_what_the_raw_rows_say(
    city: tuple[Register, Warehouse], table: pd.DataFrame, indicator_id: str, counties: int
) -> None:
    """Of the whole city, and of the county with most or of all: another county is another cut of the same rows."""
    own = table[table["indicator_id"].eq(indicator_id) & table["level"].isin([ALL, COUNTY])]
    assert own.groupby("level", observed=True).size().to_dict() == {ALL: 25, COUNTY: 25 * 8}
    most = own[own["level"].eq(COUNTY)].groupby("code")["n"].sum().nlargest(counties).index
    own = own[own["level"].eq(ALL) | own["code"].isin(most)]
    rows = twin_rows(Raw(city[1], city[0]), INDICATORS[indicator_id])
    assert compare(rows, own, city[1].as_of, FIGURES) > 0


def compare(rows: pd.DataFrame, cells: pd.DataFrame, as_of: date, figures: Mapping[str, tuple[str, ...]]) -> int:
    """Every cell of one indicator's table against the rows of its twin, to the last digit; how many have a value."""
    indicator = INDICATORS[str(cells["indicator_id"].iloc[0])]
    areas, told = rows["area"].astype("str"), 0
    for code, own in cells.groupby("code"):
        here = rows if code == "" else rows[areas.str.startswith(str(code)) & rows["area"].notna()]
        for cell in own.to_dict("records"):
            for figure, (value, *counts) in figures.items():
                if (figure.startswith("year") and indicator.period != "month") or cell["word"] not in ("", "—"):
                    continue
                if pd.isna(cell[value]) and "before" in figure and _beyond(cell["month"], figure, indicator.period):
                    continue
                wanted = plain(indicator, here, cell["month"], as_of, figure)
                assert (None if pd.isna(cell[value]) else cell[value]) == wanted.value, (code, cell["month"], figure)
                assert [cell[name] for name in counts] == [wanted.met, wanted.n][: len(counts)]
                told += wanted.value is not None
    return told


def _beyond(month: pd.Timestamp, figure: str, period: str) -> bool:
    """Whether a year before a month lies before everything that is looked at."""
    first = pd.Timestamp("2019-10-01")
    ago = month - pd.DateOffset(years=1)
    back = ago.replace(month=1) if figure == "year_before" else ago
    if period == "rolling_year":
        return back - pd.DateOffset(months=11) < pd.Timestamp("2020-09-01")
    return back < (pd.Timestamp("2020-09-01") if period == "stock" else first)


@pytest.mark.parametrize("indicator_id", INDICATORS)
def test_every_figure_opens_the_rows_it_counts(
    city: tuple[Register, Warehouse], table: pd.DataFrame, indicator_id: str
) -> None:
    register, warehouse = city
    indicator = INDICATORS[indicator_id]
    own = table[table["indicator_id"].eq(indicator_id)]
    for level, figure, widest in ((ALL, "month", -1), (COUNTY, "year", -1), (TOWN, "month", 0), (UNIT, "month", 0)):
        prefix = "year_" if figure == "year" and indicator.period == "month" else ""
        figure = "year" if prefix else "month"
        cells = own[own["level"].eq(level) & own[f"{prefix}n"].gt(0)].sort_values([f"{prefix}n", "month", "code"])
        if cells.empty:
            continue
        cell = cells.iloc[widest]
        asked = (register, warehouse, LEADER, indicator_id, cell["month"].date(), level, cell["code"])
        met, whole = (rows_behind(*asked, part, figure) for part in (MET, WHOLE))
        assert (met.total, whole.total) == (cell[f"{prefix}met"], cell[f"{prefix}n"]), cell
        assert len(whole.rows) == min(whole.total, 500)
        first, last = days_of(indicator, cell["month"].date(), warehouse.as_of, figure)
        if "occurred_on" in whole.rows and indicator.period != "stock":
            assert pd.to_datetime(whole.rows["occurred_on"]).between(str(first), str(last)).all()
        if level == ALL and indicator.measure == "share":
            unmet = rows_behind(*asked, UNMET, figure)
            assert met.total + unmet.total == whole.total
            assert met.rows["met"].all() and not unmet.rows["met"].any()
        if level == TOWN and "subject_id" in met.rows and len(met.rows):
            found = sources_behind(register, warehouse, LEADER, indicator_id, met.rows["subject_id"].iloc[0])
            assert [title for title, _ in found] == [one.title for one in indicator.sources]
            assert len(found[0][1].rows) > 0


def _same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Same figures, whatever the level and the code are called."""
    columns = [name for name in left if name not in ("level", "code")]
    key = ["indicator_id", "month"]
    pd.testing.assert_frame_equal(
        left.sort_values(key)[columns].reset_index(drop=True),
        right.sort_values(key)[columns].reset_index(drop=True),
        check_categorical=False,
    )


def test_a_county_sees_its_own_figures_and_no_others(city: tuple[Register, Warehouse], table: pd.DataFrame) -> None:
    found = indicator_table(*city, PEOPLE["county"])
    assert set(found.loc[found["level"].eq(COUNTY), "code"]) == {"330483"}
    assert found.loc[found["level"].eq(TOWN), "code"].str.startswith("330483").all()
    # A transfer of the city's own items is the city's alone; notices, motions and tasks are the county's too.
    county = table[table["level"].eq(COUNTY) & table["code"].eq("330483")]
    _same(found[found["level"].eq(ALL)], county)
    town = indicator_table(*city, PEOPLE["town"])
    own = table[table["level"].eq(TOWN) & table["code"].eq("330483101")]
    seen = [one for one, standing in standings(*city, PEOPLE["town"]).items() if standing.word != HIDDEN]
    _same(town[town["level"].eq(ALL) & town["indicator_id"].isin(seen)], own[own["indicator_id"].isin(seen)])


def test_an_inspector_sees_the_bodies_of_the_list(city: tuple[Register, Warehouse]) -> None:
    register, warehouse = city
    viewer = PEOPLE["inspector"]
    found = indicator_table(*city, viewer)
    domains = warehouse.query("select org_id, domain_code from org").set_index("org_id")["domain_code"]
    units = found.loc[found["level"].eq(UNIT), "code"].unique()
    assert len(units) > 0 and set(domains.reindex(units)) <= set(viewer.domains or ())
    rows = twin_rows(Raw(warehouse, register), INDICATORS["I02"])
    rows = rows[rows["org"].map(domains).isin(viewer.domains)]
    cells = found[found["indicator_id"].eq("I02") & found["level"].eq(ALL)]
    for cell in cells.to_dict("records"):
        assert cell["n"] == plain(INDICATORS["I02"], rows, cell["month"], warehouse.as_of).n


def test_nobody_counts_what_concerns_the_own_number(city: tuple[Register, Warehouse], table: pd.DataFrame) -> None:
    register, warehouse = city
    behind = rows_behind(register, warehouse, LEADER, "I16", date(2022, 8, 1), ALL, "", WHOLE, most=100_000)
    officer = behind.rows["officer_id"].dropna().mode()[0]
    about = int(behind.rows["officer_id"].eq(officer).sum())
    viewer = Viewer("self", "某", "leader", officer_id=officer)
    found = indicator_table(register, warehouse, viewer)
    cell = found[found["indicator_id"].eq("I16") & found["level"].eq(ALL) & found["month"].eq("2022-08-01")].iloc[0]
    assert cell["n"] == behind.total - about
    seen = rows_behind(register, warehouse, viewer, "I16", date(2022, 8, 1), ALL, "", WHOLE, most=100_000)
    assert seen.total == cell["n"] and officer not in set(seen.rows["officer_id"])
    own = behind.rows.loc[behind.rows["officer_id"].eq(officer), "subject_id"].iloc[0]
    with pytest.raises(NotVisible):
        sources_behind(register, warehouse, viewer, "I16", own)


def test_rows_outside_the_scope_are_not_opened(city: tuple[Register, Warehouse]) -> None:
    register, warehouse = city
    behind = rows_behind(register, warehouse, LEADER, "I02", date(2022, 7, 1), COUNTY, "330402", WHOLE)
    assert behind.total > 0
    hidden = rows_behind(register, warehouse, PEOPLE["county"], "I02", date(2022, 7, 1), COUNTY, "330402", WHOLE)
    assert hidden.total == 0 and hidden.rows.empty
    with pytest.raises(NotVisible):
        sources_behind(register, warehouse, PEOPLE["county"], "I02", behind.rows["subject_id"].iloc[0])
    with pytest.raises(Forbidden):
        indicator_table(register, warehouse, PEOPLE["liaison"])


def test_lights_on_both_sides_of_each_limit() -> None:
    values = np.array([98.0, 97.99, 90.0, 89.99, np.nan])
    assert light(INDICATORS["I02"], values).tolist() == ["达标", "接近", "接近", "未达标", ""]
    lower = np.array([2.0, 2.01, 4.0, 4.01])
    assert light(INDICATORS["I07"], lower).tolist() == ["达标", "接近", "接近", "未达标"]
