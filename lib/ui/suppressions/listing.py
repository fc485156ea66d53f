"""Suppressions as a list, and one of them."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.casework.suppressions.steps import SUPPRESSION
from lib.insight.suppressions.listing import PARTS, held_back, part, suppression_list
from lib.insight.wording import day, moment, number, plain
from lib.rules.levels import LEVELS, level_name
from lib.ui import due, figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.record import timeline
from lib.ui.record.form import Record
from lib.ui.record.panel import steps_panel
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

GRAVEST = next(iter(LEVELS))
SUPPRESSION_KEY, PART_KEY = "suppression", "s_part"
_CHOICE = "suppressions_part"
# Width, how it stands on a card (see tables.Column).
_COLUMNS = {
    "抑制的是": ("34%", "main"), "单位": ("", "line bare"), "状态": ("84px", "bare"), "抑制至": ("104px", ""),
    "还剩": ("124px", "bare"), "未入册": ("84px", ""), "复核": ("104px", ""), "登记人": ("92px", "rest"),
}  # fmt: skip


@kept(32)
def _suppressions(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return suppression_list(_register, _warehouse, _viewer, state.moment)


def visible_suppressions(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's suppressions, recomputed when anything was recorded and every few minutes; never change it."""
    return _suppressions(register, warehouse, viewer, key(register, warehouse, viewer))


def listing(frame: pd.DataFrame) -> None:
    """The list chosen by part, each part with its count; every row opens its suppression."""
    if frame.empty:
        message.nothing("还没有抑制登记", "核查结论为「不属实」的预警，复核或办结后可以在预警里「抑制」。")
        return
    asked = st.query_params.get(PART_KEY, "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen: str = st.segmented_control(
            "清单",
            list(PARTS),
            default=asked if asked in PARTS else "active",
            required=True,
            format_func=lambda name: f"{PARTS[name]} {len(part(frame, name)):,}",
            key=_CHOICE,
            label_visibility="collapsed",
        )
        st.query_params[PART_KEY] = chosen
        rows = part(frame, chosen)
        held = int(rows["held"].sum())
        st.caption(f"共 {number(held)} 件预警在抑制期内未入册；到期自行恢复，更高级别的不受抑制。", width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        rows = due.of_due(rows, "suppressions_due")
        figure.listed(len(rows), "项")
    if rows.empty:
        message.nothing("这里没有抑制登记", "换一个清单。")
        return
    with tables.paged(rows, "suppressions", sorts=False) as page:
        _rows(page)


def _rows(rows: pd.DataFrame) -> None:
    told = [{"id": one["suppression_id"], "cells": _cells(one)} for one in rows.to_dict("records")]
    tables.draw_list("抑制清单", paths.SUPPRESSIONS, SUPPRESSION_KEY, _COLUMNS, told, "suppression_rows", keys=True)


def _cells(one: dict) -> list[str]:
    return [
        one["matter"], one["org_name"] or "—", one["state"], day(one["until"]), one["due_words"],
        f"{number(one['held'])} 件", day(one["reviewed_at"]), plain(one["maker"]),
    ]  # fmt: skip


def one(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One suppression: what it holds back and why, what it has held back, its steps and its way."""
    suppression_id = str(row["suppression_id"])
    facts_side, right = st.columns([1.35, 1], gap="medium")
    with facts_side, card("suppression-facts"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {verbatim(row['matter'])}", anchors=False, width="content")
            st.badge(row["state"], color="gray")
        st.caption(f"抑制 {row['number']} · {moment(row['opened_at'])} 由{verbatim(plain(row['maker']))}登记")
        st.text(row["reason"])
        left = f"（{row['due_words']}）" if row["active"] else ""
        facts = {
            "单位": row["org_name"] or "—",
            "抑制至": f"{day(row['until'])}{left}",
            "不抑制": "—" if row["level"] == GRAVEST else f"高于{level_name(str(row['level']))}的预警",
            "最近复核": moment(row["reviewed_at"]),
        }  # fmt: skip
        st.table({title: verbatim(value) for title, value in facts.items()}, border="horizontal")
        st.page_link(
            paths.WARNING,
            label="核查不属实的预警",
            icon=":material/flag:",
            query_params=way.address({"id": str(row["warning_id"])}),
            width="content",
        )
        held = held_back(register, warehouse, viewer, suppression_id)
        st.markdown(f"**未入册的预警** {len(held)} 件")
        for told in held.head(20).to_dict("records"):
            st.caption(f"{moment(told['at'])} · {level_name(told['level'])} · 运行 {told['run_id']}")
    with right:
        with card("suppression-steps"):
            st.markdown("**办理**")
            record = Record(
                register, warehouse, viewer, SUPPRESSION, suppression_id, str(row["state"]), int(row["last_seq"])
            )
            steps = SUPPRESSION.possible(viewer, record.state)
            steps_panel(record, steps, "" if steps else "没有可办的步骤。", usual=False)
        with card("suppression-events"):
            events = timeline.events(register, warehouse, viewer, SUPPRESSION, suppression_id)
            timeline.timeline(register, warehouse, viewer, SUPPRESSION, suppression_id, events)
