"""Trying other thresholds or another version of a model against the one in force, and taking it to publication."""

import streamlit as st

from lib.errors import UserError
from lib.rules import Variant
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.rules import backtest, tuning, version_steps

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
live, under_way = tuning.choose(register)
version = under_way or live
if version is None:
    message.nothing("还没有可以试算的模型版本", "模型运行一次之后，这里可以调整它的参数。")
    st.stop()

left, right = st.columns([1, 2.3], gap="small")
with left:
    with card("parameters"):
        st.markdown("**参数**")
        params = tuning.parameters(version, live, free=under_way is None and viewer.may("tune", "rule_version"))
        refused = tuning.refusal(version, params)
        if refused is not None:
            message.problem(refused)
    with card("version"):
        if under_way is None:
            version_steps.save_version(register, warehouse, viewer, version, params, refused is None)
        else:
            version_steps.steps(register, warehouse, viewer, under_way)
if refused is not None:
    with right:
        message.nothing("没有试算", "参数改正之后，这里显示新增、减少的预警和回测。")
    st.stop()
with right, card("changes"):
    proposed = Variant(version.rule, params)
    try:
        before = None if live is None else Variant(live.rule, live.params)
        found = tuning.tried(register, warehouse, viewer, before, proposed)
    except UserError as error:
        message.stop(error)
    if not tuning.asked_list(register, warehouse, viewer, found, None if live is None else live.rule, version.rule):
        tuning.headline(found)
        tuning.counts(found)
        st.caption(tuning.changed_words(params, live, version))
        tuning.differences(found)
with right, card("backtest"):
    backtest.panel(register, warehouse, viewer, live, proposed, under_way)
