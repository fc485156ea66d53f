"""The city of closed cases, and people who look back on them."""

import pytest

from lib.access import Viewer
from lib.warehouse.store import Warehouse
from tests.casework.reviews import city


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The city, which nobody changes."""
    return city.opened(tmp_path_factory.mktemp("reviews-city"))


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> dict[str, Viewer]:
    """Everybody there is, by account: two of the office, two of the county, one of the resident group, and three who
    are officers themselves."""
    all_of_them = (
        Viewer("p-office", "示范员02", "office"),
        Viewer("p-office-2", "示范员12", "office"),
        Viewer("p-office-3", "示范员13", "office"),
        Viewer("p-county", "示范员03", "county", area_code="330483"),
        Viewer("p-other", "示范员07", "county", area_code="330482"),
        Viewer("p-leader", "示范员04", "leader"),
        Viewer("p-handler", "示范员21", "office", officer_id="P1"),
        Viewer("p-approver", "示范员22", "office", officer_id="P9"),
        Viewer("p-relative", "示范员23", "office", officer_id="P7"),
    )
    known = {one.person_id: one for one in all_of_them}
    monkeypatch.setattr("lib.casework.reviews.assigning.colleagues", lambda _connection: known)
    return known
