"""The widget for one field of a step, its label saying whether it must be filled in."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from lib.casework.attachments import MAX_MB
from lib.casework.steps import Field

# So many choices stand side by side; among more, one looks for words.
_FEW = 6
_LONGEST = 64
_MOST = 999_999
# What is typed arrives after so long a pause, not only when the field is left.
_PAUSE = "600ms"


def is_looked_up(one: Field) -> bool:
    """Whether its value is looked for in a list: the step leaves the choices open, or there are many."""
    return one.kind == "choice" and not 0 < len(one.choices) <= _FEW


def label(one: Field) -> str:
    """Its name, and whether it must be filled in."""
    if one.kind == "file":
        return f"{one.label}（{'必填' if one.required else '可不填'}，不超过 {MAX_MB} MB）"
    if one.required:
        return f"{one.label}（必填）"
    if one.kind == "flag":
        return one.label
    return f"{one.label}（{'可不选' if one.choices and not is_looked_up(one) else '可不填'}）"


def restored(one: Field, kept: Any) -> Any:
    """The value of a draft, read back from JSON."""
    return date.fromisoformat(kept) if one.kind == "day" and isinstance(kept, str) else kept


def draw(one: Field, key: str, offered: Mapping[str, str], hint: str, keep: Callable[[], None]) -> None:
    """The widget; its value is in st.session_state[key], and only what is `offered`, value → words, can be chosen.

    `hint` stands in it while it is empty.
    """
    shared: dict[str, Any] = {"label": label(one), "key": key, "on_change": keep, "help": one.help or None}
    match one.kind:
        case "text":
            st.text_input(max_chars=_LONGEST, placeholder=hint or None, live=_PAUSE, **shared)
        case "choice":
            _one_of(one, key, offered, hint, shared)
        case "choices":
            _some_of(one, key, offered, hint, shared)
        case "flag":
            st.checkbox(**shared)
        case "number":
            st.number_input(min_value=0, max_value=_MOST, value=None, placeholder=hint or None, **shared)
        case "day":
            st.date_input(value=None, format="YYYY-MM-DD", **shared)
        case "file":
            st.file_uploader(
                label(one), key=key, type=list(one.endings) or None, max_upload_size=MAX_MB, help=one.help or None
            )


def _one_of(one: Field, key: str, offered: Mapping[str, str], hint: str, shared: dict[str, Any]) -> None:
    if st.session_state.get(key) not in offered:
        st.session_state.pop(key, None)
    if not is_looked_up(one):
        st.segmented_control(options=list(offered), format_func=offered.__getitem__, **shared)
        return
    st.selectbox(
        options=list(offered),
        index=None,
        format_func=offered.__getitem__,
        disabled=not offered,
        placeholder=hint or "输入几个字查找",
        **shared,
    )


def _some_of(one: Field, key: str, offered: Mapping[str, str], hint: str, shared: dict[str, Any]) -> None:
    own, free = st.session_state.get(key) or [], one.own_words
    if own and not free:
        st.session_state[key] = [value for value in own if value in offered]
    st.multiselect(
        options=list(dict.fromkeys([*offered, *(own if free else ())])),
        accept_new_options=free,
        select_all=False,
        format_func=lambda value: offered.get(value, value),
        placeholder=hint or ("可多选，也可自行填写" if free else "可多选"),
        **shared,
    )
