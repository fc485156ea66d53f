"""The order of a list of warnings: by one column over all rows, or as the work goes."""

import pandas as pd
import pytest

from lib.insight.warnings.order import AS_WORK, ORDERS, in_order, turned

FRAME = pd.DataFrame(
    {
        "level_order": [0, 1, 1, 2],
        "state": ["核查中", "新生成", "已办结", "新生成"],
        "verify_due_at": pd.to_datetime(["2022-09-05", None, "2022-09-01", "2022-09-09"]),
    },
    index=list("abcd"),
)


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        (AS_WORK, "abcd"),
        ("等级升序", "abcd"),
        ("等级降序", "dbca"),
        # 新生成 comes before 核查中, 已办结 last: the order of the work, not of the characters.
        ("状态升序", "bdac"),
        ("核查升序", "cadb"),
        # Without a deadline last, whichever way.
        ("核查降序", "dacb"),
    ],
)
def test_rows_stand_in_the_order_asked_for(order: str, rows: str) -> None:
    assert "".join(in_order(FRAME, order).index) == rows


def test_a_head_turns_its_order_and_lets_go() -> None:
    assert [turned(AS_WORK, "单位"), turned("单位升序", "单位"), turned("单位降序", "单位")] == [
        "单位升序",
        "单位降序",
        AS_WORK,
    ]
    assert turned("等级升序", "单位") == "单位升序" and "单位升序" in ORDERS
