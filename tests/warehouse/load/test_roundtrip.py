"""A synthetic city written out as files and loaded again is the same city; the city itself takes no files."""

from pathlib import Path

import pytest

from lib.catalog import load_catalog
from lib.errors import UserError
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


def test_a_synthetic_city_takes_no_files(city_copy: Path, tmp_path: Path) -> None:
    case = open_warehouse(city_copy).query("select * from penalty_case limit 1")
    case.to_csv(tmp_path / "penalty_case.csv", index=False)
    with pytest.raises(UserError, match="COCKPIT_HOME"):
        load_paths(city_copy, [tmp_path / "penalty_case.csv"])
    assert open_warehouse(city_copy).generation.number == 1
