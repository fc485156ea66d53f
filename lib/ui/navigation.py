"""The pages of the app in their three groups, those that a viewer's rights do not open left out."""

from typing import Literal

import streamlit as st

from lib.access import Viewer
from lib.ui import paths


def pages(viewer: Viewer) -> dict[str, list]:
    """Group → pages for st.navigation. 预警详情 is reached from a list only, so it stands in no menu."""
    groups = {
        "态势": [
            st.Page(paths.OVERVIEW, title="总览", icon=":material/monitoring:", default=True),
            st.Page(paths.MAP, title="预警地图", icon=":material/map:", url_path="map"),
            st.Page(
                paths.RANKING, title="人员排序", icon=":material/leaderboard:",
                visibility=_shown(viewer, "ranking"),
            ),
            st.Page(paths.CLUES, title="线索办理", icon=":material/account_tree:", url_path="clues"),
        ],
        "办理": [
            st.Page(paths.WORKBENCH, title="工作台", icon=":material/checklist:"),
            st.Page(paths.WARNING, title="预警详情", icon=":material/flag:", visibility="hidden"),
            st.Page(
                paths.OFFICER, title="廉政档案", icon=":material/badge:", url_path="officer",
                visibility=_shown(viewer, "integrity"),
            ),
        ],
        "模型与数据": [
            st.Page(paths.RULES, title="模型", icon=":material/rule:", url_path="models"),
            st.Page(paths.TUNING, title="调参与回测", icon=":material/tune:", url_path="tuning"),
            st.Page(paths.DATA, title="数据", icon=":material/database:", url_path="data"),
        ],
    }  # fmt: skip
    return groups


def _shown(viewer: Viewer, right: str) -> Literal["visible", "hidden"]:
    """A page that a role cannot open stays reachable by its address, which says why, and stands in no menu."""
    return "visible" if viewer.may(right) else "hidden"
