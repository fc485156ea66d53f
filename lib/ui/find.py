"""One of many people, found by name: what is typed is looked for on the server, the page carries only a few names."""

from collections.abc import Callable, Mapping

import streamlit as st

# As many names as one page carries, however many there are.
MOST = 30


def one_of(
    names: Mapping[str, str], key: str, placeholder: str, on_change: Callable[[], None], first: bool = False
) -> str | None:
    """The one chosen (a key of `names`), kept in st.session_state[key]; None, or with `first` the first, when nobody
    is.

    With more names than MOST a box stands before the list, and the list has the first of those whose names hold every
    word typed.
    """
    offered = list(names)
    if len(names) > MOST:
        with st.container(horizontal=True, gap="xsmall"):
            typed = st.text_input(
                "查找",
                key=f"{key}_typed",
                live=True,
                label_visibility="collapsed",
                width=170,
                placeholder="查找",
                help="输入姓名、尾号或单位，右侧只留下相符的。",
            )
            offered = _holding(names, (typed or "").split())
            return _select(names, offered, key, placeholder, on_change, first)
    return _select(names, offered, key, placeholder, on_change, first)


def _holding(names: Mapping[str, str], typed: list[str]) -> list[str]:
    found = (one for one, name in names.items() if all(word in name for word in typed))
    return [one for one, _ in zip(found, range(MOST), strict=False)]


def _select(
    names: Mapping[str, str], offered: list[str], key: str, placeholder: str, on_change: Callable[[], None], first: bool
) -> str | None:
    chosen = st.session_state.get(key)
    if isinstance(chosen, str) and chosen in names and chosen not in offered:
        offered = [chosen, *offered]
    return st.selectbox(
        "人员",
        offered,
        index=0 if first and offered else None,
        format_func=names.__getitem__,
        key=key,
        on_change=on_change,
        label_visibility="collapsed",
        placeholder=placeholder,
    )
