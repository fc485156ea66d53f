"""What an address carries of who is looking."""

import streamlit as st

from lib.access import Viewer
from lib.ui.paths import CLASS_KEY, PERSONA_KEY, PLAYS_KEY, WALK_KEY

# Of a trainee's session: the trainee whatever role is played. Of a presenter's: the code of the walk.
TRAINEE, WALKING = "trainee", "walking"


def trainee() -> Viewer | None:
    """Who sits in a class in this session, whatever role is played; None for anybody else."""
    held: Viewer | None = st.session_state.get(TRAINEE)
    return held


def looking() -> dict[str, str]:
    """What an address carries of who is looking: a class and the role played in it, a persona and a walk, nothing on
    real data."""
    held, person = trainee(), st.session_state.get(PERSONA_KEY)
    if held is not None and held.seat is not None:
        role = st.session_state.get(PLAYS_KEY)
        return {CLASS_KEY: held.seat.class_code} | ({PLAYS_KEY: role} if role else {})
    code = st.session_state.get(WALKING)
    return ({PERSONA_KEY: person} if person else {}) | ({WALK_KEY: code} if code else {})
