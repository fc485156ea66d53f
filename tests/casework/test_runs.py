"""Which rules are due, and running them: once at a time, each on its own."""

import multiprocessing
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, update

from lib.access import Forbidden, Viewer
from lib.casework import runs, warnings
from lib.casework.register import Register
from lib.casework.runner import RunnerLost, hold
from lib.casework.runs import run_due, stale_rules
from lib.casework.schema import rule_run, runner
from lib.casework.snapshot import snapshot
from lib.casework.tuning import set_params
from lib.errors import UserError
from lib.rules import SIGNALS, read_rules
from lib.warehouse.store import open_warehouse
from tests.casework.conftest import publish_city

_RULE = """/*---
id: {id}
name: large_fine
title: 大额罚款
risk: 测试
rationale: 用于测试运行。
law:
  - {{article: 行政处罚法第五条, mark: 已核}}
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
    monkeypatch.setattr(runs, "read_rules", lambda: read_rules(place))
    return place


def write(folder: Path, rule_id: str, value: str = "cast(fine_amt as double)") -> None:
    (folder / f"{rule_id}_large_fine.sql").write_text(_RULE.format(id=rule_id, value=value), encoding="utf-8")


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
        "orange", 40000.0, 30000.0, "O0002", "SC",
    )  # fmt: skip
    assert row["occurred_on"] == pd.Timestamp("2022-08-16")
    assert row["first_seen_at"].date() == date(2022, 9, 25)
    assert stale_rules(home_register, open_warehouse(home)) == []


def test_a_changed_file_makes_its_rule_due(home: Path, home_register: Register, folder: Path) -> None:
    run_due(home, home_register)
    write(folder, "M92", value="cast(fine_amt as double) + 1")
    assert [rule.id for rule in stale_rules(home_register, open_warehouse(home))] == ["M92"]
    assert _status(run_due(home, home_register)) == {"M91": "fresh", "M92": "done"}
    found = snapshot(home_register).warning.set_index(["rule_id", "subject_id"])
    assert found.loc[("M92", "C40"), "value"] == 40001.0
    assert found.loc[("M92", "C40"), "rule_hash"] != found.loc[("M91", "C40"), "rule_hash"]
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


def test_tuned_thresholds_make_a_rule_due_and_take_effect(
    home: Path, home_register: Register, folder: Path, office: Viewer, inspector: Viewer
) -> None:
    run_due(home, home_register)
    rule = read_rules(folder)["M91"]
    given = {"submission_id": "t", "at": datetime(2022, 9, 25, 9), "text": "误报偏多。"}
    with pytest.raises(Forbidden):
        set_params(home_register, inspector, rule, {"least_amt": 38000}, **given)
    with pytest.raises(UserError, match="least_amt"):
        set_params(home_register, office, rule, {"least_amt": 0}, **given)
    set_params(home_register, office, rule, {"least_amt": 38000}, **given)
    results = {one.rule_id: one for one in run_due(home, home_register)}
    assert _status(list(results.values())) == {"M91": "done", "M92": "fresh"}
    assert (results["M91"].warnings, results["M91"].new_warnings) == (2, 0)
    found = snapshot(home_register).warning
    assert found[found["rule_id"] == "M91"]["firing"].sum() == 2


def test_an_error_in_one_rule_is_its_own(home: Path, home_register: Register, folder: Path, office: Viewer) -> None:
    run_due(home, home_register)
    [target] = snapshot(home_register).warning.query("rule_id == 'M92' and subject_id == 'C40'")["warning_id"]
    write(folder, "M92", value="cast('很多' as double)")
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
    warnings.sign(home_register, office, target, submission_id="s", at=datetime(2022, 9, 25, 23))
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


def _hold_and_wait(url: str, ready) -> None:
    with hold(Register(url)) as holder:
        ready.send(holder is not None)
        time.sleep(60)


def test_a_killed_holder_is_replaced_at_once(home: Path, home_register: Register, folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    parent, child = context.Pipe()
    process = context.Process(target=_hold_and_wait, args=(home_register.url, child))
    process.start()
    assert parent.recv() is True
    assert set(_status(run_due(home, home_register)).values()) == {"held"}
    process.kill()
    process.join()
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
