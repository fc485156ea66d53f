"""Complaints about an officer, and reviews that put a decision right."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.bundle import Cases
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock

OVERTURNED = ("变更", "确认违法", "撤销")
UPHELD = ("属实", "部分属实", "属实")


def complain(
    city: City, rng: np.random.Generator, crew: pd.DataFrame, days: np.ndarray, verdicts: tuple[str, ...]
) -> None:
    """One complaint per day about the crew's first officer, in turn by 12345 and by petition, answered in time."""
    officer, org, area = crew.iloc[0][["officer_id", "org_id", "area_code"]]
    received = clock(days, rng.integers(8, 18, len(days)), rng.integers(0, 60, len(days)))
    answered = clock(city.calendar.add(days, 3), 16, rng.integers(0, 60, len(days)))
    places = city.con.execute(
        "select place_text from hotline_ticket where org_id = $org order by ticket_no limit 20", {"org": org}
    ).df()["place_text"].tolist() or [None]
    for number, verdict in enumerate(verdicts):
        common = {
            "received_at": received[[number]],
            "org_id": org,
            "target_officer_id": officer,
            "verify_result": verdict,
            "area_code": area,
        }
        if number % 2:
            city.edits.add(
                "petition",
                pd.DataFrame(
                    common
                    | {
                        "petition_no": city.edits.take("petition", 1),
                        "channel_type": "来信",
                        "secrecy_type": "内部",
                        "due_at": received[[number]] + np.timedelta64(60, "D"),
                        "closed_at": answered[[number]],
                    }
                ),
            )
        else:
            city.edits.add(
                "hotline_ticket",
                pd.DataFrame(
                    common
                    | {
                        "ticket_no": city.edits.take("hotline_ticket", 1),
                        "ticket_type": "投诉",
                        "place_text": places[number % len(places)],
                        "due_at": clock(city.calendar.add(days[[number]], 5), 18, 0),
                        "replied_at": answered[[number]],
                    }
                ),
            )


def overturn(city: City, rng: np.random.Generator, cases: Cases, count: int) -> None:
    """Reviews that changed or set aside the `count` earliest decided of the cases."""
    first = cases.case.sort_values(["decision_date", "case_id"]).iloc[:count]
    accepted = first["decision_date"].to_numpy().astype("datetime64[D]") + rng.integers(10, 25, count) * DAY
    city.edits.add(
        "review_litigation",
        pd.DataFrame(
            {
                "rl_id": city.edits.take("review_litigation", count),
                "case_id": first["case_id"],
                "rl_type": "行政复议",
                "accepted_date": accepted,
                "decided_date": accepted + rng.integers(28, 45, count) * DAY,
                "result_type": [OVERTURNED[n % len(OVERTURNED)] for n in range(count)],
                "area_code": first["area_code"],
            }
        ),
    )
