"""Columns that a file may leave out because others tell them."""

import duckdb

from lib.catalog import Dataset, Field
from lib.warehouse.load.header import Mapping

# 双公示 exports (CF_…) know a decision by its document number only.
_BY_DOCUMENT = ("disclosure_id", "case_id")

_CASE_BY_DOCUMENT = """
    update typed set case_id = found.case_id
    from (
        select doc_no, min(case_id) as case_id
        from penalty_case where doc_no is not null
        group by doc_no having count(*) = 1
    ) as found
    where typed.case_id is null and typed.doc_no = found.doc_no
"""
_DISCLOSURE_BY_DOCUMENT = """
    update typed set disclosure_id = coalesce(
        (select min(known.disclosure_id) from penalty_disclosure as known where known.doc_no = typed.doc_no),
        'GS-' || typed.doc_no
    )
    where typed.disclosure_id is null and typed.doc_no is not null
"""
_ISSUES = """
    insert into issue
    with named as (select row_no from issue where place = $place)
    select row_no, $place, case when doc_no is null then 'missing' else 'case_of_document' end, null
    from typed anti join named using (row_no)
    where case_id is null
"""

# Where a row's own area is not given, it is that of the first of these that the dataset refers to.
_AREA_ORDER = (
    "org_id",
    "to_org_id",
    "assigned_org_id",
    "from_org_id",
    "case_id",
    "event_no",
    "task_id",
    "officer_id",
    "target_officer_id",
    "driver_id",
    "uscc",
    "item_code",
)


def derivable(mapping: Mapping, field: Field) -> bool:
    """Whether the loader can fill a required column that the file lacks."""
    return (
        mapping.dataset.name == "penalty_disclosure"
        and field.name in _BY_DOCUMENT
        and "doc_no" in mapping.columns
        and field.name not in mapping.columns
    )


def derived(mapping: Mapping) -> list[str]:
    """Names of the required columns that `derive` fills for this file."""
    return [field.name for field in mapping.missing if derivable(mapping, field)]


def derive(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Fill derived columns of `typed`; rows where that is not possible go to `issue`."""
    names = derived(mapping)
    if "case_id" in names:
        con.execute(_CASE_BY_DOCUMENT)
        place = [field.name for field in mapping.dataset.fields].index("doc_no")
        con.execute(_ISSUES, {"place": place})
    if "disclosure_id" in names:
        con.execute(_DISCLOSURE_BY_DOCUMENT)


def area_sql(dataset: Dataset, row: str) -> tuple[str, str]:
    """(expression, joins) of the area code that alias `row` gets from the rows it refers to."""
    keys = sorted(
        (key for key in dataset.foreign_keys if key.field in _AREA_ORDER), key=lambda key: _AREA_ORDER.index(key.field)
    )
    terms = [f"place{i}.area_code" for i in range(len(keys))]
    joins = [
        f'left join "{key.dataset}" as place{i} on place{i}."{key.target}" = {row}."{key.field}"'
        for i, key in enumerate(keys)
    ]
    return f"coalesce({', '.join(terms)})" if terms else "cast(null as varchar)", " ".join(joins)
