"""What a person is told when something went wrong or nothing is there."""

from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.errors import UserError
from lib.ui.card import card
from lib.ui.verbatim import verbatim

_FAILED = UserError("页面出错，没有显示完整。", "请刷新；仍然出错时请告诉系统管理员，详情在服务日志里。")


def problem(error: UserError) -> None:
    """What happened and what to do; not in red, which means a level of warnings."""
    what, to_do = error.sentences
    st.info(f"**{verbatim(what)}** {verbatim(to_do)}", icon=":material/error:")


def failed(error: Exception) -> bool:
    """What a page shows when it ends in an error, in place of Streamlit's own words; those are in the log."""
    problem(error if isinstance(error, UserError) else _FAILED)
    return True


def stop(error: UserError) -> NoReturn:
    """Show the problem and end this rerun."""
    problem(error)
    st.stop()


def nothing(what: str, why: str) -> DeltaGenerator:
    """A designed empty state: what is missing, why, and what to do next; the box, for a button that helps."""
    box = card(f"nothing-{what}", horizontal_alignment="center")
    box.markdown(f"**{verbatim(what)}**")
    box.caption(verbatim(why))
    return box


def clearing(*keys: str) -> None:
    """The button that empties these filters, for an empty list that they caused."""

    def clear() -> None:
        for key in keys:
            st.session_state[key] = []

    if any(st.session_state.get(key) for key in keys):
        st.button("清除筛选", key=f"clear_{keys[0]}", icon=":material/filter_list_off:", on_click=clear)
