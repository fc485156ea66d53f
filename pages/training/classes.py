"""The classes, for the trainer: opening one, its code to be projected, who sits where, its end."""

import streamlit as st

from lib.ui import message
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.training import classes

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None

wanted = st.query_params.get(classes.CLASS_KEY, "")
if wanted:
    way.back("classes")
    classes.one(register, warehouse, viewer, wanted)
    st.stop()
if not warehouse.synthetic:
    message.nothing("这里是真实数据", "班级只开在合成城市上：另设 COCKPIT_HOME，建立合成城市后开班。")
    st.stop()
classes.listed(register, warehouse, viewer)
