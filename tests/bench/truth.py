"""How well the models find what was planted in a synthetic city, and nothing else.

    python -m lib bench truth                          the city of COCKPIT_HOME
    python -m lib bench truth --seed 1 2 --rows 200000 cities built for the purpose
    python -m lib bench truth --home DIR… --json
    python -m lib bench truth --seed $(seq 20) --rows 400000 --clean-seed 1 2 --json

Precision and recall by model and level, the signals near a threshold, the look-alikes, the warnings about groups; over
several cities also pooled. In clean cities, where nothing is planted, every signal is a false alarm: how many a model
gives, and per 1,000 tested subjects. Exit status 1 when any model misses, invents or mislevels a signal, a 明线
model gives one in a clean city, or a 统计 model gives more than it states (false_alarms).
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

from lib.engines import opened
from lib.errors import UserError
from lib.rules import LEVELS, Rule, aggregate, read_rules, run_exposure, run_rule, run_tested
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
    for level in LEVELS:
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
    groups = warnings[warnings["subject_type"].isin(["officer", "org"])]
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
        signals = run_rule(opened(warehouse), rule, warehouse.as_of).to_pandas()
        own = truth[truth["rule_id"].eq(rule.id)]
        compare_signals(report, rule, signals, own)
        exposure = run_exposure(opened(warehouse), rule, warehouse.as_of)
        if exposure is not None:
            compare_groups(report, rule, aggregate(signals, exposure.to_pandas(), rule), own)
    return report


@dataclass
class Alarms:
    """What a model gives in clean cities: every signal is false."""

    rule_id: str
    nature: str
    limit: float | None
    tested: int = 0
    signals: int = 0
    warnings: int = 0

    @property
    def too_many(self) -> bool:
        """Whether a 明线 model gives any, or a 统计 one more than it states."""
        return self.signals > 0 if self.limit is None else (self.per_thousand or 0.0) > self.limit

    @property
    def per_thousand(self) -> float | None:
        return 1000 * self.signals / self.tested if self.tested else None


def false_alarms(alarms: dict[str, Alarms], warehouse: Warehouse) -> None:
    """Add what every model gives in one clean city."""
    for rule in read_rules().values():
        own = alarms.setdefault(rule.id, Alarms(rule.id, rule.nature, rule.false_alarms))
        signals = run_rule(opened(warehouse), rule, warehouse.as_of).to_pandas()
        exposure = run_exposure(opened(warehouse), rule, warehouse.as_of)
        own.tested += run_tested(opened(warehouse), rule, warehouse.as_of)
        own.signals += len(signals)
        own.warnings += len(aggregate(signals, None if exposure is None else exposure.to_pandas(), rule))


def pooled(reports: Sequence[Report]) -> list[Score]:
    """The scores of all cities added up, by model and level, and over all levels of signals ('signals')."""
    totals: dict[tuple[str, str], Score] = {}
    for report in reports:
        for score in report.scores:
            levels = [score.level] if score.level == "group" else [score.level, "signals"]
            for level in levels:
                total = totals.setdefault((score.rule_id, level), Score(score.rule_id, level, 0, 0, 0))
                total.expected += score.expected
                total.found += score.found
                total.right += score.right
    return [totals[key] for key in sorted(totals)]


def show_scores(scores: Sequence[Score]) -> Iterator[str]:
    yield "模型  等级     应有   命中   相符   精确率   召回率"
    for score in scores:
        shares = "  ".join("     —" if share is None else f"{share:6.1%}" for share in (score.precision, score.recall))
        yield f"{score.rule_id}  {score.level:<8}{score.expected:6}{score.found:7}{score.right:7}   {shares}"


def show_alarms(alarms: Sequence[Alarms]) -> Iterator[str]:
    yield "无违规城市  性质     受检   误报   每千个"
    for one in alarms:
        share = "—" if one.per_thousand is None else f"{one.per_thousand:.3f}"
        yield f"{one.rule_id}  {one.nature}  {one.tested:8}{one.signals:7}   {share}"


def show(report: Report) -> Iterator[str]:
    yield f"城市 {report.city}"
    yield from show_scores(report.scores)
    for rule_id, (count, right) in report.near.items():
        looks, hits = report.lookalikes[rule_id]
        yield f"{rule_id}  临界 {right}/{count} 相符，相似而无问题 {hits}/{looks} 误中"
    for wrong in report.wrong[:SHOWN]:
        levels = f"应为 {wrong['expected']}，实为 {wrong['found']}"
        yield f"✗ {wrong['rule_id']} {wrong['subject_id']} {levels}（{wrong['planted_as']}）"
    if len(report.wrong) > SHOWN:
        yield f"…… 共 {len(report.wrong)} 处不符，用 --json 查看全部"


@contextmanager
def city(seed: int, rows: int, clean: bool = False) -> Iterator[Path]:
    """The home of a city built for the purpose and removed afterwards."""
    from lib.warehouse.demo import build_city

    with tempfile.TemporaryDirectory(prefix="truth-") as folder:
        build_city(Path(folder), rows=rows, seed=seed, clean=clean)
        yield Path(folder)


def _measured(name: str, home: Path) -> Report:
    if not truth_path(home).exists():
        raise UserError(f"{home} 没有 truth.parquet。", "请先运行 python -m lib demo 建立演示城市。")
    return measure(name, open_warehouse(home), pd.read_parquet(truth_path(home)))


def main(
    homes: Sequence[Path] = (),
    seeds: Sequence[int] = (),
    clean_seeds: Sequence[int] = (),
    rows: int = 200_000,
    as_json: bool = False,
) -> int:
    """Measure built homes and cities of given seeds (the present home when none is given); returns 0, or 1 when
    anything came out wrong. Raises UserError when a home has no truth."""
    homes = list(homes) or ([] if seeds or clean_seeds else [default_home()])
    reports = [_measured(str(home), home) for home in homes]
    for seed in seeds:
        with city(seed, rows) as home:
            reports.append(_measured(f"seed={seed} rows={rows}", home))
    alarms: dict[str, Alarms] = {}
    for seed in clean_seeds:
        with city(seed, rows, clean=True) as home:
            false_alarms(alarms, open_warehouse(home))
    scores = pooled(reports)
    if as_json:
        print(
            json.dumps(
                {
                    "pooled": [
                        {**asdict(score), "precision": score.precision, "recall": score.recall} for score in scores
                    ],
                    "clean": [{**asdict(one), "per_thousand": one.per_thousand} for one in alarms.values()],
                    "cities": [report.as_dict() for report in reports],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        parts = [list(show(report)) for report in reports]
        if len(reports) > 1:
            parts.append([f"{len(reports)} 座城市合计", *show_scores(scores)])
        if alarms:
            parts.append(list(show_alarms(list(alarms.values()))))
        print("\n\n".join("\n".join(part) for part in parts))
    broken = any(one.too_many for one in alarms.values())
    return 1 if broken or any(report.wrong for report in reports) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m lib bench truth", description="模型与植入真值的比对")
    parser.add_argument("--home", type=Path, nargs="*", default=[], help="已建成的城市")
    parser.add_argument("--seed", type=int, nargs="*", default=[], help="为测量而建的城市的种子")
    parser.add_argument("--clean-seed", type=int, nargs="*", default=[], help="不植入违规的城市的种子")
    parser.add_argument("--rows", type=int, default=200_000, help="为测量而建的城市的行数")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        status = main(options.home, options.seed, options.clean_seed, options.rows, options.json)
    except UserError as error:
        print(f"{error.message}{error.hint}", file=sys.stderr)
        status = 1
    raise SystemExit(status)
