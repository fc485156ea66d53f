"""Where a text has the name of a person, told by surname, given name and the words around it.

No list knows all names: what stands beside a title, a verb of people or between marks is taken for one, and a false
alarm costs a reason. Positions are those of the text given, which is best spelt (see spelling).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lib import yamltext
from lib.catalog.dataset import ROOT

_HAN = "\u4e00-\u9fff"
_MARKS = "，。、；：:,;（）()《》〈〉“”\"'‘’【】[]！？!?/|"
_JOINING = "和与及同跟向对由被把让找给替为经是即系叫据请有"
# The hundred commonest surnames.
_USUAL = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_NUMERALS = "0123456789一二三四五六七八九十百两几多每数"
_POST = re.compile(
    "(?:副?(?:局长|科长|所长|队长|中队长|大队长|主任|书记|站长|处长|镇长|乡长|村长)|老板|师傅|医生|老师|经理|总经理)"
)
_ENOUGH = 1.5


class Found(NamedTuple):
    """A likely name, from one position to another, and what tells that it is one."""

    start: int
    end: int
    why: str


class _Words(NamedTuple):
    surnames: frozenset[str]
    compound: tuple[str, ...]
    given: frozenset[str]
    never: frozenset[str]
    doubtful: frozenset[str]
    counting: frozenset[str]
    words: frozenset[str]
    ends: frozenset[str]
    tails: tuple[str, ...]
    weakly: tuple[str, ...]
    before: re.Pattern[str]
    after: re.Pattern[str]


@lru_cache(maxsize=1)
def lists() -> dict:
    """The lists of words of data/exemplars/words.yaml."""
    return yamltext.parse((ROOT / "data" / "exemplars" / "words.yaml").read_text(encoding="utf-8"))


def _any(words: str) -> str:
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


@lru_cache(maxsize=1)
def _words() -> _Words:
    held = lists()
    signs = {name: frozenset(held[name]) - {" ", "\n"} for name in ("surnames", "given", "never")}
    signs["never"] -= signs["given"]
    return _Words(
        signs["surnames"],
        tuple(held["compound"]),
        signs["given"],
        signs["never"],
        frozenset(held["doubtful"].split()),
        frozenset(held["counting"]),
        frozenset(held["words"].split()),
        frozenset(held["ends"].split()),
        tuple(held["tails"].split()),
        tuple(held["weakly"].split()),
        re.compile(rf"(?:{_any(held['before'])})[0-9]?(?:[:：“\"'‘（(]|名叫|叫|是|为|系|即)?$"),
        re.compile(rf"[”\"'’）)]?(?:{_any(held['after'])})"),
    )


def names(text: str) -> list[Found]:
    """The likely names of a text in order, none within another."""
    found: list[Found] = []
    for one in _candidates(text):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _candidates(text: str) -> Iterator[Found]:
    held = _words()
    for start, sign in enumerate(text):
        compound = next((name for name in held.compound if text.startswith(name, start)), "")
        if not compound and (sign not in held.surnames or text[max(0, start - 1) : start + 1] in held.ends):
            continue
        surname = len(compound) or 1
        if sign in held.counting and start and text[start - 1] in _NUMERALS:
            continue
        if (post := _post(text, start)) is not None:
            yield post
            continue
        weighed = [_weighed(text, start, surname, length) for length in (surname + 2, surname + 1)]
        score, length, why = max(weighed)
        if score >= _ENOUGH:
            yield Found(start, start + length, why)


def _post(text: str, start: int) -> Found | None:
    """A usual surname with the post its bearer holds: 王队长; None for another word."""
    left = text[start - 1 : start]
    found = _POST.match(text, start + 1)
    if found is None or text[start] not in _USUAL or (left and left not in _MARKS + _JOINING + "经某"):
        return None
    return Found(start, found.end(), "姓和职务") if left != "某" else None


def _weighed(text: str, start: int, surname: int, length: int) -> tuple[float, int, str]:
    """How much tells that so many characters are a name, how many, and what tells it."""
    held, name = _words(), text[start : start + length]
    given, end = name[surname:], start + length
    if len(name) < length or not re.fullmatch(f"[{_HAN}]+", name) or any(sign in held.never for sign in given):
        return 0, length, ""
    if held.after.fullmatch(given):
        return 0, length, ""
    if any(sign in "某甲乙丙丁戊己庚辛" for sign in given):
        return 0, length, ""
    left, right = text[max(0, start - 8) : start], text[end : end + 6]
    role, title = held.before.search(left), held.after.match(right)
    if title is None and right.startswith(held.tails):
        return 0, length, ""
    score = 1.0 if surname > 1 or text[start] in _USUAL else 0.0
    if text[start] in held.doubtful and role is None and title is None:
        score -= 1.0
    score += sum(sign in held.given for sign in given) / len(given)
    # One character more makes no name by itself; ordinary words begin with surnames too.
    score -= (1.0 if len(given) == 1 else 0.0) + (3.0 if name[:2] in held.words or name in held.words else 0.0)
    whys = []
    if role:
        score, whys = score + 2, [f"前面是「{role[0].rstrip('：:“（(')}」"]
    elif not left or left[-1] in _MARKS:
        score, whys = score + 1, ["前面断开"]
    elif left[-1] in _JOINING:
        score, whys = score + 1, [f"前面是「{left[-1]}」"]
    if title:
        score, whys = score + 2, [*whys, f"后面是「{title[0]}」"]
    elif not right or right[0] in _MARKS:
        score, whys = score + 1, [*whys, "后面断开"]
    elif right.startswith(held.weakly):
        score, whys = score + 0.5, [*whys, f"后面是「{right[0]}」"]
    return score, length, "，".join(whys) or "姓和名的常用字"
