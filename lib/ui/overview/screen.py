"""The way from the leaders' page to the wall."""

from urllib.parse import urlencode

import streamlit as st

from lib.access import Viewer
from lib.ui.access.looking import looking
from lib.ui.access.session import SCREEN_KEY, WALL
from lib.ui.browser.width import on_phone


def button(viewer: Viewer) -> None:
    """The link that opens the wall in a window of its own; nothing without the right, nor on a phone."""
    if viewer.may("view", "wall") and not on_phone():
        st.link_button(
            "大屏",
            f"./?{urlencode({SCREEN_KEY: WALL, **looking()})}",
            icon=":material/tv:",
            type="tertiary",
            help="在新窗口打开：五页轮流，自己刷新，不显示姓名。按 F11 全屏。",
        )
