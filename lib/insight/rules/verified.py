"""How many of some warnings turned out true, as far as somebody has verified them."""

from collections.abc import Mapping

import pandas as pd

from lib.casework.warnings.states import PARTLY, TRUE, UNCLEAR, UNTRUE, WITHDRAWN
from lib.insight.interval import wilson

VERIFIED_COLUMNS = ["group", "warnings", "n", "true", "partly", "untrue", "withdrawn", "unclear", "rate", "low", "high"]


def verified_of(groups: Mapping[str, pd.Series], register: pd.DataFrame, false_alarms: pd.Index) -> pd.DataFrame:
    """VERIFIED_COLUMNS, one row per group of warning ids: `warnings` in it and, of those in the register, the ones
    found 属实 (true), 部分属实 (partly), 不属实 (untrue), withdrawn as 误报, or 无法查实 (unclear).

    `n` are those judged, as in 预警核实率 (lib.insight.warnings.kpi): unclear ones left out, false alarms in. `rate` is
    true and partly of n, with its 95 % interval; missing where nothing was judged. Only flagged subjects are verified,
    so this says nothing about what a version misses.
    """
    known = register.drop_duplicates("warning_id").set_index("warning_id")
    conclusions = known["conclusion"].where(known["state"].ne(WITHDRAWN))
    dropped = known.index[known["state"].eq(WITHDRAWN)].intersection(false_alarms)
    rows = []
    for group, ids in groups.items():
        held = conclusions[conclusions.index.isin(ids)].value_counts()
        true, partly, untrue, unclear = (int(held.get(what, 0)) for what in (TRUE, PARTLY, UNTRUE, UNCLEAR))
        withdrawn = int(ids.isin(dropped).sum())
        n = true + partly + untrue + withdrawn
        low, high = wilson(true + partly, n) or (None, None)
        rate = (true + partly) / n if n else None
        rows.append([group, len(ids), n, true, partly, untrue, withdrawn, unclear, rate, low, high])
    table = pd.DataFrame(rows, columns=VERIFIED_COLUMNS)
    return table.astype(dict.fromkeys(("rate", "low", "high"), "float64"))
