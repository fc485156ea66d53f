"""What a column means before its values are read: unit, order of dates, which of two equal headings.

Where the file says two things, or too little, or its amounts lie far from what is usual, the column is in doubt: its
rows wait in quarantine until a person has answered once for that source.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import duckdb

from lib.catalog import Field
from lib.catalog.private import mask_text
from lib.warehouse.load.doubts import (
    AS_WRITTEN,
    CODE,
    DROP,
    KEEP,
    MEANING,
    REAL,
    SHIFT,
    STYLE,
    STYLES,
    TWIN,
    UNIT,
    UNITS,
    UNREAL,
    UTC,
    Answers,
    Doubt,
)
from lib.warehouse.load.header import PENDING, Column, Mapping, bracketed, loadable, unit_factor
from lib.warehouse.load.quarantine import kept
from lib.warehouse.load.reading import is_moment, is_money
from lib.warehouse.load.sheet import Sheet
from lib.warehouse.load.units import Said

_SAMPLES = 6
_FEWEST_KNOWN = 20
_FEWEST_NEW = 3
_FAR = 2.5  # powers of ten between two medians
_MOST_CODES = 50
# Amounts that another table tells as well: column, table, its column, key.
_TOLD_BY_CASE = {"penalty_disclosure": "fine_wan", "fine_receipt": "pay_amt"}


@dataclass
class Settling:
    """Works through the columns of one table; gathers what is in doubt and what the report says."""

    con: duckdb.DuckDBPyConnection
    sheet: Sheet
    mapping: Mapping
    answers: Answers
    doubts: list[Doubt] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def _source(self) -> str:
        return self.mapping.source

    def _choice(self, name: str, kind: str, evidence: str) -> str | None:
        # Rows that come back from quarantine have lost the titles around their table.
        back = self.mapping.reference is not None
        return self.answers.choice(self._source, name, kind, None if back else evidence)

    def _ask(
        self,
        name: str,
        kind: str,
        why: str,
        belief: str,
        options: Iterable[str],
        evidence: str,
        samples: Iterable[str] | None = None,
    ) -> None:
        column = self.mapping.columns.get(name)
        heading = column.heading if column else name
        shown = self._samples(column) if samples is None and column else list(samples or ())
        self.doubts.append(
            Doubt(
                self._source, name, kind, self.mapping.dataset.name, self.mapping.dataset.title,
                mask_text(heading, facts=False), why, belief,
                tuple(options), tuple(kept(heading, sample) or "" for sample in shown), evidence, self.sheet.label,
            )
        )  # fmt: skip

    def _samples(self, column: Column) -> list[str]:
        cell = f"c{column.index}"
        sql = f"select {cell} from raw where trim({cell}) <> '' group by all order by min(row_no) limit {_SAMPLES}"
        return [text for (text,) in self.con.execute(sql).fetchall()]

    def _drop(self, name: str) -> None:
        column = self.mapping.columns.pop(name)
        self.mapping.ignored.append(f"{column.heading}（经确认不采用）")

    def columns(self, said: Said) -> None:
        """Unit, meaning and twins of every column, changed in the mapping; doubts are gathered."""
        for name, column in list(self.mapping.columns.items()):
            one = self.mapping.dataset[name]
            if column.qualifier and column.qualifier != PENDING:
                self._meaning(name, column)
            if name in self.mapping.columns and column.twins:
                self._twins(name, column)
            if name in self.mapping.columns and is_money(one):
                self._unit(name, one, said)
            if name in self.mapping.columns and is_moment(one):
                self._moments(name)

    def _meaning(self, name: str, column: Column) -> None:
        title = self.mapping.dataset[name].title
        choice = self._choice(name, MEANING, column.qualifier)
        if choice == DROP:
            self._drop(name)
        elif choice is None:
            why = f"列名里的“{column.qualifier}”可能改变含义，不一定就是“{title}”"
            self._ask(name, MEANING, why, title, (KEEP, DROP), column.qualifier)

    def _twins(self, name: str, column: Column) -> None:
        places = (column.index, *column.twins)
        others = [f"c{index}" for index in column.twins]
        differs = " or ".join(f"coalesce(trim({o}), '') <> coalesce(trim(c{column.index}), '')" for o in others)
        row = self.con.execute(f"select count(*) from raw where {differs}").fetchone()
        if not row or not row[0]:
            return
        labels = {f"第 {index + 1} 列“{self.mapping.headings[index]}”": index for index in sorted(places)}
        choice = self._choice(name, TWIN, "|".join(labels))
        if choice == DROP:
            self._drop(name)
        elif choice in labels:
            index = labels[choice]
            self.mapping.columns[name] = replace(column, index=index, heading=self.mapping.headings[index], twins=())
        else:
            title = self.mapping.dataset[name].title
            cells = ", ".join((f"c{column.index}", *others))
            sql = f"select {cells} from raw where {differs} order by row_no limit {_SAMPLES}"
            samples = [" ≠ ".join(cell or "空" for cell in cells) for cells in self.con.execute(sql).fetchall()]
            why = f"有 {len(places)} 列都是“{title}”，{row[0]} 行的内容不同"
            self._ask(name, TWIN, why, next(iter(labels)), (*labels, DROP), "|".join(labels), samples)

    def _unit(self, name: str, one: Field, said: Said) -> None:
        column = self.mapping.columns[name]
        own = ({column.unit: f"列名“{column.heading}”"} if column.unit else {}) | said.at.get(column.index, {})
        wide = said.wide
        told = own if own else wide
        factors = {unit_factor(unit) for unit in told}
        clash = {unit_factor(unit) for unit in (*own, *wide)} if own and wide and len(wide) == 1 else factors
        # What nobody can read in a heading belongs to the question: （K） is answered for （K） alone.
        evidence = ",".join(sorted({**wide, **own})) or (bracketed(column.heading) if column.unsure else "")
        self.told[name] = evidence
        choice = self._unit_answer(name)[0]
        if choice == DROP:
            self._drop(name)
        elif choice is not None:
            self.confirmed.add(name)
            self._reckon(name, choice)
            self.remarks.append(f"{column.heading}：按已确认的单位“{choice}”记")
        elif len(factors) > 1 or len(clash) > 1:
            places = "；".join(f"{where}说是{unit}" for unit, where in {**wide, **own}.items())
            self._ask(name, UNIT, f"单位说法不一：{places}", next(iter(own or wide)), (*UNITS, DROP), evidence)
        elif told and not column.unit:
            unit, where = next(iter(told.items()))
            self._reckon(name, unit)
            self.remarks.append(f"{column.heading}：按{where}以{unit}计")
        elif column.qualifier == PENDING:
            self._ask(name, UNIT, "单位还没有确认", column.unit or one.unit or "元", (*UNITS, DROP), PENDING)
        elif column.unsure and not told:
            unread = f"看不懂列名里的单位“{evidence}”" if evidence else "列名没有写单位"
            self._ask(name, UNIT, f"{unread}，可能是元也可能是万元", "万元", (*UNITS, DROP), evidence)

    def _unit_answer(self, name: str) -> tuple[str | None, str]:
        """The unit that was chosen for what the file says, and which way its amounts were off when it was."""
        back = self.mapping.reference is not None
        answer = self.answers.latest(self._source, name, UNIT)
        if answer is None:
            return None, ""
        told, _, size = answer.doubt.evidence.partition("|")
        return (answer.choice, size) if back or told == self.told[name] else (None, "")

    def _reckon(self, name: str, unit: str) -> None:
        """Count a column in a unit that its heading does not name; the heading is kept with the unit, so that a row
        exported from quarantine says it as well."""
        column = self.mapping.columns[name]
        self.mapping.columns[name] = replace(column, factor=unit_factor(unit), unsure=False)
        self.sheet.units[column.index] = unit

    def _moments(self, name: str) -> None:
        column = self.mapping.columns[name]
        style = self._choice(name, STYLE, "")
        if style == DROP:
            return self._drop(name)
        if style is not None:
            self.mapping.columns[name] = replace(column, style=STYLES[style])
            return None
        cell = f"trim(c{column.index})"
        sql = f"""
            select count(*), count_if(regexp_matches({cell}, '\\d[T ]16:00(:00(\\.0+)?)?[\\s\\x{{3000}}]*$')) from raw
            where regexp_matches({cell}, '\\d{{4}}')
        """
        filled, late = self.con.execute(sql).fetchall()[0]
        # A day needs no hour; a moment may well be four o'clock.
        is_day = self.mapping.dataset[name].type == "date"
        if not late or late < (0.5 if is_day else 0.9) * filled or (filled < _FEWEST_NEW and not is_day):
            return None
        choice = self._choice(name, SHIFT, "16:00")
        if choice == DROP:
            self._drop(name)
        elif choice == UTC:
            self.mapping.columns[name] = replace(column, style="utc")
        elif choice is None:
            why = "多数是 16:00:00，像是北京时间零点被写成了 UTC，日期会差一天"
            self._ask(name, SHIFT, why, UTC, (UTC, AS_WRITTEN, DROP), "16:00")
        return None

    def amounts(self, odd: list[int]) -> None:
        """Doubts by size, over `typed`; issues for the rows that wait, this way or another."""
        names = [f.name for f in loadable(self.mapping.dataset)]
        asked = {doubt.field for doubt in self.doubts if doubt.kind == UNIT}
        for name, column in self.mapping.columns.items():
            one = self.mapping.dataset[name]
            if not is_money(one):
                continue
            place = names.index(name)
            self._bare(place, name, column, place in odd)
            self._against_known(place, name)
            if name == _TOLD_BY_CASE.get(self.mapping.dataset.name):
                self._against_case(place, name)
            if name not in asked:
                self._size(place, name, one)
        for early, late in self.mapping.dataset.time_order:
            if early in self.mapping.columns and late in self.mapping.columns:
                self._shifted(names.index(late), early, late)
        self._styles(odd, names)
        self._wait(names)
        self._codes(odd, names)

    def _bare(self, place: int, name: str, column: Column, is_odd: bool) -> None:
        """bare: rows whose amount stands without a unit of its own, in 元."""
        scale = 10_000 if name.endswith("_wan") else 1
        reading = f"left join reading_{place} as reading on raw.c{column.index} = reading.raw" if is_odd else ""
        alone = "where reading.raw is null or reading.mark = 'bare'" if is_odd else ""
        self.con.execute(f"""
            create or replace temp table bare_{place} as
            select row_no, yuan from (
                select row_no, cast("{name}" as double) * {scale} as yuan from typed where "{name}" > 0
            ) semi join (select raw.row_no from raw {reading} {alone}) using (row_no)
        """)
        if is_odd:
            # What is no amount to the fen may be one in another unit.
            self.con.execute(f"""
                insert into bare_{place}
                select raw.row_no, try_cast(replace(load_numeral(reading.raw), ',', '') as double) * {column.factor}
                from raw {reading}
                where raw.fault is null and reading.fault = 'fraction' and reading.value is null
                    and reading.mark = 'bare'
            """)

    def _size(self, place: int, name: str, one: Field) -> None:
        scale = 10_000 if name.endswith("_wan") else 1
        # Rows that another table contradicts tell nothing of the others.
        sizes = f"select count(*), median(yuan) from bare_{place}"
        apart = "anti join (select row_no from issue where place = $place and kind like 'unlike%') using (row_no)"
        count, middle = self.con.execute(f"{sizes} {apart}", {"place": place}).fetchall()[0]
        if not count:
            count, middle = self.con.execute(sizes).fetchall()[0]
        if not count or one.usual is None:
            return
        low, high = one.usual
        known, own = self.con.execute(
            f'select count(*), median("{name}") * {scale} from "{self.mapping.dataset.name}" where "{name}" > 0'
        ).fetchall()[0]
        far = known >= _FEWEST_KNOWN and count >= _FEWEST_NEW
        ratio = middle / float(own) if far else 1.0
        small = middle < low or ratio < 10**-_FAR
        if small or middle > high or ratio > 10**_FAR:
            belief = "万元" if small else "元"
            usual = f"库中已有的一般是 {_money(own)}" if far else f"一般在 {_money(low)} 到 {_money(high)} 之间"
            why = f"按现在的单位，一半的金额{'不到' if small else '超过'} {_money(middle)}，{usual}，单位像是{belief}"
            size = "small" if small else "large"
            choice, then = self._unit_answer(name)
            if choice is None or then != size or unit_factor(choice) != self.mapping.columns[name].factor:
                self._ask(name, UNIT, why, belief, (*UNITS, DROP), f"{self.told[name]}|{size}")
            return
        if name in self.confirmed:
            return
        self.con.execute(
            f"insert into issue select row_no, $place, 'size', yuan::bigint::varchar from bare_{place} "
            "where yuan < $low or yuan > $high",
            {"place": place, "low": low / 5, "high": high * 20},
        )

    def _against_known(self, place: int, name: str) -> None:
        """Amounts ten thousand times what the warehouse holds for the same key, or a ten-thousandth."""
        dataset = self.mapping.dataset
        if any(key not in self.mapping.columns for key in dataset.primary_key):
            return
        key = ", ".join(f'"{column}"' for column in dataset.primary_key)
        self.con.execute(
            f"""
            insert into issue
            with both_ as (
                select typed.row_no, cast(typed."{name}" as double) as coming, cast(live."{name}" as double) as known
                from typed join "{dataset.name}" as live using ({key}) where typed."{name}" > 0 and live."{name}" > 0
            )
            select row_no, $place, 'unlike_known', known::varchar from both_
            where coming / known between 9950 and 10050 or known / coming between 9950 and 10050
            """,
            {"place": place},
        )

    def _against_case(self, place: int, name: str) -> None:
        """Amounts that cannot be the fine of their case: off by a thousand times, or for one of several receipts by
        ten thousand exactly."""
        scale = 10_000 if name.endswith("_wan") else 1
        off = "yuan / fine >= 1000 or fine / yuan >= 1000"
        if self.mapping.dataset.name == "fine_receipt":
            off = "yuan / fine >= 1000 or fine / yuan between 9950 and 10050"
        self.con.execute(
            f"""
            insert into issue
            with both_ as (
                select typed.row_no, cast(typed."{name}" as double) * {scale} as yuan,
                    cast(penalty_case.fine_amt as double) as fine
                from typed join penalty_case using (case_id) where typed."{name}" > 0 and penalty_case.fine_amt > 0
            )
            select row_no, $place, 'unlike_case', fine::varchar || '|' || yuan::varchar from both_ where {off}
            """,
            {"place": place},
        )

    def _shifted(self, place: int, early: str, late: str) -> None:
        """Whether a column lies a day or up to eight hours before one that it must follow, row after row: then its
        other rows are shifted as well, and nothing in them shows it."""
        dataset = self.mapping.dataset
        gap = f'typed."{early}"::timestamp - typed."{late}"::timestamp'
        near = f"{gap} <= interval 8 hours"
        if dataset[early].type == dataset[late].type == "date":
            near = f"{gap} = interval 1 day"
        sql = f"""
            select count_if({near}), count(*), (select count(*) from typed where "{late}" is not null)
            from typed semi join (select row_no from issue where place = $place and kind = 'disorder') using (row_no)
        """
        shifted, disordered, rows = self.con.execute(sql, {"place": place}).fetchall()[0]
        if not shifted or shifted < _FEWEST_NEW or shifted < 0.8 * disordered or shifted < 0.05 * rows:
            return
        if self._choice(late, SHIFT, early) is None:
            why = (
                f"{shifted} 行的“{dataset[late].title}”恰好比“{dataset[early].title}”早一点（一天或几小时），"
                "像是时区换算错了，整列可能都偏了"
            )
            self._ask(late, SHIFT, why, "整列偏了，请从来源重新导出", (AS_WRITTEN, DROP), early)

    def _styles(self, odd: list[int], names: list[str]) -> None:
        """A question for each column that has dates of open order."""
        for place in odd:
            name = names[place]
            if name not in self.mapping.columns or not is_moment(self.mapping.dataset[name]):
                continue
            sql = f"select raw from reading_{place} where fault = 'style' and is_present and value is null"
            texts = [text for (text,) in self.con.execute(f"{sql} order by raw limit 1000").fetchall()]
            if texts:
                options, belief = _orders(texts)
                why = "年、月、日的次序没有写明，同一串数字可以是两个日期"
                self._ask(name, STYLE, why, belief, (*options, DROP), "", texts[:_SAMPLES])

    def _wait(self, names: list[str]) -> None:
        """Issues for the rows of the columns in doubt; amounts with a unit of their own do not wait for one."""
        for doubt in self.doubts:
            if doubt.kind in (STYLE, CODE):
                continue
            place = names.index(doubt.field)
            if doubt.kind == UNIT:
                self.sheet.units[self.mapping.columns[doubt.field].index] = PENDING
            rows = f"bare_{place}" if doubt.kind == UNIT else f'typed where "{doubt.field}" is not null'
            why = f"{doubt.kind}存疑。{doubt.why}；请在数据页确认一次（编号 {doubt.number}），确认后自动入库"
            if doubt.kind == UNIT:
                fractions = f"place = $place and kind = 'fraction' and row_no in (select row_no from bare_{place})"
                self.con.execute(f"delete from issue where {fractions}", {"place": place})
            sql = f"insert into issue select row_no, $place, 'doubt', $why from {rows}"
            self.con.execute(sql, {"place": place, "why": why})

    def _codes(self, odd: list[int], names: list[str]) -> None:
        """A question for each credit code whose check character does not agree."""
        for place in odd:
            name = names[place]
            if name not in self.mapping.columns:
                continue
            sql = f"""
                select upper(load_code(raw)) from reading_{place}
                where fault = 'check_digit' and is_present and value is null limit {_MOST_CODES}
            """
            for (code,) in self.con.execute(sql).fetchall():
                why = "校验位不符：多半是抄错了一位，个别早年的代码确实如此"
                heading = self.mapping.columns[name].heading
                self.doubts.append(
                    Doubt("code", code, CODE, self.mapping.dataset.name, self.mapping.dataset.title, heading, why,
                          UNREAL, (REAL, UNREAL), (code,), "", self.sheet.label)
                )  # fmt: skip


def _money(yuan: float) -> str:
    return f"{yuan / 10_000:,.6g} 万元" if yuan >= 10_000 else f"{yuan:,.6g} 元"


def _orders(texts: list[str]) -> tuple[list[str], str]:
    """The orders that the texts allow, and the likeliest."""
    parts = [re.findall(r"\d+", text)[:3] for text in texts]
    options = [order for order in STYLES if order != "年/月/日" or any(len(part[-1]) < 3 for part in parts)]
    if any(int(part[1]) > 12 for part in parts):
        return options, "月/日/年"
    if any(int(part[0]) > 12 for part in parts) and "年/月/日" not in options:
        return options, "日/月/年"
    return options, options[0]
