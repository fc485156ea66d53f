"""What counts as a number of a person: identity and telephone numbers, bank cards, passports, plates, house numbers.

One list of patterns for Python and for DuckDB. RE2 knows no look-around, so each pattern carries its neighbours as
groups and is applied twice: two numbers may share the character between them. Every pattern has four groups: what
stands before, the first characters, the last ones, what stands after.

Identity numbers follow GB 11643-1999: area, date of birth, sequence, check character (15 digits before 1999). A
mistyped check character changes nothing about whose number it is, so only area and date must be plausible. In texts
and codes years of birth end in 2012, where a person is too young to be punished (处罚法第三十条: 14), because case
numbers of 18 digits begin with an area and a day of this century as well.
"""

import re
from dataclasses import dataclass

# The first two digits of an area; 9 before the province for a foreigner's permanent residence.
_AREA = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-8])"
_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_BIRTH = "(?:19[0-9]{2}|200[0-9]|201[0-2])" + _DAY
_GAP = "[ \\-]?"
# A hexadecimal digit beside a number makes it part of a hash, unless it ends a word that announces a number.
_BEFORE = "^|[^0-9A-Fa-f]|[Ii][Dd]|[Pp]hone|[Mm]obile"
_AFTER = "$|[^0-9A-Fa-f]"
_FAR = "[^0-9A-Za-z]{0,8}"
_PLATE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z]"


@dataclass(frozen=True)
class Sensitive:
    """One sort of number that is masked. `fact` tells that it belongs to the facts of a case: plates and addresses are
    masked on screen only, the others never enter the warehouse in the clear."""

    title: str
    pattern: str
    fact: bool = False


def _number(title: str, before: str, first: str, hidden: str, last: str, after: str = _AFTER) -> Sensitive:
    return Sensitive(title, f"({before})({first}){hidden}({last})({after})")


SENSITIVE: tuple[Sensitive, ...] = (
    _number("身份证号", _BEFORE, _AREA, f"[0-9]{{4}}{_GAP}{_BIRTH}{_GAP}[0-9]{{2}}", "[0-9][0-9Xx]"),
    _number("身份证号", _BEFORE, _AREA, f"[0-9]{{4}}{_GAP}[0-9]{{2}}{_DAY}{_GAP}[0-9]", "[0-9]{2}"),
    _number("身份证号", f"(?:身份证|身份号|证件号|公民身份){_FAR}", "[0-9]{2}", f"(?:{_GAP}[0-9]){{11,14}}",
          "[0-9][0-9Xx]"),
    _number("手机号", f"{_BEFORE}|86{_GAP}", "1[3-9][0-9]", f"{_GAP}[0-9]{{4}}{_GAP}[0-9]{{2}}", "[0-9]{2}"),
    _number("固定电话", _BEFORE, "0(?:10|2[0-9]|[3-9][0-9]{2})", "(?:[ \\-]|[)）] ?)?[0-9]{3,4} ?[0-9]{2}", "[0-9]{2}"),
    _number("固定电话", f"(?:电话|座机|[Tt][Ee][Ll]|联系方式){_FAR}", "[2-8]", "[0-9]{4,5}", "[0-9]{2}"),
    _number("银行卡号", _BEFORE, "62[0-9]{2}", f"(?:{_GAP}[0-9]){{10,13}}", "[0-9]{2}"),
    _number("银行卡号", f"(?:卡号|账号|帐号|账户|帐户|银行卡|储蓄卡|信用卡){_FAR}", "[0-9]{2}",
          f"(?:{_GAP}[0-9]){{8,18}}", "[0-9]{2}"),
    _number("护照或通行证号", f"(?:护照|通行证|台胞证|回乡证|居留证|居留许可|居住证|军官证|士兵证){_FAR}",
          "[A-Za-z]{0,2}[0-9]", "[0-9A-Za-z]{4,7}", "[0-9]{2}", "$|[^0-9A-Za-z]"),
    Sensitive("车牌号", f"(^|.)({_PLATE})[·•. \\-]?[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}"
         "([A-HJ-NP-Za-hj-np-z0-9警学挂港澳领试超])($|[^0-9A-Za-z])", fact=True),
    Sensitive("门牌号", "(路|街|大道|巷|弄|里|苑|园|庄|坊|村|小区)()[0-9]{1,4}(?:[\\-—之][0-9]{1,4})*"
         "(号|弄|幢|栋)(?:[0-9A-Za-z\\-]{1,7}(?:号楼|号|幢|栋|单元|楼|层|室))*()", fact=True),
)  # fmt: skip
_NUMBERS = tuple(sort for sort in SENSITIVE if not sort.fact)
_COMPILED = {sort.pattern: re.compile(sort.pattern, re.ASCII) for sort in SENSITIVE}
_HIDDEN = "****"
_SHOWN = rf"\1\2{_HIDDEN}\3\4"
# Cheap, and true wherever one of the numbers stands.
_LONG = "[0-9](?:[ \\-)）]{0,2}[0-9A-Za-z]){6}"
_WIDE, _HALF = "０１２３４５６７８９Ｘｘ－", "0123456789Xx-"
_HALF_WIDTH = str.maketrans(_WIDE, _HALF)

