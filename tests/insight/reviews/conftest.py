"""A look-back that was drawn, scored, adjudicated and reported, on the city of closed cases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from lib.access import Viewer
from lib.casework.record import take
from lib.casework.reviews.steps import LOOKBACK, REVIEW_CASE
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse
from tests.casework.reviews import city
from tests.casework.reviews.test_steps import AT, drawn, files, given, hand_in, own

OFFICE, SECOND, THIRD = (Viewer(f"p-office{end}", f"示范员{end or 1}", "office") for end in ("", "-2", "-3"))


class Reported(NamedTuple):
    """Where it is kept, and its number."""

    register: Register
    warehouse: Warehouse
    number: str


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reported]:
    """27 of 90 files in four strata: of O0134 the first three by number are not good, of O0004 the first two are not;
    F04 is deducted in all of O0134's good ones, by one of the two only in the last of O0004."""
    place: Path = tmp_path_factory.mktemp("reported")
    (place / "home").mkdir()
    warehouse, register = city.opened(place / "home"), Register(f"sqlite:///{place / 'casework.sqlite'}")
    with pytest.MonkeyPatch.context() as patch:
        everybody = {one.person_id: one for one in (OFFICE, SECOND, THIRD)}
        patch.setattr("lib.casework.reviews.assigning.colleagues", lambda _connection: everybody)
        number = drawn(register, warehouse, OFFICE)
        given(register, OFFICE, number, OFFICE.person_id, SECOND.person_id)
    held = files(register, OFFICE).sort_values("case_id")
    found = {}
    for org_id, poor, usual in (("O0134", 3, ("F04",)), ("O0004", 2, ())):
        mine = held.loc[held["org_id"].eq(org_id), "review_case_id"].tolist()
        found |= dict.fromkeys(mine, usual) | dict.fromkeys(mine[:poor], ("F01", "F05"))
    lone, apart = held["review_case_id"].iloc[-1], held.loc[held["org_id"].eq("O0002"), "review_case_id"].iloc[0]
    for viewer in (OFFICE, SECOND):
        for row in own(register, viewer).itertuples():
            said = found.get(row.review_case_id, ())
            if row.review_case_id == lone and viewer == OFFICE:
                said = ("F04",)
            if row.review_case_id == apart and viewer == SECOND:
                said = ("F02",)
            hand_in(register, viewer, row.sheet_id, *said)
    at = AT + timedelta(days=3)
    take(register, OFFICE, LOOKBACK, number, "gather", Submission("gather", at))
    take(register, THIRD, REVIEW_CASE, apart, "adjudicate", Submission("settle", at, None, "不成立。"))
    take(register, OFFICE, LOOKBACK, number, "report", Submission("report", at, None, "总体较好。\n逐件整改。"))
    yield Reported(register, warehouse, number)
    register.close()
