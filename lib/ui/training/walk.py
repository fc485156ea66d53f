"""A demonstration: choosing a walk, the strip that leads through it, and the window with the presenter's notes."""

import time

import streamlit as st

from lib.access import Viewer
from lib.access.personas import PERSONA_TITLES
from lib.casework.training import walking
from lib.casework.training.walking import Walking
from lib.catalog.walks import Step, Walk, walks
from lib.errors import UserError
from lib.insight.training.subjects import subjects
from lib.ui import message, paths
from lib.ui.access import session
from lib.ui.access.looking import looking
from lib.ui.browser import script, way
from lib.ui.browser.look import look
from lib.ui.card import card
from lib.ui.paths import BY_URL, WALK_KEY
from lib.ui.state import visible_warnings
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.home import home

NOTES_KEY = "notes"
_STRIP, _ENDED, _REFUSED = "walk_strip", "walk_ended", "walk_refused"


def listed() -> None:
    """The walks to choose from."""
    if st.session_state.pop(_ENDED, False):
        st.info("讲解已结束，其间所做的都已撤销。", icon=":material/undo:")
    if refused := st.session_state.pop(_REFUSED, None):
        message.problem(refused)
    st.caption(
        "每条讲解约五分钟：→ 下一步，← 上一步。讲解用业务库的副本，其间签收、催办、填写的一切在结束时撤销；"
        "备注在第二个窗口里，只有讲解人看到。"
    )
    with st.grid(3, min_column_width=300, gap="small"):
        order = list(PERSONA_TITLES)
        for walk in sorted(walks().values(), key=lambda walk: order.index(walk.steps[0].persona)):
            _offered(walk)


def _offered(walk: Walk) -> None:
    with card(f"walk-{walk.name}", height="stretch"):
        st.markdown(f"**{verbatim(walk.title)}**")
        st.caption(f"{len(walk.steps)} 步 · 约 {walk.minutes} 分钟")
        told = "".join(f"<li>{in_html(step.look)}</li>" for step in walk.steps)
        st.html(f'<ol class="looks">{told}</ol>')
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("开始", key=f"walk_{walk.name}", type="primary", on_click=_start, args=(walk.name,))
            st.html(f'<a href="./?{NOTES_KEY}={walk.name}" target="_blank">打开备注窗口</a>', width="content")


def arrive(viewer: Viewer) -> None:
    """Begin the walk that the address names, as `present` opens it; nothing for an address that names none."""
    name = st.query_params.get(WALK_KEY, "")
    if name in walks() and session.walking() is None and viewer.may("view", "walk"):
        _start(name)


def _start(name: str) -> None:
    try:
        code = walking.begin(session.city_register(), home(), session.viewer(), name)
    except UserError as refused:
        st.session_state[_REFUSED] = refused
        return
    session.walk_in(code)
    held = walking.walking(home(), code)
    assert held is not None
    _open(held, 0)


def strip() -> None:
    """The line of the step that a walk has come to, and the way on and back; nothing where none is going on."""
    held = session.walking()
    if held is None:
        return
    walk = walks()[held.walk]
    step = walk.steps[held.step]

    def turn() -> None:
        asked = st.session_state[_STRIP].get("go")
        if asked in ("end", "on") and (asked == "end" or held.step == len(walk.steps) - 1):
            _end(held)
        elif asked in ("on", "back", "here"):
            by = {"on": 1, "back": -1, "here": 0}[asked]
            _open(held, min(max(held.step + by, 0), len(walk.steps) - 1))

    data = {"walk": walk.title, "look": step.look, "step": held.step + 1, "count": len(walk.steps)}
    with st.container(height=1, border=False, key="walk"):
        script.part("walk")(key=_STRIP, data=data, on_go_change=turn)


def _open(held: Walking, number: int) -> None:
    step = walks()[held.walk].steps[number]
    found = dict(held.subjects)
    query = {name: _named(step, value, found) for name, value in step.query.items()}
    walking.move(home(), held, number, found)
    session.turn_to(step.persona)
    way.go(BY_URL[step.page].file, {name: value for name, value in query.items() if value} | looking())


def _named(step: Step, value: str, found: dict[str, str]) -> str:
    """A value of an address; a subject is chosen once for each persona, so that later steps show the same."""
    if not value.startswith("{"):
        return value
    name = f"{step.persona} {value.strip('{}')}"
    if name not in found:
        warehouse = session.warehouse()
        assert warehouse is not None
        viewer = session.persona(step.persona)
        chosen = subjects(visible_warnings(session.register(), warehouse, viewer))
        found.update({f"{step.persona} {each}": one for each, one in chosen.items()})
    return found.get(name, "")


def _end(held: Walking) -> None:
    session.walk_out()
    walking.end(home(), held.code)
    st.session_state[_ENDED] = True
    way.go(paths.WALK, looking())


def notes_asked(viewer: Viewer) -> bool:
    """Whether this window is for the presenter's notes of a walk."""
    return st.query_params.get(NOTES_KEY) in walks() and viewer.may("view", "walk")


def notes() -> None:
    """The presenter's window: the notes of the step that the walk has come to, the next line, and the time."""
    look()
    _followed(st.query_params[NOTES_KEY])


@st.fragment(run_every=1.0)
def _followed(name: str) -> None:
    walk, held = walks()[name], walking.latest(home(), name)
    number = 0 if held is None else held.step
    step = walk.steps[number]
    then = walk.steps[number + 1].look if number + 1 < len(walk.steps) else "结束：所做的全部撤销"
    lines = "".join(f"<li>{in_html(one)}</li>" for one in step.notes)
    if held is None:
        clock = "还没有开始"
    else:
        minutes, seconds = divmod(int(time.time() - held.began), 60)
        clock = f"{minutes}:{seconds:02d} / {walk.minutes}:00"
    st.html(
        f'<div class="notes"><p class="told">{in_html(walk.title)} · 第 {number + 1} / {len(walk.steps)} 步'
        f"<b>{clock}</b></p><h2>{in_html(step.look)}</h2><ul>{lines}</ul>"
        f'<p class="next">下一步：{in_html(then)}</p></div>'
    )
