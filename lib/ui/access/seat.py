"""Coming into a class by its code, and what a trainee's bar says: where one sits, which role one plays, the way out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from lib.access import Seat, Viewer
from lib.casework.training.classes import CODE_LENGTH, Class
from lib.casework.training.seats import MOST_NAME, WORD_LENGTH
from lib.errors import UserError
from lib.ui import message, paths
from lib.ui.access.looking import looking
from lib.ui.access.sign_in import alone
from lib.ui.verbatim import verbatim

TRAINEE = "trainee"

SitDown = Callable[[str, str, str], None]


@contextmanager
def entrance(held: Class | None, code: str, sit_down: SitDown, told: str = "") -> Iterator[None]:
    """The page on which a trainee comes in; `sit_down` is given code, name and word, and raises what was wrong."""
    with alone("seat"):
        st.markdown(f"### {verbatim(held.title)}" if held else "### 进入班级")
        st.caption("合成城市上的练习班。第一次来填班级码和姓名；回来的再填座位口令。")
        if told:
            st.info(told, icon=":material/info:")
        form(code, sit_down)
        yield


def teaching(teach: Callable[[str, str], None]) -> None:
    """The way in for the teacher, from another machine than the server's."""
    with st.expander("我是教员"), st.form("teacher_form", border=False):
        code = st.text_input("班级码", max_chars=12, key="teacher_code")
        word = st.text_input("教员口令", type="password", max_chars=16, autocomplete="off")
        if st.form_submit_button("进入", width="stretch"):
            try:
                teach(code, word)
            except UserError as refused:
                message.problem(refused)
            else:
                st.rerun()


def form(code: str, sit_down: SitDown) -> None:
    """The form of class code, name and, for who comes back, the word of the seat."""
    with st.form("seat_form", border=False):
        shown = f"教员投影在屏幕上的 {CODE_LENGTH} 位字母和数字。"
        typed = st.text_input("班级码", value=code, max_chars=12, help=shown)
        name = st.text_input("姓名", max_chars=MOST_NAME, autocomplete="name")
        told = f"{WORD_LENGTH} 位，第一次入座后显示在页面顶部；第一次来不填。"
        word = st.text_input("座位口令", max_chars=12, autocomplete="off", help=told)
        pressed = st.form_submit_button("入座", type="primary", width="stretch")
    if pressed:
        try:
            sit_down(typed, name, word)
        except UserError as refused:
            message.problem(refused)
        else:
            st.rerun()


def greet(seat: Seat, word: str) -> None:
    """What somebody who has just sat down has to note."""
    st.toast(
        f"{seat.number:02d} 号座位，口令 **{word}**。请记下，回来时要填。", icon=":material/school:", duration="long"
    )


def bar(
    viewer: Viewer,
    seat: Seat,
    title: str,
    word: str,
    attempt_id: str,
    plays: Mapping[str, str],
    leave: Callable[[], None],
) -> None:
    """Which role is played while an exercise offers any, and the seat with its word and the way back to the attempt
    that is not handed in."""
    if plays:
        with st.container(width=190):
            st.selectbox(
                "扮演",
                list(plays),
                format_func=lambda role: plays[role],
                key=paths.PLAYS_KEY,
                label_visibility="collapsed",
                help="这个练习里可以扮演的角色。",
            )
    with st.popover(f"{seat.number:02d} 号 {verbatim(viewer.name)}", icon=":material/school:", type="tertiary"):
        if attempt_id:
            # Without the way here: where one played is closed once it is handed in.
            query = {"attempt": attempt_id} | looking()
            st.page_link(paths.EXERCISES, label="回到练习", icon=":material/edit:", query_params=query)
        st.markdown(f"**{verbatim(title)}**")
        st.markdown(f"{seat.number:02d} 号座位　口令 **{word}**")
        st.caption("换浏览器或改天再来：班级码、姓名和这个口令。请记下，不要给别人。")
        st.button("离开座位", icon=":material/logout:", on_click=leave, width="stretch")
