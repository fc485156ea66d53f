"""Rare spellings put into plain ones: mark-up, amounts in words, moments as people and machines write them.

Only texts that the macros of normalise.sql cannot read come here, each distinct one once.
"""

import html
import re
import unicodedata
from decimal import Decimal
from itertools import product


def _class(leads: range, trails: range) -> str:
    """Characters whose GBK bytes lie in both ranges, as the inside of a character class."""
    pairs = (bytes(pair).decode("gbk", "ignore") for pair in product(leads, trails))
    return "".join(sorted({pair for pair in pairs if len(pair) == 1 and ord(pair) > 127}))


# Three bytes of UTF-8 read two by two: a first byte with a following one, then a following one with a first.
_LEADS, _TRAILS = range(0xE4, 0xEA), range(0x80, 0xC0)
_MISREAD = f"[{_class(_LEADS, _TRAILS)}][{_class(_TRAILS, _LEADS)}]"
_MARK_UP = re.compile(
    r"</?(?:br|p|div|span|font|b|i|u|a|em|strong|table|tbody|tr|td|th|li|ul|ol|h[1-6])\b[^<>]*>|_x000[dD]_|_x000[aA]_"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});")
# Texts worth a second look: true of all that `unmarked` or `is_misread` would change or refuse, and of a few others.
ODD_TEXT = f'&[#A-Za-z]|<[A-Za-z/]|_x000|"|{_MISREAD}'


