"""What a session leaves behind: lines in the audit log, once for each thing looked at."""

from typing import Any

import streamlit as st

from lib.access import Viewer
from lib.access.masking import mask_free_text
from lib.casework import audit
from lib.casework.store.register import Register
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_LOGGED = "logged"


def once(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    action: str,
    object_type: str,
    object_id: str = "",
    **detail: Any,
) -> None:
    """Write a line to the audit log, before what it is about is shown; the same line once per session."""
    line = (viewer.person_id, action, object_type, object_id, str(detail))
    logged = st.session_state.setdefault(_LOGGED, set())
    if line in logged:
        return
    audit.log(register, viewer, action, object_type, object_id, at=now(warehouse), detail=detail)
    logged.add(line)


def searched(register: Register, warehouse: Warehouse, viewer: Viewer, object_type: str, text: str) -> None:
    """What somebody searched for, numbers of persons masked."""
    if text.strip():
        once(register, warehouse, viewer, "search", object_type, text=mask_free_text(text.strip()))
