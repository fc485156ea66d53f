"""Which clues may be about one matter."""

import pandas as pd

from lib.access import Viewer
from lib.insight.clues.alike import alike

OFFICE = Viewer("p-1", "示范员01", "office")
CLUES = pd.DataFrame(
    [
        # clue, officer, unit, model, state, open, received
        ("C1", "P1", "O1", "M01", "登记", True, "2022-09-01"),
        ("C2", "P1", "O2", None, "归档", False, "2022-08-01"),
        ("C3", "P2", "O1", "M01", "归档", False, "2022-07-01"),
        ("C4", "P2", "O1", "M05", "登记", True, "2022-06-01"),
        ("C5", "P1", "O1", "M01", "已并案", True, "2022-09-02"),
        ("C6", None, "O3", None, "登记", True, "2022-09-03"),
    ],
    columns=["clue_id", "officer_id", "org_id", "rule_id", "state", "open", "received_at"],
).assign(received_at=lambda rows: pd.to_datetime(rows["received_at"]))


def found(**whose: str) -> list[tuple[str, str]]:
    rows = alike(OFFICE, CLUES, **whose)
    return list(zip(rows["clue_id"], rows["why"], strict=True))


def test_the_same_person_first_then_the_same_unit_and_model():
    assert found(officer_id="P1", org_id="O1", rule_id="M01", but="C1") == [
        ("C2", "同一人员"),
        ("C3", "同一单位、同一模型"),
    ]


def test_without_a_model_the_unit_counts_as_long_as_nothing_is_decided():
    assert found(org_id="O1") == [("C1", "同一单位，未处置"), ("C4", "同一单位，未处置")]


def test_about_nobody_and_no_unit_nothing_is_alike():
    assert found() == [] == found(officer_id="P9")
