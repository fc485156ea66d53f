"""A home whose datasets hold whatever a value may be."""

import shutil
from pathlib import Path

import duckdb
import pytest

from lib.catalog import load_catalog
from lib.warehouse.generation import begin, next_number, note, publish
from lib.warehouse.lake import Place, place_of, publish_lake
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from tests.cities.handmade import AS_OF, DAY

# By type, values that a format may lose: nothing, the ends of a range, characters beyond the first plane, quotes.
VALUES = {
    "VARCHAR": ["null", "''", "'桐乡市·濮院镇'", "'𠮷田「引号」''单引''\"双引\"'", "'第一行\n第二行\t尾'"],
    "INTEGER": ["null", "0", "-2147483648", "2147483647", "7"],
    "DOUBLE": ["null", "0.1", "-1e300", "5e-324", "3"],
    "BOOLEAN": ["false", "false", "false", "false", "false"],
    "DATE": ["null", "date '1949-10-01'", "date '2022-02-28'", "date '9999-12-31'", "date '2022-02-01'"],
    "TIMESTAMP": [
        "null",
        "timestamp '1969-12-31 23:59:59.999999'",
        "timestamp '2022-02-28 23:59:59.999999'",
        "timestamp 'infinity'",
        "timestamp '2022-02-01 00:00:00'",
    ],
    "VARCHAR[]": ["null", "[]", "['一', null, '二']", "['']", "['a,b', '\"']"],
    "DECIMAL(14,2)": ["null", "0.01", "-999999999999.99", "999999999999.99", "1.50"],
    "DECIMAL(14,6)": ["null", "0.000001", "-99999999.999999", "99999999.999999", "1.5"],
}


def rows_of(con: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...]) -> None:
    """Five rows in a table, of every value that its columns can hold; keys are told apart by their number."""
    for number in range(5):
        columns = con.execute(f'describe "{table}"').fetchall()
        values = [
            f"'{number}键'" if name in key and kind == "VARCHAR" else VALUES[kind][number] for name, kind, *_ in columns
        ]
        con.execute(f'insert into "{table}" values ({", ".join(values)})')


@pytest.fixture(scope="session")
def _odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose every dataset and history has five odd rows, and beside it the lake it was published to."""
    root = tmp_path_factory.mktemp("odd")
    home = root / "home"
    tmp = begin(home)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
        fill_reference(con)
        for dataset in load_catalog().numbered:
            rows_of(con, dataset.name, dataset.primary_key)
            con.execute("insert into dataset_state values (?, 5, 1, ?)", [dataset.name, DAY])
        rows_of(con, "penalty_case_history", ("case_id",))
        con.execute("insert into meta values ('synthetic', 'true'), ('as_of', ?)", [AS_OF.isoformat()])
        build_marts(con)
        note(con, next_number(tmp), "demo", AS_OF, DAY)
        con.execute("checkpoint")
    publish(home, tmp)
    publish_lake(home, place_of(str(root / "lake"), home))
    return root


@pytest.fixture
def odd_home(_odd: Path, tmp_path: Path) -> Path:
    """A copy of that home to write to; synthetic."""
    shutil.copytree(_odd / "home", tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def lake(_odd: Path, odd_home: Path, tmp_path: Path) -> Place:
    """A copy of the lake it was published to."""
    shutil.copytree(_odd / "lake", tmp_path / "lake")
    return place_of(str(tmp_path / "lake"), odd_home)
