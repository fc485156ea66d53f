"""What a hit rests on: the rows behind it, and the others it is compared with."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from lib.engines import opened
from lib.rules.aggregate import WORK_KIND, group_rates
from lib.rules.parameters import complete_params
from lib.rules.rule import Rule, Value
from lib.rules.run import run_exposure, run_rule, run_section
from lib.warehouse.store import Warehouse

# What the rules' peers sections are limited to.
MOST_PEERS = 2000


def peers(
    warehouse: Warehouse,
    rule: Rule,
    subject_id: str,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    period: str | None = None,
) -> pd.DataFrame:
    """value DOUBLE, is_subject BOOLEAN: the distribution the subject belongs to.

    Of more than MOST_PEERS a rule gives a random sample of that size, the subject among them. With `period` ('2022-03')
    the subject is a group of a grouped rule (an officer, an org), and the values are signals per exposure in that
    month of all groups that did work of the same kind.
    """
    if period is not None:
        return group_peers(groups_at_work(warehouse, rule, as_of, params), subject_id, period)
    values = {**complete_params(rule, params), "as_of": as_of, "subject_id": subject_id}
    return run_section(opened(warehouse), rule, rule.sections["peers"], values).to_pandas()


def groups_at_work(
    warehouse: Warehouse, rule: Rule, as_of: date, params: Mapping[str, Value] | None = None
) -> pd.DataFrame:
    """What the groups of a grouped rule did: group_id, month ('2022-03'), kind (of work; empty where the rule tells
    none), rate (signals per exposure of the group in the month, whatever the kind)."""
    exposure = run_exposure(opened(warehouse), rule, as_of, params)
    if exposure is None:
        raise ValueError(f"{rule.id} has no groups")
    signals, work = run_rule(opened(warehouse), rule, as_of, params).to_pandas(), exposure.to_pandas()
    rates = group_rates(signals, work, str(rule.aggregation.group))[["group_id", "month", "rate"]]
    done = work[work["exposure"].gt(0)]
    done = pd.DataFrame(
        {
            "group_id": done["group_id"],
            "month": pd.to_datetime(done["month"]).dt.strftime("%Y-%m"),
            "kind": done[WORK_KIND].fillna("") if WORK_KIND in done else "",
        }
    )
    return done.drop_duplicates().merge(rates, on=["group_id", "month"]).sort_values(list(done), ignore_index=True)


def group_peers(work: pd.DataFrame, group_id: str, period: str) -> pd.DataFrame:
    """`peers` of a group in a month among `groups_at_work`: those that did some work of a kind this one did; all of
    them when it did nothing."""
    month = work[work["month"].eq(period)]
    own = month.loc[month["group_id"].eq(group_id), "kind"]
    alike = month[month["kind"].isin(own)] if len(own) else month
    alike = alike[alike["rate"].notna()].drop_duplicates("group_id")
    frame = pd.DataFrame({"value": alike["rate"], "is_subject": alike["group_id"].eq(group_id)})
    return frame.sort_values("is_subject", ascending=False, kind="stable", ignore_index=True)


def sources(
    warehouse: Warehouse,
    rule: Rule,
    subject_id: str,
    as_of: date,
    params: Mapping[str, Value] | None = None,
    subject_ids: Sequence[str] | None = None,
) -> list[tuple[str, pd.DataFrame]]:
    """(title, rows) of each table the hit rests on, at most 200 rows each, with the datasets' column names.

    For a warning about a group, `subject_ids` are its evidence's `signals`. A derived column has a Chinese name.
    """
    values: dict[str, Any] = {**complete_params(rule, params), "as_of": as_of}
    values |= {"subject_id": subject_id} if subject_ids is None else {"subject_ids": list(subject_ids)}
    return [
        (query.title, run_section(opened(warehouse), rule, query.sql, values).to_pandas())
        for query in (rule.sources if subject_ids is None else rule.group_sources)
    ]
