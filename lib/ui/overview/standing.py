"""What stands beside the warnings, on the leaders' page: a line a subject, each number the link to its list."""

import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.report.standing import Standing, Tally, standings
from lib.ui import due, figure, paths
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html
from lib.warehouse.store import Warehouse

# By kind: the page of its list, and the parameter by which it is asked for a part.
_LISTS = {
    "indicator": (paths.LISTS, "li_light"),
    "lookback": (paths.LOOKBACK, "lb_part"),
    "reform_task": (paths.REFORM, "rf_part"),
    "motion": (paths.MOTIONS, "mo_part"),
    "notice": (paths.NOTICES, "n_part"),
}


@kept(64)
def _standings(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> list[Standing]:
    assert state.moment is not None
    return standings(_register, _warehouse, _viewer, state.moment)


def standings_of(register: Register, warehouse: Warehouse, viewer: Viewer) -> list[Standing]:
    """Those that the viewer's role sees; none for one that sees no report."""
    if not viewer.may("view", "report"):
        return []
    return _standings(register, warehouse, viewer, key(register, warehouse, viewer))


def lines(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """A line each; nothing for a role that sees none."""
    found = standings_of(register, warehouse, viewer)
    if found:
        st.html("".join(figure.line(f"<strong>{in_html(one.name)}</strong>", *_numbers(one)) for one in found))


def _numbers(one: Standing) -> list[str]:
    return [figure.number(tally.number, _opening(one.kind, tally), tally.words) for tally in one.tallies]


def _opening(kind: str, tally: Tally) -> figure.Opening:
    page, parameter = _LISTS[kind]
    # The number counts all lists, whichever the page opens on.
    everywhere = {"li_list": "全部"} if kind == "indicator" else {}
    return page, everywhere | {parameter: tally.part} | ({due.DUE_KEY: tally.due} if tally.due else {})
