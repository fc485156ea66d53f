"""The large screen: in place of every page, for whoever asks for it in the address, and for an account of the wall.

The browser asks for the next page at each turn, which is an ordinary run of the app: who is signed in, which
generation is in force and what stands in the register are looked at anew each time.
"""

import logging
import secrets
import time

import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.errors import UserError
from lib.ui import state
from lib.ui.access import session
from lib.ui.access.session import SCREEN_KEY, WALL
from lib.ui.browser import script
from lib.ui.frame import CLASSIFICATION, scope_text
from lib.ui.wall import pages
from lib.warehouse.store import Warehouse

# Seconds that a page stands, and how they are asked for in the address.
EVERY_KEY, EVERY, SHORTEST, LONGEST = "every", 20.0, 0.2, 600.0
_PART = "wall"
_FAILED = "数据暂时读不出来，正在重试；仍然如此时请告诉系统管理员"
# Another one than before tells the browser that the server was started anew: it fetches its scripts again.
_SERVER = secrets.token_hex(8)
log = logging.getLogger(__name__)


def asked(viewer: Viewer) -> bool:
    """Whether this is the wall: it is asked for, by somebody who may see it, or the account sees nothing else."""
    if not viewer.may("view", "wall"):
        return False
    return policy().roles[viewer.role].wall or st.query_params.get(SCREEN_KEY) == WALL


def watch() -> None:
    """Where the wall is asked for and something else is shown, a sign-in or a message, the browser tries again by
    itself."""
    if st.query_params.get(SCREEN_KEY) == WALL:
        with st.container(height=1, border=False, key="watch"):
            script.part(_PART)(key="wall_watch", data={"watch": True})


def show(warehouse: Warehouse, viewer: Viewer) -> None:
    """The page whose turn it is; what goes wrong is told in a quiet line over the last one that was whole."""
    turn = _turn()
    about = {"server": _SERVER, "stamp": time.time_ns(), "turn": turn, "every": every(), "count": len(pages.PAGES)}
    try:
        with state.one_look():
            title, drawn = pages.page(session.register(), warehouse, viewer, turn)
            told = {"title": title, "page": drawn, "about": _about(warehouse, viewer)}
    except UserError as error:
        told = {"fault": error.sentence}
    except Exception:
        log.exception("the wall could not be drawn")
        told = {"fault": f"{_FAILED}。"}
    session.stay()
    script.part(_PART)(key=_PART, data=about | told, on_turn_change=lambda: None)


def every() -> float:
    """How many seconds a page stands, as the address asks, within bounds."""
    try:
        asked_for = float(st.query_params.get(EVERY_KEY, ""))
    except ValueError:
        return EVERY
    return min(max(asked_for, SHORTEST), LONGEST) if asked_for == asked_for else EVERY


def _turn() -> int:
    held = st.session_state.get(_PART)
    found = held.get("turn") if held else None
    return int(found) if isinstance(found, int | float) and 0 <= found < 2**53 else 0


def _about(warehouse: Warehouse, viewer: Viewer) -> str:
    city = ["合成城市"] if warehouse.synthetic else []
    return " · ".join([f"数据截至 {warehouse.as_of:%Y-%m-%d}", scope_text(warehouse, viewer), *city, CLASSIFICATION])
