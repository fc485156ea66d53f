"""A city whose year was played, once in a process, by people who followed rules of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from lib.casework.demo import year as playing
from lib.casework.demo.year import play_year
from lib.casework.rules import runs
from lib.casework.store.register import Register
from lib.rules import read_rules
from lib.warehouse.store import Warehouse, open_warehouse
from tests.casework.conftest import publish_city
from tests.casework.rules.test_runs import _RULE

END = datetime(2022, 9, 25)


@contextmanager
def _ruled(place: Path) -> Iterator[Warehouse]:
    """The city while its own rules are those that there are."""
    rules = read_rules(place / "rules")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "read_rules", lambda: rules)
        patch.setattr(runs, "read_rules", lambda **_: rules)
        yield open_warehouse(place / "home")


def play(folder: Path, city: Warehouse, seed: int = 2022) -> Register:
    """A register of its own, year.sqlite in a new folder, after the play."""
    folder.mkdir(exist_ok=True)
    register = Register(f"sqlite:///{folder / 'year.sqlite'}")
    play_year(register, city, seed=seed)
    return register


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty cases over 680 days that six small rules hit, a level for each; dispatches that were late. A folder: home,
    rules and year.sqlite, which was played. Shared: open the store, never write to it."""
    place = tmp_path_factory.mktemp("year")
    (place / "home").mkdir()
    (place / "rules").mkdir()
    for number in range(1, 7):
        text = _RULE.format(id=f"M9{number}", value="cast(fine_amt as double)", max_share=1.0)
        text = text.replace("where fine_amt > $least_amt and", f"where fine_amt % 6000 <> {number}000 and")
        text = text.replace("fine_amt > $least_amt + 5000", "fine_amt % 3000 = 0")
        (place / "rules" / f"M9{number}_large_fine.sql").write_text(text, encoding="utf-8")
    # One that finds nothing in either year.
    text = _RULE.format(id="M97", value="cast(fine_amt as double)", max_share=1.0)
    text = text.replace("$least_amt and", "$least_amt + 900000 and")
    (place / "rules" / "M97_large_fine.sql").write_text(text, encoding="utf-8")
    publish_city(place / "home", days_apart=17, dispatches=60)
    with _ruled(place) as city:
        # Closed, its store is one file.
        play(place, city).close()
    return place


@pytest.fixture(scope="module")
def city(played: Path) -> Iterator[Warehouse]:
    """That city, under its rules."""
    with _ruled(played) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def year(played: Path) -> Register:
    """The register after the play; shared."""
    return Register(f"sqlite:///{played / 'year.sqlite'}")
