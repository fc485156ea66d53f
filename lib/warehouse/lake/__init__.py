"""The lake: generations as Parquet files in a folder or an S3-compatible store, for engines on other machines."""

from lib.warehouse.lake.manifest import NAME, Damaged, Manifest, StoredFile, StoredTable, catalog_digest, manifest_of
from lib.warehouse.lake.place import Place, place_of
from lib.warehouse.lake.pruning import prune_lake
from lib.warehouse.lake.publishing import Published, generation_in, publish_lake, stored_as, write_parts
from lib.warehouse.lake.tables import BOOKS, Part, Table, tables
from lib.warehouse.lake.verifying import verify_lake

__all__ = [
    "BOOKS",
    "NAME",
    "Damaged",
    "Manifest",
    "Part",
    "Place",
    "Published",
    "StoredFile",
    "StoredTable",
    "Table",
    "catalog_digest",
    "generation_in",
    "manifest_of",
    "place_of",
    "prune_lake",
    "publish_lake",
    "stored_as",
    "tables",
    "verify_lake",
    "write_parts",
]
