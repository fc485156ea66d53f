"""What indicators count of casework is another with every record made: only the last ones are kept."""

from pathlib import Path

import pytest

from lib.access import SYSTEM
from lib.insight.library import indicators
from lib.insight.library.indicators import held_sums
from lib.rules.facts import CASEWORK
from lib.rules.indicators import read_indicators
from lib.warehouse.clock import now
from tests.cities import handmade


def test_sums_of_casework_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    of_casework = [one for one in read_indicators().values() if any(name in CASEWORK for name in one.facts)]
    assert of_casework
    indicators.forget()
    for _ in range(24 // len(of_casework) + 2):
        with register.transaction() as tx:
            tx.append(SYSTEM, now(warehouse), "store", "register", "note", None, None)
        for one in of_casework:
            held_sums(register, warehouse, one, SYSTEM)
    assert len(indicators._OF_CASEWORK._held) == 24 and len(indicators._RECENT._held) == 0
    last = held_sums(register, warehouse, of_casework[-1], SYSTEM)
    assert held_sums(register, warehouse, of_casework[-1], SYSTEM) is last
