"""The lake: generations as Parquet files in a folder or an S3-compatible store, for engines on other machines."""

from lib.warehouse.lake.manifest import Manifest, StoredFile, StoredTable, manifest_of
from lib.warehouse.lake.place import Place, place_of
from lib.warehouse.lake.pruning import prune_lake
from lib.warehouse.lake.publishing import Published, publish_lake
from lib.warehouse.lake.verifying import verify_lake

__all__ = [
    "Manifest",
    "Place",
    "Published",
    "StoredFile",
    "StoredTable",
    "manifest_of",
    "place_of",
    "prune_lake",
    "publish_lake",
    "verify_lake",
]
