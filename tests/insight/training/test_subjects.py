"""What a walk shows: the first warning that serves, of a list that has the worst first."""

import pandas as pd

from lib.casework.warnings.states import CHECKING, NEW
from lib.insight.training.subjects import subjects


def frame(*rows: tuple[str, str, str | None, bool, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["warning_id", "state", "officer_id", "overdue", "handler_id"])


def test_one_that_nobody_has_signed_of_an_officer_and_one_late_in_somebodys_hands():
    found = frame(
        ("W1", CHECKING, "P1", False, "a"),
        ("W2", NEW, None, True, None),
        ("W3", NEW, "P3", False, None),
        ("W4", CHECKING, None, True, "b"),
    )
    assert subjects(found) == {"warning": "W3", "late": "W4", "officer": "P3"}


def test_the_next_best_where_there_is_none():
    found = frame(("W1", CHECKING, None, False, "a"), ("W2", NEW, None, True, None))
    assert subjects(found) == {"warning": "W2", "late": "W2"}
    assert subjects(found.head(1)) == {"warning": "W1", "late": "W1"}


def test_nothing_of_nothing():
    assert subjects(frame().astype({"overdue": bool})) == {}
