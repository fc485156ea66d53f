"""The list an object was opened from: the one before, the next, and what was told about the last.

A list of one kind holds numbers, a list of many holds KIND/NUMBER.
"""

from collections.abc import Callable, Mapping

import streamlit as st

from lib.casework.objects import KINDS
from lib.casework.steps import Workflow
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.record import outcome
from lib.ui.record.outcome import Result

_TOLD, _HERE = "worklist_told", "worklist"
# What static/keys.js does.
_KEYS = "键盘：J 下一条，K 上一条，F 到办理，Esc 返回"

# By the file of the page with a list: how it is made anew from the parameters of its address.
Made = Mapping[str, Callable[[Callable[[str], list[str]]], list[str]]]


def entry(kind: str, object_id: str) -> str:
    """How a list of many kinds names an object."""
    return f"{kind}/{object_id}"


def _place(one: str, kind: str) -> tuple[str, dict[str, str]]:
    """The page of an entry and what its address asks for; a bare number is of the kind given."""
    named, _, object_id = one.rpartition("/")
    page = KINDS[named or kind].page
    assert page is not None
    return paths.BY_URL[page[0]].file, {page[1]: object_id}


def _listed(made: Made) -> list[str]:
    """The list one came from; empty when the object was opened by itself.

    A session that has not seen the list (after a reload) makes it anew from the address of its page.
    """
    ids = way.listed()
    if ids is None and way.came_from():
        path, values_of = way.asked_there()
        again = made.get(way.file_of(path))
        if again is not None:
            ids = again(values_of)
            way.remember(ids, way.came_from())
    st.session_state[_HERE] = ids = ids or []
    return ids


def _at(ids: list[str], kind: str, object_id: str) -> int | None:
    return next((place for place, one in enumerate(ids) if one in (object_id, entry(kind, object_id))), None)


def next_of(kind: str, object_id: str) -> str | None:
    """The entry after this one in the list one came from; the first when this one is no longer in it, None when that is
    a list of another kind, which this one was never in."""
    ids: list[str] = st.session_state.get(_HERE, [])
    place = _at(ids, kind, object_id)
    kinds = {one.rpartition("/")[0] or kind for one in ids}
    if place is None and len(kinds) == 1 and kind not in kinds:
        return None
    rest = ids if place is None else ids[place + 1 :]
    return next(iter(rest), None)


def head(made: Made, kind: str, object_id: str, otherwise: str = "") -> None:
    """The way back (else to the page of the url path `otherwise`, the kind's own unless given), the place in the list
    one came from, the one before, the next; and what came of the step on the one before."""
    page = KINDS[kind].page
    assert page is not None
    _bar(_listed(made), kind, object_id, otherwise or page[0])
    told(object_id)


def _bar(ids: list[str], kind: str, object_id: str, otherwise: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        way.back(otherwise)
        place = _at(ids, kind, object_id)
        if place is None:
            return
        if not on_phone():
            st.caption(_KEYS, width="content")
        st.space("stretch")
        if place:
            _link("before", "上一条", ids[place - 1], kind, ":material/chevron_left:")
        st.caption(f"第 {place + 1} 条，共 {len(ids)} 条", width="content")
        if place + 1 < len(ids):
            _link("next", "下一条", ids[place + 1], kind, ":material/chevron_right:")


def _link(key: str, label: str, one: str, kind: str, icon: str) -> None:
    file, query = _place(one, kind)
    with st.container(key=key, width="content"):
        st.page_link(file, label=label, icon=icon, query_params=way.onward(query), width="content")


def go_on(workflow: Workflow, object_id: str, about: str, result: Result) -> None:
    """To the next of the list one came from, what came of this one told there; stay when there is none."""
    following = next_of(workflow.object_type, object_id)
    if following is not None:
        st.session_state[_TOLD] = (workflow, object_id, about, result)
        file, query = _place(following, workflow.object_type)
        way.go(file, way.onward(query))


def told(object_id: str) -> None:
    """What came of the step on the object before this one, once."""
    if _TOLD not in st.session_state:
        return
    workflow, before, about, result = st.session_state[_TOLD]
    if before == object_id:
        return
    with st.container(key="told"):
        outcome.show(result, workflow, True, about=about)
        file, query = _place(before, workflow.object_type)
        st.page_link(file, label="回看上一条", icon=":material/undo:", query_params=way.onward(query))
