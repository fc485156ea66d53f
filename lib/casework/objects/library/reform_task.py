"""A task of the reform's stage list (阶段性任务清单), issued to the unit that has to do it."""

from sqlalchemy import Column, Date, String, Table, Text

from lib.casework.objects.kind import Kind
from lib.casework.reform.standing import standing
from lib.casework.reform.steps import ISSUE, TASK
from lib.casework.store.schema import metadata

reform_task = Table(
    "reform_task",
    metadata,
    Column("task_id", String(24), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("org_id", String(16), nullable=False),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    # The post that answers for it.
    Column("responsible", String(64), nullable=False),
    Column("start_on", Date, nullable=False),
    # What shows that it is done.
    Column("goal", Text, nullable=False),
    # The first plan, as lib.casework.reform.plan writes it.
    Column("milestones", Text, nullable=False),
)

KIND = Kind(
    reform_task,
    TASK,
    first=(ISSUE.action,),
    scope=("area_code", "domain_code", "org_id"),
    noted={ISSUE.action: ISSUE.name, "escalate": "超期升级"},
    page=("reform", "task"),
    states=standing,
    reaches=(ISSUE.action,),
    kept=("opener_id", "handler_id", "handler_name"),
)
