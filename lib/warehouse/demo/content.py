"""What a generation contains, whatever the order of its rows."""

import duckdb

from lib.catalog import load_catalog


def content_hash(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Table name to "rows:hash" for the datasets, their histories and the reference tables.

    The hash adds up the hashes of the rows, so it does not depend on their order; ingested_at is left out.
    """
    hashes = {}
    for dataset in load_catalog().values():
        columns = ", ".join(f'"{name}"' for name in dataset.column_names if name != "ingested_at")
        for table in [dataset.name] + ([f"{dataset.name}_history"] if dataset.kind == "dataset" else []):
            row = con.execute(
                f'select count(*), coalesce(sum(hash({columns})::hugeint), 0) % 18446744073709551557 from "{table}"'
            ).fetchone()
            assert row is not None
            hashes[table] = f"{row[0]}:{row[1]:016x}"
    return hashes