# A cell by itself, in half width and without white space, needs no neighbours and no word that announces it.
_MOBILE = "(?:[+]?86-?)?1[3-9][0-9]-?[0-9]{4}-?[0-9]{4}"
_LANDLINE = "[(]?0(?:10|2[0-9]|[3-9][0-9]{2})[)]?-?[0-9]{7,8}(?:-[0-9]{1,5})?|[2-8][0-9]{6,7}"
_IDENTITY_15 = f"{_AREA}[0-9]{{6}}{_DAY}[0-9]{{3}}"
_IDENTITY = f"{_AREA}[0-9]{{4}}(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9Xx]"
_PERMIT = "[A-Z][0-9]{8}(?:[0-9]{2})?|E[A-HJ-NP-Z][0-9]{7}"
# Where the hash of a person, an account or a vehicle belongs.
PERSON_CELL = f"{_IDENTITY}|{_IDENTITY_15}|{_MOBILE}|{_LANDLINE}|{_PERMIT}|62[0-9]{{14,17}}|{_PLATE}[A-Za-z0-9]{{5,6}}"
# Where any other code belongs: local telephone numbers and letters with digits are codes as well.
CODE_CELL = f"{_AREA}[0-9]{{4}}{_BIRTH}[0-9]{{3}}[0-9Xx]|{_IDENTITY_15}|{_MOBILE}"


def is_personal(text: str) -> bool:
    """Whether a text as a whole is a number of a person, where that person's hash belongs."""
    return re.fullmatch(PERSON_CELL, re.sub(r"\s", "", text.translate(_HALF_WIDTH)), re.ASCII) is not None


def mask_text(text: str, *, facts: bool = True) -> str:
    """The text with every personal number starred but for its first and last characters: 33****39, 138****11,
    浙F****5, 环城路****号. Without `facts` plates and house numbers stay: they belong to the facts of a case."""
    half = masked = text.translate(_HALF_WIDTH)
    for sort in SENSITIVE if facts else _NUMBERS:
        for _ in range(2):
            masked = _COMPILED[sort.pattern].sub(_SHOWN, masked)
    return text if masked == half else masked


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def macros_sql() -> str:
    """DDL of the macros for a loading connection: load_has_number and load_mask_numbers of a text (identity and
    telephone numbers, cards, permits), load_is_person_number and load_is_code_number of a whole cell."""
    half = f"translate(s, {_quoted(_WIDE)}, {_quoted(_HALF)})"
    masked = half
    for sort in _NUMBERS:
        for _ in range(2):
            masked = f"regexp_replace({masked}, {_quoted(sort.pattern)}, {_quoted(_SHOWN)}, 'g')"
    anywhere = _quoted("|".join(sort.pattern for sort in _NUMBERS))
    return f"""
        create or replace temp macro load_has_number(s) as case
            when regexp_matches(s, '[０-９]') then regexp_matches({half}, {anywhere})
            else regexp_matches(s, {_quoted(_LONG)}) and regexp_matches(s, {anywhere})
        end;
        create or replace temp macro load_mask_numbers(s) as {masked};
        create or replace temp macro load_is_person_number(s) as regexp_full_match(s, {_quoted(PERSON_CELL)});
        create or replace temp macro load_is_code_number(s) as regexp_full_match(s, {_quoted(CODE_CELL)});
    """
