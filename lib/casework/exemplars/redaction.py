"""A text with what is left in it put into words that tell nobody's name: 某甲, 甲公司, 某镇某处."""

import re
from collections import defaultdict

from lib.casework.exemplars.leftovers import (
    CARD,
    CODE,
    DOCUMENT,
    FIRM,
    IDENTITY,
    MAIL,
    NUMBER,
    PERSON,
    PHONE,
    PLACE,
    PLATE,
    UNIT,
    Known,
    leftovers,
)
from lib.casework.exemplars.spelling import spelt

_STEMS = "甲乙丙丁戊己庚辛"
_SAID = {
    IDENTITY: "（身份证号略）",
    PHONE: "（电话略）",
    PLATE: "（车牌略）",
    CODE: "（代码略）",
    CARD: "（账号略）",
    MAIL: "（网号略）",
    DOCUMENT: "（文号略）",
    NUMBER: "（编号略）",
    UNIT: "某执法单位",
    PLACE: "某地",
}
# A day tells more than a case needs.
_DAY = re.compile(r"([0-9]{4}\s*年\s*[0-9]{1,2}\s*月)\s*[0-9]{1,2}\s*日")
# More often than this a text is not redacted anew: what was put in is never taken for a name itself.
_MOST = 5


def redacted(text: str, known: Known) -> str:
    """The text without what `leftovers` finds; the same person and firm go by the same word, a day by its
    month."""
    text = _DAY.sub(r"\1某日", text)
    told: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = defaultdict(int)

    def word(kind: str, found: str) -> str:
        if kind in _SAID:
            return _SAID[kind]
        meant = _meant(kind, spelt(found).text, known)
        if (kind, meant) not in told:
            stem = _STEMS[counts[kind] % len(_STEMS)]
            counts[kind] += 1
            told[kind, meant] = f"某{stem}" if kind == PERSON else f"{stem}公司" if kind == FIRM else "某处"
        return told[kind, meant]

    for _ in range(_MOST):
        found = leftovers(text, known)
        if not found:
            break
        for one in reversed(found):
            text = text[: one.start] + word(one.kind, one.text) + text[one.end :]
    return text


def _meant(kind: str, found: str, known: Known) -> str:
    """Which known value a short form stands for; itself when none."""
    return next((value for value in sorted(known.values.get(kind, ())) if found in spelt(value).text), found)
