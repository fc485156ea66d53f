"""The rows of versions of the supervision lists."""

from sqlalchemy import Column, String, Table

from lib.casework.store.schema import metadata

list_version = Table(
    "list_version",
    metadata,
    Column("version_id", String(24), primary_key=True),
    # The indicator (I02) or list (L1) it is about.
    Column("about", String(8), nullable=False),
    # Of an indicator: both limits, as numbers in its unit.
    Column("green", String(16), nullable=False),
    Column("red", String(16), nullable=False),
    # The focus an indicator stands under, or a list has from now on.
    Column("focus", String(8), nullable=False),
    Column("focus_name", String(64), nullable=False),
)
