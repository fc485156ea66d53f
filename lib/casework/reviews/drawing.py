"""Planning a look-back and drawing its files."""

import hashlib
from dataclasses import replace

import pandas as pd

from lib.access import Viewer, under
from lib.access.masking import mask_case_name
from lib.casework.drafts import unregistered
from lib.casework.objects import KINDS
from lib.casework.opening import begin
from lib.casework.record import enter, take
from lib.casework.reviews.design import drawn_of, rank
from lib.casework.reviews.population import Scope, barred_from, closed_cases, designed
from lib.casework.reviews.states import STRATA, WAITING
from lib.casework.reviews.steps import DRAW, LOOKBACK, PLAN, TAKE_IN, ready
from lib.casework.sight import require_object
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.warehouse.store import Warehouse

DRAFT = unregistered()
_SEEDS = 1_000_000


@under("draw", "lookback")
def plan(register: Register, viewer: Viewer, sent: Submission) -> Outcome:
    """拟定 what a person filled in for PLAN; `created` is its number.

    Its place and domain are those chosen, or what bounds the viewer; its seed the one given, or one that follows from
    the submission. Raises Forbidden outside the scope, UserError for a field that is missing or cannot be.
    """
    given = {**sent.payload}
    given["area_code"] = given.get("area_code") or viewer.area_code
    if not given.get("domain_code") and viewer.domains is not None:
        if len(viewer.domains) != 1:
            raise UserError("请选择领域。", "您所驻的清单有几个领域，一次回头看选其中一个。")
        [given["domain_code"]] = viewer.domains
    given["seed"] = given.get("seed") or _seed_of(sent.submission_id)
    told = replace(sent, payload=given)
    PLAN.require(told)
    if given["from_day"] > given["to_day"]:
        raise UserError("结案时段的起始日晚于截止日。", "请核对两个日期。")
    if given["to_day"] > sent.at.date():
        raise UserError(f"{given['to_day']} 还没有到。", "结案时段到今天为止。")
    for name, most in (("error", 50), ("expected", 99), ("double_share", 100)):
        if not 1 <= given[name] <= most:
            label = next(one.label for one in PLAN.fields if one.name == name)
            raise UserError(f"{label}应在 1 至 {most} 之间。", "请修改后再提交。")
    strata = ",".join(one for one in STRATA if one in given.get("by", []))
    return enter(register, viewer, KINDS["lookback"], {"strata": strata}, told, DRAFT)


def _seed_of(submission_id: str) -> int:
    return 1 + int(hashlib.sha256(f"seed|{submission_id}".encode()).hexdigest()[:12], 16) % _SEEDS


def scope_of(row: pd.Series | dict) -> Scope:
    """Which closed cases a look-back is about."""
    area, domain = (None if pd.isna(row[name]) else str(row[name]) for name in ("area_code", "domain_code"))
    return Scope(pd.Timestamp(row["from_day"]).date(), pd.Timestamp(row["to_day"]).date(), area, domain)


def strata_of(row: pd.Series | dict) -> tuple[str, ...]:
    """By what its population is divided."""
    return tuple(one for one in str(row["strata"]).split(",") if one)


@under("draw", "lookback")
def draw_files(register: Register, viewer: Viewer, warehouse: Warehouse, lookback_id: str, sent: Submission) -> Outcome:
    """抽样: each drawn file is written with its stratum, the chance it had, the seed and the generation.

    The same seed on the same generation draws the same files, in whatever order the rows come. Raises NotVisible,
    UserError when the look-back is drawn already or there is nothing, or too much, to draw.
    """
    with register.transaction() as tx:
        row = require_object(tx.connection, viewer, "lookback", lookback_id)._asdict()
        last = ready(tx, lookback_id, LOOKBACK.steps[DRAW].sources, sent)
        if last is not None:
            for values in _drawn(warehouse, viewer, row):
                begin(tx, viewer, KINDS["review_case"].table, values, TAKE_IN, WAITING, max(sent.at, last.at))
        return take(register, viewer, LOOKBACK, lookback_id, DRAW, sent)


def _drawn(warehouse: Warehouse, viewer: Viewer, row: dict) -> list[dict]:
    cases = closed_cases(warehouse, viewer, scope_of(row), strata_of(row))
    plan = designed(cases, row["error"], row["expected"])
    counts = dict(zip(plan.strata["stratum"], plan.strata["drawn"], strict=True))
    seed = row["seed"]
    chosen = [
        one for name, held in cases.groupby("stratum")["case_id"] for one in drawn_of(seed, held, counts[str(name)])
    ]
    # Which of them are scored twice is left to chance as well, apart from which are drawn.
    twice = -(-len(chosen) * row["double_share"] // 100)
    double = set(sorted(chosen, key=lambda one: rank(seed, f"double|{one}"))[:twice])
    sizes = dict(zip(plan.strata["stratum"], plan.strata["size"], strict=True))
    found = cases.set_index("case_id").loc[sorted(chosen)].reset_index()
    barred = barred_from(warehouse, viewer, found["case_id"].tolist())
    found = found.astype("object").where(found.notna(), None)
    return [
        {
            "review_case_id": number_of_file(row["lookback_id"], one["case_id"]),
            "lookback_id": row["lookback_id"],
            "review_type": row["review_type"],
            "case_id": one["case_id"],
            "title": " ".join(filter(None, [one["case_no"] or one["case_id"], mask_case_name(one["case_name"])]))[:200],
            "closed_date": one["closed_date"].date(),
            "stratum": one["stratum"],
            "stratum_size": int(sizes[one["stratum"]]),
            "stratum_drawn": int(counts[one["stratum"]]),
            "probability": counts[one["stratum"]] / sizes[one["stratum"]],
            "seed": seed,
            "generation": warehouse.generation.number,
            "is_double": one["case_id"] in double,
            "barred": barred.get(one["case_id"], ""),
            **{name: one[name] for name in ("officer_id", "org_id", "area_code", "domain_code")},
        }
        for one in found.to_dict("records")
    ]


def number_of_file(lookback_id: str, case_id: str) -> str:
    """The number of a file in a look-back."""
    return f"R{hashlib.sha256(f'{lookback_id}|{case_id}'.encode()).hexdigest()[:16]}"
