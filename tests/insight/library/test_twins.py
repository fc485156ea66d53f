"""Every indicator against its twin: the same rows out of the raw tables by plain pandas, written apart from the SQL.

A twin is `twins/iNN.py` with `counted(raw)`, a frame of `subject`, `day` (a timestamp), `org`, `area`, `met`; of a
stock also `gone` (NaT: still there), of `per_party` also `party`, of a spread also `group` and `amount`. It is written
from what the head of the indicator says, never from its SQL. Rows older than any figure looks back to may be there or
not.
"""

from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from lib.casework.store.register import open_register
from lib.engines import opened
from lib.insight.library.facts import put_facts
from lib.rules.indicators import Indicator, counted, read_indicators
from lib.warehouse.store import open_warehouse
from tests.insight.library.raw import Raw

INDICATORS = read_indicators()
TWINS = Path(__file__).parent / "twins"
_NAMES = {
    "subject_id": "subject", "occurred_on": "day", "gone_on": "gone", "org_id": "org", "area_code": "area",
    "met": "met", "party_id": "party", "group_key": "group", "amount": "amount",
}  # fmt: skip
_DAYS = ("day", "gone")


def twin_rows(raw: Raw, indicator: Indicator) -> pd.DataFrame:
    """What the twin counts, in the order and types that can be compared."""
    frame = import_module(f"tests.insight.library.twins.{indicator.id.lower()}").counted(raw)
    return _alike(raw, frame, indicator)


def counted_rows(raw: Raw, indicator: Indicator) -> pd.DataFrame:
    """What the indicator counts, likewise."""
    session = opened(raw.warehouse)
    put_facts(session, [indicator], raw.register, raw.warehouse)
    frame = counted(session, indicator, raw.warehouse.as_of).to_pandas().rename(columns=_NAMES)
    return _alike(raw, frame, indicator)


def _alike(raw: Raw, frame: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    columns = [_NAMES[name] for name in indicator.columns if name in _NAMES]
    frame = frame[columns].copy()
    for name in _DAYS:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    if "amount" in frame:
        frame["amount"] = frame["amount"].astype("float64").round(2)
    texts = [name for name in columns if name not in (*_DAYS, "amount", "met")]
    frame = frame.astype({**dict.fromkeys(texts, "object"), "met": "bool"})
    frame[texts] = frame[texts].where(frame[texts].notna(), None)
    if indicator.period != "stock":
        frame = frame[frame["day"].ge(raw.since)]
    return frame.sort_values(["subject", "day"], ignore_index=True)


def test_every_indicator_has_its_twin() -> None:
    assert {path.stem for path in TWINS.glob("i*.py")} == {one.lower() for one in INDICATORS}


@pytest.mark.parametrize("indicator_id", INDICATORS)
def test_the_twin_counts_the_same_rows(small_city: Path, indicator_id: str) -> None:
    raw = Raw(open_warehouse(small_city), open_register(small_city))
    wanted = twin_rows(raw, INDICATORS[indicator_id])
    pd.testing.assert_frame_equal(counted_rows(raw, INDICATORS[indicator_id]), wanted, check_dtype=False)
    assert len(wanted) > 0
