"""M19 记录仪·非工作时间: on-site steps without a clip, at night, on days off, or by an officer on leave (处罚法 47)."""

import numpy as np
import pandas as pd

from lib.warehouse.demo.plants.attendance import busy_days
from lib.warehouse.demo.plants.bundle import Cases, put
from lib.warehouse.demo.plants.carrier import carry
from lib.warehouse.demo.plants.city import City
from lib.warehouse.demo.plants.days import DAY, clock
from lib.warehouse.demo.plants.groups import days_in, officer_months
from lib.warehouse.demo.plants.period import Period
from lib.warehouse.demo.plants.visits import Visits

# The signals of a group in turn.
MIX = ("no_clip", "no_clip", "night", "no_clip", "on_leave", "no_clip", "weekend", "no_clip", "two_signs", "no_clip")
STRONG = ("on_leave", "two_signs")
SITE = "调查取证"

_OFFHOURS = "select domain_code, start_date, end_date from inspection_plan where is_offhours_ok"


def plant(city: City) -> None:
    offhours = Offhours(city)
    for period in (city.window, city.history):
        _groups(city, period, offhours)
        _singles(city, period, offhours)
        _checks(city, period, offhours)
        _forced(city, period, offhours)
    _decoys(city, offhours)


def _groups(city: City, period: Period, offhours: "Offhours") -> None:
    """Officers who go without the camera for a month, and now and then at night, on a day off or on leave."""
    rng = city.rng("M19", period.name)
    groups = officer_months(city, rng, period, 8, risky=0.0, young=24)
    offhours.bodies |= {str(group.crew["org_id"].iloc[0]) for group in groups}
    busy = busy_days(city.con, [group.officer_id for group in groups])
    for group in groups:
        filed, decided = days_in(city, rng, group, 6, 9), days_in(city, rng, group, 26, 28)
        kinds = np.array([MIX[n % len(MIX)] if group.expected else "no_clip" for n in range(group.signals)])
        # the day of leave comes before every other step, on a day with no other duty; without one nobody is on leave
        leave = _free_day(city, group.first, filed.min(), busy.get(group.officer_id, set()))
        if leave is None:
            kinds[kinds == "on_leave"] = "no_clip"
        else:
            filed = np.where(kinds == "on_leave", city.calendar.add(leave, -1), filed)
        cases = carry(city, rng, period, group.signals, crew=group.crews(), filed=filed, decided=decided)
        kinds = _bend(city, rng, cases, kinds, offhours)
        level = np.where(np.isin(kinds, STRONG), "orange", "yellow")
        city.truth.add(
            cases.subjects().assign(branch=[group.label(kind) for kind in kinds], level=level),
            rule_id="M19",
            kind="violation",
            subject_type="penalty_case",
            occurred_on=cases.event_day(SITE),
            in_window=period.in_window,
            near_threshold=group.near,
            group_id=group.group_id,
            group_period=group.period,
            note=SITE,
        )
        put(city, cases)


def _free_day(
    city: City, first: np.datetime64, before: np.datetime64, busy: set[np.datetime64]
) -> np.datetime64 | None:
    """The last workday from `first` to two workdays before that day without another duty; None when there is none."""
    days = city.calendar.at(city.calendar.wd(before) - np.arange(2, 12))
    return next((day for day in days if day >= first and day not in busy), None)


