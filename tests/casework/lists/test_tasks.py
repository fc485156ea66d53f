"""A light that turned red raises one task for the team of its list, which closes it with the reason."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from lib.access import SYSTEM, NotVisible, Viewer
from lib.access.personas import personas
from lib.casework.lists.steps import TASK
from lib.casework.lists.tasks import Turned, open_list_tasks
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.catalog.lists import domain_names, list_domains, supervision_lists
from lib.errors import UserError
from lib.insight.library import red_lights
from lib.insight.library.indicators import ALL, HIDDEN, figures_of, standings
from lib.rules.indicators import read_indicators
from lib.warehouse.store import open_warehouse
from tests.casework.conftest import MONDAY

TURNED = Turned("I02", "L1", date(2022, 8, 1), "I02 移交立案率 2022-08 未达标：88%，n=50")


def test_one_task_a_month_for_the_list_s_team(register: Register) -> None:
    assert open_list_tasks(register, [TURNED], MONDAY) == 1
    assert open_list_tasks(register, [TURNED], MONDAY + timedelta(days=1)) == 0
    team, other = (Viewer(one, one, "inspector", domains=list_domains(one)) for one in ("L1", "L3"))
    [task] = objects(register, team, None, "list_task").to_dict("records")
    assert (task["title"], task["state"]) == (TURNED.title, "待处理")
    assert objects(register, other, None, "list_task").empty
    at = MONDAY + timedelta(days=2)
    with pytest.raises(UserError, match="办结需要填写"):
        take(register, team, TASK, task["task_id"], "close", Submission("k", at))
    take(register, team, TASK, task["task_id"], "close", Submission("k-2", at, None, "移交材料不全，已约谈。"))
    assert objects(register, team, None, "list_task")["state"].tolist() == ["已处理"]
    assert open_list_tasks(register, [TURNED], at) == 0


@pytest.mark.parametrize("list_id", [one.id for one in supervision_lists()])
def test_a_task_is_there_for_every_domain_of_its_list(register: Register, list_id: str) -> None:
    """Whichever of its bodies a team supervises: in its list, opened, closed; for a team of other bodies it is not."""
    turned = Turned("I02", list_id, date(2022, 8, 1), "I02 移交立案率 2022-08 未达标：88%，n=50")
    domains = sorted(list_domains(list_id))
    for number, domain in enumerate(domains):
        open_list_tasks(register, [turned._replace(month=date(2022, 1 + number, 1))], MONDAY)
        team = Viewer(f"team-{domain}", "某派驻", "inspector", domains=frozenset({domain}))
        held = objects(register, team, None, "list_task")
        assert len(held) == number + 1
        [one] = held.loc[held["state"].eq("待处理"), "task_id"]
        assert events_of(register, team, None, "list_task", one)["action"].tolist() == ["open"]
        sent = Submission(f"close-{domain}", MONDAY + timedelta(hours=1), None, "已约谈。")
        assert take(register, team, TASK, one, "close", sent).recorded
    others = Viewer("others", "某派驻", "inspector", domains=frozenset(domain_names()) - frozenset(domains))
    assert objects(register, others, None, "list_task").empty
    with pytest.raises(NotVisible):
        events_of(register, others, None, "list_task", one)


def test_no_indicator_is_hidden_from_the_system_that_raises_the_tasks(small_city: Path) -> None:
    """What it may not count it could raise no task of: its figures of the whole city are the leader's."""
    register, warehouse = open_register(small_city), open_warehouse(small_city)
    ids = list(read_indicators())
    assert [one for one, held in standings(register, warehouse, SYSTEM).items() if held.word == HIDDEN] == []
    leader = personas(True)[0]
    of_system, of_leader = (figures_of(register, warehouse, one, ids, (ALL,)) for one in (SYSTEM, leader))
    pd.testing.assert_frame_equal(of_system, of_leader)


def test_only_what_turned_red_in_the_month_that_closed(small_city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register, warehouse = open_register(small_city), open_warehouse(small_city)
    table = red_lights.indicator_table(register, warehouse, red_lights.SYSTEM).astype({"light": "object"})
    august, july = (table["month"].eq(f"2022-0{month}-01") for month in (8, 7))
    table["light"] = "达标"
    table.loc[(august | july) & table["indicator_id"].eq("I01"), "light"] = "未达标"
    table.loc[august & table["indicator_id"].isin(["I02", "I10"]), "light"] = "未达标"
    table.loc[table["month"].eq("2022-09-01") & table["indicator_id"].eq("I16"), "light"] = "未达标"
    monkeypatch.setattr(red_lights, "indicator_table", lambda *_: table)
    [found] = red_lights.turned_red(register, warehouse)
    assert (found.indicator_id, found.list_id, found.month) == ("I02", "L1", date(2022, 8, 1))
    cell = table[august & table["indicator_id"].eq("I02") & table["level"].eq("all")].iloc[0]
    assert f"n={cell['n']:,}" in found.title and pd.notna(cell["value"])
