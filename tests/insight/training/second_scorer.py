"""The score of every kind of exercise once more, apart from lib.insight.training: from raw rows, in plain loops."""

import json
import re
from datetime import datetime


def score(rows: list[dict], truths: list[dict], exercise: dict) -> float:
    """Points, 0 to 100. rows: events as stored (action, payload as JSON); truths: guilty, deciding, may, checks of each
    item in order; exercise: the file as parsed."""
    saved = {}
    for row in rows:
        payload = json.loads(row["payload"])
        if row["action"] == "answer":
            saved[payload["item"]] = payload["answers"]
    guilty_right = guilty = innocent_right = innocent = 0
    row_sum = check_sum = 0.0
    for place, one in enumerate(truths):
        told = saved.get(place + 1, [])
        verdicts = [text[8:] for text in told if text.startswith("verdict=")]
        verdict = verdicts[0] if verdicts else None
        if one["guilty"]:
            guilty += 1
            right = verdict == "true"
            guilty_right += right
        else:
            innocent += 1
            right = verdict == "innocent"
            innocent_right += right
        if right:
            marks = {text[4:] for text in told if text.startswith("row=")}
            row_sum += quality(marks, set(one["deciding"]), set(one["may"]), exercise["settings"]["enough"])
            checks = {text[6:] for text in told if text.startswith("check=")}
            check_sum += quality(checks, set(one["checks"]), set(), 99)
    skill = guilty_right / guilty + innocent_right / innocent - 1
    if skill < 0:
        skill = 0.0
    count = len(truths)
    shares = {"verdict": skill, "rows": skill * row_sum / count, "checks": skill * check_sum / count}
    return points(shares, rows, exercise)


def points(shares: dict, rows: list[dict], exercise: dict) -> float:
    """What these shares of the parts come to: above what guessing may reach, less the hints that were looked at."""
    reached = sum(one["points"] * shares[one["part"]] for one in exercise["scoring"])
    floor = 100 * exercise["guessing"]
    reached = max(reached - floor, 0) * 100 / (100 - floor)
    for hint in {json.loads(row["payload"])["hint"] for row in rows if row["action"] == "hint"}:
        reached -= exercise["hints"][hint - 1]["cost"]
    return round(max(reached, 0), 1)


def said(rows: list[dict], item: int = 1) -> dict:
    """What was answered last to an item, a list by name."""
    found: dict = {}
    for row in rows:
        payload = json.loads(row["payload"])
        if row["action"] == "answer" and payload["item"] == item:
            found = {}
            for text in payload["answers"]:
                name, value = text.split("=", 1)
                found.setdefault(name, []).append(value)
    return found


def _typed(texts: list) -> float | None:
    try:
        return float(texts[0].replace(",", ""))
    except (IndexError, ValueError):
        return None


def read(rows: list[dict], right: dict, exercise: dict) -> float:
    """Reading a warning. right: branches, value, deciding, may, excuses."""
    told, enough = said(rows), exercise["settings"]["enough"]
    number, value = _typed(told.get("value", [])), right["value"]
    shares = {
        "branch": quality(set(told.get("branch", [])), set(right["branches"]), set(), 99),
        "value": 1 if number is not None and value is not None and abs(number - value) <= 0.00501 else 0,
        "rows": quality(set(told.get("row", [])), set(right["deciding"]), set(right["may"]), enough),
        "excuse": quality(set(told.get("excuse", [])), set(right["excuses"]), set(), 99),
    }
    return points(shares, rows, exercise)


def urgent(rows: list[dict], units: list[dict], exercise: dict) -> float:
    """The most urgent unit. units: key, ratio, low, high of every unit of the county that can be compared."""
    told = said(rows)
    first = units[0]
    for unit in units:
        if (unit["ratio"], -len(unit["key"])) > (first["ratio"], -len(first["key"])):
            first = unit
    close = {unit["key"] for unit in units if unit is not first and unit["high"] >= first["low"]}
    chosen = (told.get("unit") or [""])[0]
    number = _typed(told.get("ratio", []))
    its = [unit["ratio"] for unit in units if unit["key"] == chosen]
    read_right = bool(its) and number is not None and abs(number - its[0]) <= 0.00501
    if not read_right or (chosen != first["key"] and chosen not in close):
        return points({"unit": 0, "sure": 0, "rivals": 0}, rows, exercise)
    sure = (told.get("sure") or [""])[0] == ("unsure" if close else "sure")
    marks = set(told.get("rivals", []))
    shares = {
        "unit": 1 if chosen == first["key"] else 0.5,
        "sure": 1 if sure else 0,
        "rivals": quality(marks, close, {first["key"]}, 3) if told.get("sure") else 0,
    }
    return points(shares, rows, exercise)


