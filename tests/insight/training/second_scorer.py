"""The score of judging once more, written apart from lib.insight.training.score: from raw rows, in plain loops."""

import json


def score(rows: list[dict], truths: list[dict], exercise: dict) -> float:
    """Points, 0 to 100. rows: events as stored (action, payload as JSON); truths: guilty, deciding, may, checks of each
    item in order; exercise: the file as parsed."""
    saved, hints = {}, set()
    for row in rows:
        payload = json.loads(row["payload"])
        if row["action"] == "answer":
            saved[payload["item"]] = payload["answers"]
        if row["action"] == "hint":
            hints.add(payload["hint"])
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
    worth = {one["part"]: one["points"] for one in exercise["scoring"]}
    count = len(truths)
    points = skill * (worth["verdict"] + worth["rows"] * row_sum / count + worth["checks"] * check_sum / count)
    floor = 100 * exercise["guessing"]
    points = max(points - floor, 0) * 100 / (100 - floor)
    for hint in hints:
        points -= exercise["hints"][hint - 1]["cost"]
    return round(max(points, 0), 1)


def quality(marks: set, right: set, may: set, enough: int) -> float:
    good, bad = len(marks & right), len(marks - right - may)
    if not right:
        return 1.0 if bad == 0 else 0.0
    if good == 0:
        return 0.0
    caught = good / min(enough, len(right))
    return max(0.0, (caught if caught < 1 else 1.0) - bad / (good + bad))
