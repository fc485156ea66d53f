"""A field check of a grid dispatch; the unit that handled it is told when it is opened again, and why."""

from sqlalchemy import Column, String, Table

from lib.casework.grid.standing import standing
from lib.casework.grid.steps import GRID_CHECK, SEND
from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.store.schema import metadata

grid_check = Table(
    "grid_check",
    metadata,
    Column("check_id", String(24), primary_key=True),
    Column("dispatch_id", String(64), nullable=False),
    # What was reported and where.
    Column("title", String(200), nullable=False),
    Column("checker", String(64), nullable=False),
    Column("companion", String(64), nullable=False),
    # Who handled the dispatch, for which unit.
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
)

KIND = Kind(
    grid_check,
    GRID_CHECK,
    first=(SEND.action,),
    scope=SCOPE,
    noted={SEND.action: SEND.name, "escalate": "超期升级"},
    page=("grid", "check"),
    states=standing,
    reaches=("reopen",),
    asks="网格派单重新处置",
    # The unit is told why it is opened again, not who went and what they hold of it.
    kept=(
        "checker",
        "companion",
        "officer_id",
        "finding",
        "first_finding",
        "end",
        "checked_at",
        "checked_by",
        "handler_name",
    ),
)
