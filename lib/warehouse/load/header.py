"""Headings of a file, matched to the columns of a dataset."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from lib.catalog import COMMON, Dataset, Field, load_catalog

# Columns of an exported quarantine: told apart from data when the mended file comes back.
REASON_COLUMNS = ("隔离原因", "隔离列", "原文件", "原工作表", "原行号")
REFERENCE_COLUMN = "隔离编号"
# Written by the loader itself, so never taken from a file, unless the dataset has such a column of its own.
# Put behind the heading of an amount whose unit nobody has confirmed yet, in rows that wait.
PENDING = "单位待确认"
_WRITTEN = ("source_system", "source_pk", "batch_id", "ingested_at")

_BRACKETED = re.compile(r"[(\[【〔{<《][^)\]】〕}>》]*[)\]】〕}>》]")
_NUMBERED = re.compile(r"^[\s*★●■◆#]*(?:[(]?\d{1,3}[)、．.:]|[一二三四五六七八九十]{1,3}、)?[\s*★]*")
_FACTORS = {
    "亿元": 100_000_000, "亿": 100_000_000, "千万元": 10_000_000, "百万元": 1_000_000, "十万元": 100_000,
    "万元": 10_000, "万": 10_000, "千元": 1_000, "仟元": 1_000, "百元": 100, "佰元": 100, "元": 1, "圆": 1,
    "萬元": 10_000, "万圆": 10_000, "萬圆": 10_000, "萬": 10_000, "亿圆": 100_000_000, "千圆": 1_000, "百圆": 100,
    "仟圆": 1_000, "十元": 10, "拾元": 10,
}  # fmt: skip
_UNIT = f"((?<![十百千万萬亿拾仟佰余多几元圆\\d])(?:{'|'.join(sorted(_FACTORS, key=len, reverse=True))}))"
# In brackets behind an amount: what counts it, but nobody can say how.
_COUNTING = re.compile(
    r"(?:单位[:：])?\d*[kKwW]|\d+[十百千万亿]+[元圆]?|\d+[元圆]|10+|[%‰]|[十百千万萬亿拾仟佰几余多]+[元圆]?|[元圆角分]+"
)
_RMB = "(?:人民币|RMB|CNY)?"
# At the end of a heading without its punctuation, or alone in brackets.
_MONEY = re.compile(rf"(?:单位)?{_RMB}{_UNIT}{_RMB}$", re.IGNORECASE)
_MONEY_ALONE = re.compile(rf"(?:金额)?(?:单位)?[::]?{_RMB}{_UNIT}{_RMB}整?", re.IGNORECASE)
_FOREIGN = re.compile(
    r"美元|美金|欧元|英镑|港元|港币|日元|日圆|澳元|加元|韩元|卢布|法郎|台币|外币|(?<![A-Z])(?:USD|EUR|GBP|HKD|JPY|US\$)(?![A-Z])|[$€£]",
    re.IGNORECASE,
)
# What may stand in brackets without changing what a column means.
_HARMLESS = re.compile(
    r"[\s*]*(?:单位$|金额$|人民币$|保留|必填|选填|可空|非必填|文本|数字|字符|日期|时间|格式|年月日|脱敏|代码|编码|编号|名称|全称|简称|如|例|见|参考|不超过|最长"
    r"|统一社会信用代码|[0-9A-Za-z_\-/.:： ]+$|\d+位|是.?否|[YN]/[YN]).*",
    re.IGNORECASE,
)
_NEVER = re.compile(r"(?!)")
# Other units of a count, by what the catalog counts it in: a column in one of them is not taken.
_OTHER_UNITS = {"天": ("月", "年", "小时", "周", "分钟"), "公里": ("米", "里", "英里", "海里"), "分": ("%", "等级")}


def plain(heading: str) -> str:
    """A heading without case, width, white space and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading).casefold())


def _narrow(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading)


def _unbracketed(heading: str) -> str:
    return plain(_BRACKETED.sub("", _narrow(heading)))


def money_unit(text: str) -> str | None:
    """The unit of money that a text is and nothing else: （万元）, 单位：元."""
    match = _MONEY_ALONE.fullmatch(re.sub(r"[\s()\[\]【】〔〕<>《》]", "", _narrow(text)))
    return match[1] if match else None


def _unit(heading: str) -> str | None:
    """The unit of money that a heading names: 罚款金额（万元）, 罚款金额_元, 罚款金额/万."""
    inside = [unit for part in _in_brackets(heading) if (unit := money_unit(part)) is not None]
    if inside:
        return inside[0] if len({unit_factor(unit) for unit in inside}) == 1 else None
    if _is_unclear(heading):
        return None
    match = _MONEY.search(plain(heading))
    return match[1] if match else None


def bracketed(heading: str) -> str:
    """What the brackets of a heading hold, as one text."""
    return "、".join(_in_brackets(heading))


