"""What an officer's integrity file holds, and who may open it."""

import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.access.masking import HIDDEN
from lib.access.policy import policy
from lib.insight.officers.integrity_file import IntegrityFile, file_of, officers, period_text
from lib.warehouse.generation import begin, current, publish
from lib.warehouse.marts import build_marts
from tests.casework.stepping import on_warning
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
COUNTY = Viewer("c1", "县乙", "county", area_code="330483")
ELSEWHERE = Viewer("c2", "县丁", "county", area_code="330482")
ROADS = Viewer("i1", "组丁", "inspector", domains=frozenset({"JT"}))
CITY = Viewer("i2", "组戊", "inspector", domains=frozenset({"ZF"}))
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
FIRM = "91330483MA2CUX1234"
SECRETS = ("relative-secret-hash", "reporter-secret-hash", "hash-P0001")

_LIFE = f"""
insert into officer_posting (posting_id, officer_id, org_id, use_org_id, post_name, start_date, end_date) values
    ('T1', 'P0001', 'O0004', 'O0004', '执法员', date '2018-01-01', date '2020-06-30'),
    ('T2', 'P0001', 'O0002', 'O0003', '队长', date '2020-07-01', null),
    ('T3', 'P0002', 'O0003', null, '执法员', date '2020-07-01', null);
insert into officer_cert (cert_no, officer_id, domain_code, issue_date, expire_date, cert_status) values
    ('Z1', 'P0001', 'ZF', date '2017-09-26', date '2022-09-25', '有效'),
    ('Z2', 'P0001', 'JT', date '2016-01-01', date '2021-01-01', '有效'),
    ('Z3', 'P0001', 'ZF', date '2022-01-01', date '2027-01-01', '暂扣'),
    ('Z4', 'P0001', 'ZF', date '2022-10-01', date '2027-10-01', '有效');
insert into officer_integrity (entry_id, officer_id, entry_type, entry_date, grade_type, secrecy_type) values
    ('I1', 'P0001', '教育培训', date '2022-03-01', '良好', '公开'),
    ('I2', 'P0001', '谈话提醒', date '2022-04-01', null, '内部'),
    ('I3', 'P0001', '表彰奖励', date '2021-04-01', null, null);
insert into officer_relation
    (relation_id, officer_id, relative_hash, relation_type, uscc, role_type, source_type, start_date) values
    ('R1', 'P0001', 'relative-secret-hash', '配偶', '{FIRM}', '股东', '个人申报', date '2019-05-01');
insert into enterprise (uscc, entity_name) values ('{FIRM}', '桐乡示例建材有限公司');
insert into hotline_ticket (ticket_no, ticket_type, received_at, org_id, target_officer_id, verify_result) values
    ('H1', '投诉', timestamp '2022-05-01 10:00:00', 'O0002', 'P0001', '不属实'),
    ('H2', '投诉', timestamp '2022-05-02 10:00:00', 'O0002', 'P0002', '属实');
insert into petition (petition_no, received_at, channel_type, org_id, target_officer_id, secrecy_type) values
    ('G1', timestamp '2022-06-01 10:00:00', '来信', 'O0002', 'P0001', '内部'),
    ('G2', timestamp '2022-02-01 10:00:00', '来访', 'O0002', 'P0001', '公开'),
    ('G3', timestamp '2022-01-01 10:00:00', '网上', 'O0002', 'P0001', null);
insert into case_officer (case_id, officer_id, role_type) values ('CA4', 'P0001', '协办');
insert into review_litigation (rl_id, case_id, rl_type, accepted_date, decided_date, result_type) values
    ('L1', 'CA1', '行政复议', date '2022-07-01', date '2022-08-01', '撤销'),
    ('L2', 'CA2', '行政诉讼', date '2022-07-01', date '2022-08-02', '维持'),
    ('L3', 'CA4', '行政复议', date '2022-07-01', date '2022-08-03', '撤销');
"""


def add_life(home: Path) -> None:
    """Give P0001 of the built city a past: postings, certificates, entries, relations, complaints, reviews."""
    tmp = begin(home, current(home))
    with duckdb.connect(str(tmp)) as con:
        for statement in _LIFE.split(";"):
            con.execute(statement)
        build_marts(con)
    publish(home, tmp)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("integrity")
    handmade.put(place)
    add_life(place)
    return place


def _file(home: Path, viewer: Viewer = OFFICE, officer_id: str = "P0001") -> IntegrityFile:
    return file_of(*handmade.opened(home), viewer, officer_id)


