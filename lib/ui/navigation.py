"""The pages of the app in their groups, those that a viewer's rights do not open left out."""

from copy import copy
from functools import lru_cache

import streamlit as st

from lib.access import Viewer
from lib.ui.access import gate
from lib.ui.paths import FIRST, PLACES, Place


def first(viewer: Viewer) -> Place:
    """What opens first: the first page in a menu that the viewer's rights open."""
    return next((place for place in PLACES if place.listed and gate.opens(viewer, place.file)), FIRST)


def pages(viewer: Viewer) -> dict[str, list]:
    """Group → pages for st.navigation."""
    groups: dict[str, list] = {}
    opens = first(viewer)
    for place in PLACES:
        groups.setdefault(place.group, []).append(_page(viewer, place, opens))
    return groups


def _page(viewer: Viewer, place: Place, opens: Place) -> st.Page:
    # A page that a role cannot open stays reachable by its address, which says why, and stands in no menu.
    # Each run gets copies: st.navigation notes in them which one may run.
    return copy(_made(place, place.listed and gate.opens(viewer, place.file), place == opens))


@lru_cache(maxsize=64)
def _made(place: Place, shown: bool, opens: bool) -> st.Page:
    return st.Page(
        place.file,
        title=place.title,
        icon=f":material/{place.icon}:",
        url_path=place.url_path,
        default=opens,
        visibility="visible" if shown else "hidden",
    )
