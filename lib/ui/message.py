"""What a person is told when something went wrong or nothing is there."""

from typing import NoReturn

import streamlit as st

from lib.errors import UserError
from lib.ui.card import card


def problem(error: UserError) -> None:
    """What happened and what to do; not in red, which means a level of warnings."""
    st.info(f"**{error.message}** {error.hint}", icon=":material/error:")


def stop(error: UserError) -> NoReturn:
    """Show the problem and end this rerun."""
    problem(error)
    st.stop()


def nothing(what: str, why: str) -> None:
    """A designed empty state: what is missing, why, and what to do next."""
    with card(f"nothing-{what}", horizontal_alignment="center"):
        st.markdown(f"**{what}**")
        st.caption(why)
