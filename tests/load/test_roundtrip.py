"""A synthetic city written out as files and loaded again is the same city; and a load leaves a city synthetic."""

from pathlib import Path

import pandas as pd

from lib.catalog import load_catalog
from lib.warehouse.integrity import check_warehouse
from lib.warehouse.load import load_paths
from lib.warehouse.store import Warehouse, open_warehouse

_WRITTEN = ("source_pk", "batch_id", "ingested_at")


def _write(city: Warehouse, folder: Path) -> None:
    for dataset in load_catalog().values():
        frame = city.query(f'select * from "{dataset.name}"')
        for field in dataset.fields:
            if field.type == "array":
                frame[field.name] = [None if value is None else ";".join(value) for value in frame[field.name]]
        frame.to_csv(folder / f"{dataset.name}.csv", index=False)


def _content(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """Row count and a hash of all rows of each table, but for what each load writes anew."""
    content = {}
    for dataset in load_catalog().values():
        kept = [field.name for field in dataset.all_fields if field.name not in _WRITTEN]
        columns = ", ".join(f'"{name}"' for name in kept)
        sql = f'select count(*), sum(hash({columns})::hugeint) from "{dataset.name}"'
        content[dataset.name] = warehouse.cursor().execute(sql).fetchall()
    return content


def test_a_city_written_to_csv_loads_as_the_same_city(small_city: Path, home: Path, tmp_path: Path) -> None:
    city = open_warehouse(small_city)
    folder = tmp_path / "files"
    folder.mkdir()
    _write(city, folder)
    report = load_paths(home, [folder])
    assert report.total("quarantined") == 0 and report.refused == []
    loaded = open_warehouse(home)
    assert _content(loaded) == _content(city)
    assert check_warehouse(loaded.cursor()) == []


def test_loading_into_a_synthetic_city_keeps_it_synthetic(city_copy: Path, tmp_path: Path) -> None:
    city = open_warehouse(city_copy)
    case = city.query("select * exclude (penalty_types) from penalty_case where fine_amt > 0 order by case_id limit 1")
    case["fine_amt"] += 1
    case = case.drop(columns=["version_no", "is_void"])
    case.to_csv(tmp_path / "penalty_case.csv", index=False)
    report = load_paths(city_copy, [tmp_path / "penalty_case.csv"])
    assert (report.total("accepted"), report.total("replaced")) == (1, 1)
    after = open_warehouse(city_copy)
    assert after.synthetic and after.as_of == city.as_of
    key = {"key": case["case_id"][0]}
    kept = after.query("select ingested_at, penalty_types, version_no from penalty_case where case_id = $key", key)
    before = city.query("select penalty_types, version_no from penalty_case where case_id = $key", key)
    assert pd.Timestamp(kept["ingested_at"][0]).date() == city.as_of
    assert list(kept["penalty_types"][0]) == list(before["penalty_types"][0])
    assert kept["version_no"][0] == before["version_no"][0] + 1
