"""I21 任务按期率: tasks of the reform whose time has run out, and those done in it."""

import pandas as pd

from tests.insight.library.raw import Raw


def counted(raw: Raw) -> pd.DataFrame:
    tasks = raw.casework.objects["reform_task"]
    tasks = tasks[tasks["due_on"].lt(raw.as_of) & tasks["state"].ne("已终止")]
    return pd.DataFrame(
        {
            "subject": tasks["task_id"],
            "day": tasks["due_on"],
            "org": tasks["org_id"],
            "area": tasks["area_code"],
            "met": tasks["done_on"].le(tasks["due_on"]),
        }
    )
