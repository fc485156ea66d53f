"""The board of what is late: counted by hand, and every number opens the rows it counts, however it is broken down."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from lib.access.personas import personas
from lib.insight.work.late import BY, KIND, SPANS, UNIT, WHO, late_board, span_name
from lib.insight.work.listing import work_list
from lib.ui.work import board
from lib.ui.work.listing import _KEYS, _chosen
from tests.casework.stepping import on_warning
from tests.cities import handmade

LEADER, OFFICE, INSPECTOR, COUNTY, *_ = personas(True)
# The holiday is over; what the run of 2022-09-25 raised was due between the 26th and the 30th.
AT = datetime(2022, 10, 12, 10)


@pytest.fixture
def frame(tmp_path: Path) -> pd.DataFrame:
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    found = work_list(register, OFFICE, warehouse, datetime(2022, 9, 26, 9), datetime(2022, 9, 20), {})
    one = found[found["level"].eq("orange") & found["rule_id"].eq("M01")].iloc[0]
    on_warning("sign", register, INSPECTOR, one["object_id"], submission_id="s", at=datetime(2022, 9, 26, 9))
    return work_list(register, LEADER, warehouse, AT, AT, {})


def test_it_says_who_is_late_with_how_many_for_how_long(frame: pd.DataFrame):
    late = frame[frame["due_group"].eq("late")]
    found = late_board(frame, WHO).set_index("name")
    assert found["total"].sum() == len(late) >= 4
    assert INSPECTOR.name in found.index or late["whose"].ne(INSPECTOR.person_id).all()
    assert found["days"].tolist() == sorted(found["days"], reverse=True)
    for one in late_board(frame, UNIT).to_dict("records"):
        own = late[late["org_id"].fillna("none").eq(one["group"])]
        assert (one["total"], one["days"]) == (len(own), own["overdue_days"].max())
    assert late_board(frame, KIND)["group"].tolist() == ["warning"]


@pytest.mark.parametrize("by", BY)
def test_every_number_opens_what_it_counts(frame: pd.DataFrame, by: str):
    shown, numbers = board._board(frame, by)
    opened = 0
    for title, openings in numbers.items():
        for count, opening in zip(shown[title], openings, strict=True):
            assert (opening is None) == (count == 0)
            if opening is not None:
                _, query = opening
                assert len(_chosen(frame, *(query.get(key, "") for key in _KEYS))) == count, (title, query)
                opened += 1
    assert opened > len(shown)
    spans = shown[[span_name(span) for span in SPANS]].sum(axis=1)
    assert spans.tolist() == shown["超期"].tolist()
