"""The network of one officer, firm or case, drawn: the graph, its points as links, every tie with source and dates."""

import re
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.officers.integrity_file import period_text
from lib.insight.officers.layout import Place, indented, rings
from lib.insight.officers.network import MOST, NAMES, UNITS, Network, Node
from lib.insight.officers.network import network as made
from lib.insight.officers.ties import CASE, FIRM, MATCHED, OFFICER, REGISTERED, RELATIVE, WARNED, WARNING
from lib.insight.wording import day
from lib.ui import figure, message, paths, tables
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.charts.levels import LEVELS, level_text
from lib.ui.charts.shared import ACCENT, INK, QUIET, draw, sheet
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

ABOUT, REST = "about", "rest"
WHAT_IT_IS = (
    "**联系供核查参考，不是结论；查看已留痕。** 只画本人申报、数据比对和登记得到的联系，从中心起最多两步；"
    "人和企业只按身份哈希、信用代码比对，从不按姓名。只含您权限范围内的。"
)
_OPENED, _REVEALED, _CHART, _REASON = "networks_opened", "networks_revealed", "network_graph", "network_reason"
_SIGNS = {OFFICER: "人", RELATIVE: "亲", FIRM: "企", CASE: "案", WARNING: "警"}
_COLOURS = {OFFICER: ACCENT, RELATIVE: "#4d7bad", FIRM: "#5b6b7b", CASE: "#8aaacb"}
_GROUP = "group"
_LOOKS = {**_COLOURS, **{code: level.colour for code, level in LEVELS.items()}, _GROUP: "#ffffff"}
_DARK = f"indexof({[_GROUP, CASE, 'yellow']}, datum.look) >= 0"
_MATCHED = (REGISTERED, MATCHED, "比对发现")
_ZEROS = re.compile("第0+")
_EMS = {"centre": 22.0, "first": 11.5, "second": 14.5}


def network_of(register: Register, warehouse: Warehouse, viewer: Viewer, about: str) -> Network:
    """The network, once for whoever sees the same; firms are named once the viewer has given a reason."""
    revealed = (viewer.person_id, about) in st.session_state.get(_REVEALED, set())
    return _network(register, warehouse, viewer, about, revealed, key(register, warehouse, viewer))


@kept(32)
def _network(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, about: str, revealed: bool, state: Key
) -> Network:
    return made(_register, _warehouse, _viewer, about, revealed)


def log_opening(register: Register, warehouse: Warehouse, viewer: Viewer, about: str) -> None:
    """Write to the audit log that this person looked at this network; once per session and centre."""
    opened = st.session_state.setdefault(_OPENED, set())
    if (viewer.person_id, about) in opened:
        return
    kind, _, number = about.partition(":")
    detail = {"network": kind}
    audit.log(register, viewer, "view", "officer", number, at=now(warehouse), detail=detail)
    opened.add((viewer.person_id, about))


def head(register: Register, warehouse: Warehouse, viewer: Viewer, found: Network) -> None:
    """What it is about, what it is not, and how firms come to be named."""
    centre = found.centre
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.markdown(f"#### 关系网络　{verbatim(centre.label)}", width="content", anchors=False)
            if centre.detail:
                st.markdown(verbatim(centre.detail), width="content")
            if centre.officer_id:
                file = figure.anchor("廉政档案", (paths.OFFICER, {"officer": centre.officer_id}), "打开会留痕。")
                st.html(figure.line(file), width="content")
        if not found.revealed and viewer.may("reveal", "officer") and any(one.kind == FIRM for one in found.nodes):
            with st.popover("显示企业名称", icon=":material/visibility:"):
                st.caption("企业名称和信用代码默认不展示；写明用途后显示，理由留痕。")
                st.text_input("理由", key=_REASON, placeholder="例如核查的预警编号")
                st.button("显示", on_click=partial(_reveal, register, warehouse, viewer, found.about))
    if isinstance(problem := st.session_state.pop("network_refused", None), UserError):
        message.problem(problem)
    st.info(WHAT_IT_IS, icon=":material/info:")


