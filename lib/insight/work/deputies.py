"""Deputies as the page shows them: who stands in for whom, and how long still."""

from datetime import datetime

import pandas as pd

from lib.access import Viewer, under
from lib.casework.deadlines import calendar
from lib.casework.deputies.naming import deputies
from lib.casework.store.register import Register
from lib.insight.due import with_due
from lib.warehouse.store import Warehouse


@under("view", "deputy")
def deputy_list(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime) -> pd.DataFrame:
    """The deputies a viewer has named or is (see lib.casework.deputies.naming), and the columns of lib.insight.due for
    the end of the last day (due_at)."""
    frame = deputies(register, viewer, at)
    last = pd.to_datetime(frame["to_day"])
    return with_due(frame.assign(due_at=last + pd.Timedelta(days=1, seconds=-1)), at, calendar(warehouse))