class Offhours:
    """Spans in which some body of a domain may work at night."""

    def __init__(self, city: City) -> None:
        rows = city.con.execute(_OFFHOURS).df()
        self.domain = rows["domain_code"].to_numpy()
        self.start = rows["start_date"].to_numpy().astype("datetime64[D]")
        self.end = rows["end_date"].to_numpy().astype("datetime64[D]")
        # bodies with plants that a plan for night work would excuse
        self.bodies: set[str] = set()

    def planned(self, domains: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Whether night work might be covered on that day in that domain."""
        return np.array(
            [
                bool(((self.domain == domain) & (self.start <= day) & (self.end >= day)).any())
                for domain, day in zip(domains, days, strict=True)
            ],
            dtype=bool,
        )


def _bend(city: City, rng: np.random.Generator, cases: Cases, kinds: np.ndarray, offhours: Offhours) -> np.ndarray:
    """Bend the on-site step of each case as its kind says; a night that might be planned becomes a missing clip."""
    kinds = kinds.astype(object)
    days = cases.event_day(SITE)
    weekend = _next_weekend(city, days)
    night = np.isin(kinds, ["night", "night_just", "two_signs"])
    off = night | (kinds == "weekend")
    target = np.where(kinds == "weekend", weekend, days)
    covered = off & offhours.planned(cases.case["domain_code"].to_numpy(), target)
    kinds[covered] = "no_clip"
    for kind, day, hour, minute in (
        ("night", days, 23, 12),
        ("night_just", days, 22, 16),
        ("two_signs", days, 4, 31),
        ("weekend", weekend, 10, 24),
        ("near_evening", days, 21, 36),
        # at the end of the day, when no clip of another case covers the step by chance
        ("no_clip", days, 17, 36 + np.arange(len(cases)) % 11),
        ("clip_just", days, 17, 40),
        ("on_leave", city.calendar.add(cases.day("filed_date"), 1), 10, 8),
    ):
        _retime(cases, kinds == kind, clock(day, hour, minute))
    shoot_again(city, rng, cases)
    missing = cases.ids[np.isin(kinds, ["no_clip", "two_signs"])]
    cases.clip = cases.clip[~cases.clip["related_no"].isin(missing)].reset_index(drop=True)
    _move_clips(cases, cases.ids[kinds == "clip_just"], 13)
    cases.clip.loc[cases.clip["related_no"].isin(cases.ids[kinds == "clip_just"]), "related_no"] = None
    _move_clips(cases, cases.ids[kinds == "near_clip"], 8)
    _move_clips(cases, cases.ids[kinds == "clock_drift"], 26)
    _on_leave(city, cases, kinds == "on_leave")
    return kinds


def _next_weekend(city: City, days: np.ndarray) -> np.ndarray:
    """The first plain day off after each day."""
    weekends = city.calendar.weekends(days.min(), days.max() + 30 * DAY)
    return weekends[np.searchsorted(weekends, days)]


def _retime(cases: Cases, chosen: np.ndarray, moments: np.ndarray) -> None:
    to = dict(zip(cases.ids[chosen], moments[chosen], strict=True))
    mask = cases.events_of(SITE, cases.ids[chosen])
    moved = cases.event.loc[mask, "case_id"].map(to).to_numpy().astype("datetime64[us]")
    cases.event.loc[mask, "event_at"] = moved
    cases.event.loc[mask, "entered_at"] = moved + np.timedelta64(11, "h")


def shoot_again(city: City, rng: np.random.Generator, cases: Cases) -> None:
    """Clips that go with the on-site steps where they are now."""
    shot = cases.event[cases.events_of(SITE)].set_index("case_id").loc[cases.clip["related_no"], "event_at"].to_numpy()
    cases.clip["started_at"] = shot - np.timedelta64(3, "m")
    cases.clip["ended_at"] = shot + np.timedelta64(25, "m")
    cases.clip["uploaded_at"] = shot + np.timedelta64(4, "h")


def _move_clips(cases: Cases, ids: np.ndarray, minutes: int) -> None:
    """Clips that begin that many minutes after the step."""
    mask = cases.clip["related_no"].isin(ids).to_numpy()
    for column in ("started_at", "ended_at"):
        cases.clip.loc[mask, column] = cases.clip.loc[mask, column] + pd.Timedelta(minutes=minutes + 3)


def _on_leave(city: City, cases: Cases, chosen: np.ndarray) -> None:
    """Attendance says the officer was on leave that day."""
    who, days = cases.case.loc[chosen, "officer_id"].to_numpy(), cases.event_day(SITE)[chosen]
    rows = pd.DataFrame({"officer_id": who, "day_date": days, "status_type": "休假"}).drop_duplicates()
    rows = rows.assign(in_at=np.datetime64("NaT", "us"), out_at=np.datetime64("NaT", "us"))
    known = city.attendance.known(rows["officer_id"].to_numpy(), rows["day_date"].to_numpy())
    city.edits.amend("attendance", rows[known])
    area = dict(zip(cases.case["officer_id"], cases.case["area_code"], strict=True))
    city.edits.add("attendance", rows[~known].assign(area_code=rows.loc[~known, "officer_id"].map(area)))


def _singles(city: City, period: Period, offhours: Offhours) -> None:
    """Just past the thresholds: signals of their own, too few for a warning."""
    for branch, level in (("clip_just", "yellow"), ("night_just", "yellow")):
        rng, count = city.rng("M19", period.name, branch), city.count(2, period)
        domains = city.roster(period).officers["domain_code"]
        quiet = ~domains.isin(set(offhours.domain)).to_numpy()
        crew = city.roster(period).crews(rng, count, risky=0, where=quiet)
        offhours.bodies |= set(crew["org_id"])
        # late enough for the step on site, weeks before the decision, to be of the period too
        cases = carry(city, rng, period, count, crew=crew, decided=city.days(rng, period, count, lead=55))
        _bend(city, rng, cases, np.repeat(branch, count), offhours)
        city.violation("M19", branch, level, cases.subjects(), cases.event_day(SITE), period, near=True, note=SITE)
        put(city, cases)


def _checks(city: City, period: Period, offhours: Offhours) -> None:
    """Firms checked at night or on a day off without a plan; as look-alikes a complaint, and the end of an evening."""
    officers, visits = city.roster(period).officers, Visits(city)
    quiet = ~officers["domain_code"].isin(set(offhours.domain)).to_numpy()
    for branch, hour, minute, level in (
        ("night_check", 23, 20, "yellow"),
        ("night_check_just", 22, 2, "yellow"),
        ("weekend_check", 10, 15, "yellow"),
        ("complaint_check", 23, 20, None),
        ("near_evening_check", 21, 50, None),
    ):
        if level is None and not period.in_window:
            continue
        rng, count = city.rng("M19", period.name, branch), city.count(2, period)
        crew = city.roster(period).crews(rng, count, risky=0, where=quiet)
        offhours.bodies |= set(crew["org_id"])
        days = city.days(rng, period, count, lag=20)
        days = _next_weekend(city, days) if branch == "weekend_check" else days
        started = clock(days, hour, minute)
        firms = city.parties.companies(count)
        made = pd.DataFrame(
            {
                "inspection_id": city.edits.take("inspection_record", count),
                "org_id": crew["org_id"],
                "officer_id": crew["officer_id"],
                "officer2_id": crew["officer2_id"],
                "party_id": firms["uscc"],
                "item_code": [visits.item_of(rng, domain) for domain in crew["domain_code"]],
                "check_type": "投诉核查" if branch == "complaint_check" else "日常",
                "started_at": started,
                "ended_at": started + np.timedelta64(35, "m"),
                "result_type": "未发现问题",
                "entered_at": started + np.timedelta64(600, "m"),
                "area_code": crew["area_code"],
            }
        )
        city.edits.add("inspection_record", made)
        rows = made.rename(columns={"inspection_id": "subject_id"})[["subject_id", "officer_id", "org_id", "area_code"]]
        if level is None:
            city.decoy("M19", branch, rows, days, "行政检查", subject_type="inspection_record")
        else:
            city.violation(
                "M19",
                branch,
                level,
                rows,
                days,
                period,
                near=branch.endswith("_just"),
                subject_type="inspection_record",
                note="行政检查",
            )


def _forced(city: City, period: Period, offhours: Offhours) -> None:
    """强制执行 at night or on a statutory holiday (强制法 43); on a plain weekend it is only work on a day off."""
    holidays = city.calendar.holidays(period.start + 70 * DAY, period.back(6))
    for branch, level, full, near in (
        ("night_force", "red", 1, False),
        ("night_force_just", "red", 1, True),
        ("holiday_force", "red", 2, False),
        ("weekend_force", "yellow", 2, True),
    ):
        rng, count = city.rng("M19", period.name, branch), city.count(full, period)
        domains = city.roster(period).officers["domain_code"]
        quiet = ~domains.isin(set(offhours.domain)).to_numpy()
        crew = city.roster(period).crews(rng, count, risky=0, where=quiet)
        offhours.bodies |= set(crew["org_id"])
        decided = city.days(rng, period, count, lag=50)
        days, hour = city.calendar.add(decided, rng.integers(12, 20, count)), 23
        if branch == "night_force_just":
            hour = 22
        elif branch == "holiday_force":
            days, hour = rng.choice(holidays, count), 10
            decided = city.calendar.on_or_before(days - rng.integers(25, 40, count) * DAY)
        elif branch == "weekend_force":
            days, hour = _next_weekend(city, days), 10
        cases = carry(city, rng, period, count, crew=crew, decided=decided)
        cases.add_event(city, rng, "强制执行", days, hour)
        city.violation("M19", branch, level, cases.subjects(), days, period, near=near, note="强制执行")
        put(city, cases)


def _decoys(city: City, offhours: Offhours) -> None:
    for branch, note in (
        ("night_campaign", "经批准的夜间专项行动"),
        ("device_swap", "由同案另一承办人的记录仪拍摄"),
        ("clock_drift", "记录仪时钟偏差，关联案号一致"),
        ("near_clip", "视频晚开启八分钟"),
        ("near_evening", "二十二时前"),
    ):
        rng, count = city.rng("M19", branch), city.count(3)
        officers = city.roster(city.window).officers
        town = officers["org_level"].eq("镇街") & ~officers["org_id"].isin(offhours.bodies)
        crew = city.roster(city.window).crews(rng, count, risky=0, where=town.to_numpy())
        cases = carry(city, rng, city.window, count, crew=crew)
        if branch == "night_campaign":
            _retime(cases, np.ones(count, dtype=bool), clock(cases.event_day(SITE), 22, 40))
            shoot_again(city, rng, cases)
            _campaign(city, cases)
        elif branch == "device_swap":
            mates = dict(zip(cases.ids, cases.case["officer2_id"], strict=True))
            cases.clip["officer_id"] = cases.clip["related_no"].map(mates)
        else:
            _bend(city, rng, cases, np.repeat(branch, count), offhours)
        city.decoy("M19", branch, cases.subjects(), cases.event_day(SITE), note)
        put(city, cases)


def _campaign(city: City, cases: Cases) -> None:
    """An approved plan of the body with leave to work at night, around the step."""
    days, case = cases.event_day(SITE), cases.case
    city.edits.add(
        "inspection_plan",
        pd.DataFrame(
            {
                "task_id": city.edits.take("inspection_plan", len(cases)),
                "plan_type": "专项行动",
                "org_id": case["org_id"],
                "campaign_name": "夜间联合执法专项行动",
                "domain_code": case["domain_code"],
                "start_date": days - 6 * DAY,
                "end_date": days + 8 * DAY,
                "is_offhours_ok": True,
                "approved_at": clock(city.calendar.add(days, -7), 10, 0),
                "area_code": case["area_code"],
            }
        ),
    )
