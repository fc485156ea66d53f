"""The officer ranking over time: what each of the past month-ends would have said."""

import threading
from datetime import date, timedelta
from functools import lru_cache

import pandas as pd

from lib.access import NotVisible, Viewer, under
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import Register
from lib.insight.kept.sums import kept_sums
from lib.insight.ranking.officers import officer_ranking
from lib.insight.ranking.rank import RANKED, rank_officers
from lib.insight.ranking.settings import ranking_settings
from lib.insight.ranking.work import Charge, basis, by_role, charges, exposure, weighted_warnings, window
from lib.rules import days_of
from lib.warehouse.store import Warehouse

COURSE_COLUMNS = ["day", "ratio", "low", "high", "rank", "ranked"]
MONTHS = 12

_turn = threading.Lock()


@under("view", "ranking")
def course(register: Register, warehouse: Warehouse, viewer: Viewer, officer_id: str) -> pd.DataFrame:
    """COURSE_COLUMNS of one officer on the last twelve month-ends and today, oldest first: days without enough work
    have no ratio; `ranked` is how many officers were ranked.

    Each day counts the warnings first seen by then and the conclusions reached by then, over the twelve months of work
    before it and the work then in hand. Raises NotVisible when the officer is outside the viewer's scope.
    """
    table = officer_ranking(register, warehouse, viewer).table
    if officer_id not in set(table["officer_id"]):
        raise NotVisible()
    held = snapshot(register, warehouse)
    days = days_of(warehouse.as_of, MONTHS)
    known = tuple(charges(held, pd.Timestamp(day) + timedelta(days=1)) for day in days)
    with _turn:
        whole = _city(warehouse, days, known)
    return whole[whole["officer_id"].eq(officer_id)].reset_index(drop=True)[COURSE_COLUMNS]


@lru_cache(maxsize=2)
def _city(warehouse: Warehouse, days: tuple[date, ...], known: tuple[tuple[Charge, ...], ...]) -> pd.DataFrame:
    """COURSE_COLUMNS and officer_id of the whole city."""
    return kept_sums(warehouse, "months compared", lambda: _ranked(warehouse, days, known), (days, known, basis()))


def _ranked(warehouse: Warehouse, days: tuple[date, ...], known: tuple[tuple[Charge, ...], ...]) -> pd.DataFrame:
    parts = []
    for day, charged in zip(days, known, strict=True):
        span = window(day)
        table = rank_officers(
            by_role(weighted_warnings(warehouse, charged, span)),
            by_role(exposure(warehouse, span)),
            as_of=day,
            draws=1,
            **ranking_settings().method,
        )
        ranked = int(table["status"].eq(RANKED).sum())
        parts.append(table[["officer_id", "ratio", "low", "high", "rank"]].assign(day=day, ranked=ranked))
    return pd.concat(parts, ignore_index=True)
