"""A case nominated as an exemplar (典型案例), with what it comes from; only what was redacted is read by others."""

from sqlalchemy import Column, String, Table

from lib.casework.exemplars.steps import EXEMPLAR, NOMINATE
from lib.casework.objects.kind import Kind
from lib.casework.store.schema import metadata

exemplar = Table(
    "exemplar",
    metadata,
    Column("exemplar_id", String(24), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("polarity", String(4), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("source_id", String(128), nullable=False),
    Column("case_id", String(64)),
    # What it is found by: the item of the case, the model that watches the risk.
    Column("item_code", String(32)),
    Column("rule_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
)

KIND = Kind(
    exemplar,
    EXEMPLAR,
    first=(NOMINATE.action,),
    scope=("area_code", "domain_code"),
    noted={NOMINATE.action: NOMINATE.name, "include": "入编"},
    page=("exemplars", "exemplar"),
)
