"""Where a warning stands: state, both deadlines, who handles it."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.insight.warnings.sheet import deadlines
from lib.insight.wording import moment
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.verbatim import verbatim

_LATE = "超期"
# In no colour of a level: a dark ground, a clock and the word.
_MARK = '<span style="background:#33414f;color:#fff;border-radius:.25rem;padding:.05rem .45rem">◷ {}</span>'


def state_card(viewer: Viewer, row: pd.Series) -> None:
    """The state, both deadlines and how they were kept, who is at it and what was concluded."""
    words = _kept_by(row)
    with card("state", gap="xsmall"):
        st.markdown(f"#### {row['state']}", width="content", anchors=False)
        for title, due in (("签收", "sign_due_at"), ("核查", "verify_due_at")):
            provisional = "（暂定）" if row["provisional"] and row[due] == row["due_at"] else ""
            _line(f"{title}期限", f"{moment(row[due])}{provisional}", words[title])
        _line("经办", "尚无" if pd.isna(row["handler_name"]) else verbatim(row["handler_name"]), _from(row))
        if not pd.isna(row["conclusion"]):
            _line("核查结论", row["conclusion"], "已发工作提示" if row["work_prompt"] is True else "")
    if row["former_id"] == viewer.person_id and row["handler_id"] != viewer.person_id:
        who = verbatim(row["handler_name"])
        st.info(
            f"**您经办的这条预警已转由 {who} 经办。** 接手或交办的理由见下方「经过」。", icon=":material/swap_horiz:"
        )


@kept(512)
def _kept_by(row: pd.Series) -> dict[str, str]:
    """How both deadlines stand, in words, by their names."""
    words: dict[str, str] = deadlines(row.to_frame().T.infer_objects()).iloc[0].to_dict()
    return words


def _from(row: pd.Series) -> str:
    return "" if pd.isna(row["former_name"]) else f"原经办 {verbatim(row['former_name'])}"


def _line(title: str, value: str, words: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(title, width=72)
        st.markdown(value, width="content")
        if _LATE in words:
            st.html(_MARK.format(words), width="content")
        elif words:
            st.caption(words, width="content")
