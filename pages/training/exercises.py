"""The exercises of a class: what there is to do, one attempt while it is worked on, and its explanation afterwards."""

import streamlit as st

from lib.ui.access import looking, session
from lib.ui.training import exercises, going

warehouse, register = session.warehouse(), session.register()
assert warehouse is not None
# Whatever role is played, an attempt is the trainee's own.
viewer = looking.trainee() or session.viewer()
wanted = st.query_params.get(exercises.ATTEMPT_KEY, "")
if wanted:
    going.one_attempt(register, warehouse, viewer, wanted)
    st.stop()
exercises.all_exercises(register, warehouse, viewer)
