"""What a hit rests on: the rows behind it, and the others it is compared with."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from lib.rules.aggregate import group_rates
from lib.rules.rule import Rule, Value
from lib.rules.run import complete_params, run_exposure, run_rule, run_section
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
        return _group_peers(warehouse, rule, subject_id, as_of, params, period)
    values = {**complete_params(rule, params), "as_of": as_of, "subject_id": subject_id}
    return run_section(warehouse.cursor(), rule, rule.sections["peers"], values).to_pandas()


def _group_peers(
    warehouse: Warehouse, rule: Rule, group_id: str, as_of: date, params: Mapping[str, Value] | None, period: str
) -> pd.DataFrame:
    exposure = run_exposure(warehouse.cursor(), rule, as_of, params)
    if exposure is None:
        raise ValueError(f"{rule.id} has no groups")
    signals = run_rule(warehouse.cursor(), rule, as_of, params).to_pandas()
    rates = group_rates(signals, exposure.to_pandas(), str(rule.aggregation.group))
    month = rates[rates["month"].eq(period) & rates["rate"].notna()]
    own = month.loc[month["group_id"].eq(group_id), "kinds"]
    if len(own):
        month = month[[bool(kinds & own.iloc[0]) for kinds in month["kinds"]]]
    frame = pd.DataFrame({"value": month["rate"], "is_subject": month["group_id"].eq(group_id)})
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
        (query.title, run_section(warehouse.cursor(), rule, query.sql, values).to_pandas())
        for query in (rule.sources if subject_ids is None else rule.group_sources)
    ]
