"""The network of an officer, a firm or a case: which ties it draws, for whom, and that it gives nothing else away."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework.rules.runs import run_due
from lib.casework.store.register import open_register
from lib.insight.officers.layout import indented, rings
from lib.insight.officers.network import MOST, Network, centre_of, network
from lib.insight.officers.ties import CASE, FIRM, OFFICER, REGISTERED, RELATIVE, WARNING
from lib.insight.warnings.listing import warning_list
from lib.insight.warnings.source_rows import source_tables
from lib.rules import read_rules
from lib.warehouse.generation import begin, current, publish
from lib.warehouse.marts import build_marts
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
COUNTY = Viewer("c1", "县乙", "county", area_code="330483")
ELSEWHERE = Viewer("c2", "县丁", "county", area_code="330482")
ROADS = Viewer("i1", "组丁", "inspector", domains=frozenset({"JT"}))
CITY = Viewer("i2", "组戊", "inspector", domains=frozenset({"ZF"}))
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
UNIT = Viewer("l1", "联络", "liaison", org_id="O0002")
KINS, OWN, LONE = "91330483MA2CUX1234", "91330483MA2CUX5678", "91330483MA2CUX9999"
SECRETS = ("relative-secret-hash", "sister-secret-hash", "hash-P0001", "hash-P0002", "stranger-secret-hash")

# Cases of the city's party handled by P0001: BIG of them, one of the firm of the wife, one of the own firm, one of the
# sister herself; P0002's wife is the same person.
BIG = 30
_TIES = f"""
insert into officer_relation
    (relation_id, officer_id, relative_hash, relation_type, uscc, role_type, source_type, start_date, end_date) values
    ('R1', 'P0001', 'relative-secret-hash', '配偶', '{KINS}', '高管', '个人申报', date '2019-05-01', null),
    ('R2', 'P0001', 'sister-secret-hash', '兄弟姐妹', null, null, '比对发现', date '2015-01-01', null),
    ('R3', 'P0002', 'relative-secret-hash', '近姻亲', null, null, '个人申报', null, null),
    ('R4', 'P0001', 'hash-P0001', '本人', '{OWN}', '股东', '个人申报', date '2018-03-01', date '2022-06-30'),
    ('R5', 'P0001', 'later-secret-hash', '子女', '{LONE}', '股东', '个人申报', date '2023-01-01', null);
insert into enterprise (uscc, entity_name, legal_rep_hash, holder_hashes) values
    ('{KINS}', '桐乡示例建材有限公司', 'relative-secret-hash', ['relative-secret-hash', 'stranger-secret-hash']),
    ('{OWN}', '桐乡示例咨询有限公司', 'stranger-secret-hash', ['hash-P0001']),
    ('{LONE}', '桐乡示例无关有限公司', 'stranger-secret-hash', []);
insert into penalty_case (case_id, case_no, doc_no, party_id, party_type, item_code, org_id, area_code, procedure_type,
    filed_date, decision_date, closed_date, result_type) values
    ('CB1', '桐综执立〔2022〕第B1号', '桐综执罚决字〔2022〕第B1号', '{KINS}', '法人及非法人组织', 'I1', 'O0002',
     '330483', '普通', date '2022-02-01', date '2022-03-01', date '2022-04-01', '处罚'),
    ('CB2', '桐综执立〔2022〕第B2号', '桐综执罚决字〔2022〕第B2号', '{OWN}', '法人及非法人组织', 'I1', 'O0002',
     '330483', '普通', date '2022-02-02', date '2022-03-02', null, '处罚'),
    ('CB3', '桐综执立〔2022〕第B3号', '桐综执罚决字〔2022〕第B3号', 'sister-secret-hash', '自然人', 'I1', 'O0002',
     '330483', '普通', date '2022-02-03', date '2022-03-03', null, '处罚'),
    ('CB4', '桐交立〔2022〕第B4号', '桐交罚决字〔2022〕第B4号', '{KINS}', '法人及非法人组织', 'I1', 'O0004', '330483',
     '普通', date '2022-02-04', date '2022-03-04', null, '处罚');
insert into penalty_case (case_id, case_no, party_id, party_type, item_code, org_id, area_code, procedure_type,
    filed_date, decision_date, closed_date, result_type)
    select 'CZ' || n, '桐综执立〔2021〕第Z' || n || '号', 'stranger-secret-hash', '自然人', 'I1', 'O0002', '330483',
        '简易', date '2021-01-01' + n::integer, date '2021-01-01' + n::integer, date '2021-01-01' + n::integer, '处罚'
    from range({BIG}) as made(n);
