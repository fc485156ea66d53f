"""What a walk shows where its address names a subject: the same in every city, another warning in each."""

import pandas as pd

from lib.casework.warnings.states import NEW


def subjects(warnings: pd.DataFrame) -> dict[str, str]:
    """By the names of lib.catalog.walks.SUBJECTS, of a viewer's warnings (the frame of warning_list, worst first).

    warning: one that nobody has signed, of an officer where there is one. late: one past its deadline. officer: that of
    the first warning. A subject that the viewer has none of is left out.
    """
    person = warnings["officer_id"].notna()
    new, anyone = warnings["state"].eq(NEW), pd.Series(True, index=warnings.index)
    late, held = warnings["overdue"], warnings["handler_id"].notna()
    found = {
        "warning": _first(warnings, "warning_id", new & person, new, anyone),
        "late": _first(warnings, "warning_id", late & held, late, anyone),
        "officer": _first(warnings, "officer_id", new & person, person),
    }
    return {name: one for name, one in found.items() if one}


def _first(warnings: pd.DataFrame, column: str, *wanted: pd.Series) -> str:
    rows = next((warnings[mask] for mask in wanted if mask.any()), warnings.iloc[:0])
    return "" if rows.empty else str(rows[column].iloc[0])