def _in_brackets(heading: str) -> list[str]:
    """What brackets hold, part by part: （含没收，万元）."""
    held = [text[1:-1] for text in _BRACKETED.findall(_narrow(heading))]
    return [part.strip() for text in held for part in re.split(r"[,，、;；/]|(?<=[^:：]) ", text) if part.strip()]


def _is_unclear(heading: str) -> bool:
    """Whether brackets count an amount in two units, or in one that is not known: （万元/元）, （K）, （%）."""
    units, others = set[int](), list[str]()
    for part in _in_brackets(heading):
        unit = money_unit(part)
        if unit is not None:
            units.add(unit_factor(unit))
        else:
            others.append(re.sub(r"^单位[:：]?|人民币", "", part))
    return len(units) > 1 or any(_COUNTING.fullmatch(part) for part in others)


def names_unit(heading: str) -> bool:
    """Whether a heading counts its amounts in something else than 元, as far as that can be told."""
    unit = _unit(heading)
    return (unit is not None and unit_factor(unit) != 1) or (unit is None and _is_unclear(heading))


def unit_factor(unit: str) -> int:
    """How many 元 a unit of money counts."""
    return _FACTORS[unit]


def is_foreign(text: str) -> bool:
    """Whether a heading names another currency."""
    return _FOREIGN.search(_narrow(text)) is not None


@dataclass(frozen=True)
class Column:
    """Where a field stands in the file, how much a bare number in it counts, in 元, the unit of money that its heading
    names, what in its brackets may change its meaning, other columns of the same heading, the order of day, month and
    year (ymd, dmy, mdy) where a person has confirmed one, and whether the heading leaves out a unit that it needs."""

    index: int
    heading: str
    factor: int
    unit: str | None = None
    qualifier: str = ""
    twins: tuple[int, ...] = ()
    style: str = ""
    unsure: bool = False


@dataclass
class Mapping:
    """Headings of a file as columns of `dataset`; `headings` are all of them as they stand in the file."""

    dataset: Dataset
    columns: dict[str, Column] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    reference: int | None = None
    headings: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[Field]:
        """Required columns that the file does not have."""
        return [f for f in self.dataset.fields if f.required and f.name not in self.columns]

    @property
    def source(self) -> str:
        """What tells deliveries of one source: the dataset and its headings, in any order, units of money apart."""
        bare = sorted({_MONEY.sub("", _unbracketed(h)) or plain(h) for h in self.headings if _is_of_source(h)})
        return f"{self.dataset.name}/{hashlib.sha256('|'.join(bare).encode()).hexdigest()[:12]}"


def _is_of_source(heading: str) -> bool:
    return bool(plain(heading)) and plain(heading) not in map(plain, (*REASON_COLUMNS, REFERENCE_COLUMN))


def loadable(dataset: Dataset) -> tuple[Field, ...]:
    """The fields a file may give: the dataset's own and, of the common ones, area, version and void mark."""
    own = {f.name for f in dataset.fields}
    return tuple(f for f in dataset.all_fields if f.name in own or f.name not in _WRITTEN)


@cache
def _index(dataset: Dataset) -> dict[str, Field]:
    index: dict[str, Field] = {}
    fields = loadable(dataset)
    for spell in (lambda f: (f.name,), lambda f: (f.title,), lambda f: f.aliases):
        for f in fields:
            for heading in spell(f):
                index.setdefault(plain(heading), f)
    for f in fields:
        for heading in (f.title, *f.aliases):
            # 罚款金额（万元） may not shrink to 罚款金额: without its unit a number could be 元 as well.
            if _unit(heading) is None:
                index.setdefault(_unbracketed(heading), f)
    return index


@cache
def _bare_money(dataset: Dataset) -> dict[str, Field]:
    """Money columns by their heading without the unit; good only for headings that name one."""
    money: dict[str, Field] = {}
    for f in dataset.fields:
        if f.duckdb_type.startswith("DECIMAL"):
            for heading in (f.name, f.title, *f.aliases):
                bare = _unbracketed(heading)
                money.setdefault(_MONEY.sub("", bare) if bare == plain(heading) else bare, f)
    return money


def _find(heading: str, dataset: Dataset) -> tuple[Field, int] | None:
    """The field of a heading and how loosely it was found: 0 as it stands, 1 but for its unit, 2 but for brackets."""
    index = _index(dataset)
    for spelt in dict.fromkeys((heading, _NUMBERED.sub("", _narrow(heading)))):
        if (found := index.get(plain(spelt))) is not None:
            return found, 0
    if _unit(spelt) is not None:
        for bare in (_MONEY.sub("", _unbracketed(spelt)), _unbracketed(spelt), _MONEY.sub("", plain(spelt))):
            if (found := _bare_money(dataset).get(bare)) is not None:
                return found, 1
        return None
    found = index.get(_unbracketed(spelt)) or _bare_money(dataset).get(_unbracketed(spelt))
    return (found, 2) if found is not None else None


