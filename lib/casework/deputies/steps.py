"""Who does somebody's work while they are away (代理): named by oneself, from one day to another.

A deputy acts within the deputy's own scope and rights; what is done then says for whom.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from lib.access import Forbidden, Viewer
from lib.casework.steps import Attempt, Field, Step, words, workflow
from lib.casework.store.schema import deputy, event

NAMED, ENDED = "已指定", "已结束"

_ENDED = select(event.c.seq).where(
    event.c.object_type == deputy.name, event.c.object_id == deputy.c.deputy_id, event.c.action == "end"
)
_STANDING_IN = select(deputy.c.person_id, deputy.c.person_name).where(
    deputy.c.to_id == bindparam("who"),
    deputy.c.from_day <= bindparam("day"),
    deputy.c.to_day >= bindparam("day"),
    ~_ENDED.exists(),
)


def standing_in_for(connection: Connection, viewer: Viewer, at: datetime) -> dict[str, str]:
    """Whose deputy a viewer is at a moment: account and name."""
    rows = connection.execute(_STANDING_IN, {"who": viewer.person_id, "day": at.date()})
    return {row.person_id: row.person_name for row in rows}


def _own(attempt: Attempt) -> None:
    if attempt.viewer.person_id not in (attempt.row.person_id, attempt.row.to_id):
        raise Forbidden("只有本人或代理人能结束代理。", "")


DEPUTY = workflow(
    "deputy",
    "代理",
    Step("end", "结束代理", "record", frozenset({NAMED}), ENDED, check=_own),
    opening=Step(
        "name",
        "指定代理人",
        "record",
        frozenset(),
        NAMED,
        (
            Field("to_id", "代理人", "choice", required=True, missing=("请选择代理人。", "")),
            Field("from_day", "自", "day", required=True),
            Field("to_day", "至", "day", required=True),
            words("事由"),
        ),
    ),
)
