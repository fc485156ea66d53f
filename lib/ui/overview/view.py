"""What the leaders' pages show, computed once per state of the data, viewer and period."""

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer
from lib.casework.reading.visible import hits
from lib.casework.store.register import Register
from lib.insight.figure import Sentence
from lib.insight.map import risk
from lib.insight.overview import loop
from lib.insight.overview.six import Figure, figures
from lib.insight.period import Period
from lib.insight.warnings import kpi
from lib.insight.warnings.names import rule_labels
from lib.ui.kept import kept
from lib.ui.map.areas import risk_of
from lib.ui.map.shading import Shading, shading
from lib.ui.state import Key, casework, key
from lib.warehouse.store import Warehouse


class Sentences(NamedTuple):
    """What stands first, and what the pictures show."""

    situation: Sentence
    months: Sentence
    rules: Sentence
    counties: Sentence


@dataclass(frozen=True, eq=False)
class Overview:
    """Everything on the leaders' page but the drawing, which is kept under it: it is one viewer's."""

    figures: list[Figure]
    months: pd.DataFrame
    rules: pd.DataFrame
    pressing: pd.DataFrame
    stages: list[loop.Stage]
    shading: Shading
    counts: dict[str, int]
    scope: frozenset[str]
    rates: pd.DataFrame
    cut: str
    sentences: Sentences
    towns: pd.DataFrame


def overview(register: Register, warehouse: Warehouse, viewer: Viewer, chosen: Period, county: str = "") -> Overview:
    """The leaders' page for a viewer and a period, of a county (its code) or of all in the scope.

    The map and the rates by county stay whole: they are what a county is chosen on.
    """
    return _overview(register, warehouse, viewer, chosen, county, key(register, warehouse, viewer))


@kept(64)
def _overview(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, chosen: Period, county: str, state: Key
) -> Overview:
    whole = casework(_register, _warehouse, _viewer)
    held = whole.within(county=county)
    warnings, at = held.warnings, held.now
    gathered, datasets = loop.gathered(_warehouse, _viewer)
    raised = hits(_register, _viewer, _warehouse)
    raised = raised[raised["area_code"].fillna("").str.startswith(county)]
    labels = rule_labels()
    months, rules = loop.months(warnings, at), loop.by_rule(warnings, chosen, labels)
    towns = risk_of(_warehouse, _viewer, kpi.generated(whole.warnings, chosen.now), chosen)
    inside = towns[towns["code"].str.startswith(county)]
    one_county = towns["county_code"].nunique() == 1 or bool(county)
    return Overview(
        figures(held, chosen),
        months,
        rules,
        loop.pressing(held),
        loop.stages(held, chosen, gathered, datasets, len(raised)),
        shading(inside, "count", risk.CASES),
        {code: int(count) for code, count in towns.groupby("county_code")["warnings"].sum().items()},
        frozenset(towns.loc[towns["is_town"], "code"]),
        inside[inside["is_town"]].sort_values(["few", "rate"], ascending=[True, False])
        if one_county
        else risk.by_county(towns),
        "place" if one_county else "county",
        Sentences(
            loop.situation(held),
            loop.months_sentence(held, months),
            loop.rules_sentence(held, rules, chosen),
            loop.counties_sentence(inside, whole.asked("generated", chosen.key), chosen),
        ),
        inside,
    )
