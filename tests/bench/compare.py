"""Whether two checkouts find the same: signals, exposure, warnings, ranking and every figure of every persona.

    python -m lib bench compare A B [--rows N] [--seed S]… [--only signals]

A and B are checkouts: each builds the same synthetic cities (one a seed, the clock stopped at noon) in a home of its
own. Or CHECKOUT=HOME: that checkout looks at a home that is there, which is copied first; a home alone is looked at by
the code of this command. Differences are printed part by part, the first few rows of each; exit status 1 when there is
one. Signals, exposure and tested subjects are found anew by the checkout's own rule files; warnings, ranking and
figures are those of the home.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("signals", "exposure", "tested", "warnings", "ranking", "figures")
SHOWN = 10
_WARNING = [
    "warning_id", "rule_id", "origin", "subject_type", "subject_id", "period", "officer_id", "org_id", "area_code",
    "level", "signal_count", "evidence", "firing", "state", "conclusion",
]  # fmt: skip


def _stop_the_clock() -> None:
    """Cities, deadlines and figures depend on the time of day: it is noon on the real day."""
    from datetime import datetime

    from lib.warehouse import clock

    class Noon(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(tz).replace(hour=12, minute=0, second=0, microsecond=0)  # type: ignore[arg-type]

    clock.datetime = Noon  # type: ignore[misc]


def _found(place: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and rows of each part, by the code of this process. Key columns come first, the value columns after them."""
    from lib.rules import read_rules, run_exposure, run_rule, run_tested
    from lib.warehouse.store import Warehouse, open_warehouse

    try:
        from lib.engines import opened
    except ModuleNotFoundError:

        def opened(warehouse: Warehouse) -> Any:
            """A session, in a checkout from before there were engines."""
            return warehouse.cursor()

    warehouse, rules = open_warehouse(place), read_rules()
    signals, exposures, tested = [], [], []
    for rule in rules.values():
        signals.append(run_rule(opened(warehouse), rule, warehouse.as_of).to_pandas())
        tested.append({"rule_id": rule.id, "tested": run_tested(opened(warehouse), rule, warehouse.as_of)})
        exposure = run_exposure(opened(warehouse), rule, warehouse.as_of)
        if exposure is not None:
            exposures.append(exposure.to_pandas().assign(rule_id=rule.id))
    yield "signals", pd.concat(signals, ignore_index=True)
    yield "exposure", pd.concat(exposures, ignore_index=True)
    yield "tested", pd.DataFrame(tested)


