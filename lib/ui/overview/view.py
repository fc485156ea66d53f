"""What the leaders' pages show, computed once per state of the data, viewer and period."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.deadlines import SPOT_CHECK, calendar
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import current
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.clues.rates import clue_list
from lib.insight.figure import Casework, Sentence
from lib.insight.map import risk as area_risk
from lib.insight.map.outlines import Cells, town_cells
from lib.insight.overview import loop
from lib.insight.overview.six import Figure, figures
from lib.insight.period import DEFAULT_PERIOD, PERIODS, Period, period
from lib.insight.ranking.officers import compared_warnings
from lib.insight.rules.hits import hits
from lib.insight.warnings import kpi
from lib.insight.warnings.listing import rule_label
from lib.rules import read_rules
from lib.ui import tables
from lib.ui.map.shading import Shading, shading
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

PERIOD_KEY = "period"


class Sentences(NamedTuple):
    """What stands first, and what the pictures show."""

    situation: Sentence
    months: Sentence
    rules: Sentence
    counties: Sentence


class Overview(NamedTuple):
    """Everything on the leaders' page but the drawing."""

    figures: list[Figure]
    months: pd.DataFrame
    rules: pd.DataFrame
    pressing: pd.DataFrame
    steps: list[loop.Step]
    shading: Shading
    counts: dict[str, int]
    scope: frozenset[str]
    rates: pd.DataFrame
    cut: str
    sentences: Sentences


def period_choice(warehouse: Warehouse) -> Period:
    """The period selector, in the address."""
    chosen = st.segmented_control(
        "期间", list(PERIODS.values()), default=PERIODS[DEFAULT_PERIOD], key=PERIOD_KEY, bind="query-params",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    # An address can leave it empty all the same.
    return period(next((key for key, name in PERIODS.items() if name == chosen), DEFAULT_PERIOD), warehouse.as_of)


def state_of(register: Register, warehouse: Warehouse, viewer: Viewer) -> tuple:
    """The cache key of all that depends on data, casework, viewer and the clock (to five minutes)."""
    at = now(warehouse)
    held = snapshot(register, warehouse).revision
    return (str(warehouse.generation.path), register.url, held, viewer.scope_key, at.date(), at.hour, at.minute // 5)


def casework(register: Register, warehouse: Warehouse, viewer: Viewer) -> Casework:
    """What the viewer's figures are taken from."""
    return _casework(register, warehouse, viewer, state_of(register, warehouse, viewer))


@st.cache_resource(show_spinner=False, max_entries=64)
def _casework(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: tuple) -> Casework:
    held = current(_register, _warehouse)
    both = tables.visible_warnings(_register, _warehouse, _viewer, spot_checks=True)
    return Casework(
        tables.visible_warnings(_register, _warehouse, _viewer), clue_list(_register, _warehouse, _viewer),
        kpi.false_alarms(held.event), calendar(_warehouse), now(_warehouse), held.event["at"].min(),
        both[both["level"].eq(SPOT_CHECK)], partial(compared_warnings, _register, _warehouse),
    )  # fmt: skip


def overview(
    register: Register, warehouse: Warehouse, viewer: Viewer, chosen: Period, county: str = ""
) -> Overview:
    """The leaders' page for a viewer and a period, of a county (its code) or of all in the scope.

    The map and the rates by county stay whole: they are what a county is chosen on.
    """
    return _overview(register, warehouse, viewer, chosen, county, state_of(register, warehouse, viewer))


@st.cache_resource(show_spinner=False, max_entries=64)
def _overview(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, chosen: Period, county: str, state: tuple
) -> Overview:
    whole = casework(_register, _warehouse, _viewer)
    held = whole.within(county=county)
    warnings, at = held.warnings, held.now
    gathered, datasets = loop.gathered(_warehouse)
    raised = hits(_register, _warehouse, _viewer)
    raised = raised[raised["area_code"].fillna("").str.startswith(county)]
    labels = {rule_id: rule_label(rule_id) for rule_id in read_rules()}
    months, rules = loop.months(warnings, at), loop.by_rule(warnings, chosen, labels)
    towns = risk(_warehouse, _viewer, kpi.generated(whole.warnings, chosen.now), chosen)
    inside = towns[towns["code"].str.startswith(county)]
    one_county = towns["county_code"].nunique() == 1 or bool(county)
    return Overview(
        figures(held, chosen),
        months,
        rules,
        loop.pressing(held),
        loop.steps(held, chosen, gathered, datasets, len(raised)),
        shading(inside, "count", area_risk.CASES),
        {code: int(count) for code, count in towns.groupby("county_code")["warnings"].sum().items()},
        frozenset(towns.loc[towns["is_town"], "code"]),
        inside[inside["is_town"]].sort_values(["few", "rate"], ascending=[True, False]) if one_county
        else area_risk.by_county(towns),
        "place" if one_county else "county",
        Sentences(
            loop.situation(held), loop.months_sentence(held, months), loop.rules_sentence(held, rules, chosen),
            loop.counties_sentence(inside, whole.asked("generated", chosen.key), chosen),
        ),
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _areas(_warehouse: Warehouse, _path: str) -> pd.DataFrame:
    return area_risk.areas(_warehouse)


def areas(warehouse: Warehouse) -> pd.DataFrame:
    """The city's areas; see area_risk.areas."""
    return _areas(warehouse, str(warehouse.generation.path))


def cells(home: Path) -> tuple[Cells, UserError | None]:
    """The towns to draw; with a boundary file that cannot be read, the schematic ones and what is wrong with it."""
    try:
        return town_cells(home), None
    except UserError as error:
        return town_cells(), error


def risk(
    warehouse: Warehouse, viewer: Viewer, warnings: pd.DataFrame, chosen: Period, base: area_risk.Base = area_risk.CASES
) -> pd.DataFrame:
    """Warnings by town for a viewer, over what was done there in the period."""
    done = area_risk.done(warehouse, viewer, chosen.now)
    return area_risk.area_risk(viewer, warnings, done, areas(warehouse), base)