insert into penalty_case (case_id, case_no, party_id, party_type, item_code, org_id, area_code, procedure_type,
    filed_date, decision_date, closed_date, result_type)
    select 'CY' || n, '桐综执立〔2022〕第Y' || n || '号', 'stranger-secret-hash', '自然人', 'I1', 'O0001', '330400',
        '简易', date '2022-01-01' + n::integer, date '2022-01-01' + n::integer, date '2022-01-01' + n::integer, '处罚'
    from range(120) as made(n);
insert into case_officer (case_id, officer_id, role_type) values
    ('CB1', 'P0001', '主办'), ('CB1', 'P0002', '协办'), ('CB2', 'P0001', '主办'), ('CB3', 'P0001', '协办'),
    ('CB4', 'P0002', '主办');
insert into case_officer (case_id, officer_id, role_type, start_at)
    select 'CZ' || n, 'P0001', '主办', timestamp '2021-01-01' from range({BIG}) as made(n);
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("network")
    handmade.put(place)
    tmp = begin(place, current(place))
    with duckdb.connect(str(tmp)) as con:
        for statement in _TIES.split(";"):
            con.execute(statement)
        build_marts(con)
    publish(place, tmp)
    run_due(place, open_register(place), force=True, only=["M17"])
    return place


def _drawn(home: Path, about: str, viewer: Viewer = OFFICE, revealed: bool = False) -> Network:
    return network(*handmade.opened(home), viewer, about, revealed)


def _ties(found: Network) -> set[tuple[str, str, str, str]]:
    rows = found.ties
    ends = ([frozenset(pair) for pair in zip(rows["from_label"], rows["to_label"], strict=True)], rows["tie"])
    return {("+".join(sorted(pair)), tie, source, str(start.date()) if not pd.isna(start) else "")
            for pair, tie, source, start in zip(*ends, rows["source"], rows["start"], strict=True)}  # fmt: skip


def _labels(found: Network, kind: str) -> list[str]:
    return [one.label for one in found.nodes if one.kind == kind]


def test_an_officers_ties_have_their_sources_and_dates(home: Path) -> None:
    found = _drawn(home, "officer:P0001", revealed=True)
    wife, sister, me = "张* P0001 配偶、李* P0002 近姻亲", "兄弟姐妹", "张* P0001"
    ties = _ties(found)
    assert {
        # Of a declaration that names a firm the dates are those of the post, not of the marriage.
        ("+".join(sorted((me, wife))), "配偶", "个人申报", ""),
        ("+".join(sorted((me, sister))), "兄弟姐妹", "比对发现", "2015-01-01"),
        ("+".join(sorted((wife, "桐乡示例建材有限公司"))), "高管", "个人申报", "2019-05-01"),
        ("+".join(sorted((wife, "桐乡示例建材有限公司"))), "法定代表人", REGISTERED, ""),
        ("+".join(sorted((wife, "桐乡示例建材有限公司"))), "股东", REGISTERED, ""),
        ("+".join(sorted((me, "桐乡示例咨询有限公司"))), "股东", "个人申报", "2018-03-01"),
        ("+".join(sorted((me, "桐乡示例咨询有限公司"))), "股东", REGISTERED, ""),
        ("+".join(sorted((me, "桐综执罚决字〔2022〕第B1号"))), "主办", "案件承办人", "2022-02-01"),
        ("+".join(sorted(("桐乡示例建材有限公司", "桐综执罚决字〔2022〕第B1号"))), "当事人", "处罚案件", "2022-02-01"),
        (
            "+".join(sorted((sister, "桐综执罚决字〔2022〕第B3号"))),
            "当事人",
            "处罚案件（按身份哈希比对）",
            "2022-02-03",
        ),
        ("+".join(sorted(("李* P0002", wife))), "近姻亲", "个人申报", ""),
    } <= ties
    # Declared for a later day, or nobody's whom we know: not there.
    assert "桐乡示例无关有限公司" not in _labels(found, FIRM) and "子女" not in {tie for _, tie, _, _ in ties}
    post = found.ties[found.ties["tie"].eq("股东") & found.ties["source"].eq("个人申报")].iloc[0]
    assert (post["start"].date(), post["end"].date()) == (date(2018, 3, 1), date(2022, 6, 30))


