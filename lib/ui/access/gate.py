"""Before a page runs: whether the viewer may open it, and may ask for what stands in its address."""

import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.ui import message
from lib.ui.paths import BY_FILE, EXERCISES, IN_CLASS, OTHERS, PLACES, Right

_RIGHTS: dict[str, Right | None] = {
    **{name: place.right for place in PLACES for name in place.parameters.split()},
    **OTHERS,
}


def known(parameter: str) -> str | None:
    """The name, or the family ending in _, that a parameter of an address is known by; None when it is not."""
    family = f"{parameter.partition('_')[0]}_"
    return next((name for name in (parameter, family) if name in _RIGHTS), None)


def right_of(parameter: str) -> Right | None:
    """The right that a parameter of an address stands under; None for one that needs none or that no page reads."""
    return _RIGHTS.get(known(parameter) or "")


def opens(viewer: Viewer, file: str) -> bool:
    """Whether the viewer may open a page; in a class only what the exercise that is going on names."""
    place = BY_FILE[file]
    if not viewer.in_class:
        return viewer.may(*place.right)
    exercise = st.session_state.get("exercise")
    named = exercise is not None and place.url_path in exercise.pages
    return file in IN_CLASS or (named and viewer.may(*place.right))


def keep(viewer: Viewer, file: str) -> None:
    """Stop here, with who may instead, unless the viewer may open the page and ask for what its address asks for."""
    if viewer.in_class and not opens(viewer, file):
        box = message.nothing("这一页现在不开放", "班级里只开放练习本身和它点到的页面。")
        box.page_link(EXERCISES, label="回到训练")
        st.stop()
    asked = [*([] if viewer.in_class else [BY_FILE[file].right]), *filter(None, map(right_of, st.query_params))]
    # What is always open in a class is the trainee's own, whatever role is played.
    own = {BY_FILE[one].right for one in IN_CLASS} if viewer.in_class else set()
    refused = next((right for right in asked if right not in own and not viewer.may(*right)), None)
    if refused is None:
        return
    action, kind = refused
    table = policy()
    who = "、".join(table.holders(action, kind))
    box = message.nothing(
        f"您的角色不{table.rights[refused].does}",
        f"{table.kinds[kind]}由{who}在各自权限范围内{table.actions[action]}。",
    )
    if opens(viewer, file):
        box.page_link(file, label=f"打开{BY_FILE[file].title}")
    st.stop()
