"""What grows with the city and pages read of it, worked out by whoever brings a generation into force: the
demonstration, loads, answered doubts, runs of the models. Readers find it kept (lib.insight.kept.sums), and small."""

import pandas as pd

from lib.access import SYSTEM, Viewer
from lib.access.policy import policy
from lib.casework.rules.versions import live_versions
from lib.casework.store.register import Register
from lib.catalog.lists import supervision_lists
from lib.engines import opened
from lib.errors import UserError
from lib.insight.kept.sums import keep_sums, read_sums
from lib.insight.library.indicators import count_ahead
from lib.insight.ranking.officers import compared_warnings
from lib.insight.ranking.units import unit_work
from lib.insight.ranking.work import window
from lib.insight.warnings.names import known_names
from lib.insight.warnings.why import at_work
from lib.progress import Progress
from lib.warehouse.store import Warehouse

STAGE = "备查"
_DONE = "worked out ahead"
_COUNTED = 0.8


def worked_out(warehouse: Warehouse) -> bool:
    """Whether it was done for this generation and day, by this release."""
    return read_sums(warehouse, _DONE) is not None


def work_out(register: Register, warehouse: Warehouse, progress: Progress | None = None) -> UserError | None:
    """Count the indicators for the city and each supervision list, rank the officers, add up the work of units
    and groups, look up what warnings are about.

    What is kept already is not worked out again. Nothing is, and why is returned, where the engine does not answer or
    has not got the generation yet: the generation is in force all the same, and pages say so too. Raises RuleError when
    an indicator fails.
    """
    tell = progress or (lambda stage, done, text: None)
    try:
        opened(warehouse)
    except UserError as absent:
        return absent
    role = next(one.code for one in policy().roles.values() if one.scope == "lists")
    teams = [Viewer(one.id, one.owner, role, domains=one.domains) for one in supervision_lists()]
    count_ahead(register, warehouse, [SYSTEM, *teams], lambda done, text: tell(STAGE, done * _COUNTED, text))
    tell(STAGE, _COUNTED, "人员排序")
    compared_warnings(register, warehouse)
    tell(STAGE, (1 + _COUNTED) / 2, "单位的工作量")
    unit_work(warehouse, window(warehouse.as_of))
    known_names(register, warehouse)
    for one in live_versions(register).values():
        if one.rule.grouped:
            at_work(register, warehouse, one.rule, warehouse.as_of)
    keep_sums(warehouse, _DONE, pd.DataFrame())
    tell(STAGE, 1.0, "")
    return None
