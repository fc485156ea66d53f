"""The charts of the leaders' page, written once for what they show and the room they have."""

from typing import Any, NamedTuple

from lib.insight.figure import Asked, Part
from lib.insight.map.outlines import Shapes
from lib.insight.map.risk import CASES
from lib.insight.period import Period
from lib.ui.charts import by_level
from lib.ui.charts.rates import rate_bars
from lib.ui.kept import kept
from lib.ui.map.card import card_map
from lib.ui.overview.view import Overview

# Pixels added on a large screen for one more bar.
_BAR = 15


class Charts(NamedTuple):
    """The map and the three charts below it, and the warnings of the models that found no room."""

    map: dict[str, Any]
    rates: dict[str, Any]
    rules: dict[str, Any]
    months: dict[str, Any]
    other_rules: Part


@kept(128)
def charts(view: Overview, chosen: Period, county: str, outlines: Shapes, extra: int, phone: bool) -> Charts:
    """Drawn of a view for its period and county (a code, or empty), `extra` pixels higher than usual."""
    asked = Asked("generated", chosen.key)
    places = view.rates.head(8 + extra // _BAR)
    by_place = [asked.of(**{view.cut: code}) for code in places["code"]]
    top = view.rules.head(6 + extra // _BAR)
    by_rule = [asked.of(county=county, rule=rule_id) for rule_id in top["rule_id"]]
    rest = view.rules.iloc[len(top) :]
    year = Asked("generated", "months12").of(county=county)
    by_month = [year.of(month=f"{month:%Y-%m}") for month in view.months["month"]]
    return Charts(
        card_map(outlines, view.shading.shades, view.counts, view.scope, 250 + 2 * extra),
        rate_bars(places, CASES, 152 + extra, by_place),
        by_level.named_bars(top, "label", 130 + extra, by_rule),
        by_level.by_month(view.months, 152 + extra, by_month),
        Part("其余模型和平台", int(rest["total"].sum()), asked.of(county=county, rule=rest["rule_id"])),
    )
