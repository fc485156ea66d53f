"""Start: settings, identity, navigation. Nothing else."""

import streamlit as st

from lib.errors import UserError
from lib.ui import building, frame, garbage, message, session

st.set_page_config(page_title="执法监督舱", page_icon="static/icon.png", layout="wide")
garbage.settle()

warehouse = session.warehouse()
if warehouse is None:
    building.first_start()
    st.stop()

viewer = session.sign_in(warehouse)
page = st.navigation(
    {
        "": [
            st.Page("pages/leader/overview.py", title="总览", icon=":material/monitoring:", default=True),
            st.Page("pages/leader/warning_map.py", title="预警地图", icon=":material/map:", url_path="map"),
            st.Page("pages/leader/ranking.py", title="人员排序", icon=":material/leaderboard:"),
            st.Page("pages/leader/clue_rates.py", title="线索办理", icon=":material/account_tree:", url_path="clues"),
            st.Page("pages/inspector/workbench.py", title="工作台", icon=":material/checklist:"),
            st.Page("pages/inspector/warning.py", title="预警详情", icon=":material/flag:"),
            st.Page("pages/inspector/officer.py", title="廉政档案", icon=":material/badge:", url_path="officer"),
            st.Page("pages/models/rules.py", title="模型", icon=":material/rule:", url_path="models"),
            st.Page("pages/models/tuning.py", title="调参与回测", icon=":material/tune:", url_path="tuning"),
            st.Page("pages/models/datasets.py", title="数据", icon=":material/database:", url_path="data"),
        ]
    },
    position="top",
)
frame.header(page.title, warehouse, viewer)
building.run_due_rules(warehouse)
try:
    page.run()
except Exception:
    message.problem(UserError("页面出错，没有显示完整。", "请刷新；仍然出错时请告诉系统管理员，详情在服务日志里。"))
    raise
