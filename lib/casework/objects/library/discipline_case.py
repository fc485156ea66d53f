"""A case of political discipline; it stands on no other object's page, and no other object stands on its own."""

from sqlalchemy import Column, Date, Integer, String, Table

from lib.casework.discipline.steps import CASE, ENTER
from lib.casework.objects.kind import Kind
from lib.casework.store.schema import metadata

discipline_case = Table(
    "discipline_case",
    metadata,
    Column("discipline_id", String(24), primary_key=True),
    Column("title", String(200), nullable=False),
    # Of every name the first character.
    Column("persons", String(200), nullable=False),
    Column("people_cnt", Integer, nullable=False),
    Column("org_id", String(16), nullable=False),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Column("rank", String(8), nullable=False),
    Column("filed_on", Date, nullable=False),
)

KIND = Kind(
    discipline_case,
    CASE,
    first=(ENTER.action,),
    scope=("area_code", "domain_code", "org_id"),
    noted={ENTER.action: ENTER.name},
    page=None,
)
