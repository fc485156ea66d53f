"""Whether the ranking finds the officers planted as risky in the synthetic city, and leaves innocent ones alone.

    python -m lib bench ranking_city [--json]

On the city of COCKPIT_HOME, with the warnings of its register. Risky: officers of three or more planted warnings in
the window. Innocent: officers whose hard cases or campaigns were planted as look-alikes and who have no violation. For
the ranking and for bare counts of warnings: how many of either are in the highest 5 % of the ranked officers.
Exit status 1 when the ranking finds fewer risky ones than counts do, or any innocent one.
"""

import argparse
import json
import sys
from typing import Any

import numpy as np
import pandas as pd

from lib.access import Viewer
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import open_register
from lib.errors import UserError
from lib.insight.ranking.officers import officer_ranking
from lib.insight.ranking.rank import RANKED, TOP_SHARE
from lib.insight.ranking.work import weighs
from lib.rules import read_rules
from lib.warehouse.home import home, truth_path
from lib.warehouse.store import open_warehouse

LEAST_PLANTED = 3
CITY = Viewer("bench", "测量", "office")


def measure() -> dict[str, Any]:
    """ranked, top (how many are in the highest 5 %), risky, innocent, and how many of them either list has there."""
    place = home()
    if not truth_path(place).exists():
        raise UserError(f"{place} 没有 truth.parquet。", "请先运行 python -m lib demo 建立演示城市。")
    truth = pd.read_parquet(truth_path(place))
    register, warehouse = open_register(place), open_warehouse(place)
    table = officer_ranking(register, warehouse, CITY).table
    ranked = table[table["status"].eq(RANKED)]
    top = int(np.ceil(TOP_SHARE * len(ranked)))
    planted = truth[truth["kind"].eq("violation") & truth["in_window"] & truth["officer_id"].notna()]
    grouped = planted["rule_id"].map({rule.id: rule.grouped for rule in read_rules().values()})
    # Signals of a grouped model are one warning for the group, or none.
    group = planted["group_id"] + "|" + planted["group_period"]
    planted = planted.assign(one=planted["subject_id"].mask(grouped & planted["level"].ne("red"), group))
    per_officer = planted.groupby("officer_id")["one"].nunique()
    risky = set(per_officer.index[per_officer.ge(LEAST_PLANTED)]) & set(ranked["officer_id"])
    alike = truth[truth["kind"].eq("lookalike") & truth["rule_id"].eq("M08")]
    innocent = (set(alike["officer_id"]) - set(planted["officer_id"])) & set(ranked["officer_id"])
    held = snapshot(register, warehouse).warning
    counts = held[weighs(held)]["officer_id"].value_counts()
    by_count = ranked.assign(count=ranked["officer_id"].map(counts).fillna(0))
    by_count = by_count.sort_values(["count", "officer_id"], ascending=[False, True])
    lists = {
        "ranking": set(ranked.sort_values("rank")["officer_id"].head(top)),
        "counts": set(by_count["officer_id"].head(top)),
    }
    first = {
        name: set(order.head(len(risky)))
        for name, order in (("ranking", ranked.sort_values("rank")["officer_id"]), ("counts", by_count["officer_id"]))
    }
    return {
        "ranked": len(ranked),
        "top": top,
        "risky": len(risky),
        "innocent": len(innocent),
        "clear": int(ranked["low"].gt(1).sum()),
        **{f"risky_in_top_{name}": len(risky & found) for name, found in lists.items()},
        **{f"risky_in_as_many_{name}": len(risky & found) for name, found in first.items()},
        **{f"innocent_in_top_{name}": len(innocent & found) for name, found in lists.items()},
        "innocent_clear": int(ranked[ranked["officer_id"].isin(innocent)]["low"].gt(1).sum()),
    }


def main(as_json: bool = False) -> int:
    """Measure and print; 1 when the ranking does worse than counts or puts an innocent officer into the top."""
    found = measure()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(
            f"排序 {found['ranked']} 人，前 5% 为 {found['top']} 人\n"
            f"埋设的高风险人员 {found['risky']} 人：排序前 5% 中 {found['risky_in_top_ranking']} 人，"
            f"按件数 {found['risky_in_top_counts']} 人；同样多的前几名中 {found['risky_in_as_many_ranking']} 人，"
            f"按件数 {found['risky_in_as_many_counts']} 人\n"
            f"办难案、专项行动而无问题的 {found['innocent']} 人：排序前 5% 中 {found['innocent_in_top_ranking']} 人，"
            f"按件数 {found['innocent_in_top_counts']} 人；区间整体高于 1 的 {found['innocent_clear']} 人"
        )
    worse = found["risky_in_top_ranking"] < found["risky_in_top_counts"]
    return int(worse or found["innocent_in_top_ranking"] > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    try:
        status = main(parser.parse_args().json)
    except UserError as error:
        print(f"{error.message}{error.hint}", file=sys.stderr)
        status = 1
    raise SystemExit(status)
