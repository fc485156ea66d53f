"""A rule's way from draft to publication and back: who may take which step, and what runs meanwhile."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import update

from lib.access import Forbidden, Viewer
from lib.casework.rules import backtests, versions
from lib.casework.rules.states import DRAFT, LIVE, REVIEW, STOPPED, TRIAL
from lib.casework.rules.tasks import open_task, tasks
from lib.casework.store.register import Register
from lib.casework.store.schema import backtest, rule_file
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from lib.rules import RuleError, read_rules
from tests.casework.stepping import on_task, on_version
from tests.casework.tampering import lift

AT = datetime(2022, 9, 25, 9)


@pytest.fixture
def taken_in(register: Register) -> Register:
    """A register that has taken in the rule files."""
    versions.take_in(register, read_rules(), AT)
    return register


def _draft(register: Register, office: Viewer, days: int = 100) -> str:
    live = versions.live_versions(register)["M01"]
    made = versions.save_version(
        register, office, live, {"limit_days": days}, submission_id=f"draft-{days}", at=AT, text="误报偏多。"
    )
    return str(made.created)


def _step(register: Register, who: Viewer, version_id: str, action: str, text: str = "同意") -> None:
    sent = {"submission_id": f"{version_id}-{action}-{who.person_id}", "at": AT, "text": text}
    on_version(action, register, who, version_id, **sent)


def _backtest(register: Register, office: Viewer, version_id: str, against: str | None = "M01-v1") -> None:
    backtests.keep_backtest(
        register,
        office,
        version_id,
        against,
        {"added": 3},
        generation=1,
        as_of=AT.date(),
        submission_id=f"{version_id}-against-{against}",
        at=AT,
    )


def _published(register: Register, office: Viewer, leader: Viewer, days: int = 100) -> str:
    version_id = _draft(register, office, days)
    against = versions.live_versions(register)["M01"].version_id
    _step(register, office, version_id, "try")
    _backtest(register, office, version_id, against)
    _step(register, office, version_id, "submit")
    _step(register, leader, version_id, "publish")
    return version_id


def test_the_first_time_all_files_are_in_force(taken_in: Register) -> None:
    live = versions.live_versions(taken_in)
    assert live.keys() == read_rules().keys()
    assert {one.version_no for one in live.values()} == {1}
    assert live["M01"].rule == read_rules()["M01"]
    assert live["M01"].params["limit_days"] == 90
    versions.take_in(taken_in, read_rules(), AT)
    assert len(versions.versions(taken_in)) == len(live)


def test_levels_out_of_order_are_no_draft(taken_in: Register, office: Viewer) -> None:
    live = versions.live_versions(taken_in)["M07"]
    with pytest.raises(RuleError, match="不能大于"):
        versions.save_version(taken_in, office, live, {"z_limit": 6.0}, submission_id="d", at=AT, text="误报偏多。")
    assert [one.version_no for one in versions.versions(taken_in, "M07")] == [1]


def test_the_whole_way_and_back(taken_in: Register, office: Viewer, leader: Viewer) -> None:
    version_id = _draft(taken_in, office)
    seen = [versions.version(taken_in, version_id).state]
    for who, action in ((office, "try"), (office, "submit"), (leader, "publish")):
        if action == "submit":
            _backtest(taken_in, office, version_id)
        _step(taken_in, who, version_id, action)
        seen.append(versions.version(taken_in, version_id).state)
    assert seen == [DRAFT, TRIAL, REVIEW, LIVE]
    assert versions.version(taken_in, "M01-v1").state == STOPPED
    assert versions.live_versions(taken_in)["M01"].params["limit_days"] == 100
    _step(taken_in, leader, "M01-v1", "restore", "误伤正常办案")
    assert versions.live_versions(taken_in)["M01"].version_id == "M01-v1"
    assert versions.version(taken_in, version_id).state == STOPPED
    actions = versions.history(taken_in, office, "M01")[["version_id", "action"]].values.tolist()
    assert actions == [
        ["M01-v2", "停用"],
        ["M01-v1", "回退到此版"],
        ["M01-v1", "停用"],
        ["M01-v2", "发布"],
        ["M01-v2", "提交复核"],
        ["M01-v2", "保存回测"],
        ["M01-v2", "开始试运行"],
        ["M01-v2", "起草"],
        ["M01-v1", "交付"],
    ]
    assert verify_register(taken_in) == []


def test_the_author_cannot_approve(taken_in: Register, office: Viewer) -> None:
    version_id = _draft(taken_in, office)
    _step(taken_in, office, version_id, "try")
    _backtest(taken_in, office, version_id)
    _step(taken_in, office, version_id, "submit")
    with pytest.raises(Forbidden, match="不能审批本人"):
        _step(taken_in, office, version_id, "publish")
    assert versions.version(taken_in, version_id).state == REVIEW


def test_whoever_submitted_cannot_approve_either(taken_in: Register, office: Viewer) -> None:
    other = Viewer("p-other", "示范员09", "office")
    version_id = _draft(taken_in, office)
    _step(taken_in, office, version_id, "try")
    _backtest(taken_in, office, version_id)
    _step(taken_in, other, version_id, "submit")
    with pytest.raises(Forbidden, match="不能审批本人"):
        _step(taken_in, other, version_id, "publish")
    third = Viewer("p-third", "示范员10", "office")
    _step(taken_in, third, version_id, "publish")
    assert versions.version(taken_in, version_id).state == LIVE


def test_nothing_goes_to_review_without_a_back_test_against_what_is_in_force(
    taken_in: Register, office: Viewer, leader: Viewer
) -> None:
    first, second = _draft(taken_in, office, 100), _draft(taken_in, office, 110)
    for version_id in (first, second):
        _step(taken_in, office, version_id, "try")
    with pytest.raises(UserError, match="还没有与在用版本对比的回测报告"):
        _step(taken_in, office, first, "submit")
    for version_id in (first, second):
        _backtest(taken_in, office, version_id)
        _step(taken_in, office, version_id, "submit")
    _step(taken_in, leader, first, "publish")
    # The second was compared with a version that is no longer in force.
    with pytest.raises(UserError, match="还没有与在用版本对比的回测报告"):
        _step(taken_in, leader, second, "publish")


def test_only_the_entitled_draft_and_approve(taken_in: Register, inspector: Viewer, office: Viewer) -> None:
    live = versions.live_versions(taken_in)["M01"]
    with pytest.raises(Forbidden):
        versions.save_version(taken_in, inspector, live, {"limit_days": 100}, submission_id="x", at=AT, text="x")
    with pytest.raises(Forbidden):
        _step(taken_in, inspector, _draft(taken_in, office), "try")
    with pytest.raises(Forbidden):
        _step(taken_in, inspector, "M01-v1", "stop")


def test_a_draft_needs_a_reason_and_keeps_the_bounds(taken_in: Register, office: Viewer) -> None:
    live = versions.live_versions(taken_in)["M01"]
    with pytest.raises(UserError, match="理由"):
        versions.save_version(taken_in, office, live, {"limit_days": 100}, submission_id="x", at=AT, text=" ")
    with pytest.raises(RuleError, match="limit_days"):
        versions.save_version(taken_in, office, live, {"limit_days": 1}, submission_id="x", at=AT, text="测试")
    again = [versions.save_version(taken_in, office, live, {}, submission_id="y", at=AT, text="测试") for _ in range(2)]
    assert [one.recorded for one in again] == [True, False]
    assert again[0].created == again[1].created == "M01-v2"


def test_only_what_was_in_force_can_be_restored(taken_in: Register, office: Viewer, leader: Viewer) -> None:
    version_id = _draft(taken_in, office)
    _step(taken_in, office, version_id, "discard")
    with pytest.raises(UserError, match="没有发布过"):
        _step(taken_in, leader, version_id, "restore")
    published = _published(taken_in, office, leader, days=110)
    _step(taken_in, leader, "M01-v1", "restore")
    with pytest.raises(Forbidden, match="不能审批本人"):
        _step(taken_in, office, published, "restore")


def test_a_new_or_edited_file_becomes_a_draft_and_a_missing_one_stops(register: Register, tmp_path: Path) -> None:
    source = read_rules()["M01"].path
    file = tmp_path / source.name
    file.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    versions.take_in(register, read_rules(tmp_path), AT)
    file.write_text(source.read_text(encoding="utf-8").replace("title: ", "title: 新", 1), encoding="utf-8")
    versions.take_in(register, read_rules(tmp_path), AT)
    assert [(one.version_id, one.state) for one in versions.versions(register)] == [("M01-v1", LIVE), ("M01-v2", DRAFT)]
    assert versions.version(register, "M01-v2").rule.title == "新" + read_rules()["M01"].title
    file.unlink()
    versions.take_in(register, read_rules(tmp_path), AT)
    assert versions.live_versions(register) == {}


def test_a_changed_text_does_not_run(taken_in: Register) -> None:
    with taken_in.transaction() as tx:
        content = versions.live_versions(taken_in)["M01"].content.replace("default: 90", "default: 91")
        changed = update(rule_file).where(rule_file.c.rule_id == "M01").values(content=content)
        lift(tx.connection)
        tx.connection.execute(changed)
    with pytest.raises(RuleError, match="指纹不符"):
        _ = versions.live_versions(taken_in)["M01"].rule


def test_a_version_in_force_outlives_what_a_later_release_asks_of_rule_files(taken_in: Register) -> None:
    stored = versions.live_versions(taken_in)["M08"]
    earlier = stored.content.replace("false_alarms: 1\n", "")
    assert earlier != stored.content
    before = replace(stored, content=earlier, rule_hash=sha256(earlier.encode()).hexdigest())
    assert before.rule.false_alarms is None and before.rule.sections == stored.rule.sections
    foreign = stored.content.replace("nature: 统计", "kind: 统计")
    with pytest.raises(RuleError, match="读不了"):
        _ = replace(stored, content=foreign, rule_hash=sha256(foreign.encode()).hexdigest()).rule


def test_a_changed_report_is_noticed(taken_in: Register, office: Viewer) -> None:
    version_id = _draft(taken_in, office)
    _backtest(taken_in, office, version_id)
    assert [kept.report for kept in backtests.backtests(taken_in, office, version_id)] == [{"added": 3}]
    with taken_in.transaction() as tx:
        lift(tx.connection)
        tx.connection.execute(update(backtest).values(report='{"added":0}'))
    with pytest.raises(UserError, match="被改动"):
        backtests.backtests(taken_in, office, version_id)


def test_a_task_is_open_once_and_closed_with_a_word(taken_in: Register, office: Viewer, inspector: Viewer) -> None:
    with taken_in.transaction() as tx:
        opened = [open_task(tx, "M01", "M01-v1", "jump", AT, "命中由 10 变为 90") for _ in range(2)]
    assert opened == [True, False]
    [task] = tasks(taken_in, office).to_dict("records")
    with pytest.raises(Forbidden):
        on_task("close", taken_in, inspector, task["task_id"], submission_id="c", at=AT, text="已核对")
    on_task("close", taken_in, office, task["task_id"], submission_id="c", at=AT, text="已核对，系补录数据。")
    [task] = tasks(taken_in, office, "M01").to_dict("records")
    assert (task["state"], task["note"], task["actor_name"]) == ("已处理", "已核对，系补录数据。", office.name)
    with taken_in.transaction() as tx:
        assert open_task(tx, "M01", "M01-v1", "jump", AT.replace(hour=10), "又一次")
