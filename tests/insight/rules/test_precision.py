"""How right a model is: what few spot checks leave open, and when its owner gets a task."""

from pathlib import Path

import pandas as pd
import pytest

from lib.access import SYSTEM
from lib.casework.rules.tasks import open_tasks, tasks
from lib.insight.interval import wilson
from lib.insight.rules import precision
from lib.insight.rules.precision import LEAST_CHECKED, Missed, below_floor
from lib.insight.rules.verified import VERIFIED_COLUMNS
from lib.warehouse.clock import now
from tests.cities import handmade


def missed(judged: int, found: int) -> Missed:
    low, high = wilson(found, judged) or (None, None)
    return Missed(judged, judged, found, 1000, found / judged, low, high)


def test_few_spot_checks_give_no_number_of_missed_subjects() -> None:
    few, enough = missed(LEAST_CHECKED - 1, 0), missed(LEAST_CHECKED, 3)
    assert few.estimate is None and few.high == pytest.approx(0.117, abs=1e-3)
    assert enough.estimate == pytest.approx((100, 34.6, 256.2), abs=0.1)


@pytest.mark.parametrize(("true", "n", "opened", "unsure"), [(5, 11, 1, True), (5, 40, 1, False), (6, 11, 0, False)])
def test_a_share_below_the_floor_is_a_task_that_says_how_sure_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, true: int, n: int, opened: int, unsure: bool
) -> None:
    handmade.put(tmp_path)
    register, warehouse = handmade.opened(tmp_path)
    row = ["M16-v1", n, n, true, 0, n - true, 0, 0, true / n, *(wilson(true, n) or ())]

    monkeypatch.setattr(precision, "verified_of", lambda *_: pd.DataFrame([row], columns=VERIFIED_COLUMNS))
    found = below_floor(register, warehouse)
    assert open_tasks(register, "precision", found, now(warehouse)) == opened
    assert open_tasks(register, "precision", found, now(warehouse)) == 0
    told = "".join(tasks(register, SYSTEM, "M16")["text"])
    assert ("低于下限 50%" in told, "区间仍含下限" in told) == (bool(opened), unsure)
