"""Both sheets of a drawn file, side by side: for whoever sees the file, once both are handed in and not before."""

import pandas as pd

from lib.access import Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import of_unit
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import objects
from lib.casework.reviews.states import ADJUDICATING, DIFFERING, GIVEN, HANDED_IN, OUT, WITH_RESULT
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

_COLUMNS = [
    "lookback_id", "review_case_id", "slot", "reviewer_id", "reviewer_name", "score", "grade", "deductions", "opinion",
    "state_at",
]  # fmt: skip


@under("view", "review_case")
def both_sheets(register: Register, viewer: Viewer, warehouse: Warehouse | None) -> pd.DataFrame:
    """The sheets of all visible files of which all are in, by file and slot: lookback_id, review_case_id, slot,
    reviewer_id, reviewer_name, score, grade, deductions, opinion (masked), state_at.

    None for whoever is of a unit: it is told what came of a file, not who said what.
    """
    held = snapshot(register, warehouse).objects["review_sheet"]
    if of_unit(viewer):
        return held[_COLUMNS].head(0)
    files = objects(register, viewer, warehouse, "review_case")
    done = files.loc[files["state"].isin([DIFFERING, *WITH_RESULT]), "review_case_id"]
    found = held[held["state"].eq(HANDED_IN) & held["review_case_id"].isin(done)]
    found = found.sort_values(["review_case_id", "slot"])[_COLUMNS].reset_index(drop=True)
    return found.assign(opinion=found["opinion"].map(mask_free_text))


@under("view", "lookback")
def pairs(register: Register, viewer: Viewer, warehouse: Warehouse | None, lookback_id: str) -> pd.DataFrame:
    """What the first and the second said of each file of a look-back that two have scored, once all sheets are in:
    review_case_id, grade_1, grade_2, deductions_1, deductions_2; empty before."""
    columns = ["review_case_id", "grade_1", "grade_2", "deductions_1", "deductions_2"]
    backs = objects(register, viewer, warehouse, "lookback")
    found = backs.loc[backs["lookback_id"].eq(lookback_id), "state"]
    if not found.isin([ADJUDICATING, *OUT]).any():
        return pd.DataFrame(columns=columns)
    held = both_sheets(register, viewer, warehouse)
    held = held[held["lookback_id"].eq(lookback_id)]
    first, second = (
        held.loc[held["slot"].eq(slot), ["review_case_id", "grade", "deductions"]].set_index("review_case_id")
        for slot in (1, 2)
    )
    return first.add_suffix("_1").join(second.add_suffix("_2"), how="inner").reset_index()[columns]


@under("draw", "lookback")
def progress(register: Register, viewer: Viewer, warehouse: Warehouse | None, lookback_id: str) -> pd.DataFrame:
    """Who has how many sheets of a look-back that the viewer sees, by name: reviewer_id, reviewer_name, given,
    handed_in. Which file lies with whom is told to nobody."""
    backs = objects(register, viewer, warehouse, "lookback")
    held = snapshot(register, warehouse).objects["review_sheet"]
    known = backs["lookback_id"].eq(lookback_id).any()
    held = held[held["lookback_id"].eq(lookback_id) & held["state"].isin([GIVEN, HANDED_IN]) & known]
    held = held.assign(is_in=held["state"].eq(HANDED_IN))
    grouped = held.groupby(["reviewer_id", "reviewer_name"], as_index=False)
    found = grouped.agg(given=("sheet_id", "size"), handed_in=("is_in", "sum"))
    return found.sort_values(["reviewer_name", "reviewer_id"]).reset_index(drop=True)
