"""Whoever answers for a unit: which unit it is."""

from sqlalchemy import Column, String

from lib.casework.store.revision import add

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    add("person", Column("org_id", String(16)))
