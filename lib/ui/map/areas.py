"""The places of the map: their names, their outlines, and the warnings set against what was done there."""

from pathlib import Path

import pandas as pd

from lib.access import Viewer
from lib.errors import UserError
from lib.insight.map import risk as area_risk
from lib.insight.map.outlines import Cells, town_cells
from lib.insight.period import Period
from lib.ui.kept import kept
from lib.ui.state import generation_key
from lib.warehouse.store import Warehouse


@kept(4)
def _areas(_warehouse: Warehouse, data: tuple[str, int]) -> pd.DataFrame:
    return area_risk.areas(_warehouse)


def areas(warehouse: Warehouse) -> pd.DataFrame:
    """The city's areas; see area_risk.areas."""
    return _areas(warehouse, generation_key(warehouse))


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
