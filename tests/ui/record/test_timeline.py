"""What the course of a record tells of the fields of its steps."""

from lib.casework.exemplars.steps import EXEMPLAR
from lib.casework.reviews.scoring import FILE_REVIEW, sheets
from lib.casework.reviews.steps import DEDUCTIONS, REVIEW_SHEET
from lib.ui.record.timeline import _filled_in


def test_a_number_nought_is_told_an_empty_field_is_not() -> None:
    voted = {"for_cnt": 3, "against_cnt": 0, "abstained_cnt": None}
    assert _filled_in(EXEMPLAR, "vote", voted) == ["同意：3", "反对：0"]
    assert _filled_in(EXEMPLAR, "vote", {"for_cnt": False, "against_cnt": "", "abstained_cnt": []}) == []


def test_what_was_deducted_for_is_told_by_its_name() -> None:
    item = next(one for one in sheets()[FILE_REVIEW].items.values() if not one.fatal)
    assert _filled_in(REVIEW_SHEET, "hand_in", {DEDUCTIONS: [item.id]}) == [f"扣分项：{item.name}"]
