"""Clues that may be about one matter: the same person, or the same unit and the same model."""

import pandas as pd

from lib.access import Viewer, under
from lib.casework.clues.states import MERGED

SAME_PERSON, SAME_MATTER, SAME_UNIT = "同一人员", "同一单位、同一模型", "同一单位，未处置"


@under("view", "clue")
def alike(
    viewer: Viewer, clues: pd.DataFrame, *, officer_id: str = "", org_id: str = "", rule_id: str = "", but: str = ""
) -> pd.DataFrame:
    """Of the viewer's clues (see rates.clue_list) those that may be about the same, with `why`; the likeliest and
    newest first.

    By officer; by unit and model; without a model by unit as long as nothing has been decided. `but` is left out, and
    so is what is already handled as part of another.
    """
    person = clues["officer_id"].eq(officer_id) & bool(officer_id)
    unit = clues["org_id"].eq(org_id) & bool(org_id)
    matter = unit & clues["rule_id"].eq(rule_id) if rule_id else unit & clues["open"]
    found = clues[(person | matter) & clues["clue_id"].ne(but) & clues["state"].ne(MERGED)]
    why = pd.Series(SAME_MATTER if rule_id else SAME_UNIT, index=found.index).mask(person, SAME_PERSON)
    order = found.assign(why=why, _person=why.eq(SAME_PERSON))
    order = order.sort_values(["_person", "received_at", "clue_id"], ascending=[False, False, True], kind="stable")
    return order.drop(columns="_person").reset_index(drop=True)
