"""What the page of the KPIs shows, computed once per state of the data, viewer and period."""

from dataclasses import dataclass

import pandas as pd

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.kpi.groups import Group, Row, by_county, groups, ratios
from lib.insight.kpi.told import Ratio
from lib.insight.kpi.warnings import by_rule
from lib.insight.map.risk import areas
from lib.insight.period import Period
from lib.ui.kept import kept
from lib.ui.state import Key, casework, key
from lib.warehouse.store import Warehouse


@dataclass(frozen=True, eq=False)
class Kpis:
    """The KPIs in their groups, the ratios by county, and the models by how often they were wrong."""

    groups: list[Group]
    ratios: list[Ratio]
    counties: list[Row]
    rules: pd.DataFrame


def kpis(register: Register, warehouse: Warehouse, viewer: Viewer, chosen: Period) -> Kpis:
    """The page for a viewer and a period."""
    return _kpis(register, warehouse, viewer, chosen, key(register, warehouse, viewer))


@kept(32)
def _kpis(_register: Register, _warehouse: Warehouse, _viewer: Viewer, chosen: Period, state: Key) -> Kpis:
    held = casework(_register, _warehouse, _viewer)
    return Kpis(groups(held, chosen), ratios(held), by_county(held, chosen, areas(_warehouse)), by_rule(held, chosen))