def notice(rows: list[dict], happened: list[dict], sources: dict, warning_id: str, exercise: dict) -> float:
    """From a warning to a notice. happened: what the trainee did besides in the store (object_type, object_id, action,
    actor_id, payload), in order; sources: the warning of each notice."""
    course = [("warning", "sign"), ("warning", "start"), ("warning", "conclude"), ("warning", "review"),
              ("notice", "draft"), ("notice", "review"), ("notice", "sign"), ("notice", "deliver")]  # fmt: skip
    best: list[dict] = []
    for number in [one for one, source in sources.items() if source == warning_id] or [None]:
        done: list[dict] = []
        for one in happened:
            about = number if one["object_type"] == "notice" else warning_id
            if one["object_id"] != about or len(done) == len(course):
                continue
            fits = (one["object_type"], one["action"]) == course[len(done)]
            if fits and not (one["action"] == "conclude" and json.loads(one["payload"])["conclusion"] == "不属实"):
                done.append(one)
        best = done if len(done) > len(best) else best
    time = 0.0
    if len(best) == 8:
        began, ended = (datetime.fromisoformat(json.loads(one["payload"])["clock"]) for one in (rows[0], best[7]))
        over = (ended - began).total_seconds() / 60 - exercise["minutes"]
        time = min(max(1 - over / exercise["minutes"], 0), 1)
    pairs = [(2, 3), (4, 5), (5, 6)]
    apart = sum(len(best) > late and best[early]["actor_id"] != best[late]["actor_id"] for early, late in pairs)
    return points({"steps": len(best) / 8, "time": time, "apart": apart / 3}, rows, exercise)


def colleague(rows: list[dict], happened: list[dict], looks: list[dict], item: dict, exercise: dict) -> float:
    """A warning about a colleague. happened: as of `notice`, with text; looks: the audit log (action, object_type,
    object_id) while it lasted."""
    handed, handled, clean = 0.0, {}, 1.0
    for one in happened:
        if re.search(r"1[3-9][0-9]{9}", one["text"]):
            clean = 0.0
        if (one["object_type"], one["object_id"]) != ("warning", item["warning_id"]):
            continue
        if one["action"] == "assign":
            handed = max(handed, 1.0 if one["text"].strip() else 0.5)
        elif one["action"] == "undo":
            handled.pop(json.loads(one["payload"])["undoes"], None)
        elif one["action"] != "remind":
            handled[one["seq"]] = one["action"]
    needless = set()
    for look in looks:
        about = look["action"], look["object_type"], look["object_id"]
        own = about[1:] == ("warning", item["warning_id"]) and about[0] == "view"
        harmless = about[0] in ("view", "take", "confirm") and about[1] not in (
            "warning", "officer", "ranking", "clue", "prompt", "notice")  # fmt: skip
        if not own and (not harmless or about[2] == item["officer_id"]):
            needless.add(about)
    shares = {
        "handed": handed,
        "untouched": 1 if handed and not handled else 0,
        "masked": clean * max(0, 1 - 0.5 * len(needless)) if handed else 0,
    }
    return points(shares, rows, exercise)


def tune(rows: list[dict], counted: dict, item: dict, exercise: dict) -> float:
    """A threshold. counted: by value, of the year tried on and of the year judged, planted (a set), hits (a set) and
    usual (how many hits as it is)."""
    final = _typed(said(rows).get("value", []))
    tries = [_typed(said(rows, number).get("value", [])) for number in range(2, 12)]
    share = 0.0
    if final is not None and final in tries:
        failed = []
        for value in tries:
            if value is not None:
                caught, load = _of_year(counted[value]["tried"])
                failed += [value] if caught < item["recall"] or load > item["workload"] else []
        if failed and min(failed) < final < max(failed):
            caught, load = _of_year(counted[final]["judged"])
            short, over = max(0, item["recall"] - caught), max(0, load - item["workload"])
            share = max(0, 1 - 20 * short) * max(0, 1 - 20 * over)
    return points({"recall": share, "workload": share}, rows, exercise)


def _of_year(year: dict) -> tuple[float, float]:
    return len(year["planted"] & year["hits"]) / len(year["planted"]), len(year["hits"]) / max(1, year["usual"])


def mend(rows: list[dict], loaded: dict, ledger: dict, spoilt: set, exercise: dict) -> float:
    """A file. loaded, ledger: texts by (key, column); spoilt: the cells that were bad."""
    keys, there = {key for key, _ in ledger}, {key for key, _ in loaded}
    good = sum(loaded.get(one) == ledger[one] for one in spoilt)
    for one, text in ledger.items():
        if one not in spoilt and one[0] in there and loaded[one] != text:
            good -= 1
    good -= len((keys - there) - {key for key, _ in spoilt}) + len(there - keys)
    shares = {"rows": max(0, 1 - len(keys - there) / len(spoilt)), "values": max(0, good) / len(spoilt)}
    return points(shares, rows, exercise)


def quality(marks: set, right: set, may: set, enough: int) -> float:
    good, bad = len(marks & right), len(marks - right - may)
    if not right:
        return 1.0 if bad == 0 else 0.0
    if good == 0:
        return 0.0
    caught = good / min(enough, len(right))
    return max(0.0, (caught if caught < 1 else 1.0) - bad / (good + bad))
