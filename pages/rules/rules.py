"""The rule catalogue: how each model fares, what it says, how right it was, its versions and tasks."""

import streamlit as st

from lib.casework.rules.states import LIVE, UNDER_WAY
from lib.casework.rules.versions import versions
from lib.insight.warnings.filter import workbench_query
from lib.rules import read_rules
from lib.ui import message, paths
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.rules import health, hits, record, sheet
from lib.ui.state import casework
from lib.ui.verbatim import verbatim

VIEWS = ("方法", "算例", "核实", "版本", "任务")

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
asked_hits = st.query_params.get(hits.HITS)
if asked_hits:
    hits.show(register, warehouse, viewer, asked_hits)
    st.stop()

waiting, trials = (st.query_params.get(name, "") for name in (record.WAITING, record.TRIALS))
if waiting in read_rules():
    record.waiting(register, warehouse, viewer, waiting)
    st.stop()
if trials in read_rules():
    record.trials(register, trials)
    st.stop()

found = hits.visible_hits(register, warehouse, viewer)
states = health.states(register, warehouse, viewer)
health.figures(states)
frame = health.asked_for(health.in_scope(states, found, casework(register, warehouse, viewer)))
if frame.empty:
    message.nothing("没有这样的模型", "可查看全部模型。")
    st.stop()
rule_ids = frame["rule_id"].tolist()
asked = st.query_params.get("rule")
chosen = str(asked) if asked in rule_ids else rule_ids[0]
health.table(frame, chosen)
st.query_params["rule"] = chosen

row = frame[frame["rule_id"].eq(chosen)].iloc[0]
every = versions(register, chosen)
live = next((one for one in every if one.state == LIVE), None)
rule = read_rules()[chosen] if live is None else live.rule
with card("rule"):
    head = st.container(horizontal=True, vertical_alignment="center", gap="small")
    st.caption(f"{row['state']}（全市）：{verbatim(row['detail'])}")
    view = st.segmented_control(
        "内容", VIEWS, default=VIEWS[0], required=True, key="m_view", bind="query-params", label_visibility="collapsed"
    )
    version = record.looked_at(chosen, every) if view == "版本" else None
    tuned: dict[str, str | list[str]] = {"rule": chosen}
    if version is not None and version.state in UNDER_WAY:
        tuned["version"] = version.version_id
    with head:
        st.markdown(f"#### {chosen} {verbatim(rule.title)}", width="content", anchors=False)
        st.badge(rule.risk, color="gray")
        st.page_link(
            paths.WORKBENCH,
            label="预警",
            icon=":material/list:",
            query_params=way.address(workbench_query(warehouse, rule_id=chosen)),
        )
        st.page_link(paths.TUNING, label="调参与回测", icon=":material/tune:", query_params=way.address(tuned))
    if view == "算例":
        sheet.worked(rule)
    elif view == "核实":
        record.verification(register, warehouse, viewer, chosen, rule.precision_floor)
    elif view == "版本":
        record.version_list(register, warehouse, viewer, chosen, every)
    elif view == "任务":
        record.task_list(register, warehouse, viewer, chosen)
    else:
        sheet.method(rule, live)
