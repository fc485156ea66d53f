"""The network of one officer, firm or case: declared and matched ties, for verification, not as a finding."""

import streamlit as st

from lib.errors import UserError
from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.officers import network

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
about = st.query_params.get(network.ABOUT, "")
way.back("officer")
if not about:
    message.nothing("还没有选定人员、企业或案件", "请从廉政档案或预警详情打开关系网络。")
    st.stop()
try:
    found = network.network_of(register, warehouse, viewer, about)
    network.log_opening(register, warehouse, viewer, about)
except UserError as error:
    message.stop(error)

network.head(register, warehouse, viewer, found)
rest = st.query_params.get(network.REST)
if rest:
    network.rest_of(found, rest)
    st.stop()
if on_phone():
    network.graph(found)
    network.points(found)
else:
    left, right = st.columns([2.6, 1], gap="small")
    with left:
        network.graph(found)
    with right:
        network.points(found)
network.ties(found)
