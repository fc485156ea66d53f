"""One risk of a unit: what it is, what the data shows of its controls, its next step, its texts and its way."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.risks.steps import REGISTERED
from lib.casework.store.register import Register
from lib.catalog.steps import points
from lib.insight.library import risks
from lib.insight.library.controls import MEASURES, MONTHS, observed
from lib.insight.library.lights import LIGHTS
from lib.insight.library.risks import Figure, Observed, Watched
from lib.insight.share import percent
from lib.insight.warnings.source_rows import in_chinese
from lib.insight.wording import NONE, day, moment, plain
from lib.ui import figure, message, paths, tables
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.library.risks import fields
from lib.ui.library.risks.listing import RISK_KEY
from lib.ui.record import timeline
from lib.ui.record.opening import heading
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

CASES_KEY = "rk_cases"
_YES, _NO = "met", "not"


@kept(64)
def _at_work(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, row: pd.Series, state: Key
) -> tuple[list[Observed], list[Watched], list[Figure]]:
    told = row.to_dict()
    about = _register, _warehouse, _viewer, told
    return risks.at_work(_warehouse, _viewer, told), risks.watched(*about), risks.indicators(*about)


def one_risk(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One risk as the viewer may see it."""
    risk_id = str(row["risk_id"])
    events = timeline.events(register, warehouse, viewer, REGISTERED, risk_id)
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        with card("risk-facts"):
            heading(row)
            st.caption(f"风险 {row['number']} · {verbatim(row['org_name'])} · {verbatim(row['department'])}")
            st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
        with card("risk-work"):
            _evidence(register, warehouse, viewer, row)
        _texts(register, warehouse, viewer, risk_id)
    with right:
        with card("risk-steps"):
            st.markdown("**办理**")
            fields.panel(register, warehouse, viewer, row)
        with card("risk-events"):
            timeline.timeline(register, warehouse, viewer, REGISTERED, risk_id, events)


def _facts(row: pd.Series) -> dict[str, str]:
    effect = "" if pd.isna(row["effect"]) else f"{row['effect']}（{day(row['reviewed_at'])} 复核）"
    point = points().get(str(row["point"]))
    facts = {
        "风险点": row["point"],
        "等级": row["level"],
        "表现形式": _in_line(row["description"]),
        "防控措施": _in_line(row["controls"]),
        "责任岗位": plain(row["owner"]),
        "防控效果": effect or "还没有复核",
        "下次复核": row["timing"] if row["open"] else NONE,
        "环节依据": f"{point.law}（已核）" if point is not None and point.law else NONE,
        "登记": f"{moment(row['opened_at'])}，经办 {plain(row['handler_name'])}",
        "文本": f"第 {row['version']} 版",
    }
    return {title: value for title, value in facts.items() if value != NONE}


def _in_line(text: str) -> str:
    """What was written in lines, as a cell of a table shows it."""
    return "；".join(line.strip().rstrip("；。") for line in str(text).splitlines() if line.strip()) + "。"


def _evidence(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """What the data shows: controls observed in cases, and what the models that watch the point have found."""
    measures, models, figures = _at_work(
        register, warehouse, viewer, row, key(register, warehouse, viewer, row["risk_id"])
    )
    st.markdown(f"**防控措施的运行证据**　近 {MONTHS} 个月，从数据中来")
    if not measures and not models and not figures:
        st.caption("这个风险点还没有可以从数据里量的措施，也没有模型盯住，只能靠复核。")
        return
    for one in measures:
        share = one.share
        if not share.whole:
            st.caption(f"{one.title}：近 {MONTHS} 个月这个单位没有这样的案件。")
            continue
        query = {RISK_KEY: str(row["risk_id"])}
        links = [figure.number(share.part, (paths.RISKS, {**query, CASES_KEY: f"{one.name}:{_YES}"}), "做到", "件")]
        if share.part < share.whole:
            not_met = paths.RISKS, {**query, CASES_KEY: f"{one.name}:{_NO}"}
            links.append(figure.number(share.whole - share.part, not_met, "没有做到", "件", one.meaning))
        st.html(figure.line(f"<strong>{one.title} {percent(share)}</strong>", *links))
        st.caption(one.meaning)
    if models:
        shown = pd.DataFrame(
            {
                "盯住的模型": [one.label for one in models],
                "预警": [one.warnings for one in models],
                "属实": [one.true for one in models],
                "未办结": [one.open for one in models],
            }
        )
        numbers: dict[str, list[figure.Opening | None]] = {
            "预警": [(paths.WORKBENCH, one.query) if one.warnings else None for one in models]
        }
        config = {"属实": st.column_config.NumberColumn(help="属实和部分属实。")}
        figure.table(shown, numbers, "risk_models", config, height="content", alt="盯住这个风险点的模型")
    if figures:
        told = [f"{one.indicator_id} {one.title} {_value(one)}" for one in figures]
        st.markdown(verbatim(f"同一环节的清单指标：{'；'.join(told)}。"))
    st.caption("没有预警不等于没有风险；证据供复核时判断，不自动改变等级。")


def _value(one: Figure) -> str:
    light = f"，{LIGHTS[one.light].text}" if one.light in LIGHTS else ""
    return f"{one.value}（n={one.n:,}{light}）" if one.n else one.value


def cases(warehouse: Warehouse, viewer: Viewer, row: pd.Series, asked: str) -> None:
    """The cases behind a number of the evidence."""
    name, _, how = asked.partition(":")
    shown = next((measure for measure in MEASURES if measure == name), None)
    if shown is None or how not in (_YES, _NO):
        message.nothing("没有这个数字", "请从风险页的证据中打开。")
        return
    rows = observed(warehouse, viewer, str(row["org_id"]), str(row["step"]), shown)
    rows = rows[rows["met"].eq(how == _YES)].drop(columns="met")
    with card("risk-cases"):
        told = f"{MEASURES[shown].title}：{'做到' if how == _YES else '没有做到'}"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{verbatim(row['org_name'])} · {row['step']} · {told}**", width="content")
            figure.listed(len(rows), "件")
        st.caption(f"{MEASURES[shown].meaning}近 {MONTHS} 个月。")
        tables.source_table(
            in_chinese(rows, warehouse, ("penalty_case",)).rename(columns={"on_date": "日期"}), "risk_case_rows"
        )


def _texts(register: Register, warehouse: Warehouse, viewer: Viewer, risk_id: str) -> None:
    held = risks.versions(register, warehouse, viewer, risk_id)
    if len(held) < 2:
        return
    with st.expander(f"历次文本（{len(held)} 版）"):
        for one in held:
            why = f" · {one['why']}" if one["why"] else ""
            st.caption(verbatim(f"第 {one['version']} 版 · {moment(one['at'])} · {one['by']}{why}"))
            told = {
                "风险": one["title"],
                "表现形式": _in_line(one["description"]),
                "防控措施": _in_line(one["controls"]),
                "责任岗位": one["owner"],
            }
            st.table({name: verbatim(value) for name, value in told.items()}, border="horizontal")
