"""Which rules are due, and running them: once at a time, each on its own."""

import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, update

from lib.access import SYSTEM, Viewer
from lib.casework.reading.snapshot import snapshot
from lib.casework.rules import runs, versions
from lib.casework.rules.backtests import keep_backtest
from lib.casework.rules.lock import RunnerLost, hold
from lib.casework.rules.runs import run_due, stale_rules
from lib.casework.rules.tasks import tasks
from lib.casework.store.register import Register
from lib.casework.store.schema import rule_run, runner
from lib.errors import UserError
from lib.rules import SIGNALS, read_rules
from lib.warehouse.store import open_warehouse
from tests.casework.conftest import publish_city
from tests.casework.stepping import on_version, on_warning

ROOT = Path(__file__).parents[3]
_RULE = """/*---
id: {id}
name: large_fine
title: 大额罚款
risk: 测试
rationale: 用于测试运行。
law:
  - {{article: 行政处罚法第五条, mark: 已核}}
limits:
  - {{article: 行政处罚法第五条, mark: 已核, says: 用于测试}}
inputs:
  penalty_case: [case_id, org_id, area_code, decision_date, fine_amt]
parameters:
  - {{name: least_amt, type: integer, default: 30000, lowest: 1, highest: 100000, unit: 元, meaning: 罚款多于此数}}
subject: penalty_case
value_title: 罚款
unit: 元
level_logic: 多于限额黄色，多于限额一万元以上橙色。
branches:
  large: 大额
evidence:
  fine_amt: 罚款
aggregation: {{mode: direct}}
period: none
exclusions: [无]
assumptions: [无]
false_positives:
  - 大案：核对案卷
offline_check: [查案卷]
owner: 测试
nature: 明线
max_share: {max_share}
precision_floor: 0.5
---*/

-- section: signals
with final as (
    select
        case_id as subject_id,
        case when fine_amt > $least_amt + 5000 then 'orange' else 'yellow' end as level,
        'P001' as officer_id,
        org_id,
        area_code,
        decision_date as occurred_on,
        {value} as value,
        cast($least_amt as double) as threshold,
        '{{"branches": ["large"]}}' as evidence
    from penalty_case
    where fine_amt > $least_amt and decision_date <= $as_of
)

select * from final

-- section: tested
select case_id as subject_id, cast(null as varchar) as officer_id, org_id, area_code, decision_date as occurred_on
from penalty_case
where decision_date <= $as_of

-- section: peers
with final as (select cast(fine_amt as double) as value, case_id = $subject_id as is_subject from penalty_case)

select * from final

-- section: source 案件
with final as (select case_id, fine_amt from penalty_case where case_id = $subject_id)

select * from final
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two small rules, in force for the test."""
    place = tmp_path / "rules"
    place.mkdir()
    write(place, "M91")
    write(place, "M92")
    monkeypatch.setattr(runs, "read_rules", lambda **_: read_rules(place))
    return place


def write(folder: Path, rule_id: str, value: str = "cast(fine_amt as double)", max_share: float = 1.0) -> None:
    text = _RULE.format(id=rule_id, value=value, max_share=max_share)
    (folder / f"{rule_id}_large_fine.sql").write_text(text, encoding="utf-8")


def publish_file(register: Register, rule_id: str, office: Viewer, leader: Viewer) -> None:
    """Take the newest version of a rule, made from its edited file, all the way to publication."""
    newest = versions.versions(register, rule_id)[-1]
    live = versions.live_versions(register).get(rule_id)
    at = datetime(2022, 9, 25, 9)

    def step(who: Viewer, action: str) -> None:
        sent = {"submission_id": f"{newest.version_id}-{action}", "at": at, "text": "测试"}
        on_version(action, register, who, newest.version_id, **sent)

    step(office, "try")
    keep_backtest(
        register,
        office,
        newest.version_id,
        live.version_id if live else None,
        {},
        generation=1,
        as_of=at.date(),
        submission_id=f"{newest.version_id}-backtest",
        at=at,
    )
    step(office, "submit")
    step(leader, "publish")


def _status(results: list[runs.RunResult]) -> dict[str, str]:
    return {result.rule_id: result.status for result in results}


def test_a_first_run_finds_and_a_second_has_nothing_to_do(home: Path, home_register: Register, folder: Path) -> None:
    first = run_due(home, home_register)
    second = run_due(home, home_register)
    assert [(one.status, one.signals, one.warnings, one.new_warnings) for one in first] == [("done", 10, 10, 10)] * 2
    assert [(one.status, one.signals, one.warnings, one.new_warnings) for one in second] == [("fresh", 10, 10, 0)] * 2
    found = snapshot(home_register).warning
    assert sorted(found["rule_id"].unique()) == ["M91", "M92"]
    row = found.set_index(["rule_id", "subject_id"]).loc[("M91", "C40")]
    assert (row["level"], row["value"], row["threshold"], row["org_id"], row["domain_code"]) == (
        "orange",
        40000.0,
        30000.0,
        "O0002",
        "SC",
    )
    assert row["occurred_on"] == pd.Timestamp("2022-08-16")
    assert row["first_seen_at"].date() == date(2022, 9, 25)
    assert stale_rules(home_register, open_warehouse(home)) == []


