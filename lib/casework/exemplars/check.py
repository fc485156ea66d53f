"""Whether a text may be shown to others: what is left in it, without what somebody let stand with a reason."""

from collections.abc import Iterable, Mapping

from lib.casework.exemplars.leftovers import Known, Leftover, leftovers
from lib.errors import UserError

_MOST = 5
_BETWEEN = ("：", ":")


def reasons(cleared: Iterable[str]) -> dict[str, str]:
    """The reason by the words that it lets stand, of entries 「words：reason」. Raises UserError for another form."""
    found = {}
    for entry in cleared:
        words, reason = "", ""
        for sign in _BETWEEN:
            if sign in entry:
                words, _, reason = entry.partition(sign)
                break
        if not words.strip() or len(reason.strip()) < 2:
            raise UserError(f"「{entry}」没有写明理由。", "请写「片段：理由」，例如「方大：施工工艺的名称」。")
        found[words.strip()] = reason.strip()
    return found


def remaining(texts: Mapping[str, str], known: Known, cleared: Iterable[str] = ()) -> list[tuple[str, Leftover]]:
    """What is left in texts by their names, with the name; what may stand for a reason and has one is not left.

    Raises UserError for a reason that is not written as one.
    """
    let = reasons(cleared)
    found = [(name, one) for name, text in texts.items() for one in leftovers(text, known)]
    return [(name, one) for name, one in found if one.must_go or one.text.strip() not in let]


def refuse(left: list[tuple[str, Leftover]]) -> None:
    """Raise UserError naming each place when anything is left."""
    if not left:
        return
    told = [
        f"{name}第 {one.start + 1} 字「{' '.join(one.text.split())}」（{one.kind}：{one.why}）" for name, one in left
    ]
    more = f"，等 {len(left)} 处" if len(left) > _MOST else ""
    raise UserError(
        f"还有没有脱敏的内容：{'；'.join(told[:_MOST])}{more}。",
        "请改写这些地方；误报的姓名、地名、企业名可写明理由放行，号码和本案的信息不能放行。",
    )
