"""The policy as data: read, checked, and the same for today's roles as it always was."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from lib.access import OBJECT, Forbidden, NotVisible, Viewer, under
from lib.access.policy import ACCESS, policy, read_policy
from lib.access.scope import visible
from lib.casework.accounts import people
from lib.casework.store.register import open_register
from lib.casework.store.schema import person
from lib.catalog.lists import list_domains
from lib.errors import UserError
from tests.access.test_scope import DOMAIN_OF, FRAME
from tests.cities import handmade

# What each role may do, said once more: a change of the table is meant, or a mistake.
LEADER = """view warning, reveal warning, view clue, reveal clue, view ranking, view officer, reveal officer,
confidential officer, view rule, preview rule, backtest rule,
view rule_version, approve rule_version, view rule_task, view dataset,
view quarantine, view audit, view access, view prompt, view notice, sign notice, extend notice,
view motion, view suppression, view grid, view grid_check, view report, export report,
view reform_task, review reform_task, view discipline_case, view item, view risk, view indicator, view list_version,
approve list_version, view list_task,
view lookback, view review_case"""
TOWN = """view warning, record warning, view prompt, record prompt, view clue, view rule, preview rule,
view rule_version, view rule_task, view dataset, view grid, view grid_check, record grid_check,
view report, view item, view indicator, view list_version"""
COUNTY = """view warning, record warning, review warning, to_clue warning, reveal warning, export warning, view prompt,
record prompt, export prompt, view clue,
record clue, reveal clue, export clue, view ranking, view officer, reveal officer, view rule,
preview rule, backtest rule, view rule_version, view rule_task, view dataset, view quarantine, export quarantine,
view notice, draft notice, review
notice, deliver notice, recheck notice, extend notice, export notice, view motion, propose motion, record motion,
export motion, suppress warning, view suppression, record suppression, view grid, view grid_check, record
grid_check, review grid_check,
view report, export report, lists report, view item, view indicator, export indicator, view list_version,
view reform_task, issue reform_task, record reform_task, export reform_task,
view lookback, draw lookback, export lookback, view review_case, draw review_case, adjudicate review_case,
export review_case, view review_sheet, score review_sheet,
view risk, record risk, review risk, export risk,
view discipline_case"""
HELD = {
    "leader": LEADER,
    "town": TOWN,
    "county": COUNTY,
    "inspector": COUNTY.replace("review warning, ", "")
    .replace("review\nnotice, ", "")
    .replace("extend notice, ", "")
    .replace("propose motion, record motion,\n", "")
    .replace("issue reform_task, ", "")
    .replace(",\nview discipline_case", "")
    .replace("suppress warning, ", "")
    .replace(", record suppression", "")
    + ", tune list_version, view list_task, record list_task",
    "liaison": "view prompt, reply prompt, view notice, reply notice, view grid_check, reply grid_check, "
    "view reform_task, reply reform_task, view review_case, reply review_case",
    "sysadmin": "grant person, view access, view message, resend message",
    "auditor": "view audit, view access",
    "wall": "view wall, view warning, view clue, view dataset, view indicator, view report, view notice, view motion, "
    "view reform_task, view lookback, view review_case",
    "trainee": TOWN + ", to_clue warning, record clue, view ranking, view notice, draft notice, view suppression",
}


# What belongs to the work on a matter, whatever it is: assigned, reminded of, done by a deputy.
MATTERS = ("warning", "clue", "prompt", "notice", "grid_check", "motion", "reform_task", "lookback", "risk")
REMINDS = "".join(f", remind {kind}" for kind in MATTERS)
HANDS = "".join(f", assign {kind}" for kind in MATTERS) + REMINDS
DEPUTY = ", view deputy, record deputy"
WORK = {
    "leader": ", view work" + DEPUTY + REMINDS,
    "town": ", view work" + DEPUTY,
    "county": ", view work" + DEPUTY + HANDS,
    "inspector": ", view work" + DEPUTY,
    "liaison": ", view work",
    "trainee": ", view work",
}


# Exemplars are read by all who learn from them, and made by some; wall and walks are for whoever has a place there.
READS, MAKES = ", view edition", ", view exemplar, nominate exemplar, redact exemplar"
EXEMPLARS = {
    "leader": READS + ", view wall, view walk" + ", take edition, publish edition, view exemplar, vote exemplar",
    "town": READS + ", view wall, view walk" + ", take edition",
    "county": READS + ", view wall, view walk" + ", take edition, review exemplar, review review_case" + MAKES,
    "inspector": READS + ", view wall, view walk" + ", take edition" + MAKES,
    "trainee": READS,
}
# Who teaches, who learns, and who looks on.
CLASSES = {"leader": ", view training_class", "trainee": ", view exercise, view attempt, record attempt"}


def _rights(text: str) -> set[tuple[str, str]]:
    return {(action, kind) for action, kind in (pair.split() for pair in text.split(","))}


@pytest.mark.parametrize("role", HELD)
def test_each_role_may_what_it_should_and_no_more(role: str):
    held = {right for right, one in policy().rights.items() if role in one.roles}
    others = WORK.get(role, "") + EXEMPLARS.get(role, "") + CLASSES.get(role, "")
    # The manual is for every person.
    manual = "" if role == "wall" else ", view help"
    assert held == _rights(HELD[role] + others + manual)


def test_the_office_may_all_but_what_others_alone_do():
    office = {right for right, one in policy().rights.items() if "office" in one.roles}
    assert set(policy().rights) - office == {
        ("grant", "person"),
        ("reply", "prompt"),
        ("sign", "notice"),
        ("reply", "notice"),
        ("reply", "grid_check"),
        ("reply", "reform_task"),
        ("reply", "review_case"),
        ("publish", "edition"),
        ("view", "attempt"),
        ("record", "attempt"),
    }


def test_a_role_that_is_entered_on_real_data_has_a_scope_that_a_person_can_be_given():
    expected = ["leader", "office", "inspector", "county", "town", "liaison", "sysadmin", "auditor", "wall"]
    assert list(policy().on_real_data) == expected


def test_a_row_put_in_by_hand_with_a_role_that_nobody_has_on_real_data_lets_nobody_in(tmp_path: Path):
    handmade.put(tmp_path, synthetic=False)
    register, at = open_register(tmp_path), datetime(2022, 9, 25, 9, 0)
    people.enter_person(register, person_id="a", name="某", role="inspector", area_code=None, list_ids=["L1"], at=at)
    assert people.person(register, "a") == Viewer("a", "某", "inspector", domains=list_domains("L1"))
    for role in ("trainee", "system", "root"):
        with register.transaction() as tx:
            tx.connection.execute(update(person).values(role=role))
        assert people.person(register, "a") is None
    with register.transaction() as tx:
        tx.connection.execute(update(person).values(role="inspector", domains=""))
    found = people.person(register, "a")
    assert found is not None and visible(found, FRAME, DOMAIN_OF).empty
    people.revoke_person(register, "a", at)


@pytest.mark.parametrize("role", ["liaison", "sysadmin", "auditor", "unheard_of"])
def test_whoever_has_no_scope_among_the_cases_sees_none(role: str):
    assert visible(Viewer("x", "某", role), FRAME).empty


def test_a_county_or_town_without_an_area_sees_nothing():
    for role in ("county", "town"):
        assert visible(Viewer("x", "某", role), FRAME).empty


def test_an_unknown_role_may_nothing_and_an_unknown_right_is_an_error():
    assert not any(Viewer("x", "某", "unheard_of").may(*right) for right in policy().rights)
    with pytest.raises(KeyError):
        Viewer("x", "某", "office").may("record", "dataset")


def test_whoever_sees_differently_has_another_sight(monkeypatch: pytest.MonkeyPatch):
    office = Viewer("x", "某", "office")
    same = Viewer("y", "另", "office")
    others = [
        Viewer("x", "某", "leader"),
        replace(office, officer_id="P1"),
        replace(office, area_code="330483"),
        replace(office, domains=frozenset({"ZF"})),
    ]
    assert office.sight == same.sight
    assert len({office.sight, *(other.sight for other in others)}) == 5
    before = office.sight
    monkeypatch.setattr("lib.access.viewer.policy", lambda: replace(policy(), version="another"))
    assert office.sight != before


@under("record", "clue")
def _clue_noted(text: str, viewer: Viewer) -> str:
    return text


@under("view", OBJECT)
def _looked_at(viewer: Viewer, object_type: str) -> str:
    return object_type


def test_a_function_under_a_right_asks_for_it_however_it_is_called():
    town, county = Viewer("x", "某", "town", "330483101"), Viewer("x", "某", "county", "330483")
    assert _clue_noted("a", county) == "a" and _clue_noted(viewer=county, text="b") == "b"
    for given, named in ((("a", town), {}), (("a",), {"viewer": town})):
        with pytest.raises(Forbidden, match=r"镇监察办.*不能办理线索"):
            _clue_noted(*given, **named)


def test_a_function_about_an_object_asks_for_its_kind_and_no_kind_is_no_object():
    town = Viewer("x", "某", "town", "330483101")
    assert _looked_at(town, "warning") == "warning"
    with pytest.raises(Forbidden):
        _looked_at(town, "ranking")
    with pytest.raises(NotVisible):
        _looked_at(town, object_type="nothing")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scope: lists}", "scope: listes}", "没有 listes 这种范围"),
        ("roles: [liaison]", "roles: [liason]", "没有 liason 这个角色"),
        ("  export: 导出\n", "", "不是 actions 中的动作"),
        ("does: 装载数据, ", "", "缺少 does"),
        ("changed_by: 市纪委监督室", "changed_by: 市纪委监督室\nroot: all", "不认识的键 root"),
        ("record_rules: [M16]", "record_rules: [M1]", "record_rules"),
        ("  system: {name: 系统, scope: city}\n", "", "缺少 system"),
    ],
)
def test_a_fault_in_the_table_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str):
    text = ACCESS.read_text(encoding="utf-8")
    assert old in text
    spoilt = tmp_path / "access.yaml"
    spoilt.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError, match=r"access\.yaml") as refused:
        read_policy(spoilt)
    assert said in refused.value.message
