"""The rows of versions of the supervision lists, and of tasks that their lights raise."""

from sqlalchemy import Column, Date, String, Table

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

list_task = Table(
    "list_task",
    metadata,
    Column("task_id", String(24), primary_key=True),
    Column("indicator_id", String(8), nullable=False),
    # The first day of the month whose light turned red.
    Column("month", Date, nullable=False),
    Column("list_id", String(8), nullable=False),
    # A domain that the list's team supervises.
    Column("domain_code", String(4), nullable=False),
    Column("title", String(200), nullable=False),
)