def _rows(frame: pd.DataFrame, *columns: str) -> list[tuple]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_the_head_names_the_present_unit_and_masks_the_name(home: Path) -> None:
    file = _file(home)
    assert (file.label, file.officer_type, file.status_type) == ("张* P0001", "公务员", "在岗")
    assert (file.org_name, file.area_label) == ("桐乡市综合行政执法局", "桐乡市")


def test_postings_mark_the_current_one_and_a_county_post_used_in_a_town(home: Path) -> None:
    assert _rows(_file(home).postings, "posting_id", "org_name", "use_org_name", "is_lent", "is_current") == [
        ("T2", "桐乡市综合行政执法局", "濮院镇综合行政执法队", True, True),
        ("T1", "桐乡市交通运输局", "桐乡市交通运输局", False, False),
    ]
    assert _rows(_file(home, officer_id="P0002").postings, "use_org_name", "is_lent") == [
        ("濮院镇综合行政执法队", False)
    ]


def test_a_certificate_is_valid_on_its_last_day_and_expired_after_it(home: Path) -> None:
    file = _file(home)
    validity = dict(_rows(file.certificates, "cert_no", "validity"))
    assert validity == {"Z1": "有效", "Z2": "已过期", "Z3": "暂扣", "Z4": "未生效"}
    assert file.valid_certificates == 1
    assert file.certificates.set_index("cert_no")["domain_name"]["Z2"] == "交通运输"


def test_work_is_counted_by_unit_of_that_time_and_role(home: Path) -> None:
    assert _rows(_file(home).exposure, "kind", "role", "org_name", "pieces", "in_hand") == [
        ("案件", "主办", "桐乡市综合行政执法局", 3, 3),
        ("案件", "协办", "桐乡市交通运输局", 1, 1),
    ]
    month = pd.Timestamp("2022-08-01")
    assert _rows(_file(home, officer_id="P0003").exposure, "kind", "pieces", "first_month", "last_month") == [
        ("派单", 20, month, month)
    ]


def test_warnings_are_the_officers_own(home: Path) -> None:
    file = _file(home)
    assert sorted(_rows(file.warnings, "subject_id", "level", "rule_id")) == [
        ("CA1", "yellow", "M01"),
        ("CA2", "orange", "M01"),
        ("CA3", "red", "M01"),
    ]
    assert (file.recent_warnings, file.proven_warnings) == (3, 0)


