"""A risk in the integrity register of a unit; it is kept by supervision, the unit's liaison does not see it."""

from sqlalchemy import Column, Date, String, Table, Text

from lib.casework.objects.kind import Kind
from lib.casework.risks.standing import standing
from lib.casework.risks.steps import CALL, ENTER, REGISTERED
from lib.casework.store.schema import metadata

risk = Table(
    "risk",
    metadata,
    Column("risk_id", String(24), primary_key=True),
    Column("org_id", String(16), nullable=False),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    # The step of exercising a power and its risk point, as lib.catalog.steps calls it.
    Column("point", String(96), nullable=False),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("controls", Text, nullable=False),
    # The post that answers for the controls.
    Column("owner", String(64), nullable=False),
    Column("level", String(4), nullable=False),
    Column("review_on", Date, nullable=False),
)

KIND = Kind(
    risk,
    REGISTERED,
    first=(ENTER.action,),
    scope=("area_code", "domain_code", "org_id"),
    noted={ENTER.action: ENTER.name, CALL: "复核到期", "escalate": "超期升级"},
    page=("risks", "risk"),
    states=standing,
)
