"""The exercises of a class, for the trainee who sits in it."""

import streamlit as st

from lib.ui import message
from lib.ui.access import session

trainee = session.trainee()
if trainee is None:
    message.nothing("练习在班级里做", "教员开班后，用屏幕上的班级码入座。")
    st.stop()
message.nothing("还没有练习", "这个班级的练习在这里列出。")
