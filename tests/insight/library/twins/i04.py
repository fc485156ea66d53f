"""I04 超基准率: fines under a benchmark, and those that the model of benchmarks (M06) names, as its head says it."""

import re
from typing import Any

import pandas as pd

from tests.insight.library.raw import Raw

_FOREVER = pd.Timestamp("2200-01-01")
_DENIED = re.compile(
    r"(不具有|不具备|不存在|不符合|不适用|不予|不得|不应|未予|没有|无)(法定|依法|应当|可以|任何)*的?"
    r"(从轻|减轻|《?(中华人民共和国)?行政处罚法[^第]*第(三十二|32)条)((、|和|及|或者?)?(从轻|减轻))*"
)
_REASON = re.compile(r"行政处罚法[^第]*第(三十二|32)条|从轻|减轻")


def counted(raw: Raw) -> pd.DataFrame:
    cases = raw.table(
        "penalty_case", "case_id", "org_id", "area_code", "item_code", "benchmark_id", "party_type", "incident_date",
        "decision_date", "result_type", "fine_amt", "mitigate_type", "basis_text",
    )  # fmt: skip
    cases = cases[cases["decision_date"].between(raw.since, raw.as_of) & cases["fine_amt"].gt(0)]
    cases = cases[cases["result_type"].eq("处罚") & cases["benchmark_id"].notna()]
    judge = _Judge(raw)
    return pd.DataFrame(
        {
            "subject": cases["case_id"],
            "day": cases["decision_date"],
            "org": cases["org_id"],
            "area": cases["area_code"],
            "met": [judge.deviates(case) for case in cases.to_dict("records")],
        }
    )


class _Judge:
    """The benchmarks, the items' ranges and the discussions, looked up case by case."""

    def __init__(self, raw: Raw) -> None:
        tiers = raw.table(
            "discretion_benchmark", "benchmark_id", "item_code", "tier_no", "party_type", "fine_min_amt",
            "fine_max_amt", "valid_from_date", "valid_to_date",
        )  # fmt: skip
        tiers["valid_to_date"] = tiers["valid_to_date"].fillna(_FOREVER)
        self.tiers = tiers.to_dict("records")
        self.by_id = {one["benchmark_id"]: one for one in self.tiers}
        self.by_item: dict[str, list[dict]] = {}
        for one in self.tiers:
            self.by_item.setdefault(one["item_code"], []).append(one)
        items = raw.table("power_item", "item_code", "fine_min_amt", "fine_max_amt")
        self.items = {one["item_code"]: one for one in items.to_dict("records")}
        events = raw.table("case_event", "case_id", "event_type", "event_at")
        talked = events[events["event_type"].eq("集体讨论")]
        self.discussed = talked.groupby("case_id")["event_at"].min().to_dict()
        self.as_of = raw.as_of

    def _own(self, case: dict, tier: dict) -> bool:
        """Whether a tier is for such a party: a small business may take another's where it has none of its own."""
        if tier["party_type"] == case["party_type"]:
            return True
        kinds = {one["party_type"] for one in self.by_item.get(case["item_code"], ())}
        return case["party_type"] == "个体工商户" and "个体工商户" not in kinds

    def deviates(self, case: dict) -> bool:
        decided = case["decision_date"]
        acted = decided if pd.isna(case["incident_date"]) else case["incident_date"]
        amount, cited = case["fine_amt"], self.by_id.get(case["benchmark_id"])
        fits = (
            cited is not None
            and cited["item_code"] == case["item_code"]
            and self._own(case, cited)
            and (_holds(cited, acted) or _holds(cited, decided))
        )
        kinds = self.by_item.get(case["item_code"], ())
        if not fits and any(one["party_type"] == case["party_type"] and _holds(one, decided) for one in kinds):
            return True
        if self._statute(case, acted, amount):
            return True
        if not fits or cited is None:
            return False
        tier = self._milder(cited, acted, decided)
        above, below = amount > tier["fine_max_amt"], amount < tier["fine_min_amt"]
        talked = self.discussed.get(case["case_id"], _FOREVER) < decided + pd.Timedelta(days=1)
        if talked or not (above or below):
            return False
        return bool(above or not _reasoned(case["basis_text"]))

    def _milder(self, cited: dict, acted: pd.Timestamp, decided: pd.Timestamp) -> dict:
        others = [
            one
            for one in self.by_item[cited["item_code"]]
            if (one["party_type"], one["tier_no"]) == (cited["party_type"], cited["tier_no"])
            and (one["valid_to_date"] < cited["valid_from_date"] or one["valid_from_date"] > cited["valid_to_date"])
            and (_holds(one, acted) or _holds(one, decided))
        ]
        if len(others) != 1:
            return cited
        return min(cited, others[0], key=lambda one: (one["fine_max_amt"], one["fine_min_amt"]))

    def _statute(self, case: dict, acted: pd.Timestamp, amount: Any) -> bool:
        item = self.items.get(case["item_code"])
        if item is None:
            return False
        low, high = item["fine_min_amt"], item["fine_max_amt"]
        former = [
            one
            for one in self.by_item.get(case["item_code"], ())
            if one["party_type"] == case["party_type"] and _holds(one, acted) and one["valid_to_date"] < self.as_of
        ]
        if pd.notna(high) and amount > max([high, *(one["fine_max_amt"] for one in former)]):
            return True
        lowest = pd.notna(low) and amount < min([low, *(one["fine_min_amt"] for one in former)])
        return bool(lowest and case["mitigate_type"] != "减轻")


def _holds(tier: dict, day: pd.Timestamp) -> bool:
    return bool(tier["valid_from_date"] <= day <= tier["valid_to_date"])


def _reasoned(basis: Any) -> bool:
    return isinstance(basis, str) and _REASON.search(_DENIED.sub("", basis)) is not None
