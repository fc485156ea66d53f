"""How each model fares: error, no data, stale data and zero hits are four different things."""

from datetime import datetime

import pandas as pd

from lib.access import Viewer, under
from lib.casework.rules.due import runs_in_force
from lib.casework.rules.states import OPEN, UNDER_WAY
from lib.casework.rules.tasks import tasks
from lib.casework.rules.versions import live_versions, versions
from lib.casework.store.register import Register
from lib.insight.data.datasets import datasets
from lib.insight.stated import Stated
from lib.rules import Rule, read_rules
from lib.warehouse.store import Warehouse

ERROR, WITHHELD, NO_DATA, STALE, ZERO, FINE = "出错", "未入册", "无数据", "数据滞后", "零命中", "正常"
NEVER, OUT = "未运行", "未发布"
RUNS_SHOWN = 24
# The tiles of the page: each with the states it counts, none for all models.
TILES: tuple[tuple[Stated, tuple[str, ...]], ...] = (
    (Stated("模型", "本系统的全部监督模型，在用版本以发布为准。"), ()),
    (Stated("正常", "最近一次运行有命中，数据在时限内。"), (FINE,)),
    (Stated("零命中", "运行了，查过对象，没有命中。"), (ZERO,)),
    (Stated("无数据或数据滞后", "所读数据集是空的，或超过了更新时限。"), (NO_DATA, STALE)),
    (Stated("出错或未入册", "运行失败；或命中占受检的比例超过上限，本次未写入预警。"), (ERROR, WITHHELD)),
)
WAITING = Stated("有任务的模型", "核实率过低、命中骤变、未入册等，由责任单位处理；数字是有待处理任务的模型。")


@under("view", "rule")
def health(register: Register, viewer: Viewer, warehouse: Warehouse, at: datetime | None = None) -> pd.DataFrame:
    """One row per model, in order of number.

    rule_id, title, risk, nature, owner, version (第1版, empty when none is in force), state (one of the words above,
    the first that holds), detail (why, in Chinese), last_run_at, seconds, rows_read (rows of the datasets it reads),
    tested, signals, warnings, history (signals of up to 24 runs, oldest first), tasks (open ones), trials (versions
    between 草稿 and 复核).
    """
    live, runs = live_versions(register), runs_in_force(register)
    data = datasets(warehouse, viewer, at).set_index("name")
    waiting = tasks(register, viewer)
    waiting = waiting[waiting["state"].eq(OPEN)]["rule_id"].value_counts()
    trials = pd.Series([one.rule_id for one in versions(register, states=UNDER_WAY)]).value_counts()
    rows = []
    for rule_id, file in read_rules().items():
        version = live.get(rule_id)
        rule = file if version is None else version.rule
        own = runs[runs["rule_id"].eq(rule_id)]
        last = None if own.empty else own.iloc[-1]
        state, detail = (OUT, "没有发布的版本，不运行") if version is None else _state(rule, last, data)
        rows.append(
            {
                "rule_id": rule_id,
                "title": rule.title,
                "risk": rule.risk,
                "nature": rule.nature,
                "owner": rule.owner,
                "version": "" if version is None else version.name,
                "state": state,
                "detail": detail,
                **_figures(last),
                "history": own[own["status"].eq("done")]["signals"].tolist()[-RUNS_SHOWN:],
                "tasks": int(waiting.get(rule_id, 0)),
                "trials": int(trials.get(rule_id, 0)),
            }
        )
    return pd.DataFrame(rows)


def _figures(last: pd.Series | None) -> dict:
    names = ("seconds", "rows_read", "tested", "signals", "warnings")
    if last is None:
        return {"last_run_at": pd.NaT, **dict.fromkeys(names)}
    return {"last_run_at": last["started_at"], **{name: last[name] for name in names}}


def _state(rule: Rule, last: pd.Series | None, data: pd.DataFrame) -> tuple[str, str]:
    """The word for a model's state, and why."""
    if last is None:
        return NEVER, "还没有运行过"
    if last["status"] == "error":
        return ERROR, str(last["error"])
    if last["status"] == "withheld":
        return WITHHELD, str(last["error"])
    inputs = data.reindex([name for name in rule.inputs if name in data.index])
    empty = inputs[inputs["row_cnt"].fillna(0).eq(0)]
    if len(empty):
        return NO_DATA, f"没有数据：{'、'.join(empty['title'])}"
    late = inputs[inputs["late_days"].fillna(0).gt(0)]
    if len(late):
        words = "、".join(f"{row.title}{row.freshness}" for row in late.itertuples())
        return STALE, f"用的是旧数据：{words}"
    if last["signals"] == 0:
        return ZERO, f"查了 {int(last['tested'] or 0):,} 个对象，没有命中"
    return FINE, f"查了 {int(last['tested'] or 0):,} 个对象，有命中"
