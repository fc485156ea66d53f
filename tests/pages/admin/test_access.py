"""The page 权限, and what a role reads that has no part in a page."""

from pathlib import Path

import pytest

from lib.access.policy import policy
from lib.casework.accounts.people import enter_person
from lib.casework.store.register import open_register
from lib.warehouse.clock import now
from tests.cities import handmade
from tests.pages.opening import open_page, open_signed_in, words

PAGE, OVERVIEW = "pages/admin/access.py", "pages/overview/overview.py"


@pytest.mark.parametrize("person", ["demo-leader", "demo-office"])
def test_the_table_says_of_every_right_who_has_it(home: Path, person: str) -> None:
    app = open_page(PAGE, person)
    [table] = [one.value for one in app.dataframe]
    assert len(table) == len(policy().rights)
    rows = table.set_index(["对象", "动作"])
    assert rows.loc[("预警", "办理")].to_dict() == {
        "市纪委领导": "",
        "监督室": "✓",
        "派驻组": "✓",
        "县纪委": "✓",
        "镇监察办": "✓",
        "单位联络员": "",
        "系统管理员": "",
        "审计员": "",
        "大屏": "",
        "学员": "✓",
    }
    assert "执法监督通知书" in table["对象"].tolist()
    text = words(app)
    assert "data/access.yaml" in text and policy().version in text and "市纪委监督室提出" in text


@pytest.mark.parametrize("person", ["demo-inspector", "demo-county", "demo-town"])
def test_others_are_told_who_reads_it(home: Path, person: str) -> None:
    app = open_page(PAGE, person)
    assert not app.dataframe
    assert "您的角色不查看权限" in words(app)
    assert "权限由市纪委领导、监督室、系统管理员、审计员在各自权限范围内查看" in words(app)


def test_a_parameter_of_what_the_role_may_not_see_is_refused_on_any_page(home: Path) -> None:
    for query in ({"new": "1"}, {"r_areas": "桐乡市"}):
        assert "您的角色不" in words(open_page("pages/clues/clues.py", "demo-town", **query))
    assert "您的角色不" not in words(open_page("pages/clues/clues.py", "demo-town", c_by="town"))


@pytest.mark.parametrize("role", ["sysadmin", "auditor"])
def test_whoever_looks_after_the_system_reads_the_policy_and_no_business(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    handmade.put(tmp_path, synthetic=False)
    enter_person(open_register(tmp_path), person_id="s1", name="某", role=role, area_code=None, list_ids=[], at=now())
    assert len(open_signed_in(PAGE, "s1").dataframe) == 1
    app = open_signed_in(OVERVIEW, "s1")
    assert "您的角色不查看预警" in words(app) and "待处置" not in words(app)
    assert "不接触业务内容" in words(app)
