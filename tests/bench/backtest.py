"""Seconds to preview and to back-test a changed threshold of each model, on the city of COCKPIT_HOME.

    python -m lib bench backtest
    python -m lib bench backtest --rule M05 --json

The proposed version has the first threshold that can be raised a step higher; nothing is remembered before each
measurement. `again` is the back-test of another proposal, when the live version is remembered, as it is while
somebody moves a threshold. Goals: 1 s for a preview, 6 s for twelve months.
"""

import argparse
import json
import resource
import sys
import time
from typing import Any

from lib.rules import Rule, Variant, backtest, default_params, preview, read_rules
from lib.rules.backtest import forget
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse, open_warehouse

GOALS = {"preview": 1.0, "backtest": 6.0}


def _raised(rule: Rule, steps: int) -> Variant:
    """The rule with one threshold moved; the rule as it is when it has none that can be moved."""
    for parameter in rule.parameters:
        room = parameter.type != "date" and parameter.highest - parameter.default  # type: ignore[operator]
        if room and room >= steps:
            return Variant(rule, {**default_params(rule), parameter.name: parameter.default + steps})  # type: ignore[operator]
    return Variant(rule, default_params(rule))


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(warehouse: Warehouse, rule: Rule) -> dict[str, Any]:
    """rule, preview, backtest, again (seconds), processor (seconds of both cores in the back-test), added, lost."""
    live, proposed, other = Variant(rule, default_params(rule)), _raised(rule, 1), _raised(rule, 2)
    forget()
    started = time.perf_counter()
    found = preview(warehouse, live, proposed, warehouse.as_of)
    seconds = time.perf_counter() - started
    forget()
    started, used = time.perf_counter(), _processor()
    backtest(warehouse, live, proposed, warehouse.as_of)
    whole, processor = time.perf_counter() - started, _processor() - used
    started = time.perf_counter()
    backtest(warehouse, live, other, warehouse.as_of)
    again = time.perf_counter() - started
    return {
        "rule": rule.id,
        "preview": round(seconds, 2),
        "backtest": round(whole, 2),
        "again": round(again, 2),
        "processor": round(processor, 2),
        "added": len(found.comparison.added),
        "lost": len(found.comparison.lost),
    }


def main(chosen: list[str] | None = None, as_json: bool = False) -> int:
    """Measure and print; 1 when a goal is missed."""
    warehouse, rules = open_warehouse(home()), read_rules()
    candidates = [rules[rule_id] for rule_id in chosen or rules]
    preview(warehouse, None, Variant(candidates[0], {}), warehouse.as_of)
    results = []
    for rule in candidates:
        result = measure(warehouse, rule)
        results.append(result)
        if not as_json:
            print(
                f"{result['rule']}  预览 {result['preview']:5.2f} 秒  回测 {result['backtest']:5.2f} 秒"
                f"（再调 {result['again']:5.2f} 秒，处理器 {result['processor']:5.2f} 秒）",
                flush=True,
            )
    missed = [f"{result['rule']} {name}" for result in results for name, most in GOALS.items() if result[name] > most]
    if as_json:
        print(json.dumps({"goals": GOALS, "results": results, "missed": missed}, ensure_ascii=False))
    else:
        print("全部达标" if not missed else f"未达标：{'、'.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rule", action="append", metavar="M05")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sys.exit(main(options.rule, options.json))