def test_an_edited_file_changes_nothing_until_it_is_published(
    home: Path, home_register: Register, folder: Path, office: Viewer, leader: Viewer
) -> None:
    run_due(home, home_register)
    write(folder, "M92", value="cast(fine_amt as double) + 1")
    assert stale_rules(home_register, open_warehouse(home)) == []
    assert _status(run_due(home, home_register)) == {"M91": "fresh", "M92": "fresh"}
    publish_file(home_register, "M92", office, leader)
    assert [rule.id for rule in stale_rules(home_register, open_warehouse(home))] == ["M92"]
    assert _status(run_due(home, home_register)) == {"M91": "fresh", "M92": "done"}
    found = snapshot(home_register).warning.set_index(["rule_id", "subject_id"])
    assert found.loc[("M92", "C40"), "value"] == 40001.0
    assert found.loc[("M92", "C40"), "rule_hash"] != found.loc[("M91", "C40"), "rule_hash"]
    assert set(found["version_id"]) == {"M91-v1", "M92-v1"}
    assert len(found) == 20


def test_changed_inputs_make_a_rule_due_and_others_do_not(home: Path, home_register: Register, folder: Path) -> None:
    run_due(home, home_register)
    publish_city(home, {"grid_dispatch": 2})
    assert stale_rules(home_register, open_warehouse(home)) == []
    publish_city(home, {"penalty_case": 3})
    assert _status(run_due(home, home_register)) == {"M91": "done", "M92": "done"}


def test_another_day_makes_every_rule_due(home: Path, home_register: Register, folder: Path) -> None:
    run_due(home, home_register)
    publish_city(home, as_of=date(2022, 9, 26))
    assert len(stale_rules(home_register, open_warehouse(home))) == 2


def test_a_trial_is_counted_and_raises_nothing(
    home: Path, home_register: Register, folder: Path, office: Viewer
) -> None:
    run_due(home, home_register)
    live = versions.live_versions(home_register)["M91"]
    at = datetime(2022, 9, 25, 9)
    made = versions.save_version(
        home_register, office, live, {"least_amt": 20000}, submission_id="d", at=at, text="漏报。"
    )
    on_version("try", home_register, office, str(made.created), submission_id="t", at=at)
    before = len(snapshot(home_register).warning)
    results = {one.version_id: one for one in run_due(home, home_register)}
    statuses = {name: one.status for name, one in results.items()}
    assert statuses == {"M91-v1": "fresh", "M92-v1": "fresh", "M91-v2": "done"}
    trial = results["M91-v2"]
    assert (trial.trial, trial.tested, trial.signals, trial.warnings, trial.new_warnings) == (True, 40, 20, 20, 0)
    assert len(snapshot(home_register).warning) == before
    assert _status(run_due(home, home_register)) == {"M91": "fresh", "M92": "fresh"}


def test_too_large_a_share_is_held_back_with_a_task(
    home: Path, home_register: Register, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "FEW_SIGNALS", 5)
    write(folder, "M92", max_share=0.2)
    results = {one.rule_id: one for one in run_due(home, home_register)}
    assert (results["M91"].status, results["M92"].status) == ("done", "withheld")
    assert "10 条，占受检 40 的 25.0%，超过上限 20%" in results["M92"].error
    assert snapshot(home_register).warning["rule_id"].unique().tolist() == ["M91"]
    [task] = tasks(home_register, SYSTEM).to_dict("records")
    assert (task["rule_id"], task["kind"], task["state"]) == ("M92", "命中过多未入册", "待处理")
    assert _status(run_due(home, home_register)) == {"M91": "fresh", "M92": "fresh"}


@pytest.mark.parametrize(
    ("before", "after", "is_jump"),
    [(50, 150, False), (50, 151, True), (60, 20, False), (60, 19, True), (0, 49, False), (0, 50, True), (49, 0, False)],
)
def test_a_jump_is_a_factor_of_three_among_fifty(before: int, after: int, is_jump: bool) -> None:
    assert runs.jumped(before, after) is is_jump


