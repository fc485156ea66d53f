"""A warning about a colleague: handed over and not handled, nothing unmasked, nothing opened that was not needed."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lib.access.masking import mask_free_text
from lib.casework.audit import ACTIONS
from lib.casework.reading.visible import called
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.training.attempts import Deeds, Go, Look, deeds
from lib.catalog.exercises import Exercise
from lib.insight.names import officer_names
from lib.insight.training.draw import new_warning
from lib.insight.training.score import Score, hints_seen, total
from lib.insight.training.task import Place, Task
from lib.warehouse.store import Warehouse

# What whoever should stay out of it does not do about it.
HANDLING = ("sign", "start", "conclude", "prompt", "take_over", "review", "close", "to_clue", "withdraw", "suppress")
HANDED = "assign"
# Kinds of which nothing had to be looked at, and what may not be done with any.
_NOT_NEEDED = ("officer", "ranking", "clue", "prompt", "notice")
_NEVER = ("reveal", "export", "search")
_LOOKED_AT = {
    "officer": "廉政档案或关系网络",
    "ranking": "人员排序",
    "clue": "线索",
    "prompt": "工作提示",
    "notice": "监督通知书",
    "warning": "预警",
}


class Conduct(NamedTuple):
    """handed: 0 not handed over, 1 without a reason, 2 with one; to: to whom. handled: the steps that were taken and
    not taken back. needless: what was opened, searched for or unmasked without need. named: whether a reason names
    somebody or holds what is masked elsewhere."""

    handed: int
    handled: tuple[str, ...]
    needless: tuple[Look, ...]
    named: bool
    to: str = ""


def drawn(register: Register, warehouse: Warehouse, seed: str, used: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A new warning about an officer whom the inspector who is played supervises, and whose colleague that one is."""
    return [new_warning(register, warehouse, seed, used, "officer_id")]


def asked(warehouse: Warehouse, go: Go) -> Task:
    """The warning and who it is about."""
    name = officer_names(warehouse).get(go.items[0]["officer_id"], "")
    return Task(
        (
            f"这条预警涉及的执法人员{name}，是您（派驻组）过去多年的同事，两家常有来往。请按规矩处理这条预警。",
            "页面顶部可以换扮演的角色：派驻组是您本人，监督室可以把预警交办给别人。",
            "处理完后回到这一页交卷。您打开过什么、查过什么，都有记录。",
        ),
        (Place("warning", "打开预警", {"id": go.items[0]["warning_id"]}), Place("work", "待办")),
    )


def conduct(go: Go, done: Deeds) -> Conduct:
    """What was done about the warning."""
    warning_id, officer_id = go.items[0]["warning_id"], go.items[0]["officer_id"]
    own = [one for one in done.events if one.object_type == "warning" and one.object_id == warning_id]
    undone = {one.payload.get("undoes") for one in own if one.action == "undo"}
    handled = tuple(one.action for one in own if one.action in HANDLING and one.seq not in undone)
    given = [one for one in own if one.action == HANDED]
    handed = max((2 if one.text.strip() else 1 for one in given), default=0)
    to = "、".join(dict.fromkeys(str(one.payload.get("to_name") or "别人") for one in given))
    needless = tuple(
        look._replace(person_id="")
        for look in done.looks
        if look.action in _NEVER
        or look.object_type in _NOT_NEEDED
        or look.object_id == officer_id
        or (look.object_type == "warning" and look.object_id != warning_id)
    )
    named = any(mask_free_text(one.text) != one.text for one in done.events)
    return Conduct(handed, handled, needless, named, to)


def shares(found: Conduct) -> dict[str, float]:
    """The share of each part; whoever does nothing has nothing: all of it hangs on the handing over."""
    handed = found.handed / 2
    clean = max(0.0, 1 - len(set(found.needless)) / 2) * (0.0 if found.named else 1.0)
    return {
        "handed": handed,
        "untouched": float(bool(handed) and not found.handled),
        "masked": clean if handed else 0.0,
    }


def scored(register: Register, exercise: Exercise, go: Go, events: Sequence[Event]) -> Score:
    """The score of a go, from the events and the audit log of its seat's store."""
    found = conduct(go, deeds(register, events[0].actor_id, events))
    return total(exercise, shares(found), hints_seen(events))


def told(register: Register, go: Go, events: Sequence[Event]) -> tuple[str, ...]:
    """What was right and what was not."""
    found = conduct(go, deeds(register, events[0].actor_id, events))
    lines = []
    if found.handed == 2:
        lines.append(f"交办给了{found.to}，写明了理由。")
    elif found.handed == 1:
        lines.append(f"交办给了{found.to}，但没有写理由：接手的人不知道您为什么回避。")
    else:
        lines.append("没有交出去：应当由监督室交办给别人，并写明回避的理由。")
    if found.handled:
        done = "、".join(dict.fromkeys(called("warning", one) for one in found.handled))
        lines.append(f"您自己办理了这条预警（{done}）：与当事人有利害关系的，一步也不要办，签收也不行。")
    if found.needless:
        seen = list(dict.fromkeys(found.needless))
        told = "、".join(dict.fromkeys(_look_words(one) for one in seen))
        lines.append(f"打开或查了不需要的 {len(seen)} 处（{told}）：关系到熟人时，看得越少越好。")
    if found.named:
        lines.append("文字里写了应当脱敏的内容。")
    if not found.handled and not found.needless and found.handed == 2 and not found.named:
        lines.append("处理得当。")
    return tuple(lines)


def _look_words(look: Look) -> str:
    """What was looked at, in words."""
    return f"{ACTIONS[look.action]}{_LOOKED_AT.get(look.object_type, '其他')}"
