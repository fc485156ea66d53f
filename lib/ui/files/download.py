"""Handing out a file: the one button that does, and the right it stands under."""

from collections.abc import Callable

import streamlit as st

from lib.access import Viewer, require

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def download(
    viewer: Viewer,
    action: str,
    kind: str,
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    *,
    icon: str,
    mime: str | None = None,
    key: str | None = None,
    quiet: bool = False,
    note: str | None = None,
) -> None:
    """A button that makes a file when it is pressed; nothing for a viewer without the right."""
    if not viewer.may(action, kind):
        return

    def made() -> bytes:
        require(viewer, action, kind)
        return make()

    st.download_button(
        label,
        data=made,
        file_name=file_name,
        mime=mime,
        key=key,
        icon=icon,
        help=note,
        on_click="ignore",
        type="tertiary" if quiet else "secondary",
    )