def _reveal(register: Register, warehouse: Warehouse, viewer: Viewer, about: str) -> None:
    kind, _, number = about.partition(":")
    reason = st.session_state.get(_REASON, "")
    try:
        detail = {"network": kind}
        audit.log(register, viewer, "reveal", "officer", number, at=now(warehouse), reason=reason, detail=detail)
    except UserError as error:
        st.session_state["network_refused"] = error
        return
    st.session_state.setdefault(_REVEALED, set()).add((viewer.person_id, about))


def graph(found: Network) -> None:
    """The points and their ties; a click on a point opens it."""
    with card("graph"):
        if len(found.nodes) == 1:
            message.nothing("没有联系", "没有申报或比对得到的、在您权限范围内的亲属、企业、案件或预警。")
            return
        st.markdown(f"**{verbatim(_sentence(found))}**")
        phone = on_phone()
        draw(_spec(found, phone), _sentence(found), key=_CHART, on_select=partial(_clicked, found))
        said = f"同一类多于 {MOST} 个的合并为一个节点，点开看全部；与中心的亲属、企业另有联系的或有预警的单独画出。"
        dashed = "" if phone else "虚线为数据比对得到的联系。"
        st.caption(f"点节点打开它。{dashed}{said if found.grouped else ''}")


def _sentence(found: Network) -> str:
    """How many of each kind are tied to the centre, those that stand together counted."""
    counts = {kind: sum(one.count for one in found.nodes[1:] if one.kind == kind and one.step == 1) for kind in NAMES}
    direct = "、".join(f"{NAMES[kind]} {count:,} {UNITS[kind]}" for kind, count in counts.items() if count)
    beyond = "，经过它们还有第二步的联系" if any(one.step == 2 for one in found.nodes) else ""
    return f"直接联系的有{direct}{beyond}。"


@kept(64)
def _spec(found: Network, phone: bool) -> dict[str, Any]:
    """The graph as Vega-Lite: lines, points with a sign in them, labels beside them."""
    places, height = indented(found.nodes) if phone else rings(found.nodes)
    by_number = {one.number: one for one in found.nodes}
    lines = _elbows(found, places) if phone else _lines(found, places)
    points = [_point(one, places[one.number], phone) for one in by_number.values()]
    x = {"field": "x", "type": "quantitative", "scale": {"domain": [-1, 1], "nice": False}, "axis": None}
    y = {"field": "y", "type": "quantitative", "scale": {"domain": [height, 0], "nice": False}, "axis": None}
    tied = [{"field": "what", "title": "联系"}, {"field": "said", "title": "来源"}, {"field": "dates", "title": "起止"}]
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": lines},
            "mark": {"type": "rule", "strokeWidth": 1.4},
            "encoding": {
                "x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}, "tooltip": tied,
                "color": {"value": "#c3ccd6"},
                "strokeDash": {"condition": {"test": "datum.matched", "value": [5, 3]}, "value": [1, 0]},
            },
        },
        {
            "params": [{"name": "picked", "select": {"type": "point", "fields": ["number"], "on": "click"}}],
            "mark": {"type": "point", "filled": True, "opacity": 1, "strokeWidth": 1.5, "cursor": "pointer"},
            "encoding": {
                "x": x, "y": y, "tooltip": {"field": "what"},
                "size": {"condition": {"test": "datum.number == 'n0'", "value": 780}, "value": 420},
                "fill": {
                    "field": "look", "type": "nominal", "legend": None,
                    "scale": {"domain": list(_LOOKS), "range": list(_LOOKS.values())},
                },
                "stroke": {"condition": {"test": f"datum.look == '{_GROUP}'", "value": QUIET}, "value": "#ffffff"},
            },
        },
        _text(x, y, "sign", {"fontSize": 11, "fontWeight": 600}, _DARK),
    ]  # fmt: skip
    for side, align, dx, dy in ((1, "left", 14, 0), (-1, "right", -14, 0), (0, "center", 0, 26)):
        mark = {"align": align, "dx": dx, "dy": dy, "fontSize": 12}
        only = [{"filter": f"datum.side == {side}"}]
        halo = {**mark, "stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round"}
        layers.append({**_text(x, y, "label", halo), "transform": only})
        layers.append({**_text(x, y, "label", mark), "transform": only})
    for layer in layers[1:]:
        layer.setdefault("data", {"name": "points"})
    return sheet(height, datasets={"points": points}, layer=layers)


