"""Before a page runs: whether the viewer may open it, and may ask for what stands in its address."""

import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.ui import message, paths

Right = tuple[str, str]

# The right that each page stands under.
PAGES: dict[str, Right] = {
    paths.OVERVIEW: ("view", "warning"),
    paths.MAP: ("view", "warning"),
    paths.RANKING: ("view", "ranking"),
    paths.CLUES: ("view", "clue"),
    paths.WORKBENCH: ("view", "warning"),
    paths.WARNING: ("view", "warning"),
    paths.OFFICER: ("view", "officer"),
    paths.RULES: ("view", "rule"),
    paths.TUNING: ("view", "rule"),
    paths.DATA: ("view", "dataset"),
    paths.ACCESS: ("view", "access"),
}

# The parameters of addresses by the right they stand under; one that ends in _ stands for all that begin so.
# Under none: who is looking, how the page was reached, how high its charts are.
PARAMETERS: dict[Right | None, str] = {
    None: "as back large",
    ("view", "warning"): "period county town measure in_town in_all id figure during then of hits waiting w_ m_",
    ("view", "clue"): "clue c_",
    ("record", "clue"): "new",
    ("view", "ranking"): "officer people aspect group r_",
    ("view", "officer"): "list in_hand kind role org",
    ("view", "rule"): "rule state trials part by value held conclusion",
    ("view", "rule_version"): "version",
    ("view", "dataset"): "among d_ q_",
}
_RIGHTS = {name: right for right, names in PARAMETERS.items() for name in names.split()}


def known(parameter: str) -> str | None:
    """The entry of PARAMETERS that a parameter of an address is one of, None when there is none."""
    family = f"{parameter.partition('_')[0]}_"
    return next((name for name in (parameter, family) if name in _RIGHTS), None)


def right_of(parameter: str) -> Right | None:
    """The right that a parameter of an address stands under; None for one that needs none or that no page reads."""
    return _RIGHTS.get(known(parameter) or "")


def opens(viewer: Viewer, page: str) -> bool:
    """Whether the viewer may open a page."""
    return viewer.may(*PAGES[page])


def keep(viewer: Viewer, page: str) -> None:
    """Stop here, with who may instead, unless the viewer may open the page and ask for what its address asks for."""
    asked = [PAGES[page], *filter(None, map(right_of, st.query_params))]
    refused = next((right for right in asked if not viewer.may(*right)), None)
    if refused is None:
        return
    action, kind = refused
    table = policy()
    who = "、".join(table.holders(action, kind))
    message.nothing(
        f"您的角色不{table.rights[refused].does}",
        f"{table.kinds[kind]}由{who}在各自权限范围内{table.actions[action]}。",
    )
    st.stop()
