"""Officers who are new to the city: the ones without a valid certificate, and the ones whose renewal lagged."""

import hashlib

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY

# kind -> certificates as (issued before filing, expires after filing, status), in days
CERTS: dict[str, tuple[tuple[int, int, str], ...]] = {
    "none": (),
    "expired": ((1500, -70, "有效"),),
    "just_expired": ((1830, -5, "有效"),),
    "suspended": ((700, 1100, "暂扣"),),
    "cancelled": ((900, 900, "注销"),),
    "assistant": ((400, 1400, "有效"),),
    "renewal_lag": ((1826, -9, "有效"), (-8, 1834, "有效")),
    "expires_soon": ((1820, 6, "有效"),),
}


def recruit(city: City, rng: np.random.Generator, crew: pd.DataFrame, filed: np.ndarray, kind: str) -> np.ndarray:
    """One new officer per row of `crew`, in the same body, certified as `kind` says around the filing day."""
    count = len(crew)
    ids = city.edits.take("officer", count)
    names = city.con.execute("select distinct name_masked from officer order by 1").df()["name_masked"].to_numpy()
    city.edits.add(
        "officer",
        pd.DataFrame(
            {
                "officer_id": ids,
                "person_hash": [hashlib.sha256(f"{city.seed}|{officer}".encode()).hexdigest()[:16] for officer in ids],
                "name_masked": rng.choice(names, count),
                "officer_type": "辅助人员" if kind == "assistant" else "公务员",
                "status_type": "在岗",
                "org_id": crew["org_id"].to_numpy(),
                "area_code": crew["area_code"].to_numpy(),
            }
        ),
    )
    city.edits.add(
        "officer_posting",
        pd.DataFrame(
            {
                "posting_id": city.edits.take("officer_posting", count),
                "officer_id": ids,
                "org_id": crew["org_id"].to_numpy(),
                "post_name": "执法队员",
                "start_date": filed - rng.integers(300, 1200, count) * DAY,
                "area_code": crew["area_code"].to_numpy(),
            }
        ),
    )
    for issued, expires, status in CERTS[kind]:
        city.edits.add(
            "officer_cert",
            pd.DataFrame(
                {
                    "cert_no": city.edits.take("officer_cert", count),
                    "officer_id": ids,
                    "domain_code": crew["domain_code"].to_numpy(),
                    "issue_date": filed - issued * DAY,
                    "expire_date": filed + expires * DAY,
                    "cert_status": status,
                    "area_code": crew["area_code"].to_numpy(),
                }
            ),
        )
    return ids
