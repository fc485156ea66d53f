"""How well the models find what was planted in a synthetic city, and nothing else.

    python -m lib bench truth                          the city of COCKPIT_HOME
    python -m lib bench truth --seed 1 2 --rows 200000 cities built for the purpose
    python -m lib bench truth --home DIR… --json

Precision and recall by model and level, the signals near a threshold, the look-alikes, the warnings about groups.
Exit status 1 when any model misses, invents or mislevels a signal.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from lib.errors import UserError
from lib.rules import LEVELS, Rule, aggregate, read_rules, run_exposure, run_rule
from lib.warehouse.home import home as default_home
from lib.warehouse.home import truth_path
from lib.warehouse.store import Warehouse, open_warehouse

PLANTED = ("violation", "background")
SHOWN = 12


@dataclass
class Score:
    """Counts of one model at one level ('red' …), or of its group warnings ('group')."""

    rule_id: str
    level: str
    expected: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.expected if self.expected else None


@dataclass
class Report:
    """One city: scores, near-threshold and look-alike counts by model, and every subject that came out wrong."""

    city: str
    scores: list[Score] = field(default_factory=list)
    near: dict[str, tuple[int, int]] = field(default_factory=dict)
    lookalikes: dict[str, tuple[int, int]] = field(default_factory=dict)
    wrong: list[dict] = field(default_factory=list)

    def as_dict(self) -> dict:
        scores = [{**asdict(score), "precision": score.precision, "recall": score.recall} for score in self.scores]
        return {**asdict(self), "scores": scores}


def compare_signals(report: Report, rule: Rule, found: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Add the scores of one model's signals; a planted row of a subject counts before a background one."""
    planted = truth[truth["kind"].isin(PLANTED) & truth["in_window"]]
    planted = planted.sort_values("kind", ascending=False).drop_duplicates("subject_id").set_index("subject_id")
    levels = found.set_index("subject_id")["level"]
    for level in reversed(LEVELS):
        expected, hits = planted[planted["level"].eq(level)], levels[levels.eq(level)]
        right = expected.index.isin(hits.index).sum()
        report.scores.append(Score(rule.id, level, len(expected), len(hits), int(right)))
    near = planted[planted["near_threshold"]]
    report.near[rule.id] = (len(near), int((near["level"] == levels.reindex(near.index)).sum()))
    harmless = truth[truth["kind"].eq("lookalike") & ~truth["subject_id"].isin(planted.index)]
    report.lookalikes[rule.id] = (len(harmless), int(harmless["subject_id"].isin(levels.index).sum()))
    notes = truth.drop_duplicates("subject_id").set_index("subject_id")
    everything = planted["level"].to_frame("expected").join(levels.to_frame("found"), how="outer")
    for subject_id, row in everything[everything["expected"].ne(everything["found"])].iterrows():
        known = notes.loc[subject_id] if subject_id in notes.index else None
        report.wrong.append(
            {
                "rule_id": rule.id,
                "subject_id": subject_id,
                "expected": None if pd.isna(row["expected"]) else row["expected"],
                "found": None if pd.isna(row["found"]) else row["found"],
                "planted_as": None if known is None else f"{known['kind']} {known['branch']}",
                "evidence": next(iter(found.loc[found["subject_id"].eq(subject_id), "evidence"]), None),
            }
        )


