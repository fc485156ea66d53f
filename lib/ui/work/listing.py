"""What a person has to do, as the page shows it: groups that open their rows, the rows, and who is late."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.deputies.naming import principals
from lib.casework.objects import KINDS
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.casework.warnings.steps import WARNING
from lib.casework.work.reminding import remind
from lib.casework.work.visits import visit_since
from lib.errors import UserError
from lib.insight.wording import moment
from lib.insight.work.late import NO_UNIT_ZH, SPANS, UNIT, WHO, group_of, in_span, span_name
from lib.insight.work.listing import ALL, EVERYBODY, LATE, MINE, OTHERS, late_with, parts, work_list
from lib.rules.levels import NAMES
from lib.ui import message, paths, tables
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.charts.levels import level_texts
from lib.ui.kept import kept
from lib.ui.record import worklist
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html, verbatim
from lib.ui.work import board
from lib.ui.work.board import DAYS_KEY, KIND_KEY, UNIT_KEY, WHO_KEY
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

PART_KEY, LEVEL_KEY, WITH_KEY = "t_part", "t_level", "t_with"
# What narrows a part besides kind and level: with whom, of whom, of which unit, how late.
_CUTS = (WITH_KEY, WHO_KEY, UNIT_KEY, DAYS_KEY)
_KEYS = (PART_KEY, KIND_KEY, LEVEL_KEY, *_CUTS)
_TOLD = "work_told"
# The step that a key takes on a warning: it asks for nothing, and can be taken back.
_SIGN = "sign"
_MOST_NAMES = 12


def since(register: Register, warehouse: Warehouse, viewer: Viewer) -> datetime:
    """After which moment something is new to the viewer, who is here now."""
    return visit_since(register, viewer, now(warehouse), now())


def visible_work(register: Register, warehouse: Warehouse, viewer: Viewer, since: datetime) -> pd.DataFrame:
    """All that is open in the viewer's scope, computed anew when anything was recorded and every few minutes."""
    held = principals(register, viewer, now(warehouse)) if viewer.may("view", "deputy") else {}
    about = viewer.person_id, since, tuple(sorted(held.items()))
    return _work(register, warehouse, viewer, key(register, warehouse, viewer, *about))