def _shown(place: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    from lib.access import SYSTEM
    from lib.access.personas import personas
    from lib.access.viewer import Forbidden
    from lib.casework.reading import visible
    from lib.casework.store.register import open_register
    from lib.insight.figure import BEFORE, CLUES, DEFINITIONS, NOW, YEAR_AGO, Asked, rows
    from lib.insight.period import PERIODS
    from lib.insight.ranking.officers import officer_ranking
    from lib.ui.state import casework
    from lib.warehouse.store import open_warehouse

    warehouse, register = open_warehouse(place), open_register(place)
    yield "warnings", visible.warnings(register, SYSTEM, warehouse)[_WARNING]
    ranked, figures = [], []
    for viewer in personas(synthetic=True):
        with suppress(Forbidden):
            ranked.append(officer_ranking(register, warehouse, viewer).table.assign(viewer=viewer.person_id))
        held = casework(register, warehouse, viewer)
        for name, definition in DEFINITIONS.items():
            asked = [Asked(name, key, then) for key in PERIODS for then in (NOW, BEFORE, YEAR_AGO)]
            for one in asked if definition.timed else [Asked(name)]:
                key = "clue_id" if definition.kind == CLUES else "warning_id"
                ids = sorted(rows(held, one)[key])
                figures.append([viewer.person_id, name, one.period, one.then, len(ids), " ".join(ids)])
    yield "ranking", pd.concat(ranked, ignore_index=True)
    yield "figures", pd.DataFrame(figures, columns=["viewer", "figure", "period", "then", "count", "ids"])


def dump(place: Path, out: Path, only: list[str]) -> None:
    """Every part as a Parquet file in `out`, by the code of this process."""
    for parts in (_found, _shown):
        if not {"signals", "exposure", "tested"} & set(only) and parts is _found:
            continue
        if not {"warnings", "ranking", "figures"} & set(only) and parts is _shown:
            continue
        for name, frame in parts(place):
            plain = frame.select_dtypes("object").columns
            frame = frame.assign(**{one: frame[one].map(_text, na_action="ignore") for one in plain})
            frame.to_parquet(out / f"{name}.parquet")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


_KEYS = {
    "signals": ["rule_id", "subject_id"],
    "exposure": ["rule_id", "group_id", "month", "work_kind"],
    "tested": ["rule_id"],
    "warnings": ["warning_id"],
    "ranking": ["viewer", "officer_id"],
    "figures": ["viewer", "figure", "period", "then"],
}


def differences(part: str, a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """The keys that differ, with `column`, `a` and `b`; a row that only one side has has the column 'row'.

    Numbers are the same when they agree to the twelfth digit: sums of floats depend on the order of their parts.
    """
    keys = [key for key in _KEYS[part] if key in a and key in b]
    both = a.merge(b, on=keys, how="outer", suffixes=("_a", "_b"), indicator="side")
    if a.duplicated(keys).any() or b.duplicated(keys).any():
        raise SystemExit(f"{part}: the keys {keys} are not unique")
    alone = both[both["side"].ne("both")]
    in_a = alone["side"].eq("left_only").to_numpy()
    found = [alone[keys].assign(column="row", a=in_a, b=~in_a)]
    matched = both[both["side"].eq("both")]
    for column in sorted((set(a) | set(b)) - set(keys)):
        if column not in a or column not in b:
            found.append(pd.DataFrame([{"column": column, "a": column in a, "b": column in b}]))
            continue
        left, right = matched[f"{column}_a"], matched[f"{column}_b"]
        same = (left == right) | (left.isna() & right.isna())
        if pd.api.types.is_float_dtype(left):
            same |= (left - right).abs() <= 1e-12 * right.abs()
        wrong = ~same.fillna(False).astype(bool)
        told = matched.loc[wrong, keys].assign(column=column)
        found.append(told.assign(a=left[wrong].astype(object), b=right[wrong].astype(object)))
    return pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)


def _where(found: pd.DataFrame) -> pd.DataFrame:
    """Long texts from shortly before where they part."""

    def cut(row: pd.Series) -> pd.Series:
        if isinstance(row["a"], str) and isinstance(row["b"], str):
            pairs = enumerate(zip(row["a"], row["b"], strict=False))
            start = max(next((n for n, (a, b) in pairs if a != b), 0) - 20, 0)
            row["a"], row["b"] = row["a"][start:], row["b"][start:]
        return row

    return found.apply(cut, axis=1)


def _run(checkout: Path, *arguments: str) -> None:
    paths = {**os.environ, "PYTHONPATH": str(checkout), "COCKPIT_HOME": arguments[1]}
    command = [sys.executable, str(Path(__file__).resolve()), *arguments]
    done = subprocess.run(command, cwd=checkout, env=paths, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{checkout} 没有跑完：\n{done.stderr[-2000:]}")


def _side(text: str, work: Path, rows: int, seed: int, only: list[str]) -> Path:
    """The folder with the parts of one side."""
    first, _, second = text.partition("=")
    checkout, home = (Path(first), second) if second or (Path(first) / "lib").is_dir() else (ROOT, first)
    place, out = work / "home", work / "parts"
    out.mkdir(parents=True)
    if home:
        shutil.copytree(home, place)
    else:
        _run(checkout.resolve(), "build", str(place), str(rows), str(seed))
    _run(checkout.resolve(), "dump", str(place), str(out), *only)
    shutil.rmtree(place)
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--only", choices=PARTS, action="append")
    options = parser.parse_args()
    only, differing = options.only or list(PARTS), 0
    homes = all("=" in side or not (Path(side) / "lib").is_dir() for side in (options.a, options.b))
    for seed in [0] if homes else options.seed or [2022]:
        with tempfile.TemporaryDirectory(prefix="compare-") as folder:
            sides = [
                _side(side, Path(folder) / name, options.rows, seed, only)
                for name, side in (("a", options.a), ("b", options.b))
            ]
            for part in only:
                a, b = (pd.read_parquet(side / f"{part}.parquet") for side in sides)
                found = differences(part, a, b)
                differing += len(found)
                about = "" if homes else f"种子 {seed} "
                print(f"{about}{part}：{len(a):,} 行对 {len(b):,} 行，不同 {len(found):,} 处", flush=True)
                if len(found):
                    print(_where(found.head(SHOWN)).to_string(index=False, max_colwidth=60))
    print("完全相同" if not differing else f"共 {differing:,} 处不同")
    return int(bool(differing))


if __name__ == "__main__":
    work = sys.argv[1] if len(sys.argv) > 1 else ""
    if work in ("build", "dump"):
        sys.path.insert(0, os.environ["PYTHONPATH"])
        _stop_the_clock()
    if work == "build":
        from lib.cli import main as command

        sys.exit(command(["demo", "--rows", sys.argv[3], "--seed", sys.argv[4]]))
    if work == "dump":
        dump(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
        sys.exit()
    sys.exit(main())
