"""What an indicator may read beside datasets and marts: casework, and what the models in force find.

Neither is in the warehouse: whoever runs an indicator puts them beside it, as tables of these columns. A model reads
none of them.
"""

import re
from collections.abc import Mapping

# `*_on` are days; null: not yet.
CASEWORK: Mapping[str, Mapping[str, str]] = {
    # A notice that was delivered: until when the unit was to answer (extensions and pauses in it), when it gave the
    # answer that now stands, when the notice was closed (销号).
    "notice_facts": {
        "notice_id": "VARCHAR",
        "org_id": "VARCHAR",
        "area_code": "VARCHAR",
        "officer_id": "VARCHAR",
        "delivered_on": "DATE",
        "due_on": "DATE",
        "answered_on": "DATE",
        "closed_on": "DATE",
    },
    # A motion that was not withdrawn: until when all five steps were to be taken (extensions and pauses in it; null
    # while its time stands still), and when the last was.
    "motion_facts": {
        "motion_id": "VARCHAR",
        "org_id": "VARCHAR",
        "area_code": "VARCHAR",
        "proposed_on": "DATE",
        "due_on": "DATE",
        "closed_on": "DATE",
    },
    # A file that a look-back drew, once its report is out: the day of the report, and whether it was graded good.
    "lookback_facts": {
        "review_id": "VARCHAR",
        "case_id": "VARCHAR",
        "org_id": "VARCHAR",
        "area_code": "VARCHAR",
        "reviewed_on": "DATE",
        "good": "BOOLEAN",
    },
    # A task of the reform that was not stopped: until when the whole was due, and since when it is done (accepted).
    "reform_task_facts": {
        "subject_id": "VARCHAR",
        "org_id": "VARCHAR",
        "area_code": "VARCHAR",
        "due_on": "DATE",
        "done_on": "DATE",
    },
}
_SUBJECT = {
    "subject_id": "VARCHAR",
    "officer_id": "VARCHAR",
    "org_id": "VARCHAR",
    "area_code": "VARCHAR",
    "occurred_on": "DATE",
}
# What a model finds over as many months as its window may have, and the subjects it looked at.
SIGNALS = {**_SUBJECT, "level": "VARCHAR", "branches": "VARCHAR[]", "value": "DOUBLE", "threshold": "DOUBLE"}
TESTED = _SUBJECT
_OF_MODEL = re.compile(r"(?P<part>signals|tested)_(?P<rule_id>M[0-9]{2})")


def facts_of(name: str) -> Mapping[str, str] | None:
    """The columns and types of a table that is no dataset; None when there is no such table."""
    if _OF_MODEL.fullmatch(name) is None:
        return CASEWORK.get(name)
    return SIGNALS if name.startswith("signals") else TESTED


def rule_of(name: str) -> str | None:
    """The model whose findings a table holds (signals_M06 and tested_M06: M06), None for other tables."""
    found = _OF_MODEL.fullmatch(name)
    return None if found is None else found["rule_id"]


def create_table_sql(name: str, columns: Mapping[str, str]) -> str:
    """DDL of such a table; names come from here only."""
    typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    return f'create table "{name}" ({typed})'
