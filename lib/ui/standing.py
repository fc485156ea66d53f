"""Where a warning stands: state, deadlines, handler."""

import pandas as pd
import streamlit as st

from lib.insight.figures import moment
from lib.insight.warning_sheet import deadline
from lib.ui import card as ground
from lib.ui.verbatim import verbatim


def card(row: pd.Series) -> None:
    """The state, what is due when, who is at it and what was concluded."""
    words = deadline(row.to_frame().T.infer_objects()).iloc[0]
    with ground.card("standing"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {row['state']}", width="content", anchors=False)
            if not pd.isna(row["due_at"]):
                st.badge(words, color="blue" if row["overdue"] else "gray", icon=":material/schedule:")
        facts = {
            "签收期限": moment(row["sign_due_at"]),
            "核查期限": moment(row["verify_due_at"]),
            "经办": row["handler_name"] if not pd.isna(row["handler_name"]) else "尚无",
        }
        if not pd.isna(row["conclusion"]):
            facts["核查结论"] = row["conclusion"] + ("，已发工作提示" if row["work_prompt"] is True else "")
        if not pd.isna(row["clue_id"]):
            facts["线索"] = row["clue_id"]
        st.table({title: verbatim(value) for title, value in facts.items()}, border="horizontal")
