"""What is left in a text that tells whose case it was: known values of this very case, and patterns of numbers, places,
firms and names. Each is told with its place and why."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lib.casework.exemplars.names import lists, names
from lib.casework.exemplars.spelling import Spelt, spelt

PERSON, FIRM, UNIT, PLACE, NUMBER = "姓名", "企业名称", "单位名称", "地名地址", "编号"
IDENTITY, PHONE, PLATE, CODE, CARD, MAIL = "身份证号", "电话", "车牌号", "信用代码", "银行账号", "邮箱网号"
DOCUMENT = "文号案号"
KINDS = (IDENTITY, PHONE, PLATE, CODE, CARD, MAIL, DOCUMENT, NUMBER, PERSON, FIRM, UNIT, PLACE)
# What no reason lets stand: it is a number of somebody, whatever the text says.
NEVER = frozenset({IDENTITY, PHONE, PLATE, CODE, CARD, MAIL})
_HAN = "\u4e00-\u9fff"
_NUMERAL = "0-9一二三四五六七八九十百零〇"
_ALNUM = "0-9A-Za-z"
# The letters of plates, and those of unified social credit codes (GB 32100).
_LETTER, _CODED = "A-HJ-NP-Za-hj-np-z", "0-9A-HJ-NP-RT-UW-Ya-hj-np-rt-uw-y"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


@dataclass(frozen=True)
class Leftover:
    """From one position of the text to another: what stands there, of which kind, and why it is taken for that.

    known: it is a value of this very case, which no reason lets stand.
    """

    start: int
    end: int
    text: str
    kind: str
    why: str
    known: bool = False

    @property
    def must_go(self) -> bool:
        """Whether no reason lets it stand."""
        return self.known or self.kind in NEVER


@dataclass(frozen=True)
class Known:
    """What identifies those whose case it was: values by kind."""

    values: dict[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.values.values())


_CODES: tuple[tuple[str, str, str], ...] = (
    (IDENTITY,
     rf"(?<![{_ALNUM}])[1-9][0-9]{{5}}(?:18|19|20)[0-9]{{2}}[01][0-9][0-3][0-9]{{4}}[0-9Xx×*](?![0-9])",
     "18 位身份证号"),
    (IDENTITY, rf"(?<![{_ALNUM}])[1-8][0-9]{{7}}[01][0-9][0-3][0-9]{{4}}(?![{_ALNUM}])", "15 位身份证号"),
    (IDENTITY, rf"(?:身份证|证件|公民身份|身份号)[^{_ALNUM}]{{0,8}}([0-9]{{14,17}}[0-9Xx×*]?)", "身份证号"),
    (IDENTITY,
     rf"(?:护照|通行证|台胞证|居留证|居住证|军官证|士兵证|驾驶证|从业资格证)[^{_ALNUM}，。；]{{0,6}}([{_ALNUM}]{{6,18}})",
     "护照、通行证号"),
    (CODE, rf"(?<![{_ALNUM}])[{_CODED}]{{2}}[0-9]{{6}}[{_CODED}]{{10}}(?![{_ALNUM}])", "18 位统一社会信用代码"),
    (CODE, rf"(?:信用代码|社会信用|税号|注册号|组织机构代码)[^{_ALNUM}]{{0,8}}([{_ALNUM}]{{8,20}})",
     "信用代码、注册号"),
    (CARD, r"(?<![0-9])[3-6][0-9]{15,18}(?![0-9])", "银行卡号"),
    (CARD,
     rf"(?:卡号|账号|帐号|账户|帐户|银行卡|储蓄卡|信用卡)[^{_ALNUM}，。；]{{0,8}}"
     r"(?!20[0-9]{2}[01][0-9][0-3][0-9])([0-9]{8,22})",
     "银行账号"),
    (PHONE, r"(?<![0-9])(?:\+?0{0,2}86)?1[3-9][0-9]{9}(?![0-9])", "手机号"),
    (PHONE, r"(?<![0-9])\(?1[3-9][0-9]\)?\(?[0-9]{4}\)?[0-9]{4}(?![0-9])", "手机号"),
    (PHONE, r"(?<![0-9])\(?0(?:10|2[0-9]|[3-9][0-9]{2})[)）]?[2-9][0-9]{6,7}(?![0-9])", "固定电话"),
    (PHONE, rf"(?:电话|座机|手机|联系方式|热线|[Tt][Ee][Ll]|致电|拨打)[^{_ALNUM}，。；]{{0,6}}([0-9]{{5,12}})",
     "电话号码"),
    (PLATE, rf"[{_PROVINCES}]江?[{_LETTER}][{_LETTER}0-9]{{4,5}}[{_LETTER}0-9警学挂港澳领试超使](?![{_ALNUM}])",
     "车牌号"),
    (PLATE, rf"(?:[{_PROVINCES}]江?)[{_LETTER}][{_LETTER}0-9]{{4,6}}", "车牌号"),
    (PLATE, rf"(?:[{_PROVINCES}]江?)[{_LETTER}][警学挂港澳领试超使][{_LETTER}0-9]{{4,5}}", "车牌号"),
    (PLATE, rf"(?:车牌|号牌|牌照|车号|车辆)[^{_ALNUM}，。；]{{0,6}}([{_LETTER}][{_LETTER}0-9]{{4,6}})(?![{_ALNUM}])",
     "车牌号"),
    (MAIL, rf"[{_ALNUM}]{{2,}}@[{_ALNUM}]{{2,}}", "电子邮箱"),
    (MAIL, rf"(?:[Qq]{{2}}|微信|[Vv]信|[Ww][Xx])号?[^{_ALNUM}，。；]{{0,4}}([{_ALNUM}]{{5,20}})", "微信号、QQ 号"),
    (DOCUMENT, rf"[{_HAN}]{{0,10}}[〔\[【(（][12][0-9]{{3}}[〕\]】)）]第?[0-9A-Z]{{1,8}}号", "案号、文号"),
    (DOCUMENT, r"(?<![发函])[〔\[【][12][0-9]{3}[〕\]】]第?[0-9]{1,8}(?![0-9号])", "案号、文号"),
    (DOCUMENT, r"第?(?<![0-9])(?:19|20)[0-9]{2}[0-9]{2,7}号", "案号、文号"),
    (NUMBER, rf"(?<![{_ALNUM}])(?=[A-Za-z]{{0,12}}[0-9])[A-HJ-NPR-Za-hj-npr-z0-9]{{17}}(?![{_ALNUM}])", "车架号"),
    (NUMBER, rf"(?<![{_ALNUM}])[A-Z][0-9]{{5,17}}(?![{_ALNUM}])", "系统里的编号"),
    (NUMBER, r"(?<![0-9])[0-9]{12,}(?![0-9])", "很长的数字"),
)  # fmt: skip
_ROAD = "路|街|大道|巷|弄|里|坊|浜|埭|支路|公路|道"
_AREA = "小区|公寓|花苑|家园|花园|苑|园|庄|大厦|广场|市场|商城|工业区|园区|村|社区|新村"
_HOUSE = "号楼|号|幢|栋|弄|单元|室|组|层|楼|摊位|商铺|铺|车间|户"
_PLACES: tuple[tuple[str, str], ...] = (
    (rf"[{_HAN}]{{1,8}}(?:{_ROAD})(?:[（(][^）)]{{1,12}}[）)]|[东南西北]侧|沿线|沿街|旁)?[第]?[{_NUMERAL}]{{1,6}}(?:[之至/][{_NUMERAL}]{{1,4}})?(?:{_HOUSE})"
     rf"(?:[第]?[{_NUMERAL}A-Za-z]{{1,6}}(?:{_HOUSE}))*", "路名和门牌号"),
    (rf"[{_HAN}]{{1,8}}(?:{_AREA})[{_NUMERAL}A-Za-z]{{0,5}}区?[{_NUMERAL}A-Za-z]{{1,6}}(?:{_HOUSE})"
     rf"(?:[{_NUMERAL}A-Za-z]{{1,6}}(?:{_HOUSE}))*", "小区、村和门牌号"),
    (rf"(?<![第共计等{_NUMERAL}])[{_NUMERAL}]{{1,4}}(?:幢|栋|号楼)[{_NUMERAL}]{{0,3}}(?:单元)?[{_NUMERAL}]{{1,5}}室?",
     "楼号、室号"),
    (rf"[{_HAN}]{{2,4}}(?:{_ROAD})(?:与|和)[{_HAN}]{{2,4}}(?:{_ROAD})(?:交叉口|路口|交汇处|口)", "路口"),
    (rf"[{_HAN}]{{2,3}}(?:镇|乡|街道)[{_HAN}]{{2,4}}(?:村|社区)", "镇和村"),
)  # fmt: skip
_FREE = re.compile("某|X{2}|×")


@lru_cache(maxsize=1)
def _compiled() -> list[tuple[str, re.Pattern[str], str]]:
    firm = rf"[{_HAN}{_ALNUM}]{{2,20}}?(?:{'|'.join(_firms())})"
    return [
        *((kind, re.compile(pattern, re.ASCII), why) for kind, pattern, why in _CODES),
        *((PLACE, re.compile(pattern), why) for pattern, why in _PLACES),
        (FIRM, re.compile(firm), "企业、店铺的名称"),
    ]


_BEFORE_PLACE = ("位于", "家住", "住在", "附近", "地址", "住址")
_LEAD_PLACE = re.compile("^.*(?:住址|地址|家住|住在|居住于|位于|坐落于|坐落在|住|到|至|在|于|从|往|去)(?=.{2})")
_LEAD_DOCUMENT = re.compile("^.*(?:案号|文号|编号|案件|决定书|见|的|即|与|和|及|由|有|号)(?=.)")
# Words before a firm that belong to the sentence, and words that make of a kind of firm no firm.
_LEAD = re.compile(
    "^.*(?:当事人|当事企业|涉案企业|业主|系|是|由|与|和|向|对|在|到|为|于|被|给|从|自|及|将|让|找|经|查|至|称|的|有|了|把|检查|处罚)(?=.)"
)
_GENERIC = re.compile(
    "某|[甲乙丙丁戊己]|^(?:该|本|此|涉案|当事|一家|两家|三家|几家|多家|这家|有关|相关|其他|同类|若干|部分|两|三|四|五|各|每|大型|小型|中型"
    "|物业|劳务|运输|物流|施工|监理|建设|保险|网络|餐饮|装修|商业|国有|城投|中介|检测|销售|生产|食品|小|大|农家|连锁|品牌|便民|社会|农村|农资|公司|企业)+$"
)
_COMMON = re.compile("^(?:某|该|本|此|这|那|有|在|沿|全|各|每|一|两|主|小|大)+")


def leftovers(text: str, known: Known | None = None) -> list[Leftover]:
    """Everything that is left in the text, in order; what stands within something larger is told with it."""
    bare = spelt(text)
    found = [*_known(text, bare, known or Known()), *_patterns(text, bare), *_names(text, bare)]
    return _apart(found)


def _at(text: str, bare: Spelt, start: int, end: int, kind: str, why: str, known: bool = False) -> Leftover:
    first, last = bare.span(start, end)
    return Leftover(first, last, text[first:last], kind, why, known)


def _known(text: str, bare: Spelt, known: Known) -> Iterator[Leftover]:
    low = bare.text.lower()
    for kind, values in known.values.items():
        for value in values:
            for form, why in _forms(kind, value):
                needle = spelt(form).text.lower()
                place = low.find(needle) if needle else -1
                while place >= 0:
                    yield _at(text, bare, place, place + len(needle), kind, why, True)
                    place = low.find(needle, place + 1)


# Where a firm is registered; 示例 stands in the name of every firm of a synthetic city.
_REGION = re.compile(
    "^(?:浙江省?)?(?:嘉兴市?)?(?:(?:南湖|秀洲|嘉善|海盐|海宁|平湖|桐乡)[市县区]?)?(?:.{2,3}(?:镇|街道))?(?:.{0,3}示例)?"
)
_GIVEN = "本案人员的名字"
_SUFFIX = re.compile(
    "(?:(?:大?(?:酒店|饭店|宾馆)|餐厅|药店|诊所|网吧|车行|农场|林场|运输队|养殖场)|(?:有限责任|股份有限|有限|股份)?公司|集团|商行|经营部|服务部|门市部|加工部|维修部|合作社|事务所|工作室|中心|商店|超市|店|厂|部|社)$"
)
_TRADES = (
    "建筑工程|建筑劳务|建筑|建设工程|工程建设|客货运输|客运|货运代理|货运|运输|物流|供应链管理|商贸|贸易|科技|农业科技|生物科技|信息技术|技术|食品|餐饮管理|餐饮"
    "|服饰|服装|纺织|建材|装饰|装修|咨询|百货|日用品|五金|机械|电子商务|电子|实业|投资|置业|房地产开发|房地产|物业服务|物业|环保|园林绿化|园林|市政|管理|文化传媒|传媒|文化|服务|广告|家具|汽车|新材料|材料|化工|医药|酒店|旅游|发展|产业"
)


def _forms(kind: str, value: str) -> Iterator[tuple[str, str]]:
    """A known value as it stands, and as people shorten it."""
    yield value, f"{'本案或本市的' if kind in (PLACE, UNIT) else '本案的'}{kind}"
    if kind == FIRM:
        core = _SUFFIX.sub("", value)
        head = re.sub(rf"(?:{_TRADES})+$", "", core)
        for short in (core, head):
            if short != value and len(short) >= 4:
                yield short, "本案企业的简称"
        brand = _REGION.sub("", head)
        if 2 <= len(brand) < len(head):
            yield brand, "本案企业的字号"
            # With its trade, without the place.
            place = len(head) - len(brand)
            yield from ((core[place:], "本案企业的简称"), (value[place:], "本案企业的简称"))
    if kind == PERSON and len(value) == 3:
        yield value[1:], _GIVEN


def _patterns(text: str, bare: Spelt) -> Iterator[Leftover]:
    for kind, pattern, why in _compiled():
        for match in pattern.finditer(bare.text):
            start, end = match.span(pattern.groups)
            if kind in _LONG:
                start += _led(bare.text[start:end], kind)
                if _nobodys(bare.text[start:end], kind):
                    continue
            if kind == DOCUMENT and re.search("[发函]$", match[0].partition("〔")[0]):
                continue
            yield _at(text, bare, start, end, kind, why)


def _led(found: str, kind: str) -> int:
    """How much of it belongs to the sentence before."""
    if kind == DOCUMENT:
        stem = re.split("[〔【(（\\[]", found, maxsplit=1)[0]
    else:
        stem = found[: -len(_kind_of_firm(found))] if kind == FIRM else found[:-1]
    lead = {FIRM: _LEAD, PLACE: _LEAD_PLACE, DOCUMENT: _LEAD_DOCUMENT}[kind].match(stem)
    return lead.end() if lead else 0


def _nobodys(found: str, kind: str) -> bool:
    """Whether it names none in particular."""
    if kind == PLACE:
        return _FREE.search(found) is not None or _COMMON.fullmatch(found[:-1]) is not None
    if kind == DOCUMENT:
        return False
    stem = found[: -len(_kind_of_firm(found))]
    return len(stem) < 2 or _GENERIC.search(stem) is not None


def _kind_of_firm(found: str) -> str:
    return next(kind for kind in _firms() if found.endswith(kind))


@lru_cache(maxsize=1)
def _firms() -> list[str]:
    return sorted(lists()["firms"].split(), key=len, reverse=True)


# As they are written: with a dot between, or in Latin letters.
_SOUNDS = "阿艾买麦热古吐伊依玉努沙萨帕肉司穆木哈加巴卡尼斯拉多扎次旺格桑仁丹央提江尔丽逊"
_FOREIGN = re.compile(
    rf"[{_HAN}]{{0,6}}[{_SOUNDS}][{_HAN}]{{0,6}}[·•・‧][{_HAN}]{{0,6}}[{_SOUNDS}][{_HAN}]{{0,6}}"
    r"|(?<![A-Za-z])(?:[A-Z][a-z]{2,} [A-Z][a-z]{2,}|[A-Z]{3,} [A-Z]{3,})(?![A-Za-z])"
)


def _names(text: str, bare: Spelt) -> Iterator[Leftover]:
    for found in _FOREIGN.finditer(text):
        yield Leftover(found.start(), found.end(), found[0], PERSON, "带间隔号的或外文的姓名")
    for one in names(bare.text):
        yield _at(text, bare, one.start, one.end, PERSON, one.why)


def _apart(found: Iterable[Leftover]) -> list[Leftover]:
    """Of what overlaps the known first, then the longest, then as KINDS has it."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    ranked = sorted(
        found, key=lambda one: (not one.known or one.why == _GIVEN, one.start - one.end, order[one.kind], one.start)
    )
    taken: list[Leftover] = []
    for one in ranked:
        over = [other for other in taken if one.start < other.end and other.start < one.end]
        if not over:
            taken.append(one)
        elif one.kind in _LONG:
            taken += [part for part in _rest(one, over) if _enough(part)]
    return sorted(taken, key=lambda one: one.start)


# Of these the rest is told when a part has been told already.
_LONG = (FIRM, PLACE, DOCUMENT)


def _rest(one: Leftover, over: list[Leftover]) -> Iterator[Leftover]:
    place = one.start
    for other in [*sorted(over, key=lambda other: other.start), None]:
        end = one.end if other is None else min(other.start, one.end)
        if end - place >= 2:
            yield replace(one, start=place, end=end, text=one.text[place - one.start : end - one.start])
        place = max(place, one.end if other is None else other.end)


def _enough(part: Leftover) -> bool:
    """Whether the rest still tells something, and is not the word before what was told."""
    if part.kind == DOCUMENT:
        return any(sign.isdigit() for sign in part.text)
    return spelt(part.text).text not in _BEFORE_PLACE