def _text(x: Any, y: Any, field: str, mark: dict[str, Any], dark: str = "") -> dict[str, Any]:
    """Text in ink, white but where `dark` holds when it is given."""
    ink: dict[str, Any] = {"value": mark.get("stroke", INK)}
    if dark:
        ink = {"condition": {"test": dark, "value": INK}, "value": "#ffffff"}
    encoding = {"x": x, "y": y, "text": {"field": field, "type": "nominal"}, "color": ink}
    return {"mark": {"type": "text", "baseline": "middle", **mark}, "encoding": encoding}


def _point(one: Node, place: Place, phone: bool) -> dict[str, Any]:
    label = _label(one)
    brief = _ZEROS.sub("第", label) if one.kind == CASE else label
    ems = 24.0 - 2 * one.step if phone else _EMS["centre" if one.step == 0 else "first" if one.step == 1 else "second"]
    # The number of a case ends with what tells it from others.
    short = _short(brief[::-1], ems)[::-1] if one.kind == CASE else _short(brief, ems)
    return {
        "number": one.number,
        "x": round(place.x, 3),
        "y": round(place.y, 1),
        "side": place.side,
        "label": short,
        "what": " · ".join(part for part in ("" if short == label else label, one.detail) if part) or label,
        "look": _GROUP if one.count > 1 else one.level or one.kind,
        "sign": _SIGNS[one.kind],
    }


def _label(one: Node) -> str:
    """The name of a point; a warning's begins with shape and word of its level."""
    return f"{level_text(one.level)} {one.label.partition(' ')[2]}" if one.level else one.label


def _short(text: str, most: float) -> str:
    """As much of a text as fits so many Chinese characters."""
    room = most
    for place, sign in enumerate(text):
        room -= 0.56 if sign.isascii() else 1
        if room < 0:
            return f"{text[: place - 1]}…"
    return text


def _lines(found: Network, places: dict[str, Place]) -> list[dict[str, Any]]:
    """One line between two points, whatever ties them: what and since when stands in the tooltip."""
    lines = []
    for (first, last), rows in found.ties.groupby(["from", "to"], sort=False):
        one, other = places[first], places[last]
        lines.append(
            {
                "x": round(one.x, 3), "y": round(one.y, 1), "x2": round(other.x, 3), "y2": round(other.y, 1),
"what": "、".join(dict.fromkeys(rows["tie"])),
                "said": "、".join(dict.fromkeys(rows["source"])),
                "dates": "；".join(dict.fromkeys(_dates(rows))),
                "matched": bool(rows["source"].isin(_MATCHED).all()),
            }
        )  # fmt: skip
    return lines


def _elbows(found: Network, places: dict[str, Place]) -> list[dict[str, Any]]:
    """Down from what a point hangs on, then across: on a narrow screen a slanting line would cross the labels."""
    lines = []
    for one in found.nodes[1:]:
        here, above = places[one.number], places[one.parent]
        corner = {"matched": False, "what": one.label}
        lines.append({"x": above.x, "y": above.y, "x2": above.x, "y2": here.y, **corner})
        lines.append({"x": above.x, "y": here.y, "x2": here.x, "y2": here.y, **corner})
    return lines


def _dates(rows: pd.DataFrame) -> list[str]:
    """From when to when; of a warning the day it was first seen."""
    return [
        f"{day(start)} 首次发现" if tie in WARNED else period_text(start, end)
        for tie, start, end in zip(rows["tie"], rows["start"], rows["end"], strict=True)
    ]


