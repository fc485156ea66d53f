"""A light that turned red raises one task for the team of its list, which closes it with the reason."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from lib.access import Viewer
from lib.casework.lists.steps import TASK
from lib.casework.lists.tasks import Turned, open_list_tasks
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.catalog.lists import list_domains
from lib.errors import UserError
from lib.insight.library import red_lights
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