def compare_groups(report: Report, rule: Rule, warnings: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Add the score of a grouped model's warnings about officers or units."""
    planted = truth[truth["group_id"].notna() & truth["in_window"]]
    expected = set(zip(planted["group_id"], planted["group_period"], strict=True))
    groups = warnings[warnings["subject_type"].eq(rule.aggregation.group)]
    found = set(zip(groups["subject_id"], groups["period"], strict=True))
    report.scores.append(Score(rule.id, "group", len(expected), len(found), len(expected & found)))
    evidence = groups.set_index(["subject_id", "period"])["evidence"]
    for group in sorted(expected ^ found):
        report.wrong.append(
            {
                "rule_id": rule.id,
                "subject_id": " ".join(group),
                "expected": "group" if group in expected else None,
                "found": "group" if group in found else None,
                "planted_as": None,
                "evidence": evidence.get(group),
            }
        )


def measure(city: str, warehouse: Warehouse, truth: pd.DataFrame) -> Report:
    """Run every model on a city and compare with what was planted in it."""
    report = Report(city)
    for rule in read_rules().values():
        signals = run_rule(warehouse.cursor(), rule, warehouse.as_of).to_pandas()
        own = truth[truth["rule_id"].eq(rule.id)]
        compare_signals(report, rule, signals, own)
        exposure = run_exposure(warehouse.cursor(), rule, warehouse.as_of)
        if exposure is not None:
            compare_groups(report, rule, aggregate(signals, exposure.to_pandas(), rule), own)
    return report


def show(report: Report) -> Iterator[str]:
    yield f"城市 {report.city}"
    yield "模型  等级     应有   命中   相符   精确率   召回率"
    for score in report.scores:
        shares = "  ".join("     —" if share is None else f"{share:6.1%}" for share in (score.precision, score.recall))
        yield f"{score.rule_id}  {score.level:<7}{score.expected:6}{score.found:7}{score.right:7}   {shares}"
    for rule_id, (count, right) in report.near.items():
        looks, hits = report.lookalikes[rule_id]
        yield f"{rule_id}  临界 {right}/{count} 相符，相似而无问题 {hits}/{looks} 误中"
    for wrong in report.wrong[:SHOWN]:
        levels = f"应为 {wrong['expected']}，实为 {wrong['found']}"
        yield f"✗ {wrong['rule_id']} {wrong['subject_id']} {levels}（{wrong['planted_as']}）"
    if len(report.wrong) > SHOWN:
        yield f"…… 共 {len(report.wrong)} 处不符，用 --json 查看全部"


@contextmanager
def cities(homes: Sequence[Path], seeds: Sequence[int], rows: int) -> Iterator[list[tuple[str, Path]]]:
    """(name, home) of each city, those of `seeds` built for the purpose and removed afterwards."""
    from lib.warehouse.demo import build_city

    with tempfile.TemporaryDirectory(prefix="truth-") as folder:
        built = []
        for seed in seeds:
            home = Path(folder) / str(seed)
            home.mkdir()
            build_city(home, rows=rows, seed=seed)
            built.append((f"seed={seed} rows={rows}", home))
        yield [*((str(home), home) for home in homes), *built]


def main(homes: Sequence[Path] = (), seeds: Sequence[int] = (), rows: int = 200_000, as_json: bool = False) -> int:
    """Measure built homes and cities of given seeds (the present home when neither is given); returns 0, or 1 when
    anything came out wrong. Raises UserError when a home has no truth."""
    homes = list(homes) or ([] if seeds else [default_home()])
    reports = []
    with cities(homes, seeds, rows) as places:
        for name, home in places:
            if not truth_path(home).exists():
                raise UserError(f"{home} 没有 truth.parquet。", "请先运行 python -m lib demo 建立演示城市。")
            warehouse = open_warehouse(home)
            reports.append(measure(name, warehouse, pd.read_parquet(truth_path(home))))
    if as_json:
        print(json.dumps([report.as_dict() for report in reports], ensure_ascii=False, indent=1))
    else:
        print("\n\n".join("\n".join(show(report)) for report in reports))
    return 1 if any(report.wrong for report in reports) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m lib bench truth", description="模型与植入真值的比对")
    parser.add_argument("--home", type=Path, nargs="*", default=[], help="已建成的城市")
    parser.add_argument("--seed", type=int, nargs="*", default=[], help="为测量而建的城市的种子")
    parser.add_argument("--rows", type=int, default=200_000, help="为测量而建的城市的行数")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        status = main(options.home, options.seed, options.rows, options.json)
    except UserError as error:
        print(f"{error.message}{error.hint}", file=sys.stderr)
        status = 1
    raise SystemExit(status)
