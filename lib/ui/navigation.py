"""The pages of the app in their three groups, those that a viewer's rights do not open left out."""

from typing import Literal

import streamlit as st

from lib.access import Viewer
from lib.ui import paths
from lib.ui.access import gate


def pages(viewer: Viewer) -> dict[str, list]:
    """Group → pages for st.navigation. 预警详情 is reached from a list only, so it stands in no menu."""

    def page(path: str, title: str, icon: str, url_path: str | None = None) -> st.Page:
        shown = _shown(viewer, path) if path != paths.WARNING else "hidden"
        first = path == paths.OVERVIEW
        icon = f":material/{icon}:"
        return st.Page(path, title=title, icon=icon, url_path=url_path, visibility=shown, default=first)

    return {
        "态势": [
            page(paths.OVERVIEW, "总览", "monitoring"),
            page(paths.MAP, "预警地图", "map", "map"),
            page(paths.RANKING, "人员排序", "leaderboard"),
            page(paths.CLUES, "线索办理", "account_tree", "clues"),
        ],
        "办理": [
            page(paths.WORKBENCH, "工作台", "checklist"),
            page(paths.WARNING, "预警详情", "flag"),
            page(paths.OFFICER, "廉政档案", "badge", "officer"),
        ],
        "模型与数据": [
            page(paths.RULES, "模型", "rule", "models"),
            page(paths.TUNING, "调参与回测", "tune", "tuning"),
            page(paths.DATA, "数据", "database", "data"),
            page(paths.ACCESS, "权限", "key", "access"),
        ],
    }


def _shown(viewer: Viewer, path: str) -> Literal["visible", "hidden"]:
    """A page that a role cannot open stays reachable by its address, which says why, and stands in no menu."""
    return "visible" if gate.opens(viewer, path) else "hidden"
