"""How near the map is seen: by buttons, since the wheel moves the page."""

import streamlit as st

from lib.ui.map.deck import FARTHEST_IN

# The browser keeps the view it was moved to unless another one is sent: each 全图 differs by next to nothing.
_NEXT_TO_NOTHING = 1e-6


def zoom(county: str) -> float:
    """Buttons for nearer, farther and the whole; the steps the view of this county is nearer than the whole."""
    key = f"map_nearer_{county}"
    nearer = float(st.session_state.get(key, 0.0))
    steps = int(nearer)

    def go(to: int) -> None:
        turned = to == 0 and nearer == 0
        st.session_state[key] = _NEXT_TO_NOTHING if turned else float(to)

    with st.container(horizontal=True, width="content", gap="xxsmall", key="zoom"):
        st.button(
            "放大",
            icon=":material/add:",
            key="map_in",
            on_click=go,
            args=(steps + 1,),
            disabled=steps >= FARTHEST_IN,
            type="tertiary",
        )
        st.button(
            "缩小",
            icon=":material/remove:",
            key="map_out",
            on_click=go,
            args=(steps - 1,),
            disabled=steps == 0,
            type="tertiary",
        )
        st.button("全图", icon=":material/fit_screen:", key="map_whole", on_click=go, args=(0,), type="tertiary")
    return nearer
