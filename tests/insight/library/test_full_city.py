"""The figures of the whole city of 8.6 million rows, against a second reckoning of each in pandas from its raw rows."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from lib.access.personas import personas
from lib.casework.demo.build import build_demo
from lib.casework.store.register import open_register
from lib.insight.library.indicators import ALL, COUNTY, TOWN, UNIT, indicator_table
from lib.rules.indicators import read_indicators
from lib.warehouse.store import open_warehouse
from tests.insight.library.plain import plain
from tests.insight.library.raw import Raw
from tests.insight.library.test_indicators import FIGURES, compare
from tests.insight.library.test_twins import twin_rows


@pytest.mark.scale
def test_every_indicator_of_the_full_city_agrees(tmp_path: Path) -> None:
    """All months of the city and its counties, and the last thirteen of every town."""
    build_demo(tmp_path, rows=8_600_000, seed=2022, as_of=date(2022, 9, 25), clean=False, progress=lambda *_: None)
    agree(tmp_path)


def agree(home: Path) -> None:
    """Compare every indicator on the city of a home."""
    register, warehouse = open_register(home), open_warehouse(home)
    table = indicator_table(register, warehouse, personas(True)[0])
    whole = table["level"].isin([ALL, COUNTY])
    towns = table["level"].eq(TOWN) & table["month"].ge("2021-09-01")
    for one, indicator in read_indicators().items():
        own = table[table["indicator_id"].eq(one)]
        assert own["value"].notna().any(), one
        rows = twin_rows(Raw(warehouse, register), indicator)
        assert compare(rows, own[whole], warehouse.as_of, FIGURES) > 0
        # What stands with the city or its counties has no town.
        compare(rows, own[towns], warehouse.as_of, {"value": FIGURES["value"]})
        units = own[own["level"].eq(UNIT) & own["month"].eq("2022-08-01") & own["word"].isin(["", "—"])]
        for cell in units.to_dict("records"):
            held = plain(indicator, rows[rows["org"].eq(cell["code"])], cell["month"], warehouse.as_of)
            assert (None if pd.isna(cell["value"]) else cell["value"], cell["n"]) == (held.value, held.n), cell["code"]
