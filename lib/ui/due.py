"""How the rows of a list stand by their deadlines: a choice beside the list, the same on every page."""

import pandas as pd
import streamlit as st

from lib.insight.due import OPEN, group_counts, group_names, of_group

# In the address of every page with such a choice.
DUE_KEY = "due"


def of_due(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows of the group chosen (超期, 今天到期 …), which stands in the address; all of them while none is chosen.

    Each group says how many rows it has; a list without any deadline offers no choice.
    """
    asked, names, counts = st.query_params.get(DUE_KEY, ""), group_names(), group_counts(rows)
    asked = asked if asked in names else ""
    if asked or set(counts) - {OPEN}:
        st.session_state[key] = asked or None
        st.pills(
            "期限",
            [group for group in names if group in counts or group == asked],
            format_func=lambda group: f"{names[group]} {counts.get(group, 0):,}",
            key=key,
            on_change=_keep,
            args=(key,),
            label_visibility="collapsed",
        )
    return of_group(rows, asked)


def about(words: str) -> str:
    """What a list holds, in words, with the group chosen."""
    asked = group_names().get(st.query_params.get(DUE_KEY, ""), "")
    return f"{words}；{asked}" if asked else words


def _keep(key: str) -> None:
    chosen = st.session_state[key]
    if chosen:
        st.query_params[DUE_KEY] = chosen
    else:
        st.query_params.pop(DUE_KEY, None)