def _opening(one: Node, about: str) -> figure.Opening | None:
    """Where a point leads: a warning to its page, many to their list, others to their own network."""
    if one.warning_id:
        return paths.WARNING, {"id": one.warning_id}
    if one.count > 1:
        return paths.NETWORK, {ABOUT: about, REST: one.number}
    return (paths.NETWORK, {ABOUT: one.about}) if one.about and one.about != about else None


def _clicked(found: Network) -> None:
    picked = st.session_state[_CHART].selection.get("picked", [])
    number = picked[0].get("number") if picked else None
    one = next((one for one in found.nodes if one.number == number), None)
    opening = None if one is None else _opening(one, found.about)
    if opening is not None:
        figure.go(opening)


def points(found: Network) -> None:
    """The points as links by step and kind, for the keyboard and for whoever cannot see the graph."""
    with card("points"):
        for step, title in ((1, "直接联系"), (2, "第二步")):
            own = [one for one in found.nodes if one.step == step]
            if own:
                st.markdown(f"**{title}**")
                st.html("".join(_of_kind(kind, own, found.about) for kind in NAMES))


def _of_kind(kind: str, nodes: list[Node], about: str) -> str:
    """The points of a kind as links side by side; nothing without one."""
    links = [_linked(one, about) for one in nodes if one.kind == kind]
    return figure.line(f'<span class="told">{NAMES[kind]}</span>', *links) if links else ""


def _linked(one: Node, about: str) -> str:
    opening, label = _opening(one, about), in_html(_label(one))
    return f'<span class="told">{label}</span>' if opening is None else figure.anchor(label, opening, one.detail)


def ties(found: Network) -> None:
    """Every tie in a table: between whom, what, from which source, since and until when."""
    if found.ties.empty:
        return
    with card("ties"):
        st.markdown(f"**联系 {len(found.ties):,} 条**", help="图上每条线由哪些联系组成，各自的来源和起止日期。")
        shown = _worded(found)
        widths = {"从": 240, "联系": 110, "到": 300, "来源": 170, "起止": 190}
        config = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
        tables.plain_table(shown, "network_ties", 12, "联系清单", config)


@kept(64)
def _worded(found: Network) -> pd.DataFrame:
    rows = found.ties
    return pd.DataFrame(
        {
            "从": rows["from_label"],
            "联系": rows["tie"],
            "到": rows["to_label"],
            "来源": rows["source"],
            "起止": _dates(rows),
        }
    )


def rest_of(found: Network, number: str) -> None:
    """The list behind a point that stands for many."""
    one = next((one for one in found.nodes if one.number == number and number in found.groups), None)
    if one is None:
        message.nothing("没有这样的清单", "数据可能已经更新，请回到关系网络重新点开。")
        return
    rows = found.groups[number]
    parent = next(other for other in found.nodes if other.number == one.parent)
    figure.origin(f"{parent.label} 的{NAMES[one.kind]}", "✕ 返回关系网络", REST)
    figure.listed(one.count, UNITS[one.kind])
    shown = _rest(found, number)
    opens = [_leads(*one) for one in zip(rows["warning_id"], rows["about"], strict=True)]
    figure.table(shown, {}, "network_rest", rows=opens, height=tables.height(shown, 20), alt="合并节点的清单")


def _leads(warning_id: str, about: str) -> figure.Opening | None:
    if warning_id:
        return paths.WARNING, {"id": warning_id}
    return (paths.NETWORK, {ABOUT: about}) if about else None


@kept(64)
def _rest(found: Network, number: str) -> pd.DataFrame:
    rows = found.groups[number]
    return pd.DataFrame(
        {
            "对象": rows["rest"],
            "联系": rows["tie"],
            "起": rows["start"].map(day),
            "止": rows["end"].map(day),
            "来源": rows["source"],
        }
    )
