"""What a version of a model would change, on the handmade city, where CA1..CA4 are overdue under M01.

With 97 days instead of 90, and orange above 50 days instead of 30, CA4 is no longer overdue and CA2 (33 days) is yellow
instead of orange; CA1 and CA3 stay as they are. On the earlier month-ends both versions find the same: cases that
stood still.
"""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework.deadlines import calendar
from lib.casework.store.register import Register
from lib.insight.interval import wilson
from lib.insight.rules.difference import UNKNOWN
from lib.insight.rules.report import from_report, to_report
from lib.insight.rules.tuning import Tuning, back_test, try_out
from lib.insight.rules.verified import verified_of
from lib.insight.rules.workload import LEAST_CONCLUDED, Workload, workload
from lib.rules import Variant, read_rules, warning_id
from lib.warehouse.store import Warehouse
from tests.casework.stepping import on_warning
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
TRANSPORT = Viewer("i1", "驻丙", "inspector", domains=frozenset({"JT"}))
TOWN = Viewer("t1", "镇丁", "town", area_code="330483101")
PERSON = Viewer("p1", "示范员01", "inspector")
FOUND = {"CA1": "不属实", "CA2": "属实", "CA4": "部分属实"}
City = tuple[Register, Warehouse]


def the_id(case_id: str) -> str:
    return warning_id("M01", "penalty_case", case_id, "")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Three of the four warnings are concluded, each begun and ended on two days with one working day between."""
    place: Path = tmp_path_factory.mktemp("handmade")
    handmade.put(place)
    register, warehouse = handmade.opened(place)
    begun = datetime(2022, 9, 26, 9)
    for case_id, conclusion in FOUND.items():
        one = the_id(case_id)
        on_warning("sign", register, PERSON, one, submission_id=f"s-{case_id}", at=begun)
        on_warning("start", register, PERSON, one, submission_id=f"b-{case_id}", at=begun + timedelta(hours=1))
        on_warning(
            "conclude",
            register,
            PERSON,
            one,
            submission_id=f"c-{case_id}",
            at=begun + timedelta(days=2),
            conclusion=conclusion,
            text="已核对案卷和审批材料。",
            checked=["核对案卷"],
        )
    return register, warehouse


@pytest.fixture(scope="module")
def versions() -> tuple[Variant, Variant]:
    rule = read_rules()["M01"]
    return Variant(rule, {}), Variant(rule, {"limit_days": 97, "orange_over_days": 50})


@pytest.fixture(scope="module")
def tested(city: City, versions: tuple[Variant, Variant]) -> Tuning:
    return back_test(*city, OFFICE, *versions, months=3)


def test_the_counts(tested: Tuning) -> None:
    assert tested.counts == {"live": 4, "proposed": 3, "added": 0, "lost": 1, "changed": 1, "kept": 2}
    assert tested.live is not None
    assert (tested.live.signals, tested.proposed.signals) == (4, 3)
    assert tested.proposed.params["limit_days"] == 97
    assert tested.proposed.params["first_filed_date"] == "2021-07-15"


def test_by_level(tested: Tuning) -> None:
    assert tested.by_level.drop(columns="level").values.tolist() == [
        ["红", 1, 1, 0, 0, 0],
        ["橙", 1, 0, 0, 0, 0],
        ["黄", 2, 2, 0, 1, 1],
    ]


def test_by_town_unit_and_officer_where_there_is_a_difference(tested: Tuning) -> None:
    assert tested.by_town.drop(columns="area_label").values.tolist() == [["330483", 4, 3, 0, 1, 1]]
    assert tested.by_unit.values.tolist() == [
        ["O0002", "桐乡市综合行政执法局", 3, 3, 0, 0, 1],
        ["O0004", "桐乡市交通运输局", 1, 0, 0, 1, 0],
    ]
    assert tested.by_officer is not None
    assert tested.by_officer.values.tolist() == [["", UNKNOWN, 1, 0, 0, 1, 0], ["P0001", "张* P0001", 3, 3, 0, 0, 1]]


def test_examples_say_why(tested: Tuning) -> None:
    assert tested.examples["added"].empty
    [lost] = tested.examples["lost"].to_dict("records")
    assert lost["warning_id"] == the_id("CA4")
    assert lost["sentence"] == (
        "桐乡市交通运输局办理的案件 桐综执立〔2022〕第CA4号 擅自占用城市道路：超过办案期限，超期天数 5 日，阈值 0 日。"
    )
    [changed] = tested.examples["changed"].to_dict("records")
    assert (changed["before_zh"], changed["level_zh"]) == ("橙", "黄")
    assert "超期天数 33 日" in changed["sentence"]
    assert changed["officer_label"] == "张* P0001"


def test_at_most_ten_examples_the_worst_first(city: City, versions: tuple[Variant, Variant]) -> None:
    found = try_out(*city, OFFICE, None, versions[0]).examples["added"]
    assert found["level_zh"].tolist() == ["红", "橙", "黄", "黄"]


def test_precision_on_what_was_verified(tested: Tuning) -> None:
    columns = ["warnings", "n", "true", "partly", "untrue", "withdrawn", "unclear", "rate"]
    table = tested.verified.set_index("group")
    assert table.loc["live", columns].tolist() == [4, 3, 1, 1, 1, 0, 0, pytest.approx(2 / 3)]
    assert table.loc["proposed", columns].tolist() == [3, 2, 1, 0, 1, 0, 0, 0.5]
    assert table.loc["lost", columns].tolist() == [1, 1, 0, 1, 0, 0, 0, 1.0]
    assert table.loc["added", columns[:-1]].tolist() == [0] * 7
    assert table.loc["added", ["rate", "low", "high"]].isna().all()
    assert table.loc["proposed", ["low", "high"]].tolist() == pytest.approx(wilson(1, 2))


def test_false_alarms_count_and_the_unclear_do_not() -> None:
    register = pd.DataFrame(
        {
            "warning_id": ["W1", "W2", "W3", "W4"],
            "state": ["已办结", "撤销", "撤销", "已反馈"],
            "conclusion": ["属实", None, "属实", "无法查实"],
        }
    )
    ids = pd.Series(["W1", "W2", "W3", "W4", "W5"])
    [row] = verified_of({"live": ids}, register, pd.Index(["W2", "W9"])).to_dict("records")
    assert (row["n"], row["true"], row["withdrawn"], row["unclear"], row["rate"]) == (2, 1, 1, 1, 0.5)


def test_the_interval() -> None:
    assert wilson(1, 10) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(0, 0) is None


def test_month_by_month(tested: Tuning) -> None:
    assert tested.months is not None
    assert tested.months["day"].tolist() == [date(2022, 7, 31), date(2022, 8, 31), date(2022, 9, 25)]
    assert tested.months["live_total"].tolist() == [2, 4, 4]
    assert tested.months["live_new"].tolist() == [2, 2, 0]
    assert tested.months["lost"].tolist() == [0, 0, 1]
    assert tested.months["changed"].tolist() == [0, 0, 1]
    assert tested.verified_months is not None
    assert tested.verified_months.set_index("group").loc["lost", "warnings"] == 0


def test_too_few_concluded_tell_nothing_about_days(tested: Tuning) -> None:
    assert tested.workload is not None
    assert tested.workload.concluded == 3
    assert tested.workload.median_days is None
    assert tested.workload.proposed_days is None
    # Two warnings came up in the 56 days after 07-31.
    assert tested.workload.live_month == pytest.approx(2 / 56 * 365.25 / 12)


def test_enough_concluded_give_the_days_of_a_month() -> None:
    months = pd.DataFrame(
        {"day": [date(2022, 1, 31), date(2022, 12, 31)], "live_new": [50, 22], "proposed_new": [50, 11]}
    )
    # Monday to Wednesday: three working days; the spot check, the open one and that of another model do not count.
    concluded = pd.DataFrame(
        {
            "rule_id": ["M01"] * (LEAST_CONCLUDED + 2) + ["M05"],
            "origin": ["spot_check"] + ["model"] * (LEAST_CONCLUDED + 2),
            "first_seen_at": pd.Timestamp("2022-08-01"),
            "signed_at": pd.Timestamp("2022-08-02"),
            "checking_at": pd.Timestamp("2022-09-05 09:00"),
            "concluded_at": [
                pd.Timestamp("2022-09-30"),
                *[pd.Timestamp("2022-09-07 17:00")] * LEAST_CONCLUDED,
                pd.NaT,
                pd.Timestamp("2022-09-30"),
            ],
        }
    )
    found = workload(months, True, concluded, "M01", calendar())
    per_month = 334 / (365.25 / 12)
    assert found == Workload(22 / per_month, 11 / per_month, 3.0, LEAST_CONCLUDED)
    assert found.live_days == pytest.approx(66 / per_month)


def test_identical_versions_make_no_difference(city: City, versions: tuple[Variant, Variant]) -> None:
    found = back_test(*city, OFFICE, versions[1], versions[1], months=3)
    assert found.counts == {"live": 3, "proposed": 3, "added": 0, "lost": 0, "changed": 0, "kept": 3}
    assert found.by_town.empty and found.by_unit.empty
    assert found.by_officer is not None and found.by_officer.empty
    assert found.months is not None
    assert not found.months[["added", "lost", "changed"]].to_numpy().any()


def test_a_viewer_sees_the_own_scope_only(city: City, versions: tuple[Variant, Variant]) -> None:
    found = back_test(*city, TRANSPORT, *versions, months=3)
    assert found.counts == {"live": 1, "proposed": 0, "added": 0, "lost": 1, "changed": 0, "kept": 0}
    assert found.by_unit["org_id"].tolist() == ["O0004"]
    assert found.examples["changed"].empty
    assert found.months is not None
    assert found.months["live_total"].tolist() == [0, 1, 1]
    assert found.verified.set_index("group").loc["live", "n"] == 1


def test_a_town_runs_no_back_tests(city: City, versions: tuple[Variant, Variant]) -> None:
    with pytest.raises(Forbidden, match="不能回测模型"):
        back_test(*city, TOWN, *versions, months=3)


def test_without_the_right_no_officer_is_named(city: City) -> None:
    m16 = Variant(read_rules()["M16"], {})
    found = try_out(*city, TOWN, None, m16)
    assert found.by_officer is None
    [row] = found.examples["added"].to_dict("records")
    assert row["sentence"].startswith("濮院镇综合行政执法队执法人员 （姓名不展示），2022年8月办理 20 项")
    assert "王" not in json.dumps(to_report(found), ensure_ascii=False)
    assert "P0003" not in json.dumps(to_report(found), ensure_ascii=False)
    [shown] = try_out(*city, OFFICE, None, m16).examples["added"].to_dict("records")
    assert "执法人员 王* P0003" in shown["sentence"]


def test_a_report_can_be_stored_and_shown_again(city: City, versions: tuple[Variant, Variant], tested: Tuning) -> None:
    report = json.loads(json.dumps(to_report(tested)))
    again = from_report(OFFICE, report)
    assert to_report(again) == report
    assert again.months is not None and tested.months is not None
    pd.testing.assert_frame_equal(again.months, tested.months)
    assert again.workload == tested.workload
    assert to_report(back_test(*city, OFFICE, *versions, months=3)) == report


def test_a_report_of_the_city_is_not_for_a_town(tested: Tuning) -> None:
    with pytest.raises(NotVisible):
        from_report(TOWN, to_report(tested))


def test_a_report_shown_without_the_right_names_nobody(city: City, tested: Tuning) -> None:
    whole_city = Viewer("t2", "镇戊", "town")
    shown = from_report(whole_city, to_report(tested))
    assert shown.by_officer is None
    assert shown.examples == {}
    assert shown.counts == tested.counts
    own = to_report(try_out(*city, TOWN, None, Variant(read_rules()["M16"], {})))
    assert len(from_report(TOWN, own).examples["added"]) == 1