def test_an_error_in_one_rule_is_its_own(
    home: Path, home_register: Register, folder: Path, office: Viewer, leader: Viewer
) -> None:
    run_due(home, home_register)
    [target] = snapshot(home_register).warning.query("rule_id == 'M92' and subject_id == 'C40'")["warning_id"]
    write(folder, "M92", value="cast('很多' as double)")
    stale_rules(home_register, open_warehouse(home))
    publish_file(home_register, "M92", office, leader)
    results = {one.rule_id: one for one in run_due(home, home_register, force=True)}
    assert _status(list(results.values())) == {"M91": "done", "M92": "error"}
    assert "M92 运行出错" in results["M92"].error
    # What the rule had found stays as it was, and the app does not try again by itself.
    row = snapshot(home_register).warning.set_index("warning_id").loc[target]
    assert bool(row["firing"])
    assert stale_rules(home_register, open_warehouse(home)) == []
    assert _status(run_due(home, home_register)) == {"M91": "fresh", "M92": "error"}
    with home_register.read() as connection:
        stored = connection.execute(select(rule_run.c.status, rule_run.c.error).order_by(rule_run.c.run_no.desc()))
        status, error = stored.first()
    assert (status, error) == ("error", results["M92"].error)


def test_a_rule_whose_file_is_gone_stops_firing_and_keeps_its_work(
    home: Path, home_register: Register, folder: Path, office: Viewer
) -> None:
    run_due(home, home_register)
    [target] = snapshot(home_register).warning.query("rule_id == 'M92' and subject_id == 'C40'")["warning_id"]
    on_warning("sign", home_register, office, target, submission_id="s", at=datetime(2022, 9, 25, 23))
    (folder / "M92_large_fine.sql").unlink()
    assert _status(run_due(home, home_register)) == {"M91": "fresh"}
    found = snapshot(home_register).warning
    assert not found[found["rule_id"] == "M92"]["firing"].any()
    assert found[found["rule_id"] == "M91"]["firing"].all()
    assert found.set_index("warning_id").loc[target, "state"] == "已签收"


def test_only_the_chosen_rules_run(home: Path, home_register: Register, folder: Path) -> None:
    assert _status(run_due(home, home_register, only=["M92"])) == {"M92": "done"}
    assert _status(run_due(home, home_register, only=["M92"], force=True)) == {"M92": "done"}
    assert snapshot(home_register).warning["rule_id"].unique().tolist() == ["M92"]
    with pytest.raises(UserError, match="没有模型 M99"):
        run_due(home, home_register, only=["M99"])


def test_the_signals_file_has_fresh_and_new_rules(
    home: Path, home_register: Register, folder: Path, tmp_path: Path
) -> None:
    run_due(home, home_register, only=["M91"])
    file = tmp_path / "out" / "signals.parquet"
    run_due(home, home_register, signals_file=file)
    table = pq.read_table(file)
    assert table.schema.names == SIGNALS.names
    frame = table.to_pandas().sort_values(["rule_id", "subject_id"], ignore_index=True)
    assert frame["rule_id"].value_counts().to_dict() == {"M91": 10, "M92": 10}
    own = [column for column in SIGNALS.names if column != "rule_id"]
    pd.testing.assert_frame_equal(frame[own].head(10), frame[own].tail(10).reset_index(drop=True))


def test_progress_is_reported_for_every_rule(home: Path, home_register: Register, folder: Path) -> None:
    seen: list[tuple[str, float, str]] = []
    run_due(home, home_register, progress=lambda *step: seen.append(step))
    assert [done for _, done, _ in seen] == [0.5, 1.0]
    assert {text for _, _, text in seen} == {"M91 大额罚款", "M92 大额罚款"}


def test_only_one_runner_at_a_time(home: Path, home_register: Register, folder: Path) -> None:
    with hold(home_register) as holder:
        assert holder is not None
        assert _status(run_due(home, home_register)) == {"M91": "held", "M92": "held"}
    assert _status(run_due(home, home_register)) == {"M91": "done", "M92": "done"}


HOLDING = """
import sys, time
from lib.casework.rules.lock import hold
from lib.casework.store.register import Register

with hold(Register(sys.argv[1])) as holder:
    print(holder is not None, flush=True)
    time.sleep(60)
"""


def test_a_killed_holder_is_replaced_at_once(home: Path, home_register: Register, folder: Path) -> None:
    told = [sys.executable, "-c", HOLDING, home_register.url]
    with subprocess.Popen(told, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None and process.stdout.readline() == "True\n"
        assert set(_status(run_due(home, home_register)).values()) == {"held"}
        process.kill()
        process.wait()
    assert set(_status(run_due(home, home_register)).values()) == {"done"}


def test_a_silent_holder_is_replaced_and_can_no_longer_write(home: Path, home_register: Register) -> None:
    with hold(home_register) as first:
        assert first is not None
        with home_register.transaction() as tx:
            long_ago = datetime.now() - timedelta(days=1)
            tx.connection.execute(update(runner).values(host="another-host", heartbeat_at=long_ago))
        with hold(home_register) as second:
            assert second is not None
            with pytest.raises(RunnerLost), home_register.transaction() as tx:
                first.require(tx)
            with home_register.transaction() as tx:
                second.require(tx)
