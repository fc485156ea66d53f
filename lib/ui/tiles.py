"""Figures as tiles that open their list, and the strip of the loop."""

import streamlit as st

from lib.insight.flow import Step
from lib.insight.overview import CLUES, Figure
from lib.insight.warning_filter import PAGE as WORKBENCH
from lib.ui import session
from lib.ui.browser import on_phone
from lib.ui.card import card

PAGES = {CLUES: "pages/leader/clue_rates.py"}


def address(query: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    """The parameters of a link: the query and, on a synthetic city, who is looking."""
    asked = st.session_state.get(session.PERSONA_KEY)
    return {**query, session.PERSONA_KEY: asked} if asked else query


def figures(found: list[Figure], per_row: int) -> None:
    """A row of figures; each title opens the list behind it, its help is the definition."""
    with st.grid(per_row, min_column_width=150, gap="small"):
        for figure in found:
            with card(f"figure-{figure.title}", gap=None, height="stretch"):
                st.metric(figure.title, figure.value, help=figure.meaning)
                st.caption("  \n".join([*_movements(figure), figure.detail]))
                page = PAGES.get(figure.opens, WORKBENCH)
                st.page_link(page, label="查看清单", icon=":material/chevron_right:", icon_position="right",
                             query_params=address(figure.query))


def _movements(figure: Figure) -> list[str]:
    """环比 and 同比; on a phone without the value they compare with."""
    texts = [figure.before, figure.year_ago]
    return [text.split("，")[0] for text in texts] if on_phone() else texts


def heading(title: str, source: str) -> None:
    """What a card shows, in a sentence, and from where."""
    with st.container(gap=None):
        st.markdown(f"**{title}**")
        st.caption(source)


def strip(steps: list[Step]) -> None:
    """The loop from rows to closed warnings, left to right."""
    with card("loop"), st.grid(len(steps), min_column_width=150, gap="small"):
        for number, step in enumerate(steps):
            arrow = "→ " if number else ""
            with st.container(gap=None):
                st.markdown(f"{arrow}**{step.name}** {step.value}", help=step.meaning)
                st.caption(step.share)