def unmarked(text: str) -> str:
    """The text without HTML: entities decoded, tags as white space. Other angle brackets stay."""
    return _decoded(_MARK_UP.sub(" ", _decoded(text)))


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def is_misread(text: str) -> bool:
    """Whether the text is UTF-8 that was read as GBK (浙江 as 娴欐睙)."""
    read = re.findall(_MISREAD, text) and text.encode("gb18030", "replace").decode("utf-8", "replace")
    if not read:
        return False
    han = sum("\u4e00" <= character <= "\u9fff" for character in read)
    return han >= 2 and read.count("\ufffd") + read.count("?") <= max(1, len(read) // 4)


_DIGITS = {
    character: value
    for value, characters in enumerate(
        ("零〇○", "一壹", "二贰两貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERAL = "[" + "".join((*_DIGITS, *_UNITS, *_MYRIADS)) + "]"


def number_in_words(text: str) -> int | None:
    """A whole number in Chinese numerals: 伍万 is 50000. None where it is not written in full: 一万五 may
    be 15000."""
    total = section = 0
    digit: int | None = None
    last = 10**12  # what the unit before counted
    zero = False
    for character in text:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
            zero = zero or digit == 0
        elif character in _UNITS:
            unit = _UNITS[character]
            if unit >= last or digit == 0 or (digit is None and not (unit == 10 and section == 0)):
                return None
            section, digit, last, zero = section + (1 if digit is None else digit) * unit, None, unit, False
        elif character in _MYRIADS:
            section += digit or 0
            if not section:
                return None
            myriad = _MYRIADS[character]
            total = total + section * myriad if myriad == 10**4 else (total + section) * myriad
            section, digit, last, zero = 0, None, 10**12, False
        else:
            return None
    if digit and last > 10 and last != 10**12 and not zero:
        return None
    if digit and total and last == 10**12 and not zero:
        return None
    return total + section + (digit or 0)


_AMOUNT_BEFORE = re.compile(r"^(?:(?:处以|处|并处)?罚款|共计|合计|总计|共|计|金额|大写|小写|人民币|RMB|CNY|¥|[:：])+")
_AMOUNT_AFTER = re.compile(r"(?:人民币|RMB|CNY|整|正)+$")
_IN_WORDS = re.compile(rf"^({_NUMERAL}+)(?:元|圆|块)(?:({_NUMERAL})角)?零?(?:({_NUMERAL})分)?$")
_MIXED = re.compile(r"^(?:(\d+)亿)?(?:(\d+)万)?(?:(\d+)千)?(?:(\d+)百)?(?:(\d+(?:\.\d+)?))?元$")
_TWICE = re.compile(r"^(.+?)[(](.+?)[)]$")


def plain_amount(text: str) -> str | None:
    """An amount as digits and 元, None where it is not sure: 约, 余, two amounts, a foreign currency."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if both := _TWICE.match(plain):
        first, second = plain_amount(both[1]) or both[1], plain_amount(both[2])
        bare = re.fullmatch(r"(\d+(?:\.\d+)?)元?", first)
        words = second and re.fullmatch(r"(\d+(?:\.\d+)?)元", second)
        return second if bare and words and Decimal(bare[1]) == Decimal(words[1]) else None
    plain = _AMOUNT_AFTER.sub("", _AMOUNT_BEFORE.sub("", plain))
    if plain == "零":
        return "0元"
    if words := _IN_WORDS.match(plain):
        whole = number_in_words(words[1])
        cents = [number_in_words(part) if part else 0 for part in words.groups()[1:]]
        if whole is None or any(cent is None or cent > 9 for cent in cents):
            return None
        return f"{whole}.{cents[0]}{cents[1]}元"
    if (mixed := _MIXED.match(plain)) and sum(part is not None for part in mixed.groups()) > 1:
        counts = zip(mixed.groups(), (10**8, 10**4, 1000, 100, 1), strict=True)
        return f"{sum(Decimal(part) * count for part, count in counts if part)}元"
    return plain if plain != re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) else None


_MONTHS = {
    name: place
    for place, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = "(" + "|".join(_MONTHS) + ")[a-z]*"
_WEEKDAY = re.compile(
    r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?|\b(?:mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b,?",
    re.I,
)
_ZONE = re.compile(
    r" ?(?:[(]?(?:CST|中国标准时间|北京时间)[)]?|\[Asia/Shanghai\]|(?:GMT|UTC)? ?[+]0?8(?::?00)?)$", re.I
)
_DAY_FIRST = re.compile(rf"^(\d{{1,2}})[-. ]?(?:{_MONTH}|(\d{{1,2}})月)[-., ]+(\d{{4}})(?!\d)(.*)$", re.I)
_MONTH_FIRST = re.compile(rf"^{_MONTH}[. ]+(\d{{1,2}})(?:st|nd|rd|th)?,? +(?:([\d:.]+) +)?(\d{{4}})(?!\d)(.*)$", re.I)
_HALF = re.compile(r"上午|下午|晚上|傍晚|凌晨|早上|早晨|中午|\b[ap]\.?m\.?(?![a-z])", re.I)
_CLOCK = re.compile(r"^(\d{1,2})(?:[:时点](?:(\d{1,2})(?:[:分](?:(\d{1,2})(?:\.\d+)?秒?)?)?|(半))?)?$")
_SPELT_DAY = re.compile(
    r"^([〇○零一二三四五六七八九]{4}|\d{4})年([一二三四五六七八九十]{1,2}|\d{1,2})月"
    r"([一二三四五六七八九十廿卅]{1,3}|\d{1,2})[日号]?(.*)$"
)


def plain_moment(text: str) -> str | None:
    """A moment as year-month-day hour:minute:second, None where that is not sure, a year of two digits among them."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    plain = re.sub(r"^(\d{4}-\d{2}-\d{2})-(\d{2})\.(\d{2})\.(\d{2})", r"\1 \2:\3:\4", plain)
    plain = re.sub(r"\s+", " ", _WEEKDAY.sub(" ", plain)).strip()
    # The zone may stand before the year: Sep 25 15:20:00 CST 2022.
    plain = re.sub(r" (?:CST|GMT\+08:00) (\d{4})$", r" \1", plain)
    while _ZONE.search(plain) and re.search(r"\d:\d", plain):
        plain = _ZONE.sub("", plain)
    if spelt := _DAY_FIRST.match(plain):
        day, month, number, year, rest = spelt.groups()
        plain = f"{year}-{_MONTHS[month.lower()] if month else int(number):02}-{int(day):02} {rest.strip()}"
    elif spelt := _MONTH_FIRST.match(plain):
        month, day, clock, year, rest = spelt.groups()
        plain = f"{year}-{_MONTHS[month.lower()]:02}-{int(day):02} {clock or rest.strip()}"
    elif spelt := _SPELT_DAY.match(plain):
        digits = "".join(str(_DIGITS.get(character, character)) for character in spelt[1])
        parts = [_small(spelt[2]), _small(spelt[3])]
        if None in parts:
            return None
        plain = f"{digits}-{parts[0]:02}-{parts[1]:02} {spelt[4].strip()}"
    return _with_clock(plain.strip())


def _small(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    return number_in_words(text.replace("廿", "二十").replace("卅", "三十"))


def _with_clock(text: str) -> str | None:
    """The half of the day and words for hours put into figures."""
    found = re.match(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]?(.*))?$", text)
    if not found:
        return None
    day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    rest = (found[4] or "").strip()
    if not rest:
        return day
    halves = _HALF.findall(rest)
    clock = _CLOCK.match(re.sub(r"\s", "", _HALF.sub("", rest)))
    if len(halves) > 1 or clock is None:
        return None
    hour, minute = int(clock[1]), 30 if clock[4] else int(clock[2] or 0)
    if halves:
        moved = _of_half(halves[0].lower().replace(".", ""), hour)
        if moved is None:
            return None
        hour = moved
    return f"{day} {hour:02}:{minute:02}:{int(clock[3] or 0):02}"


def _of_half(half: str, hour: int) -> int | None:
    """The hour of the day; None where the words contradict it or leave it open (晚上12点)."""
    if half in ("am", "凌晨", "上午", "早上", "早晨"):
        if hour == 12 and half in ("am", "凌晨"):
            return 0
        return hour if hour < 12 else None
    if half == "中午":
        return hour + 12 if hour == 1 else hour if 11 <= hour <= 13 else None
    if hour == 12:
        return 12 if half in ("pm", "下午") else None
    return hour + 12 if 1 <= hour < 12 else hour if 12 < hour < 24 else None
