"""The pages of the app in their groups, those that a viewer's rights do not open left out."""

from copy import copy
from functools import lru_cache

import streamlit as st

from lib.access import Viewer
from lib.ui.access import gate
from lib.ui.paths import BY_FILE, EXERCISES, FIRST, PLACES, WORK, Place

_BARE = "first"


def first(viewer: Viewer) -> Place:
    """What opens first: 待办 for whoever records and approves nothing, else the first page in a menu that the viewer's
    rights open."""
    if viewer.in_class:
        return BY_FILE[EXERCISES]
    if viewer.may("record", "warning") and not viewer.may("approve", "rule_version"):
        return BY_FILE[WORK]
    return next((place for place in PLACES if place.listed and gate.opens(viewer, place.file)), FIRST)


def pages(viewer: Viewer) -> dict[str, list]:
    """Group → pages for st.navigation; every page has its path, and what opens first stands without one besides."""
    groups: dict[str, list] = {}
    opens = first(viewer)
    for place in PLACES:
        groups.setdefault(place.group, []).append(_page(viewer, place))
    groups[opens.group].append(copy(_made(opens, False, True)))
    return groups


def _page(viewer: Viewer, place: Place) -> st.Page:
    # A page that a role cannot open stays reachable by its address, which says why, and stands in no menu.
    # Each run gets copies: st.navigation notes in them which one may run.
    return copy(_made(place, place.listed and gate.opens(viewer, place.file), False))


@lru_cache(maxsize=64)
def _made(place: Place, shown: bool, bare: bool) -> st.Page:
    return st.Page(
        place.file,
        title=place.title,
        icon=f":material/{place.icon}:",
        # A default page reserves its own path without serving it, so that this one needs another.
        url_path=_BARE if bare else place.url_path,
        default=bare,
        visibility="visible" if shown else "hidden",
    )