@kept(64)
def _work(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    _, since, held = state.about
    assert state.moment is not None
    return work_list(_register, _viewer, _warehouse, state.moment, since, dict(held))


def made(register: Register, warehouse: Warehouse, viewer: Viewer) -> worklist.Made:
    """How the list of this page is made anew, for the objects opened from it."""
    return {paths.WORK: partial(numbers, register, warehouse, viewer)}


def numbers(
    register: Register, warehouse: Warehouse, viewer: Viewer, values_of: Callable[[str], list[str]]
) -> list[str]:
    """What an address of the page lists, in its order, as entries of a work list."""
    frame = visible_work(register, warehouse, viewer, since(register, warehouse, viewer))
    return _entries(_chosen(frame, *("".join(values_of(key)) for key in _KEYS)))


@kept(64)
def _parts(frame: pd.DataFrame) -> dict[str, tuple[str, pd.Series]]:
    return parts(frame)


def _usual(frame: pd.DataFrame) -> str:
    """What the page opens on: what waits for oneself, else what waits for others."""
    return MINE if frame["mine"].any() or not len(frame) else OTHERS


@kept(64)
def _chosen(
    frame: pd.DataFrame, part: str, kind: str, level: str, other: str, who: str, unit: str, days: str
) -> pd.DataFrame:
    of_part = _of_part(frame, part, other, who, unit, days)
    keep = pd.Series(True, index=of_part.index)
    if kind:
        keep &= of_part["kind"].eq(kind)
    if level:
        keep &= of_part["level"].eq(level)
    return of_part[keep]


@kept(64)
def _of_part(frame: pd.DataFrame, part: str, other: str, who: str, unit: str, days: str) -> pd.DataFrame:
    """The rows of a part: those that wait for that other, that lie with whom the board names, of that unit, late for so
    long."""
    found = _parts(frame)
    rows = frame if part == ALL else frame[found[part if part in found else _usual(frame)][1]]
    keep = pd.Series(True, index=rows.index)
    if other:
        keep &= rows["waits_key"].eq(other) & ~rows["mine"]
    for by, group in ((WHO, who), (UNIT, unit)):
        if group:
            keep &= group_of(rows, by).eq(group)
    if days:
        keep &= in_span(rows, days)
    return rows[keep]


@kept(64)
def _entries(rows: pd.DataFrame) -> list[str]:
    return [worklist.entry(kind, one) for kind, one in zip(rows["kind"], rows["object_id"], strict=True)]


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that the address asks for."""
    return _chosen(frame, *(st.query_params.get(key, "") for key in _KEYS))


def _here(label: str, on: bool, **asked: str) -> str:
    """A link to other rows of this page, as HTML."""
    query = way.onward({key: value for key, value in asked.items() if value})
    mark = ' class="on" aria-current="true"' if on else ""
    return f'<a{mark} href="{in_html(way.href(paths.WORK, query))}">{label}</a>'


def tallies(frame: pd.DataFrame, since: datetime) -> None:
    """How much there is of each part; every number opens its rows."""
    found, asked = _parts(frame), st.query_params.get(PART_KEY, "")
    now_shown = asked if asked in (*found, ALL) else _usual(frame)
    tiles = []
    for part, (name, rows) in found.items():
        if part in EVERYBODY.values():
            continue
        links = _here(f"<small>{in_html(name)}</small><b>{int(rows.sum()):,}</b>", part == now_shown, t_part=part)
        if part in EVERYBODY:
            every = EVERYBODY[part]
            links += _here(f"范围内 <b>{int(found[every][1].sum()):,}</b>", every == now_shown, t_part=every)
        tiles.append(f"<div>{links}</div>")
    st.html(f'<div class="tallies">{"".join(tiles)}</div>')
    told = f"新到：{moment(since)} 以来他人移交、退回、交办或催办的。期限按工作日计，调休已计入。"
    st.caption(told if on_phone() else f"{told}键盘：J、K 选择，回车打开，S 签收预警。")


def narrowed(frame: pd.DataFrame, rows: pd.DataFrame) -> None:
    """The rows listed by kind and level, each number a link to just those."""
    part, kind, level, *_ = (st.query_params.get(key, "") for key in _KEYS)
    cuts = {key: st.query_params.get(key, "") for key in _CUTS}
    of_part = _of_part(frame, part, *cuts.values())
    kinds = of_part["kind"].value_counts()
    levels = of_part["level"].value_counts()
    links = [_here(f"全部 <b>{len(of_part):,}</b>", not kind and not level, t_part=part, **cuts)]
    links += [
        _here(f"{in_html(KINDS[one].title)} <b>{count:,}</b>", one == kind, t_part=part, t_kind=str(one), **cuts)
        for one, count in kinds.items()
    ]
    words = level_texts(pd.Series(list(NAMES), index=list(NAMES)))
    links += [
        _here(f"{in_html(words[one])} <b>{levels[one]:,}</b>", one == level, t_part=part, t_level=one, **cuts)
        for one in NAMES
        if one in levels
    ]
    told = "，".join(_cut_words(of_part, cuts))
    if told:
        links.append(f'<span class="told">{in_html(told)}</span>{_here("不限", False, t_part=part)}')
    st.html(f'<div class="numbers choice">{"".join(links)}<span class="told">列出 {len(rows):,} 项</span></div>')


def _cut_words(rows: pd.DataFrame, cuts: Mapping[str, str]) -> list[str]:
    """What a part is narrowed to, in words."""
    first = rows.iloc[0] if len(rows) else None
    who = cuts[WHO_KEY] or cuts[WITH_KEY]
    told = [f"在 {first['waits_with']} 手里"] if who and first is not None else []
    told += [first["org_name"] or NO_UNIT_ZH] if cuts[UNIT_KEY] and first is not None else []
    return told + ([f"超期 {span_name(cuts[DAYS_KEY])}"] if cuts[DAYS_KEY] in SPANS else [])


# Width, how it stands on a card (see tables.Column).
_COLUMNS = {
    "种类": ("118px", "bare"),
    "等级": ("62px", "bare"),
    "事项": ("33%", "main"),
    "单位": ("15%", "line bare"),
    "状态": ("78px", "bare"),
    "期限": ("124px", ""),
    "下一步": ("108px", ""),
    "等谁": ("12%", ""),
    "提示": ("96px", "bare"),
}
_PHONE = ("种类", "等级", "事项", "期限", "下一步", "等谁", "提示")


@kept(128)
def _written(rows: pd.DataFrame, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    sheet = pd.DataFrame(
        {
            "种类": rows["kind_name"],
            "等级": level_texts(rows["level"]),
            "事项": rows["matter"],
            "单位": rows["org_name"],
            "状态": rows["state"],
            "期限": rows["due_words"],
            "下一步": rows["step"],
            "等谁": rows["waits_for"],
            "提示": [_marks(row) for row in rows[["new", "returned", "reminded_at"]].to_dict("records")],
        }
    )
    cells = sheet[list(columns)].to_numpy().tolist()
    return [{"id": one, "cells": of} for one, of in zip(_entries(rows), cells, strict=True)]


def _marks(row: Mapping[str, Any]) -> str:
    told = {"新": row["new"], "退回": row["returned"], "催办": not pd.isna(row["reminded_at"])}
    return "、".join(word for word, holds in told.items() if holds)


def table(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame) -> None:
    """The rows; each opens its object, S signs the one that has the focus."""
    way.remember(_entries(rows))
    columns = _PHONE if on_phone() else tuple(_COLUMNS)
    with tables.paged(rows, "t_rows", sorts=False) as page:
        signs = page[page["mine"] & page["action"].eq(_SIGN) & page["kind"].eq(WARNING.object_type)]
        seen = dict(zip(_entries(signs), zip(signs["last_seq"], signs["matter"], strict=True), strict=True))
        data = {
            "label": "待办清单",
            "grounds": tables.GROUNDS,
            "place": way.here(),
            "link": {
                one: f"{way.href(paths.BY_URL[kind.page[0]].file, way.address({}))}&{kind.page[1]}="
                for one, kind in KINDS.items()
                if kind.page is not None and one in set(page["kind"])
            },
            "main": "事项",
            "height": 0,
            "keys": True,
            "sort": False,
            "select": False,
            "picked": [],
            "signs": list(seen),
            "columns": [
                {
                    "name": name,
                    "width": _COLUMNS[name][0],
                    "help": "",
                    "kind": _COLUMNS[name][1],
                    "late": name == "期限",
                    "sorted": None,
                }
                for name in columns
            ],
            "rows": _written(page, columns),
        }
        tables.draw_rows(
            data, "work_rows", on_sign_change=partial(_sign, register, warehouse, viewer, "work_rows", seen)
        )


def _sign(register: Register, warehouse: Warehouse, viewer: Viewer, key: str, seen: dict[str, tuple[int, str]]) -> None:
    """Take the step of the key on the row that had the focus."""
    one = st.session_state[key]["sign"]
    if one not in seen:
        return
    kind, _, object_id = str(one).partition("/")
    workflow, (last, matter) = KINDS[kind].workflow, seen[one]
    seq = int(last)
    sent = Submission(f"work-{viewer.person_id[:24]}-{object_id[:24]}-{seq}", now(warehouse), seq)
    try:
        done = take(register, viewer, workflow, object_id, _SIGN, sent)
    except UserError as refused:
        st.session_state[_TOLD] = refused
        return
    step = workflow.steps[_SIGN].name
    told = f"已{step} {matter}" if done.event is not None else f"没有{step}：{workflow.name}已被他人处理"
    st.session_state[_TOLD] = told


def told() -> None:
    """What came of the last step taken from the list, once."""
    result = st.session_state.pop(_TOLD, None)
    if isinstance(result, UserError):
        message.problem(result)
    elif result:
        st.success(verbatim(result), icon=":material/check_circle:")


def nothing(frame: pd.DataFrame) -> None:
    """Why no row is listed, and what helps."""
    if frame.empty:
        message.nothing("没有未办结的事项", "您的权限范围内，没有等待办理的预警、线索或通知。")
        return
    box = message.nothing("这里没有事项", f"范围内共有 {len(frame):,} 项未办结。")
    box.page_link(paths.WORK, label="查看全部", icon=":material/list:", query_params=way.onward({PART_KEY: ALL}))


def late(register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame) -> None:
    """Who is late in the viewer's scope, each with a button that reminds them of all of it."""
    with card("late"):
        found = _late(frame)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(
                f"**该催办的** {len(found)} 处",
                help="超期、等待他人的事项，按在谁手里；同一事项每天只催办一次。",
                width="content",
            )
            board.link()
        if found.empty:
            st.caption("没有等待他人而超期的事项。")
        for row in found.head(_MOST_NAMES).to_dict("records"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(_late_words(row), width="stretch")
                st.button(
                    "催办",
                    key=f"remind_{row['waits_key']}",
                    on_click=_remind,
                    args=(register, warehouse, viewer, frame, row["waits_key"], row["waits_with"]),
                )
        if len(found) > _MOST_NAMES:
            st.caption(f"另有 {len(found) - _MOST_NAMES} 处，办理后依次列出。")


def _late_words(row: Mapping[str, Any]) -> str:
    count = _here(f"<b>{row['count']}</b> 项", False, t_part=EVERYBODY[LATE], t_with=row["waits_key"])
    reminded = f"，已催 {row['reminded']} 项" if row["reminded"] else ""
    about = f'{count} <span class="told">最长超期 {row["days"]:.0f} 天{reminded}</span>'
    return f"<div>{in_html(row['waits_with'])}</div><div>{about}</div>"


@kept(64)
def _late(frame: pd.DataFrame) -> pd.DataFrame:
    return late_with(frame[frame["may_remind"]])


def _remind(
    register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame, whose: str, name: str
) -> None:
    rows = frame[frame["may_remind"] & ~frame["mine"] & frame["due_group"].eq(LATE) & frame["waits_key"].eq(whose)]
    matters = list(zip(rows["kind"], rows["object_id"], strict=True))
    done, refused = remind(register, viewer, matters, submission=uuid.uuid4().hex, at=now(warehouse))
    told = f"已催办 {name}：{done} 项" + (f"；{len(refused)} 项没有催办，{refused[0]}" if refused else "")
    st.session_state[_TOLD] = told
