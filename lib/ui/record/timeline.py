"""What has happened to a record: who, when, what, in which words, with which file."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework import attachments, audit
from lib.casework.objects import KINDS
from lib.casework.reading.visible import called, events_of
from lib.casework.steps import Workflow
from lib.casework.store.register import Register
from lib.insight.wording import moment
from lib.text import seen
from lib.ui.files.download import download
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.tables import paged
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_FOLDED = 8


def who(name: str, role: str) -> str:
    """A person with the role they acted in."""
    acting = policy().people.get(role)
    return name if acting is None else f"{name}（{acting.name}）"


def _key(object_id: str) -> str:
    return f"{object_id}_system_events"


def is_opening(object_id: str) -> bool:
    """Whether the page shows this record for the first time since it was entered.

    A keyed widget's value is dropped when the page is left, so the timeline's own switch tells.
    """
    return _key(object_id) not in st.session_state


def events(
    register: Register, warehouse: Warehouse, viewer: Viewer, workflow: Workflow, object_id: str
) -> pd.DataFrame:
    """The events of a visible record, oldest first; see events_of. Raises NotVisible."""
    about = workflow.object_type, object_id
    # What one person alone sees is kept for nobody else.
    whose = () if KINDS[workflow.object_type].own is None else (viewer.person_id,)
    return _events(register, warehouse, viewer, *about, key(register, warehouse, viewer, *whose, clock=False))


@kept(256)
def _events(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, object_type: str, object_id: str, state: Key
) -> pd.DataFrame:
    return events_of(_register, _viewer, _warehouse, object_type, object_id)


def timeline(
    register: Register, warehouse: Warehouse, viewer: Viewer, workflow: Workflow, object_id: str, events: pd.DataFrame
) -> None:
    """The events of one record, newest first; files can be taken down, which is logged."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**经过**", width="content")
        everything = st.toggle(
            "含系统记录", value=True, key=_key(object_id), help="模型运行产生的记录：生成、再次命中、等级上升。"
        )
    first, rest = _newest(events, everything)
    if not first:
        st.caption("还没有人处理过。")
    _written(register, warehouse, viewer, workflow, first)
    if len(rest):
        older = st.expander(f"更早的 {len(rest)} 条", key=f"{object_id}_older", on_change="rerun")
        if older.open:
            with older, paged(rest, f"{object_id}_older_rows", sorts=False) as part:
                _written(register, warehouse, viewer, workflow, part.to_dict("records"))


@kept(256)
def _newest(events: pd.DataFrame, everything: bool) -> tuple[list[dict], pd.DataFrame]:
    """The newest events, and those that are folded away."""
    newest = (events if everything else events[events["actor_id"] != "system"]).iloc[::-1]
    return newest.head(_FOLDED).to_dict("records"), newest.iloc[_FOLDED:]


def _written(
    register: Register, warehouse: Warehouse, viewer: Viewer, workflow: Workflow, rows: Sequence[dict]
) -> None:
    """The events in their order: those next to each other of which there is nothing to read or take down, in one."""
    for short, group in groupby(rows, key=_short):
        if short:
            st.html(
                '<div class="events">'
                + "".join(f"<div>{''.join(_said(workflow, row))}</div>" for row in group)
                + "</div>"
            )
        else:
            for row in group:
                _event(register, warehouse, viewer, workflow, row)


def _short(row: dict) -> bool:
    return not row["text"] and not attachments.told_of(row["payload"])


def _said(workflow: Workflow, row: dict) -> tuple[str, str]:
    """What stands first of an event and what last, as HTML."""
    before, after, payload = row["from_state"], row["to_state"], row["payload"]
    moved = after if pd.isna(before) or before == after else f"{before} → {after}"
    did = "：".join([called(workflow.object_type, row["action"]), *_chosen(workflow, row["action"], payload)])
    by = who(row["actor_name"], row["actor_role"])
    about = _filled_in(workflow, row["action"], payload)
    about += [f"原经办 {payload['former_name']}"] if payload.get("former_name") else []
    about += [f"代 {payload['for_name']}"] if payload.get("for_name") else []
    told = " · ".join([moved, *about, f"第 {row['seq']} 号事件"])
    head = (
        f'<div class="event"><div><b>{in_html(did)}</b> {in_html(by)}</div>'
        f'<div class="told">{moment(row["at"])}</div></div>'
    )
    return head, f'<div class="told">{in_html(told)}</div>'


def _event(register: Register, warehouse: Warehouse, viewer: Viewer, workflow: Workflow, row: dict) -> None:
    head, foot = _said(workflow, row)
    files = attachments.told_of(row["payload"])
    with st.container(gap="xxsmall"):
        st.html(head if row["text"] else head + foot)
        if row["text"]:
            st.text(row["text"])
            st.html(foot)
        for number, held in enumerate(files):
            name, content = seen(held["name"]), _content(register, warehouse, viewer, row, held)
            download(
                viewer,
                "view",
                row["object_type"],
                f"{verbatim(name)}（{_size(held['size'])}）",
                content,
                name,
                key=f"file_{row['event_id']}" + (f"_{number}" if number else ""),
                quiet=True,
                icon=":material/attach_file:",
            )


def _chosen(workflow: Workflow, action: str, payload: Mapping[str, Any]) -> list[str]:
    """What a step was decided to be: its choices."""
    step = workflow.steps.get(action)
    fields = step.asked if step else ()
    named = {one.name: payload.get(f"{one.name.removesuffix('_id')}_name") or payload.get(one.name) for one in fields}
    return [str(named[one.name]) for one in fields if one.kind == "choice" and named[one.name]]


def _filled_in(workflow: Workflow, action: str, payload: Mapping[str, Any]) -> list[str]:
    """What else stands in its fields; of several lines what is told of at all, the others stand on the page itself."""
    step = workflow.steps.get(action)
    about = []
    for one in step.asked if step else ():
        held, told = payload.get(one.name), one.told or one.label
        # A number 0 says something, an empty field and a box not ticked do not.
        said = held not in (None, "", []) and held is not False
        if said and one.kind != "choice" and (one.kind != "words" or one.told):
            words = [one.called(name) if one.called else name for name in held] if isinstance(held, list) else [held]
            value = "、".join(map(str, words))
            about.append(told if held is True else f"{told}：{value}")
    return about


def _content(register: Register, warehouse: Warehouse, viewer: Viewer, row: dict, held: dict) -> Callable[[], bytes]:
    return partial(_read, register, warehouse, viewer, row["object_type"], row["object_id"], held["attachment_id"])


def _read(
    register: Register, warehouse: Warehouse, viewer: Viewer, object_type: str, object_id: str, attachment_id: str
) -> bytes:
    audit.log(register, viewer, "view", object_type, object_id, at=now(warehouse), detail={"attachment": attachment_id})
    return attachments.read(register, viewer, object_type, object_id, attachment_id)[1]


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(size / 1024, 0.1):.1f} KB"
