"""What a unit has applied for: more time, as the page of any object shows it and as it is decided."""

import pandas as pd

from lib.casework.clock import APPLY, EXTEND, REFUSE
from lib.casework.deadlines import settings
from lib.casework.steps import Step
from lib.insight.wording import moment, number
from lib.ui.record.form import Wording


def applied(row: pd.Series, events: pd.DataFrame) -> dict[str, str]:
    """For the facts of an object: what was applied for and why, as long as nobody has decided."""
    found = events[events["action"].eq(APPLY)]
    if not row["asked_more"] or found.empty:
        return {}
    last = found.iloc[-1]
    told = f"{moment(last['at'])} 申请延长 {number(row['asked_more'])} 个工作日，待决定：{last['text']}"
    return {"延期申请": f"{told}（决定前期限不变）"}


def extending(step: Step, row: pd.Series) -> Wording:
    """What the forms about more time say, and the workdays that were applied for."""
    most = settings()["extensions"]["workdays"]
    if step.action == APPLY:
        told = f"至多申请 {most} 个工作日，同一期限只申请一次；答复之前期限不变，请继续办理。"
        return Wording(says={"": told}, button="提交申请")
    if step.action == EXTEND and row["asked_more"]:
        told = f"单位申请延长 {number(row['asked_more'])} 个工作日；可以少给，只延一次。"
        return Wording(says={"": told}, begins={"more": int(row["asked_more"])}, button="同意延期")
    if step.action == REFUSE:
        return Wording(says={"": "期限不变；理由单位看得到。"})
    return Wording()
