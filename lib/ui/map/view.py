"""What the map page shows, computed once per state of the data, viewer and filters."""

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.figure import Asked, Sentence, rows
from lib.insight.map import risk
from lib.insight.map.outlines import Shapes
from lib.insight.overview import loop
from lib.insight.period import Period
from lib.insight.warnings.names import rule_labels
from lib.rules import read_rules
from lib.rules.levels import LEVELS
from lib.ui.kept import kept
from lib.ui.map.areas import risk_of
from lib.ui.map.deck import Size, TownMap, town_map
from lib.ui.map.shading import Shading, shading
from lib.ui.state import Key, casework, key
from lib.warehouse.store import Warehouse

# The measures that count warnings of one level.
_LEVEL = {"red": "red", "orange": "orange"}


class MapAsked(NamedTuple):
    """What the map shows: period, levels (红 …), rule labels, measure (a key of MEASURES) and county ('' for all)."""

    chosen: Period
    levels: tuple[str, ...]
    rules: tuple[str, ...]
    measure: str
    county: str

    @property
    def figure(self) -> Asked:
        """The warnings the map counts, as a figure."""
        codes = {title: level for level, title in LEVELS.items()}
        rules = {label: rule_id for rule_id, label in rule_labels().items()}
        return Asked("on_map", self.chosen.key).of(
            level=[codes[title] for title in self.levels], rule=[rules[label] for label in self.rules]
        )

    def there(self, town: str) -> Asked:
        """The same in the town (or unit above the towns) chosen, else in the county."""
        return self.figure.of(place=town) if town else self.figure.of(county=self.county)


@dataclass(frozen=True, eq=False)
class MapView:
    """The warnings counted in the scope, all towns there, those of the county, their shades, and a sentence."""

    warnings: pd.DataFrame
    risk: pd.DataFrame
    inside: pd.DataFrame
    base: risk.Base
    shading: Shading
    sentence: Sentence


def map_view(register: Register, warehouse: Warehouse, viewer: Viewer, asked: MapAsked) -> MapView:
    """Everything on the map page but the chosen town."""
    return _map_view(register, warehouse, viewer, asked, key(register, warehouse, viewer))


@kept(128)
def _map_view(_register: Register, _warehouse: Warehouse, _viewer: Viewer, asked: MapAsked, state: Key) -> MapView:
    warnings = rows(casework(_register, _warehouse, _viewer), asked.figure)
    labels = rule_labels()
    subjects = {rule.subject for rule in read_rules().values() if labels[rule.id] in asked.rules}
    base = risk.base_of(subjects)
    towns = risk_of(_warehouse, _viewer, warnings, asked.chosen, base)
    inside = towns[towns["code"].str.startswith(asked.county)]
    return MapView(
        warnings,
        towns,
        inside,
        base,
        shading(inside, asked.measure, base),
        loop.rates_sentence(inside, asked.figure, base, asked.chosen)
        if asked.measure == "rate"
        else loop.counties_sentence(inside, asked.figure, asked.chosen, _LEVEL.get(asked.measure, "")),
    )


@kept(128)
def within(warnings: pd.DataFrame, there: Asked) -> pd.DataFrame:
    """Those of the warnings counted that lie in a place."""
    return there.cut(warnings)


@kept(128)
def place_of(risk: pd.DataFrame, town: str) -> tuple[dict, int] | None:
    """The row of a town, and among how many it is ranked; None without a town."""
    rows = risk[risk["code"] == town].to_dict("records")
    return (rows[0], int((risk["is_town"] & ~risk["few"]).sum())) if rows else None


@kept(128)
def deck(view: MapView, asked: MapAsked, shapes: Shapes, size: Size, town: str, closer: float) -> TownMap:
    """The map to draw, written out once per view, town and how near it is seen."""
    return town_map(shapes, view.shading.shades, size, asked.county, town, closer)