def test_a_conclusion_shows_in_the_counts_and_the_timeline(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "copy"
    shutil.copytree(home, place)
    register, warehouse = handmade.opened(place)
    ids = _file(place).warnings.set_index("subject_id")["warning_id"]
    for case, conclusion in (("CA1", "属实"), ("CA2", "不属实")):
        number = ids[case]
        on_warning("sign", register, COUNTY, number, submission_id=f"{case}-1", at=datetime(2022, 9, 25, 9))
        on_warning("start", register, COUNTY, number, submission_id=f"{case}-2", at=datetime(2022, 9, 25, 10))
        on_warning(
            "conclude",
            register,
            COUNTY,
            number,
            submission_id=f"{case}-3",
            at=datetime(2022, 9, 25, 11),
            conclusion=conclusion,
            text="已核对案卷。",
            checked=["立案审批表"],
        )
    file = file_of(register, warehouse, OFFICE, "P0001")
    assert (file.recent_warnings, file.proven_warnings) == (2, 1)
    concluded = file.timeline[file.timeline["what"].eq("核查结论")]["detail"]
    assert sorted(concluded) == ["不属实 · M01 超期·久拖不决", "属实 · M01 超期·久拖不决"]


def test_reviews_are_overturned_cases_the_officer_led(home: Path) -> None:
    assert _rows(_file(home).reviews, "rl_id", "result_type", "case_label") == [
        ("L1", "撤销", "桐综执立〔2022〕第CA1号")
    ]
    assert _file(home, officer_id="P0002").reviews.empty


def test_what_is_not_public_is_for_leaders_and_the_office(home: Path) -> None:
    for viewer in (OFFICE, Viewer("l1", "领甲", "leader")):
        file = _file(home, viewer)
        assert file.complaints["number"].tolist() == ["G1", "H1", "G2", "G3"]
        assert file.entries["entry_id"].tolist() == ["I2", "I1", "I3"]
    for viewer in (COUNTY, CITY):
        file = _file(home, viewer)
        assert file.complaints["number"].tolist() == ["H1", "G2"]
        assert file.entries["entry_id"].tolist() == ["I1"]
        assert not file.timeline["what"].isin(["谈话提醒", "表彰奖励"]).any()
        assert not file.timeline["detail"].str.contains("来信|网上").any()


def test_a_relation_names_the_firm_to_those_who_may_see_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ("relation_type", "role_type", "firm_name", "uscc")
    assert _rows(_file(home).relations, *columns) == [("配偶", "股东", "桐乡示例建材有限公司", FIRM)]
    right = policy().rights["reveal", "officer"]
    monkeypatch.setitem(policy().rights, ("reveal", "officer"), replace(right, roles=("leader", "office")))
    assert _rows(_file(home, COUNTY).relations, *columns) == [("配偶", "股东", HIDDEN, HIDDEN)]


def test_no_hash_of_a_person_is_in_the_file(home: Path) -> None:
    file = _file(home)
    frames = (
        file.postings,
        file.certificates,
        file.exposure,
        file.complaints,
        file.reviews,
        file.entries,
        file.relations,
        file.timeline,
    )
    text = "\n".join(frame.to_csv() for frame in frames)
    assert not any(secret in text for secret in SECRETS)


def test_the_timeline_merges_what_has_happened_newest_first(home: Path) -> None:
    timeline = _file(home).timeline
    assert timeline["when"].is_monotonic_decreasing
    assert (timeline["when"] < pd.Timestamp("2022-09-26")).all()
    others = timeline[~timeline["what"].isin(["预警", "发证"])]
    assert _rows(others.assign(day=others["when"].dt.date), "day", "what", "detail") == [
        (date(2022, 9, 25), "证件到期", "综合行政执法 · Z1"),
        (date(2022, 8, 1), "行政复议", "撤销 · 桐综执立〔2022〕第CA1号 · 擅自占用城市道路"),
        (date(2022, 6, 1), "信访", "来信 · 尚无核实结果 · 桐乡市综合行政执法局"),
        (date(2022, 5, 1), "12345", "投诉 · 不属实 · 桐乡市综合行政执法局"),
        (date(2022, 4, 1), "谈话提醒", ""),
        (date(2022, 3, 1), "教育培训", "良好"),
        (date(2022, 2, 1), "信访", "来访 · 尚无核实结果 · 桐乡市综合行政执法局"),
        (date(2022, 1, 1), "信访", "网上 · 尚无核实结果 · 桐乡市综合行政执法局"),
        (date(2021, 4, 1), "表彰奖励", ""),
        (date(2021, 1, 1), "证件到期", "交通运输 · Z2"),
        (date(2020, 7, 1), "任职", "濮院镇综合行政执法队（编制在桐乡市综合行政执法局） · 队长"),
        (date(2018, 1, 1), "任职", "桐乡市交通运输局 · 执法员"),
    ]


def test_an_officer_without_anything_has_an_empty_file(home: Path) -> None:
    file = _file(home, officer_id="P0002")
    assert [len(frame) for frame in (file.certificates, file.warnings, file.reviews, file.relations)] == [0, 0, 0, 0]
    assert (file.recent_warnings, file.proven_warnings, file.valid_certificates) == (0, 0, 0)


def test_outside_the_scope_unknown_and_oneself_read_the_same(home: Path) -> None:
    told = set()
    for viewer, officer_id in (
        (ELSEWHERE, "P0001"),
        (ROADS, "P0001"),
        (OFFICE, "P9999"),
        (OFFICE, ""),
        (Viewer("o2", "室乙", "office", officer_id="P0001"), "P0001"),
    ):
        with pytest.raises(NotVisible) as error:
            _file(home, viewer, officer_id)
        told.add((error.value.message, error.value.hint))
    assert len(told) == 1


def test_a_town_may_not_open_files(home: Path) -> None:
    with pytest.raises(Forbidden, match="查看廉政档案"):
        _file(home, TOWN, "P0002")
    with pytest.raises(Forbidden, match="查看廉政档案"):
        officers(handmade.opened(home)[1], TOWN)


def test_the_search_offers_the_scope_only(home: Path) -> None:
    warehouse = handmade.opened(home)[1]
    assert officers(warehouse, COUNTY) == {
        "P0001": "张* P0001 · 桐乡市综合行政执法局",
        "P0002": "李* P0002 · 濮院镇综合行政执法队",
        "P0003": "王* P0003 · 濮院镇综合行政执法队",
    }
    assert officers(warehouse, ELSEWHERE) == officers(warehouse, ROADS) == {}


def test_periods_in_words() -> None:
    assert period_text(date(2020, 7, 1), None) == "2020-07-01 至 今"
    assert period_text(date(2018, 1, 1), date(2020, 6, 30)) == "2018-01-01 至 2020-06-30"
    assert period_text(pd.NaT, pd.NaT) == "—"