def test_two_steps_at_most(home: Path) -> None:
    for about in ("officer:P0001", "officer:P0002", f"firm:{KINS}", "case:CB1"):
        assert {one.step for one in _drawn(home, about).nodes} == {0, 1, 2}
    # Three steps from P0002: the wife, who is P0001's, her firm, its case.
    far = _drawn(home, "case:CB4")
    assert "桐综执罚决字〔2022〕第B2号" not in _labels(far, CASE)


def test_many_cases_are_one_node_that_opens_exactly_these(home: Path) -> None:
    found = _drawn(home, "officer:P0001")
    (group,) = (one for one in found.nodes if one.count > 1)
    rows = found.groups[group.number]
    assert (group.label, group.count, len(rows)) == (f"案件 {BIG} 件", BIG, BIG)
    assert rows["about"].str.startswith("case:CZ").all() and rows["about"].is_unique
    # What relatives, firms or warnings are tied to as well stands by itself.
    alone = {one.about for one in found.nodes if one.kind == CASE and one.count == 1}
    assert alone == {"case:CB1", "case:CB2", "case:CB3", "case:CA1", "case:CA2", "case:CA3"}
    assert len(alone) <= MOST


def test_the_same_network_always_looks_alike_and_no_label_lies_on_another(home: Path) -> None:
    for about in ("officer:P0001", "case:CB1", f"firm:{KINS}"):
        one, other = _drawn(home, about), _drawn(home, about)
        assert one.nodes == other.nodes and one.ties.equals(other.ties)
        for layout in (rings, indented):
            places, height = layout(one.nodes)
            assert places == layout(other.nodes)[0] and len(places) == len(one.nodes)
            assert all(-1 <= place.x <= 1 and 0 <= place.y <= height for place in places.values())
            outer = [(places[n.number].side, places[n.number].y) for n in one.nodes if n.step == 2]
            gaps = [abs(a - b) for i, (s, a) in enumerate(outer) for t, b in outer[:i] if s == t]
            assert min(gaps, default=99) >= 20


def _kin_of_party(found: Network, label: str) -> set[tuple[str, str, str]]:
    """Officer, relation and way of being tied to the party, of every tie that the network of a case has."""
    words = {"法定代表人": "法定代表人", "股东": "股东", "当事人": "当事人"}
    beside: dict[str, set[str]] = {}
    for row in found.ties.itertuples():
        ends = {row._1: row.to, row.to: row._1}
        party = found.centre.number if row.tie == "当事人" and label == "" else label
        if party in ends:
            way = words[row.tie] if row.source == REGISTERED or row.tie == "当事人" else "任职持股企业"
            beside.setdefault(ends[party], set()).add(way)
    by_number = {one.number: one for one in found.nodes}
    told = set()
    for number, ways in beside.items():
        one = by_number[number]
        if one.kind == OFFICER:
            told |= {(one.label, "本人", way) for way in ways}
        if one.kind == RELATIVE:
            for row in found.ties.itertuples():
                ends = {row._1: row.to, row.to: row._1}
                if number in ends and by_number[ends[number]].kind == OFFICER:
                    told |= {(by_number[ends[number]].label, str(row.tie), way) for way in ways}
    return told


@pytest.mark.parametrize("viewer", [OFFICE, COUNTY, CITY])
def test_a_conflict_of_interest_shows_the_same_ties_as_its_own_page(home: Path, viewer: Viewer) -> None:
    register, warehouse = handmade.opened(home)
    warned = warning_list(register, warehouse, viewer)
    conflicts = warned[warned["rule_id"].eq("M17")]
    assert set(conflicts["subject_id"]) == {"CB1", "CB2", "CB3"} | ({"CB4"} if viewer != CITY else set())
    for _, row in conflicts.iterrows():
        about = centre_of(row)
        assert about == f"case:{row['subject_id']}"
        found = network(register, warehouse, viewer, about)
        tables = {one.title: one.rows for one in source_tables(register, warehouse, viewer, read_rules()["M17"],
                                                               row["subject_id"])}  # fmt: skip
        own = tables["办案人员的利害关系"]
        handlers = set(tables["承办人"]["人员编号"])
        expected = {
            (officer, relation, way)
            for officer, relation, ways in zip(own["人员编号"], own["关系"], own["关联方式"], strict=True)
            for way in ways.split("、")
        }
        firm = next((one.number for one in found.nodes if one.kind == FIRM and one.step == 1), "")
        told = {tie for tie in _kin_of_party(found, firm) if tie[0] in handlers}
        # Of one person declared by two officers the post that one of them declared is drawn for both.
        assert expected and expected <= told
        assert {tie[:2] for tie in told} == {tie[:2] for tie in expected}
        assert {way for *_, way in told - expected} <= {"任职持股企业"}


