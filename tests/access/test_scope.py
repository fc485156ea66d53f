import pandas as pd
import pytest

from lib.access import Forbidden, Viewer, require
from lib.access.personas import personas
from lib.access.scope import sees_area, visible
from lib.catalog.lists import list_domains
from lib.errors import UserError

FRAME = pd.DataFrame(
    {
        "area_code": ["330483101", "330483", "330402007", None],
        "org_id": ["O1", "O2", "O3", "O4"],
        "officer_id": ["P1", "P2", "P3", None],
    }
)
DOMAIN_OF = pd.Series({"O1": "ZF", "O2": "JT", "O3": "ZF", "O4": "ZF"})


def _ids(viewer: Viewer) -> list[str]:
    return visible(viewer, FRAME, DOMAIN_OF)["org_id"].tolist()


def test_a_town_sees_the_town_only():
    assert _ids(Viewer("x", "某", "town", area_code="330483101")) == ["O1"]


def test_a_county_sees_its_units_and_towns():
    assert _ids(Viewer("x", "某", "county", area_code="330483")) == ["O1", "O2"]


def test_an_inspector_sees_the_bodies_of_the_own_list_in_the_whole_city():
    assert _ids(Viewer("x", "某", "inspector", domains=frozenset({"ZF"}))) == ["O1", "O3", "O4"]


def test_nobody_sees_rows_about_oneself_but_rows_without_officer_stay():
    assert _ids(Viewer("x", "某", "leader", officer_id="P1")) == ["O2", "O3", "O4"]


def test_a_frame_that_cannot_be_scoped_is_not_shown():
    with pytest.raises(KeyError):
        visible(Viewer("x", "某", "inspector", domains=frozenset({"ZF"})), FRAME)
    with pytest.raises(KeyError):
        visible(Viewer("x", "某", "town", area_code="330483101"), FRAME.drop(columns="area_code"))


def test_a_town_code_that_begins_alike_is_another_town():
    assert not sees_area(Viewer("x", "某", "town", area_code="330483101"), "330483102")
    assert sees_area(Viewer("x", "某", "county", area_code="330483"), "330483102")


def test_who_answers_for_a_unit_sees_that_unit_alone_and_nothing_about_themselves():
    assert _ids(Viewer("x", "某", "liaison", org_id="O2")) == ["O2"]
    assert _ids(Viewer("x", "某", "liaison", org_id="O2", officer_id="P2")) == []
    assert _ids(Viewer("x", "某", "liaison")) == [] == _ids(Viewer("x", "某", "liaison", area_code="330483"))
    with pytest.raises(KeyError):
        visible(Viewer("x", "某", "liaison", org_id="O2"), FRAME.drop(columns="org_id"))


def test_leaders_look_and_edit_nothing():
    leader = Viewer("x", "某", "leader")
    require(leader, "view", "warning")
    warning = (("record", "warning"), ("review", "warning"), ("to_clue", "warning"))
    for right in (*warning, ("record", "clue"), ("load", "dataset")):
        with pytest.raises(Forbidden, match="市纪委领导"):
            require(leader, *right)


def test_a_town_records_on_grid_warnings_only():
    town = next(viewer for viewer in personas(True) if viewer.role == "town")
    assert town.may_record_on("M16") and not town.may_record_on("M05")


def test_personas_exist_on_a_synthetic_city_only():
    assert len(personas(True)) == 6
    with pytest.raises(UserError, match="合成城市"):
        personas(False)


def test_the_first_list_covers_the_building_authority():
    assert "JS" in list_domains("L1")
