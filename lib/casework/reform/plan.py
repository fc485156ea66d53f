"""The plan of a task: milestones, each a day and the share of the whole that is done by then; between them the share
grows evenly from day to day."""

import re
from datetime import date
from typing import NamedTuple

from lib.errors import UserError

WHOLE = 100
EXAMPLE = "2022-06-30 40% 事项清单公布"
_LINE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})\s+(\d{1,3})\s*[%％]\s*(.*)")
_MOST = 20


class Milestone(NamedTuple):
    """By the end of a day that share of the whole (per cent) is done, which is called name."""

    day: date
    share: int
    name: str


Plan = tuple[Milestone, ...]


def read(text: str) -> Plan:
    """The milestones of a text, one a line: 2022-06-30 40% 事项清单公布.

    Raises UserError, with the line, for one that cannot be read, days or shares that do not grow, an end that is not
    the whole.
    """
    found: list[Milestone] = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
        one = _milestone(line, number)
        if found and not (one.day > found[-1].day and one.share > found[-1].share):
            raise UserError(
                f"第 {number} 个节点（{one.day} {one.share}%）没有晚于、高于前一个。",
                f"前一个是 {found[-1].day} {found[-1].share}%；节点按日期先后写，累计完成的比例逐个增加。",
            )
        found.append(one)
    if not found:
        raise UserError("还没有节点。", f"一行一个：日期 累计完成 名称，例如 {EXAMPLE}。")
    if len(found) > _MOST:
        raise UserError(f"节点有 {len(found)} 个。", f"至多 {_MOST} 个；更细的请另立任务。")
    if found[-1].share != WHOLE:
        raise UserError(f"最后一个节点是 {found[-1].share}%。", "最后一个节点应是 100%，它的日期就是完成时限。")
    return tuple(found)


def _milestone(line: str, number: int) -> Milestone:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise UserError(f"第 {number} 个节点「{line[:40]}」看不懂。", f"写成：日期 累计完成 名称，例如 {EXAMPLE}。")
    day, share, name = parts.groups()
    try:
        on = date(*(int(part) for part in day.split("-")))
    except ValueError:
        raise UserError(f"第 {number} 个节点的日期 {day} 不存在。", "请核对日期。") from None
    if not 1 <= int(share) <= WHOLE:
        raise UserError(f"第 {number} 个节点的比例 {share}% 不对。", "累计完成是 1% 至 100%。")
    return Milestone(on, int(share), name.strip())


def written(plan: Plan) -> str:
    """The text that `read` reads."""
    return "\n".join(f"{one.day} {one.share}% {one.name}".rstrip() for one in plan)


def planned(start: date, plan: Plan, day: date) -> float:
    """The share (per cent) that should be done by the end of a day: nothing by the end of `start`, then from milestone
    to milestone in a straight line, the whole after the last."""
    before, share = start, 0.0
    for one in plan:
        if day < one.day:
            passed = max((day - before).days, 0)
            return share + (one.share - share) * passed / (one.day - before).days
        before, share = one.day, float(one.share)
    return share


def following(plan: Plan, share: float) -> Milestone | None:
    """The first milestone that a share does not reach; None when it reaches all."""
    return next((one for one in plan if one.share > share), None)
