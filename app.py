"""Start: settings, identity, navigation. Nothing else."""

import streamlit as st

from lib.errors import UserError
from lib.ui import frame, message, navigation, state
from lib.ui.access import gate, session
from lib.ui.browser import way
from lib.ui.help import hint
from lib.ui.server import background, garbage
from lib.ui.training import walk
from lib.ui.wall import screen

st.set_page_config(page_title="执法监督舱", page_icon="static/icon.png", layout="wide")
garbage.settle()
screen.watch()

warehouse = session.warehouse()
if warehouse is None:
    background.first_start()
    st.stop()

viewer = session.sign_in(warehouse)
wall, notes = screen.asked(viewer), walk.notes_asked(viewer)
page = st.navigation(navigation.pages(viewer), position="hidden" if wall or notes else "top")
if wall:
    screen.show(warehouse, viewer)
    st.stop()
if notes:
    walk.notes()
    st.stop()
walk.arrive(viewer)
way.arrive(page.url_path, navigation.first(viewer))
way.leave()
with state.one_look():
    frame.header(page.title, warehouse, viewer)
    walk.strip()
    background.run_due_rules(warehouse)
    try:
        gate.keep(viewer, way.file_of(page.url_path))
        if session.walking() is None:
            hint.first_visit(session.register(), warehouse, viewer)
        page.run()
    except UserError as error:
        message.stop(error)
