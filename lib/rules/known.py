"""The warehouse as a past day knew it: a table holds the newest versions, a past day saw those that were in force.

What was known on a day is told by `ingested_at`, and only from the first load of a dataset on:

- A day on or after the first load sees, of every key, the highest version ingested by its end, and no row that came
  later, whatever the row is dated. A key whose version in force is void is not there.
- A day before the first load saw nothing at all, since there was no warehouse. It is taken to know what the first load
  brought, and of a key that came later the first version; rules leave out what is dated after their day. A correction
  loaded later does not reach it. Corrections that the source made before the first load cannot be undone: when the
  newer version came about is not recorded anywhere (in the synthetic city every newer version carries the day of the
  one load, so that its past days see the corrected rows).
- The day the models count from, and later ones, see the tables as they are; rows without `ingested_at` were always
  known. Reference tables (work calendar, treasury accounts) have no versions: every day sees the present ones.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lib.catalog import Dataset, load_catalog
from lib.engines import Session, opened
from lib.rules.rule import Rule
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.store import Warehouse

_LOADED = "select min(loaded_at) from load_log where dataset = $dataset and rows_accepted > 0"
# Names come from the catalog and the connection only.
_ARRIVED = """
select
    (select min(ingested_at) from "{name}"),
    greatest((select max(ingested_at) from "{name}"), (select max(ingested_at) from "{name}_history"))
"""
# Of the keys whose row came later or is gone: the version in force, void ones too.
_IN_FORCE = """
with late as (select {key} from {base} where ingested_at >= $moment),

earlier as (
    select {columns} from {history} semi join late using ({key})
    union all
    select {columns} from {history} anti join {base} using ({key})
),

versions as (
    select {columns} from earlier
    union all
    select {columns} from {base} semi join earlier using ({key})
),

final as (
    select {columns}
    from (
        select *, coalesce(ingested_at < $moment, true) as is_known, coalesce(version_no, 1) as place
        from versions
    ) as placed
    where is_known or $before
    qualify row_number() over (
        partition by {key}
        order by
            is_known desc,
            case when is_known then -place else place end,
            case when is_known then ingested_at end desc,
            case when not is_known then ingested_at end
    ) = 1
)

select * from final
"""
_VIEW = """
select {columns} from {base} where coalesce(ingested_at < $moment, true)
union all
select {columns} from "{name}_in_force" where not coalesce(is_void, false)
"""
_FIRST_VERSIONS = """
union all
select {columns} from {base} anti join {history} using ({key}) where ingested_at >= $moment
"""


class Arrival(NamedTuple):
    """When rows of a dataset came: the day of the first load, and the time of the last row; None without any."""

    first: date | None
    last: datetime | None


_arrivals: WeakKeyDictionary[Warehouse, dict[str, Arrival]] = WeakKeyDictionary()


def arrival(warehouse: Warehouse, dataset: str) -> Arrival:
    """When rows of a dataset came into this generation, looked up once."""
    known = _arrivals.setdefault(warehouse, {})
    if dataset not in known:
        cursor = warehouse.cursor()
        (loaded,) = cursor.execute(_LOADED, {"dataset": dataset}).fetchall()[0]
        earliest, last = cursor.execute(_ARRIVED.format(name=dataset)).fetchall()[0]
        first = loaded or earliest
        known[dataset] = Arrival(first.date() if first else None, last)
    return known[dataset]


def session_on(warehouse: Warehouse, rules: Iterable[Rule], day: date) -> Session:
    """A session on which what these rules read is as known at the end of `day`, under its own names.

    Views stand before a table only where something came after the day, and the marts over such a table are
    made anew from what the day knew; otherwise this is a plain session.
    """
    session = opened(warehouse)
    if day >= warehouse.as_of:
        return session
    rules = list(rules)
    datasets = [load_catalog()[name] for name in sorted({name for rule in rules for name in rule.inputs})]
    shadowed = {
        dataset.name
        for dataset in datasets
        if dataset.kind == "dataset" and _shadow(session, dataset, arrival(warehouse, dataset.name), day)
    }
    for name in sorted({name for rule in rules for name in rule.marts}):
        if shadowed & rule_marts()[name].reads.keys():
            session.define(name, rule_marts()[name].query, {}, held=True)
    return session


def _shadow(session: Session, dataset: Dataset, arrived: Arrival, day: date) -> bool:
    """Whether anything of a dataset came after the day, so that a view now stands before it."""
    if arrived.first is None or arrived.last is None:
        return False
    before = day < arrived.first
    moment = datetime.combine(max(day, arrived.first) + timedelta(days=1), time())
    if arrived.last < moment:
        return False
    names = {
        "name": dataset.name,
        "columns": ", ".join(f'"{column}"' for column in dataset.column_names),
        "key": ", ".join(f'"{column}"' for column in dataset.primary_key),
        "base": session.base(dataset.name),
        "history": session.base(f"{dataset.name}_history"),
    }
    in_force = f"{dataset.name}_in_force"
    session.define(in_force, _IN_FORCE.format(**names), {"moment": moment, "before": before}, held=True)
    view = _VIEW + (_FIRST_VERSIONS if before else "")
    session.define(dataset.name, view.format(**names), {"moment": moment})
    return True
