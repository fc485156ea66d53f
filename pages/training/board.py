"""How a class stands: results by trainee and objective, where it fails, agreement and time, files to take away."""

import streamlit as st

from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.training import board

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
chosen = board.choice(register, warehouse, viewer)
if chosen is None:
    message.nothing("还没有班级", "开班以后，这里看成绩。")
    st.stop()
held = board.stands(register, warehouse, viewer, chosen)
board.head(register, warehouse, viewer, held)
if held.goes.empty:
    message.nothing("还没有人交卷", "学员交卷后，这里按人、按练习、按模型列出成绩。")
    st.stop()
board.results(held)
left, right = st.columns(2)
with left:
    board.goals(held)
    board.agreement(held)
with right:
    board.failing(held)
