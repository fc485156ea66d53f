"""Planted violations of all 19 models, innocent look-alikes, and the truth about them."""

from datetime import date
from types import ModuleType

import duckdb
import pyarrow as pa

from lib.warehouse.demo.plants import (
    m01_overdue_case,
    m02_fine_without_rectify,
    m03_officer_qualification,
    m04_late_entry,
    m05_fine_mismatch,
    m06_benchmark_deviation,
    m07_inconsistent_penalty,
    m08_excessive_enforcement,
    m09_selective_enforcement,
    m10_repeat_leniency,
    m11_irregular_withdrawal,
    m12_split_or_double_fine,
    m13_major_procedure_gap,
    m14_criminal_not_referred,
    m15_lead_not_filed,
    m16_grid_overdue_or_false_close,
    m17_conflict_of_interest,
    m18_inspection_overload,
    m19_record_gap,
)
from lib.warehouse.demo.plants.background import record_background
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.innocents import reserve_campaign
from lib.warehouse.demo.plants.truth import TRUTH_SCHEMA

__all__ = ["TRUTH_SCHEMA", "plant"]

_MODELS: tuple[ModuleType, ...] = (
    # M07 first: the tiers it fills are nobody else's
    m07_inconsistent_penalty,
    m01_overdue_case,
    m02_fine_without_rectify,
    m03_officer_qualification,
    m04_late_entry,
    m05_fine_mismatch,
    m06_benchmark_deviation,
    m09_selective_enforcement,
    m10_repeat_leniency,
    m11_irregular_withdrawal,
    m12_split_or_double_fine,
    m13_major_procedure_gap,
    m14_criminal_not_referred,
    m15_lead_not_filed,
    m16_grid_overdue_or_false_close,
    m17_conflict_of_interest,
    m18_inspection_overload,
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
    city.edits.flush()
    # last, over the finished tables: M08 compares with the city-wide rates, which count every planted case
    m08_excessive_enforcement.plant(city)
    city.edits.flush()
    return city.truth.table()