def test_whoever_may_not_see_a_warning_or_a_case_sees_no_trace_of_it(home: Path) -> None:
    every, roads = (_drawn(home, f"firm:{KINS}", viewer, True) for viewer in (OFFICE, ROADS))
    assert {"桐综执罚决字〔2022〕第B1号", "桐交罚决字〔2022〕第B4号"} == set(_labels(every, CASE))
    # The inspector of roads sees the roads' case and its warning; no officer of another body, hence no relative.
    assert [_labels(roads, kind) for kind in (CASE, OFFICER, RELATIVE)] == [["桐交罚决字〔2022〕第B4号"], [], []]
    assert len(_labels(roads, WARNING)) == 1 < len(_labels(every, WARNING))
    assert sum(one.count for one in roads.nodes) == len(roads.nodes) == 3
    text = _written(roads)
    assert "B1" not in text and "P0001" not in text and "P0002" not in text
    for viewer, about in ((ELSEWHERE, "officer:P0001"), (ROADS, "officer:P0001"), (ROADS, "case:CB1"),
                          (ELSEWHERE, f"firm:{KINS}"), (OFFICE, "officer:P9999"), (OFFICE, "case:X"), (OFFICE, "case:"),
                          (OFFICE, "firm:91330483MA2CUX0000"), (OFFICE, "relative:relative-secret-hash"),
                          (OFFICE, "warning:W1"), (OFFICE, "")):  # fmt: skip
        with pytest.raises(NotVisible):
            _drawn(home, about, viewer)
    for viewer in (TOWN, UNIT):
        with pytest.raises(Forbidden):
            _drawn(home, "officer:P0001", viewer)


def test_nobody_meets_oneself(home: Path) -> None:
    myself = replace(OFFICE, officer_id="P0001")
    with pytest.raises(NotVisible):
        _drawn(home, "officer:P0001", myself)
    case = _drawn(home, "case:CB1", myself, True)
    assert "P0001" not in _written(case) and _labels(case, OFFICER) == ["李* P0002"]
    assert not any("配偶" in label for label in _labels(case, RELATIVE))


def test_hashes_stay_here_and_firms_are_named_on_request_only(home: Path) -> None:
    for about in ("officer:P0001", "case:CB1", "case:CB3"):
        hidden, shown = _drawn(home, about), _drawn(home, about, revealed=True)
        assert not any(secret in _written(found) for found in (hidden, shown) for secret in SECRETS)
        assert "示例" not in _written(hidden) and KINS not in _written(hidden) and OWN not in _written(hidden)
        assert [(one.number, one.kind, one.step) for one in hidden.nodes] == [
            (one.number, one.kind, one.step) for one in shown.nodes
        ]
    assert "桐乡示例建材有限公司" in _labels(
        shown if about == "case:CB1" else _drawn(home, "case:CB1", OFFICE, True), FIRM
    )


def _written(found: Network) -> str:
    parts = [json.dumps([asdict(one) for one in found.nodes], ensure_ascii=False), found.ties.to_csv()]
    return "\n".join([*parts, *(rows.to_csv() for rows in found.groups.values())])


def test_a_warning_leads_to_its_case_its_firm_or_its_officer(home: Path) -> None:
    row = pd.Series({"subject_type": "penalty_case", "subject_id": "CB1", "officer_id": "P0001"})
    assert centre_of(row) == "case:CB1"
    assert centre_of(replaced(row, subject_type="enterprise", subject_id=KINS)) == f"firm:{KINS}"
    assert centre_of(replaced(row, subject_type="enterprise", subject_id="0123456789abcdef")) == "officer:P0001"
    assert centre_of(replaced(row, subject_type="grid_dispatch", officer_id=None)) is None


def replaced(row: pd.Series, **values: object) -> pd.Series:
    return pd.Series({**row.to_dict(), **values})
