"""Saved views: one's own under a name, others' shared ones as far as one's scope goes."""

from datetime import datetime
from pathlib import Path

import pytest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.store.register import Register
from lib.casework.work.views import drop_view, save_view, views
from lib.errors import UserError
from lib.insight.warnings.views import offered_views
from lib.warehouse.store import Warehouse
from tests.cities import handmade

AT = datetime(2022, 9, 26, 9)
LEADER, OFFICE, INSPECTOR, COUNTY, TOWN, *_ = personas(True)
CITY_UNIT, COUNTY_UNIT, TOWN_UNIT = "嘉兴市综合行政执法局", "桐乡市综合行政执法局", "濮院镇综合行政执法队"

City = tuple[Register, Warehouse]


@pytest.fixture
def city(tmp_path: Path) -> City:
    return handmade.opened(handmade.put(tmp_path))


def names(city: City, viewer: Viewer) -> list[str]:
    return [one.name for one in offered_views(*city, viewer)]


def test_a_view_is_kept_under_its_name_replaced_by_the_next_and_deleted_by_its_owner_alone(city: City):
    register = city[0]
    save_view(register, OFFICE, "红色", {"w_levels": ["红"]}, False, AT)
    save_view(register, OFFICE, " 红色 ", {"w_levels": ["红"], "w_overdue": ["true"]}, False, AT)
    [view] = offered_views(*city, OFFICE)
    assert view.name == "红色" and view.query == {"w_levels": ["红"], "w_due": "late"}
    assert names(city, COUNTY) == []
    drop_view(register, COUNTY, view.view_id)
    assert names(city, OFFICE) == ["红色"]
    drop_view(register, OFFICE, view.view_id)
    assert names(city, OFFICE) == []


@pytest.mark.parametrize("name", ["", "   ", "很" * 21])
def test_a_name_is_needed_and_short(city: City, name: str):
    with pytest.raises(UserError, match="1 至 20 个字"):
        save_view(city[0], OFFICE, name, {}, False, AT)


def test_nobody_has_more_than_a_dozen(city: City):
    for number in range(12):
        save_view(city[0], OFFICE, f"视图{number}", {}, False, AT)
    save_view(city[0], OFFICE, "视图3", {"w_levels": ["黄"]}, False, AT)
    with pytest.raises(UserError, match="至多保存 12 个"):
        save_view(city[0], OFFICE, "再一个", {}, False, AT)
    assert len(views(city[0], OFFICE)) == 12


def test_what_is_shared_names_nothing_outside_the_readers_scope(city: City):
    register = city[0]
    save_view(register, OFFICE, "红色", {"w_levels": ["红"]}, True, AT)
    save_view(register, OFFICE, "两队", {"w_orgs": [TOWN_UNIT, CITY_UNIT]}, True, AT)
    save_view(register, OFFICE, "市局", {"w_orgs": [CITY_UNIT]}, True, AT)
    save_view(register, OFFICE, "没有的", {"w_orgs": ["没有这个单位"]}, True, AT)
    save_view(register, OFFICE, "某人", {"w_officers": ["张* P0001"]}, True, AT)
    save_view(register, OFFICE, "县局", {"w_orgs": [COUNTY_UNIT], "w_areas": ["桐乡市"]}, True, AT)
    whose = "（示范监督室甲）"
    assert names(city, LEADER) == [f"{name}{whose}" for name in ("两队", "县局", "市局", "某人", "红色")]
    # In the town: the city's unit and one that does not exist are alike not told of.
    assert names(city, TOWN) == [f"两队{whose}", f"红色{whose}"]
    queries = {one.name: one.query for one in offered_views(*city, TOWN)}
    assert queries[f"两队{whose}"] == {"w_orgs": [TOWN_UNIT], "w_standing": "未办结"}
    assert f"某人{whose}" in names(city, COUNTY) and f"市局{whose}" not in names(city, COUNTY)


def test_what_somebody_searched_for_is_not_passed_on(city: City):
    save_view(city[0], OFFICE, "查人", {"w_text": ["张某某"]}, True, AT)
    assert names(city, OFFICE) == ["查人"] and names(city, LEADER) == []
