"""An integrity motion to the secretary of a unit's party committee; the unit's liaison is not told of it."""

from sqlalchemy import Column, String, Table

from lib.casework.motions.steps import MOTION, PROPOSE
from lib.casework.objects.kind import Kind
from lib.casework.store.schema import metadata

motion = Table(
    "motion",
    metadata,
    Column("motion_id", String(24), primary_key=True),
    Column("origin", String(16), nullable=False),
    # The warning, clue or task it comes from.
    Column("source_id", String(128)),
    Column("title", String(200), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("org_id", String(16), nullable=False),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
)

KIND = Kind(
    motion,
    MOTION,
    first=(PROPOSE.action,),
    scope=("area_code", "domain_code", "org_id"),
    noted={PROPOSE.action: PROPOSE.name, "escalate": "超期升级"},
    page=("motions", "motion"),
)
