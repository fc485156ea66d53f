"""Clean grid events with their dispatch: reported, assigned, done in time, closed."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.background import late_officers
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import clock
from lib.warehouse.demo.plants.period import Period

ELSEWHERE = ("流动摊贩", "食品安全", "无证经营", "电梯故障")

_STEMS = """
with located as (
    select area_code, regexp_extract(place_text, '^(.*?)\\d+号$', 1) as stem, lng, lat from grid_event
),

final as (
    select area_code, stem, round(avg(lng), 4) as lng, round(avg(lat), 4) as lat
    from located where stem <> '' group by area_code, stem
)

select * from final order by hash($seed || stem), stem
"""


class Errands:
    """Makes event and dispatch pairs at addresses that occur nowhere else."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.stems = city.con.execute(_STEMS, {"seed": f"{city.seed}:"}).df()
        self._by_area = {area: rows.index.to_numpy() for area, rows in self.stems.groupby("area_code")}
        types = city.con.execute("select distinct event_type from grid_event order by 1").df()["event_type"]
        self.types = types[~types.isin(ELSEWHERE)].to_numpy()
        self._busy = {period.name: set(late_officers(city, period)) for period in (city.window, city.history)}
        self._door = 1000
        self._photo = 0

    def staff(self, period: Period) -> np.ndarray:
        """Officers of the town teams that have grid addresses and no late dispatch in the period yet."""
        officers = self.city.roster(period).officers
        in_town = officers["org_level"].eq("镇街") & officers["domain_code"].eq("ZF")
        free = officers["area_code"].isin(list(self._by_area)) & ~officers["officer_id"].isin(self._busy[period.name])
        return (in_town & free).to_numpy()

    def occupy(self, period: Period, officers: Iterable[str]) -> None:
        """Leave these officers to what they already have in the period."""
        self._busy[period.name] |= set(officers)

    def photos(self, count: int) -> np.ndarray:
        self._photo += count
        names = (f"{self.city.seed}|planted photo|{n}" for n in range(self._photo - count, self._photo))
        return np.array([hashlib.sha256(name.encode()).hexdigest()[:16] for name in names], dtype=object)

    def make(self, rng: np.random.Generator, crew: pd.DataFrame, days: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
        """(grid_event rows, grid_dispatch rows): one of each per crew, assigned on that day, done in 3 to 15 hours."""
        city, count = self.city, len(crew)
        areas = crew["area_code"].to_numpy()
        stem = self.stems.loc[[rng.choice(self._by_area[area]) for area in areas]].reset_index(drop=True)
        self._door += count
        doors = range(self._door - count, self._door)
        reported = clock(days, rng.integers(8, 15, count), rng.integers(0, 60, count))
        assigned = reported + rng.integers(10, 70, count).astype("timedelta64[m]")
        finished = assigned + rng.integers(180, 900, count).astype("timedelta64[m]")
        due = assigned + rng.choice([24, 48, 72], count).astype("timedelta64[h]")
        event = pd.DataFrame(
            {
                "event_no": city.edits.take("grid_event", count),
                "grid_code": [
                    f"{area}W{grid:03d}" for area, grid in zip(areas, rng.integers(1, 61, count), strict=True)
                ],
                "reporter_hash": self.photos(count),
                "event_type": rng.choice(self.types, count),
                "reported_at": reported,
                "place_text": [f"{text}{door}号" for text, door in zip(stem["stem"], doors, strict=True)],
                "lng": (stem["lng"] + rng.uniform(-0.01, 0.01, count)).round(6),
                "lat": (stem["lat"] + rng.uniform(-0.01, 0.01, count)).round(6),
                "level_type": "一般",
                "closed_at": finished + np.timedelta64(20, "m"),
                "photo_hash": self.photos(count),
                "area_code": areas,
            }
        )
        verified = rng.random(count) < 0.4
        dispatch = pd.DataFrame(
            {
                "dispatch_id": city.edits.take("grid_dispatch", count),
                "event_no": event["event_no"],
                "to_org_id": crew["org_id"].to_numpy(),
                "officer_id": crew["officer_id"].to_numpy(),
                "assigned_at": assigned,
                "accepted_at": assigned + rng.integers(3, 20, count).astype("timedelta64[m]"),
                "due_at": due,
                "finished_at": finished,
                "result_type": "已处置",
                "photo_hash": self.photos(count),
                "verify_result": ["属实" if checked else None for checked in verified],
                "verified_at": np.where(verified, finished + np.timedelta64(20, "h"), np.datetime64("NaT", "us")),
                "area_code": areas,
            }
        )
        return event, dispatch
