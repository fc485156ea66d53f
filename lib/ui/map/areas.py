"""The places of the map: their names, their outlines, and the warnings set against what was done there."""

from pathlib import Path

import pandas as pd

from lib.access import Viewer
from lib.errors import UserError
from lib.insight.map import risk
from lib.insight.map.outlines import Shapes, town_shapes
from lib.insight.period import Period
from lib.ui.kept import kept
from lib.ui.state import generation_key
from lib.warehouse.store import Warehouse


@kept(4)
def _areas(_warehouse: Warehouse, data: tuple[str, int]) -> pd.DataFrame:
    return risk.areas(_warehouse)


def areas_of(warehouse: Warehouse) -> pd.DataFrame:
    """The city's areas; see risk.areas."""
    return _areas(warehouse, generation_key(warehouse))


def shapes_of(home: Path) -> tuple[Shapes, UserError | None]:
    """The towns to draw; with a boundary file that cannot be read, the schematic ones and what is wrong with it."""
    try:
        return town_shapes(home), None
    except UserError as error:
        return town_shapes(), error


def risk_of(
    warehouse: Warehouse, viewer: Viewer, warnings: pd.DataFrame, chosen: Period, base: risk.Base = risk.CASES
) -> pd.DataFrame:
    """Warnings by town for a viewer, over what was done there in the period."""
    done = risk.done(warehouse, viewer, chosen.now)
    return risk.area_risk(viewer, warnings, done, areas_of(warehouse), base)
