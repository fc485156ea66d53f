"""Clean inspections: in working hours, by two officers on duty, under a plan of their body where there is one."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import clock

PLAN = {"双随机": "双随机", "日常": "日常计划", "专项": "专项行动"}

_PLANS = """
select org.org_id, plan_type, task_id, start_date, end_date
from inspection_plan as plan
join org on plan.org_id in (org.org_id, org.parent_org_id)
order by plan.org_id = org.org_id desc, task_id
"""

_FINDINGS = "select org_id, item_code, count(*) from inspection_record where result_type = '发现问题' group by all"


class Visits:
    """Makes inspection_record rows."""

    def __init__(self, city: City) -> None:
        self.city = city
        items = city.con.execute(
            "select domain_code, item_code from power_item where item_type = '06检查' order by item_code"
        ).df()
        self.items = {domain: rows["item_code"].to_numpy() for domain, rows in items.groupby("domain_code")}
        self._any = items["item_code"].to_numpy()
        found = city.con.execute(_FINDINGS).fetchall()
        self._findings = {(org, item): count for org, item, count in found}
        plans = city.con.execute(_PLANS).df()
        self._plans = dict(list(plans.groupby(["org_id", "plan_type"])))

    def quiet_item(self, rng: np.random.Generator, org: str, domain: str) -> str:
        """An inspection item of the domain on which that body has found as little as on any."""
        items = rng.permutation(self.items.get(domain, self._any))
        return str(min(items, key=lambda item: self._findings.get((org, item), 0)))

    def item_of(self, rng: np.random.Generator, domain: str) -> str:
        return str(rng.choice(self.items.get(domain, self._any)))

    def make(self, rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows with org_id, officer_id, officer2_id, area_code, domain_code, party_id, day and perhaps check_type,
        joint_id, task_id, item_code, result_type; returned as inspection_record rows, handed over for insertion."""
        city, count = self.city, len(rows)
        days = rows["day"].to_numpy().astype("datetime64[D]")
        for _ in range(3):
            away = city.attendance.absent(rows["officer_id"], days) | city.attendance.absent(rows["officer2_id"], days)
            days = np.where(away, city.calendar.add(days, -1), days)
        started = clock(days, rng.integers(9, 16, count), rng.integers(0, 60, count))
        drawn = {
            "check_type": rng.choice(["双随机", "日常"], count, p=[0.7, 0.3]),
            "item_code": [self.item_of(rng, domain) for domain in rows["domain_code"]],
            "result_type": "未发现问题",
            "joint_id": None,
        }
        made = rows.assign(
            **{name: values for name, values in drawn.items() if name not in rows},
            inspection_id=city.edits.take("inspection_record", count),
            started_at=started,
            ended_at=started + rng.integers(15, 80, count).astype("timedelta64[m]"),
            entered_at=started + rng.integers(85, 200, count).astype("timedelta64[m]"),
        )
        if "task_id" not in rows:
            made["task_id"] = [
                self._task(org, kind, day)
                for org, kind, day in zip(made["org_id"], made["check_type"], days, strict=True)
            ]
        city.edits.add("inspection_record", made)
        return made

    def _task(self, org: str, check_type: str, day: np.datetime64) -> str | None:
        plans = self._plans.get((org, PLAN.get(check_type, "")))
        if plans is None:
            return None
        open_ones = plans[(plans["start_date"] <= day) & (plans["end_date"] >= day)]
        return str(open_ones["task_id"].iloc[0]) if len(open_ones) else None
