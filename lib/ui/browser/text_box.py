"""A text box whose words reach the server while they are typed; Streamlit's own sends them when it is left."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from lib.ui.browser import script

MOST = 4000


def _box(key: str) -> str:
    return f"{key}_box"


def begin(key: str, text: str) -> None:
    """Put `text` into the box, whatever stands there."""
    st.session_state[key] = text
    st.session_state[f"{key}_seed"] = st.session_state.get(f"{key}_seed", 0) + 1


def text_of(key: str) -> str:
    """What stands in the box, also when it was sent in the same message as a click."""
    held: Any = st.session_state.get(_box(key))
    value = held.get("typed") if held else None
    if value and value.get("seed") == st.session_state.get(f"{key}_seed"):
        return str(value.get("text") or "")
    return str(st.session_state.get(key) or "")


def saved(at: datetime) -> str:
    """What the box says about its draft."""
    return f"已自动保存 {at:%H:%M:%S}"


def text_box(
    label: str,
    key: str,
    *,
    required: bool,
    note: str,
    keep: Callable[[], None],
    fault: str = "",
    height: int = 130,
    enter: Callable[[], None] | None = None,
) -> None:
    """The box; its text is in st.session_state[key]. `keep` is called whenever new text has arrived, `note` says when
    that was last; `fault` is what is wrong with the text; `enter` is what Ctrl+Enter does."""

    def arrived() -> None:
        st.session_state[key] = text_of(key)
        keep()

    data = {
        "label": label,
        "required": required,
        "note": note,
        "fault": fault,
        "height": height,
        "most": MOST,
        "enter": enter is not None,
        "value": st.session_state.get(key) or "",
        "seed": st.session_state.get(f"{key}_seed", 0),
    }
    script.part("text_box")(key=_box(key), data=data, on_typed_change=arrived, on_enter_change=enter or (lambda: None))
