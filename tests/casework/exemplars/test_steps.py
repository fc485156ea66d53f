"""An exemplar from its nomination to an edition: nothing goes on while anything is left, who may take which step."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework.exemplars.states import GOOD
from lib.casework.exemplars.steps import EDITION, EXEMPLAR
from lib.casework.exemplars.working import compile_edition, nominate, publish, redact
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from lib.insight.exemplars.draft import draft
from lib.insight.exemplars.listing import edition_list, entries, exemplar_list
from lib.insight.exemplars.source import begins
from lib.insight.warnings.listing import warning_list
from lib.warehouse.store import Warehouse
from tests.casework.stepping import on_warning
from tests.cities import handmade

AT = datetime(2022, 9, 25, 12)
OFFICE, OTHER = Viewer("o1", "室甲", "office"), Viewer("o2", "室乙", "office")
LEADER, TOWN = Viewer("l1", "领导", "leader"), Viewer("t1", "镇丙", "town", area_code="330483101")
ELSEWHERE = Viewer("c2", "县丁", "county", area_code="330482")
CLEAN = {
    "heading": "某执法单位办理的占用道路案",
    "body": "经查，某公司存在擅自占用城市道路的行为，立案后超过期限才作出决定。",
    "comment": "期限是当事人权利的一部分，延期须有审批。",
    "cleared": [],
}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Register, Warehouse]]:
    yield handmade.opened(handmade.put(tmp_path))


def concluded(city: tuple[Register, Warehouse]) -> str:
    """The warning about CA3, found to be true."""
    register, warehouse = city
    rows = warning_list(register, warehouse, OFFICE)
    one = str(rows.loc[rows["subject_id"].eq("CA3"), "warning_id"].iloc[0])
    on_warning("sign", register, OFFICE, one, submission_id="w1", at=AT - timedelta(hours=3))
    on_warning("start", register, OFFICE, one, submission_id="w2", at=AT - timedelta(hours=2))
    more = {"conclusion": "属实", "text": "桐乡市综合行政执法局确有超期。", "checked": ["调阅案卷"]}
    on_warning("conclude", register, OFFICE, one, submission_id="w3", at=AT - timedelta(hours=1), **more)
    return one


def nominated(city: tuple[Register, Warehouse], viewer: Viewer = OFFICE, warning: str | None = None) -> str:
    register, warehouse = city
    given = {"title": "超期办案", "polarity": "反面"}
    sent = Submission("n1", AT, None, "超期三个月，值得提醒。", given)
    done = nominate(register, warehouse, viewer, sent, "warning", warning or concluded(city))
    assert done.created is not None
    return done.created


def written(city: tuple[Register, Warehouse], one: str, key: str = "r1", **more: Any) -> Outcome:
    register, warehouse = city
    return redact(register, warehouse, OFFICE, one, Submission(key, AT, None, "", CLEAN | more))


def step(
    city: tuple[Register, Warehouse], viewer: Viewer, one: str, action: str, text: str = "", **given: Any
) -> Outcome:
    sent = Submission(f"{one}-{action}-{viewer.person_id}", AT, None, text, given)
    return take(city[0], viewer, EXEMPLAR, one, action, sent)


def chosen(city: tuple[Register, Warehouse]) -> str:
    one = nominated(city)
    written(city, one)
    step(city, OTHER, one, "review", "同意。", jury="市司法局")
    step(city, OFFICE, one, "vote", for_cnt=5, against_cnt=1, abstained_cnt=0)
    return one


def state(city: tuple[Register, Warehouse], one: str) -> str:
    frame = objects(city[0], OFFICE, city[1], "exemplar")
    return str(frame.loc[frame["exemplar_id"].eq(one), "state"].iloc[0])


def test_from_a_warning_to_an_edition_that_readers_find(city: tuple[Register, Warehouse]) -> None:
    register, warehouse = city
    one = chosen(city)
    assert state(city, one) == "已通过"
    given = {"title": "典型案例汇编", "exemplars": [one]}
    made = compile_edition(register, OFFICE, Submission("c1", AT, None, "供学习使用。", given)).created
    assert made is not None and edition_list(register, warehouse, TOWN).empty
    assert entries(register, warehouse, TOWN).empty
    with pytest.raises(Forbidden):
        publish(register, warehouse, OFFICE, made, Submission("p0", AT))
    assert publish(register, warehouse, LEADER, made, Submission("p1", AT, None, "同意。")).recorded
    assert state(city, one) == "已入编"
    [edition] = edition_list(register, warehouse, TOWN).to_dict("records")
    assert (edition["label"], edition["size"]) == ("2022 年第 1 期", 1)
    # Found by item, by risk and by words of the text; the source is told to nobody.
    for words in ("占用城市道路", "M01", "超期", "反面 审批"):
        [found] = entries(register, warehouse, TOWN, words).to_dict("records")
        assert found["heading"] == CLEAN["heading"] and found["item_name"] == "擅自占用城市道路"
    assert entries(register, warehouse, TOWN, "没有的词").empty
    payload = events_of(register, TOWN, warehouse, "edition", made)["payload"].iloc[-1]
    assert "CA3" not in str(payload) and "source_id" not in str(payload)
    assert verify_register(register) == []
    with pytest.raises(UserError, match="已通过"):
        compile_edition(register, OFFICE, Submission("c2", AT, None, "再来一期。", given))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("body", "桐乡市综合行政执法局办理的案件。", "单位名称"),
        ("body", "案号桐综执立〔2022〕第 CA3 号。", "文号案号"),
        ("body", "系统编号 CA3 的案件。", "编号"),
        ("body", "濮院 镇的商户。", "地名地址"),
        ("comment", "室甲同志核查认真。", "姓名"),
        ("heading", "当事人张建国占用道路案", "姓名"),
        ("body", "联系电话 138 0013 8000。", "电话"),
    ],
)
def test_nothing_is_taken_while_anything_is_left(
    city: tuple[Register, Warehouse], name: str, text: str, told: str
) -> None:
    one = nominated(city)
    with pytest.raises(UserError, match=told):
        written(city, one, **{name: text})
    assert state(city, one) == "已推荐"


def test_a_false_alarm_stands_for_a_reason_that_is_kept_but_a_number_never(city: tuple[Register, Warehouse]) -> None:
    one = nominated(city)
    text = CLEAN["body"] + "证人高兴旺称路面已清理。"
    with pytest.raises(UserError, match="高兴旺"):
        written(city, one, body=text)
    with pytest.raises(UserError, match="没有写明理由"):
        written(city, one, body=text, cleared=["高兴旺"])
    for stays in ("联系13800138000。", "桐乡市的案件。"):
        with pytest.raises(UserError, match="还有没有脱敏"):
            written(city, one, body=stays, cleared=["13800138000：虚构", "桐乡市：泛指", "桐乡：泛指"])
    assert written(city, one, key="r2", body=text, cleared=["高兴旺：摊位的招牌，不是人名"]).recorded
    [kept] = events_of(city[0], OFFICE, city[1], "exemplar", one)["payload"].iloc[-1]["cleared"]
    assert kept == "高兴旺：摊位的招牌，不是人名"


def test_whoever_wrote_it_does_not_review_it_and_few_do_not_vote(city: tuple[Register, Warehouse]) -> None:
    one = nominated(city)
    written(city, one)
    with pytest.raises(UserError, match="不能会审自己"):
        step(city, OFFICE, one, "review", "同意。", jury="市司法局")
    step(city, OTHER, one, "review", "同意。", jury="市司法局")
    with pytest.raises(UserError, match="至少 3 人"):
        step(city, OFFICE, one, "vote", for_cnt=2, against_cnt=0, abstained_cnt=0)
    step(city, LEADER, one, "vote", for_cnt=3, against_cnt=2, abstained_cnt=1)
    assert state(city, one) == "未通过"


def test_no_step_that_checks_is_taken_round_the_data_of_the_case(city: tuple[Register, Warehouse]) -> None:
    one = nominated(city)
    with pytest.raises(UserError, match="不能核对脱敏"):
        take(city[0], OFFICE, EXEMPLAR, one, "redact", Submission("x", AT, None, "", CLEAN))
    held = chosen_edition(city, one)
    with pytest.raises(UserError, match="不能核对脱敏"):
        take(city[0], LEADER, EDITION, held, "publish", Submission("y", AT))


def chosen_edition(city: tuple[Register, Warehouse], one: str) -> str:
    written(city, one)
    step(city, OTHER, one, "review", "同意。", jury="市司法局")
    step(city, OFFICE, one, "vote", for_cnt=5, against_cnt=1, abstained_cnt=0)
    given = {"title": "汇编", "exemplars": [one]}
    made = compile_edition(city[0], OFFICE, Submission("c1", AT, None, "供学习使用。", given)).created
    assert made is not None
    return made


def test_title_and_preface_of_an_edition_are_checked_too(city: tuple[Register, Warehouse]) -> None:
    one = chosen(city)
    for given, text in (({"title": "张建国案汇编"}, "供学习。"), ({"title": "汇编"}, "咨询电话13800138000。")):
        with pytest.raises(UserError, match="还有没有脱敏"):
            compile_edition(city[0], OFFICE, Submission("c", AT, None, text, given | {"exemplars": [one]}))
    with pytest.raises(UserError, match="选了两次"):
        compile_edition(
            city[0], OFFICE, Submission("c", AT, None, "供学习。", {"title": "汇编", "exemplars": [one, one]})
        )


def test_only_what_is_concluded_and_visible_is_nominated(city: tuple[Register, Warehouse]) -> None:
    register, warehouse = city
    rows = warning_list(register, warehouse, OFFICE)
    open_one = str(rows.loc[rows["subject_id"].eq("CA1"), "warning_id"].iloc[0])
    with pytest.raises(UserError, match="还没有核查结论"):
        nominated(city, warning=open_one)
    done = concluded(city)
    assert begins(register, warehouse, OFFICE, "warning", done) == {
        "title": "擅自占用城市道路案", "polarity": "反面", "text": ""
    }  # fmt: skip
    for viewer, origin, source in ((ELSEWHERE, "warning", done), (OFFICE, "case_review", "V9"), (OFFICE, "clue", "x")):
        given = {"title": "案", "polarity": GOOD}
        with pytest.raises(NotVisible):
            nominate(register, warehouse, viewer, Submission("z", AT, None, "理由", given), origin, source)
    with pytest.raises(Forbidden):
        nominated(city, TOWN, done)


def test_the_first_draft_names_nobody_and_passes_its_own_check(city: tuple[Register, Warehouse]) -> None:
    register, warehouse = city
    one = nominated(city)
    row = exemplar_list(register, warehouse, OFFICE).iloc[0]
    held = draft(register, warehouse, OFFICE, row)
    assert "桐乡" not in str(held) and "某执法单位" in held["body"] and "属实" in held["body"]
    assert written(city, one, **held).recorded
