"""Where a page begins: a click at its end that leads to something else on the same page leads there too."""

import streamlit as st

from lib.ui.browser import script


def top(shown: str) -> None:
    """Scroll to the page's beginning when `shown`, what it is about, is another than at the last run."""
    with st.container(height=1, border=False, key="top"):
        script.part("top")(key="top_part", data={"shown": shown})