def with_unit(heading: str, unit: str) -> str:
    """A heading that names a unit, in the place of any other brackets."""
    return f"{_MONEY.sub('', _BRACKETED.sub('', _narrow(heading)))}（{unit}）"


def _qualifier(heading: str) -> str:
    """What stands in brackets and may change what the column means: 罚款金额（已缴）."""
    inside = _in_brackets(heading)
    unclear = _COUNTING if _is_unclear(heading) else _NEVER
    said = [text for text in inside if not _HARMLESS.fullmatch(text) and money_unit(text) is None]
    return "、".join(text for text in said if not unclear.fullmatch(text))


def _factor(unit: str | None, f: Field) -> int:
    return _FACTORS[unit or f.import_unit or (f.unit if f.unit in _FACTORS else "元")]


def _other_unit(heading: str, f: Field) -> str | None:
    """A unit in brackets that is not the one the column counts in."""
    others = _OTHER_UNITS.get(f.unit or "", ())
    inside = [text[1:-1].strip() for text in _BRACKETED.findall(_narrow(heading))]
    return next((text for text in inside if text.removeprefix("单位").lstrip(":") in others), None)


def _unnumbered(headings: list[str]) -> list[str]:
    """Headings without the number that an export gives to one that stands twice: 罚款金额_2."""
    found = [(heading, re.fullmatch(r"(.+)_\d+", heading)) for heading in headings]
    return [match[1] if match and match[1] in headings else heading for heading, match in found]


def map_headings(headings: list[str], dataset: Dataset) -> Mapping:
    """Which field each heading means. Of several for one field the one that needs the least reading counts wherever it
    stands, and of equal ones the first; the others are ignored and said."""
    headings = _unnumbered(headings)
    mapping = Mapping(dataset, headings=headings)
    written = {plain(f.name) for f in COMMON} | {plain(f.title) for f in COMMON}
    found: dict[str, list[tuple[int, int]]] = {}
    unknown: dict[int, str] = {}
    for index, heading in enumerate(headings):
        if not _is_of_source(heading):
            if plain(heading) == plain(REFERENCE_COLUMN):
                mapping.reference = index
            continue
        match = _find(heading, dataset)
        if match is None:
            if plain(heading) not in written:
                unknown[index] = heading + ("（外币，不能按元计）" if is_foreign(heading) else "")
        elif match[0].duckdb_type.startswith("DECIMAL") and is_foreign(heading):
            unknown[index] = f"{heading}（外币，不能按元计）"
        elif (other := _other_unit(heading, match[0])) is not None:
            unknown[index] = f"{heading}（单位是{other}，应为{match[0].unit}）"
        else:
            found.setdefault(match[0].name, []).append((match[1], index))
    for name, places in found.items():
        rank, first = min(places)
        is_money = dataset[name].duckdb_type.startswith("DECIMAL")
        unit = _unit(headings[first]) if is_money else None
        unclear = is_money and unit is None and _is_unclear(headings[first])
        twins = tuple(index for other, index in places if other == rank and index != first)
        mapping.columns[name] = Column(
            first,
            headings[first],
            _factor(unit, dataset[name]),
            unit,
            _qualifier(headings[first]) if rank or PENDING in headings[first] else "",
            twins,
            unsure=unclear or (rank == 2 and dataset[name].import_unit is not None),
        )
        for _, index in places:
            if index != first:
                unknown[index] = f"{headings[index]}（与“{headings[first]}”重复）"
    mapping.columns = dict(sorted(mapping.columns.items(), key=lambda item: item[1].index))
    mapping.ignored = [unknown[index] for index in sorted(unknown)]
    return mapping


@cache
def known_headings() -> frozenset[str]:
    """Every heading that any dataset knows, in plain spelling."""
    known = {plain(heading) for heading in (*REASON_COLUMNS, REFERENCE_COLUMN)}
    for dataset in load_catalog().values():
        known |= set(_index(dataset)) | set(_bare_money(dataset))
    return frozenset(known)


def _is_known(cell: str) -> bool:
    known = known_headings()
    spelt = _NUMBERED.sub("", _narrow(cell))
    return any(
        heading in known
        for heading in (plain(cell), plain(spelt), _unbracketed(spelt), _MONEY.sub("", _unbracketed(spelt)))
    )


def score(cells: list[str]) -> int:
    """How many of the cells are headings that the catalog knows."""
    return sum(1 for cell in cells if plain(cell) and _is_known(cell))


def find_header(rows: list[list[str]]) -> int | None:
    """Index of the heading row among the first rows of a table: the one with most known headings, else the
    first with two or more filled cells; None when there is none."""
    scores = [score(row) for row in rows]
    if scores and max(scores) > 0:
        return scores.index(max(scores))
    return next((i for i, row in enumerate(rows) if sum(1 for cell in row if cell.strip()) >= 2), None)
