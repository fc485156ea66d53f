import re
from pathlib import Path

import pytest

from lib.catalog import load_catalog
from lib.errors import UserError

GOOD = """
name: thing
kind: dataset
number: 1
title: 物
source: 某处
freshness_days: 7
primaryKey: [thing_id]
fields:
- {name: thing_id, type: string, title: 编号, constraints: {required: true}}
- {name: fine_amt, type: number, title: 金额}
"""


def test_the_datasets_are_numbered_without_a_gap_and_make_up_the_full_city():
    numbered = load_catalog().numbered
    assert [dataset.no for dataset in numbered] == list(range(1, len(numbered) + 1))
    assert sum(dataset.demo_rows for dataset in numbered) == 8_612_000


def test_every_dataset_has_the_common_columns_once():
    for dataset in load_catalog().numbered:
        names = dataset.column_names
        assert len(names) == len(set(names)), dataset.name
        assert {"source_system", "source_pk", "batch_id", "ingested_at", "area_code", "version_no", "is_void"} <= set(
            names
        )


def test_money_is_decimal_and_import_units_are_kept():
    case = load_catalog()["penalty_case"]
    assert case["fine_amt"].duckdb_type == "DECIMAL(14,2)"
    assert load_catalog()["penalty_disclosure"]["fine_wan"].import_unit == "万元"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("kind: dataset", "kind: dataset\ncolour: blue"), "colour"),
        (("primaryKey: [thing_id]", "primaryKey: [nothing]"), "没有列 nothing"),
        (("name: thing\n", "name: other\n"), "name 应与文件名相同"),
        (("type: number", "type: money"), "money"),
    ],
)
def test_a_faulty_description_is_refused_with_file_and_fault(tmp_path: Path, change: tuple[str, str], fault: str):
    (tmp_path / "thing.yaml").write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(UserError) as refused:
        load_catalog(tmp_path)
    assert "thing.yaml" in refused.value.message
    assert fault in refused.value.message


def test_a_dataset_is_added_by_adding_a_file(tmp_path: Path):
    (tmp_path / "thing.yaml").write_text(GOOD, encoding="utf-8")
    catalog = load_catalog(tmp_path)
    assert list(catalog) == ["thing"]
    assert 'create table "thing" ("thing_id" VARCHAR, "fine_amt" DECIMAL(14,2),' in catalog["thing"].create_table_sql()


def test_no_heading_tells_its_unit_twice() -> None:
    headings = [one.heading for dataset in load_catalog().values() for one in dataset.all_fields]
    assert "罚款金额（万元）" in headings and "罚款金额（元）" in headings
    assert [one for one in headings if re.search(r"（(.+)）.*（\1）", one)] == []
