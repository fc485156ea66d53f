"""A supervision notice to a unit (执法监督通知书)."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from lib.casework.notices.standing import standing
from lib.casework.notices.steps import DRAFT, NOTICE
from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.store.schema import metadata

notice = Table(
    "notice",
    metadata,
    Column("notice_id", String(24), primary_key=True),
    # What it was drafted from: a kind of object (or own) and the number of one.
    Column("origin", String(16), nullable=False),
    Column("source_id", String(128)),
    # The group that drafted it.
    Column("group_key", String(128), nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16), nullable=False),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Column("title", String(200), nullable=False),
    Column("urgency", String(8)),
    Column("complex", Boolean, nullable=False),
    # Workdays from delivery to the unit's answer.
    Column("days", Integer, nullable=False),
    Column("facts", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("requirement", Text, nullable=False),
    Column("feedback", String(200), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("annex", String(200), nullable=False),
    Column("copies", String(200), nullable=False),
)

KIND = Kind(
    notice,
    NOTICE,
    first=(DRAFT.action,),
    scope=SCOPE,
    page=("notices", "notice"),
    states=standing,
    noted={DRAFT.action: DRAFT.name, "escalate": "超期升级"},
    reaches=("deliver",),
    kept=("origin", "source_id", "group_key", "officer_id", "drafter_name", "opened_at", "opener_id", "handler_id",
          "handler_name", "escalated_at"),
)  # fmt: skip
