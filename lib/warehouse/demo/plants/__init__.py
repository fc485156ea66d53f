"""Planted violations of all 19 models, innocent look-alikes, and the truth about them."""

from datetime import date
from types import ModuleType

import duckdb
import pyarrow as pa

from lib.warehouse.demo.plants import (
    m01_overdue,
    m02_no_recheck,
    m03_qualification,
    m04_late_entry,
    m05_fine_mismatch,
    m06_benchmark,
    m07_inconsistent,
    m08_excessive,
    m09_selective,
    m10_leniency,
    m11_withdrawal,
    m12_split,
    m13_procedure,
    m14_referral,
    m15_lead,
    m16_grid,
    m17_conflict,
    m18_overload,
    m19_record_gap,
)
from lib.warehouse.demo.plants.background import record_background
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.innocents import reserve_campaign
from lib.warehouse.demo.plants.truth import TRUTH_SCHEMA

__all__ = ["TRUTH_SCHEMA", "plant"]

_MODELS: tuple[ModuleType, ...] = (
    # M07 first: the tiers it fills are nobody else's
    m07_inconsistent,
    m01_overdue,
    m02_no_recheck,
    m03_qualification,
    m04_late_entry,
    m05_fine_mismatch,
    m06_benchmark,
    m09_selective,
    m10_leniency,
    m11_withdrawal,
    m12_split,
    m13_procedure,
    m14_referral,
    m15_lead,
    m16_grid,
    m17_conflict,
    m18_overload,
    m19_record_gap,
)


def plant(con: duckdb.DuckDBPyConnection, *, seed: int, rows: int, as_of: date, clean: bool) -> pa.Table:
    """Plant the violations in the half-built generation open in `con`, and return the truth (TRUTH_SCHEMA).

    The base city must be complete, with the defaults of the common columns set. Each planted subject violates its own
    model only (domain.md, section 2). The same arguments over the same base give the same rows. `clean`: nothing is
    planted and the truth is empty.
    """
    if clean:
        return TRUTH_SCHEMA.empty_table()
    city = City(con, seed, rows, as_of)
    record_background(city)
    city.campaign_tiers = reserve_campaign(city)
    for model in _MODELS:
        model.plant(city)
    city.draft.flush()
    # last, over the finished tables: M08 compares with the city-wide rates, which count every planted case
    m08_excessive.plant(city)
    city.draft.flush()
    return city.truth.table()
