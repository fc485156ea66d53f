"""What a go scored, by tests.insight.training.second_scorer, from the store it stands in and what was planted."""

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import yaml

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.casework.training.attempts import Go, events_of_attempt
from lib.catalog.exercises import FOLDER
from lib.insight.ranking.units import UNIT, unit_ranking
from lib.insight.training import mending
from lib.insight.training.sheets import SHEETS
from lib.insight.training.shown import Item, deciding_rows, tables
from lib.rules import default_params, read_rules, run_rule
from lib.rules.known import session_on
from lib.warehouse.store import Warehouse
from lib.warehouse.truth import VIOLATION, truth
from tests.insight.training import second_scorer


def recomputed(register: Register, warehouse: Warehouse, viewer: Viewer, go: Go) -> float:
    """The points of a go of a trainee."""
    exercise = yaml.safe_load((FOLDER / f"{go.exercise}.yaml").read_text(encoding="utf-8"))
    rows = _query(register, "select * from event where object_id = ? order by seq", go.attempt_id)
    match exercise["kind"]:
        case "judge":
            truths = [_true(warehouse, Item(**one)) for one in go.items]
            return second_scorer.score(rows, truths, exercise)
        case "read":
            return second_scorer.read(rows, _right(register, warehouse, go), exercise)
        case "urgent":
            return second_scorer.urgent(rows, _units(register, warehouse, go, exercise), exercise)
        case "notice":
            sources = {one["notice_id"]: one["source_id"] for one in _query(register, "select * from notice")}
            return second_scorer.notice(
                rows, _happened(register, rows), sources, go.items[0]["warning_id"], exercise
            )  # fmt: skip
        case "colleague":
            return second_scorer.colleague(
                rows, _happened(register, rows), _looks(register, rows), go.items[0], exercise
            )  # fmt: skip
        case "tune":
            return second_scorer.tune(rows, _counted(warehouse, go, rows), go.items[0], exercise)
        case "mend":
            return _mended(register, warehouse, viewer, go, rows, exercise)
    raise ValueError(exercise["kind"])


def _query(register: Register, sql: str, *bound: Any) -> list[dict]:
    with closing(sqlite3.connect(register.engine.url.database or "")) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(one) for one in connection.execute(sql, bound)]


def _planted(warehouse: Warehouse, item: Item) -> Any:
    held = truth(warehouse.home)
    same = held["rule_id"].eq(item.rule_id) & held["subject_id"].eq(item.subject_id)
    return held[same & held["subject_type"].eq(item.subject_type) & held["in_window"]].iloc[0]


def _true(warehouse: Warehouse, item: Item) -> dict[str, Any]:
    row, rule = _planted(warehouse, item), read_rules()[item.rule_id]
    deciding, may = deciding_rows(warehouse, rule, row["kind"], row["branch"], tables(warehouse, rule, item))
    guilty = row["kind"] == VIOLATION
    return {"guilty": guilty, "deciding": deciding, "may": may, "checks": rule.offline_check}


def _right(register: Register, warehouse: Warehouse, go: Go) -> dict[str, Any]:
    held = go.items[0]
    true = _true(warehouse, Item(held["rule_id"], held["subject_type"], held["subject_id"]))
    [row] = _query(register, "select * from warning where warning_id = ?", held["warning_id"])
    told = {"branches": json.loads(row["evidence"])["branches"], "value": row["value"]}
    return {**true, **told, "excuses": read_rules()[held["rule_id"]].false_positives}


def _units(register: Register, warehouse: Warehouse, go: Go, exercise: dict) -> list[dict]:
    found = unit_ranking(register, warehouse, Viewer("second", "", "trainee"), UNIT).to_dict("records")
    least = exercise["settings"]["least_cases"]
    county = [one for one in found if str(one["area_code"]).startswith(go.items[0]["county"])]
    return [one for one in county if one["exposure"] >= least and one["ratio"] == one["ratio"]]


def _happened(register: Register, rows: list[dict]) -> list[dict]:
    first, last, who = rows[0]["seq"], rows[-1]["seq"], rows[0]["actor_id"]
    sql = "select * from event where seq > ? and seq < ? and object_type <> 'attempt' order by seq"
    return [one for one in _query(register, sql, first, last) if one["actor_id"].split(":")[0] == who]


def _looks(register: Register, rows: list[dict]) -> list[dict]:
    began, ended = (json.loads(one["payload"])["clock"] for one in (rows[0], rows[-1]))
    lines = _query(register, "select * from audit_log order by seq")
    own = [one for one in lines if one["person_id"].split(":")[0] == rows[0]["actor_id"]]
    return [one for one in own if began <= json.loads(one["detail"])["clock"] <= ended]


def _counted(warehouse: Warehouse, go: Go, rows: list[dict]) -> dict[float, dict[str, Any]]:
    """By value that was tried: what it hits in the year tried on and in the year judged."""
    said = [second_scorer.said(rows, number).get("value", []) for number in range(2, 12)]
    return {
        value: {"tried": _year(warehouse, go, value, True), "judged": _year(warehouse, go, value, False)}
        for value in map(second_scorer._typed, said)
        if value is not None
    }


def _year(warehouse: Warehouse, go: Go, value: float, before: bool) -> dict[str, Any]:
    item, rule = go.items[0], read_rules()[go.items[0]["rule_id"]]
    parameter = next(one for one in rule.parameters if one.name == item["parameter"])
    held = truth(warehouse.home)
    own = held[held["rule_id"].eq(rule.id) & held["kind"].eq(VIOLATION) & held["in_window"].ne(before)]
    whole, day = round(value) if parameter.type == "integer" else value, warehouse.as_of - timedelta(days=365 * before)
    hits, usual = (_hits(warehouse, rule, day, {item["parameter"]: one}) for one in (whole, parameter.default))
    return {"planted": set(own["subject_id"]), "hits": hits, "usual": len(usual)}


def _hits(warehouse: Warehouse, rule: Any, day: date, params: dict) -> set[str]:
    found = run_rule(session_on(warehouse, [rule], day), rule, day, {**default_params(rule), **params})
    return set(found["subject_id"].to_pylist())


def _mended(
    register: Register, warehouse: Warehouse, viewer: Viewer, go: Go, rows: list[dict], exercise: dict
) -> float:
    item = go.items[0]
    key, *columns = SHEETS[item["dataset"]].columns
    handed = mending.handed(register, warehouse, item, events_of_attempt(register, viewer, go.attempt_id))
    found, ledger = mending.load(warehouse, item, *handed).rows, mending.ledger(warehouse, item)
    loaded = {(one, column): row[column] for one, row in found.items() for column in columns}
    true = {(row[key], column): row[column] for row in ledger for column in columns}
    spoilt = {(ledger[place][key], column) for place, column, _ in item["spoilt"]}
    return second_scorer.mend(rows, loaded, true, spoilt, exercise)
