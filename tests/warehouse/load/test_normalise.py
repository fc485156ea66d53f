"""Every spelling of a value reads back as that value; anything else is no value."""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lib.catalog import Field
from lib.warehouse.load.reading import clean, is_clean, parts, present, tidy, value
from lib.warehouse.load.typed import create_macros
from tests.warehouse.load.messy import hashed, uscc

DAY = Field("decision_date", "决定日期", "date")
MOMENT = Field("event_at", "发生时间", "datetime")
AMOUNT = Field("fine_amt", "罚款金额", "number", unit="元")
WAN = Field("fine_wan", "罚款金额（万元）", "number", unit="万元", import_unit="万元")
COUNT = Field("extension_cnt", "延期天数", "integer", unit="天")
SCORE = Field("score", "得分", "number")
FLAG = Field("is_offsite", "非现场执法", "boolean")
KINDS = Field("penalty_types", "处罚种类", "array", enum=("警告", "罚款", "没收违法所得"))
GRADE = Field("risk_type", "风险等级", "string", enum=("A", "B", "C", "D"))
CODE = Field("case_id", "案件编号", "string")
WORDS = Field("place_text", "地点", "string")
PARTY = Field("party_id", "当事人", "string")
FIRM = Field("uscc", "统一社会信用代码", "string", check="uscc")
DOCUMENT = Field("doc_no", "文号", "string")

BAD = object()

_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
_moments = st.datetimes(datetime(1970, 1, 1), datetime(2090, 12, 31)).map(lambda at: at.replace(microsecond=0))
_cents = st.integers(0, 99_999_999_999)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_macros(connection)
        yield connection


def read_all(con: duckdb.DuckDBPyConnection, field: Field, texts: list[str], factor: int | None = None) -> list[Any]:
    """What cells become: the value, None where one says that there is nothing, BAD where it cannot be read."""
    factor = factor if factor is not None else (10_000 if field is WAN else 1)
    quick = f"coalesce({is_clean(field, 'raw', factor)}, false)"
    rows = con.execute(
        f"""
        with cell as materialized (select unnest($texts::varchar[]) as raw, unnest(range(len($texts))) as n),
        tidied as materialized (select n, raw, {tidy(field, "raw")} as t from cell),
        shown as materialized (select n, raw, {present(field, "t")} as t from tidied),
        taken as materialized (select n, raw, t, {parts(field, "t")} as p from shown)
        select raw, t is not null, {value(field, "t", "p", factor)}, {quick},
            case when {quick} then {clean(field, "raw", factor)} end
        from taken order by n
        """,
        {"texts": texts},
    ).fetchall()
    for text, is_present, slow, is_quick, fast in rows:
        if is_quick and text:
            # Both ways of reading must agree, or a value would depend on what else is in its column.
            assert fast is not None and fast == slow and is_present, (field.name, text, fast, slow)
    return [None if not is_present else BAD if slow is None else slow for _, is_present, slow, _, _ in rows]


def read(con: duckdb.DuckDBPyConnection, field: Field, text: str, factor: int | None = None) -> Any:
    return read_all(con, field, [text], factor)[0]


@settings(deadline=None, max_examples=40)
@given(day=_days, spaces=st.sampled_from(["", " ", "　", "\u200b", "\xa0"]), data=st.data())
def test_every_spelling_of_a_day(con: duckdb.DuckDBPyConnection, day: date, spaces: str, data: st.DataObject) -> None:
    y, m, d = day.year, day.month, day.day
    spelt = data.draw(st.sampled_from([
        f"{y}-{m:02}-{d:02}", f"{y}-{m}-{d}", f"{y}/{m}/{d}", f"{y}/{m:02}/{d:02}", f"{y}.{m}.{d}", f"{y}{m:02}{d:02}",
        f"{y}年{m}月{d}日", f"{y}年{m:02}月{d:02}日", f"{y} 年 {m} 月 {d} 日", f"{y}年{m}月{d}号",
        f"{y}-{m:02}-{d:02} 00:00:00", f"{y}-{m:02}-{d:02}T00:00:00+08:00", f"{y}/{m}/{d} 0:00",
    ]))  # fmt: skip
    wide = data.draw(st.booleans())
    text = spaces + (spelt.translate(_WIDE) if wide else spelt) + spaces
    assert read(con, DAY, text) == day
    assert read(con, MOMENT, text) == datetime(y, m, d)


@settings(deadline=None, max_examples=40)
@given(day=st.dates(date(1990, 5, 7), date(2050, 1, 1)))
def test_the_day_count_of_a_spreadsheet(con: duckdb.DuckDBPyConnection, day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read(con, DAY, str(serial)) == day
    assert read(con, MOMENT, f"{serial}.75") == datetime(day.year, day.month, day.day, 18)


@settings(deadline=None, max_examples=40)
@given(at=_moments, minutes=st.integers(-12 * 60, 14 * 60), data=st.data())
def test_every_spelling_of_a_moment(
    con: duckdb.DuckDBPyConnection, at: datetime, minutes: int, data: st.DataObject
) -> None:
    zone = timezone(timedelta(minutes=minutes))
    there = at.replace(tzinfo=timezone(timedelta(hours=8))).astimezone(zone)
    utc = at - timedelta(hours=8)
    spelt = data.draw(st.sampled_from([
        at.isoformat(), at.isoformat(sep=" "), f"{at:%Y/%m/%d %H:%M:%S}", f"{at:%Y%m%d%H%M%S}",
        f"{at:%Y-%m-%dT%H:%M:%S.000}",
        f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02}:{at.second:02}",
        f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute}分{at.second}秒",
        utc.isoformat() + "Z", utc.isoformat(sep=" ") + "+00:00", f"{utc:%Y%m%dT%H%M%SZ}", utc.isoformat() + ".000Z",
        there.isoformat(), f"{there:%Y-%m-%d %H:%M:%S%z}", at.isoformat() + "+08",
    ]))  # fmt: skip
    assert read(con, MOMENT, spelt) == at
    assert read(con, DAY, spelt) == at.date()


@pytest.mark.parametrize(
    "text",
    ["2022-02-30", "2022-13-01", "2022-00-10", "25/9/2022", "9/25/2022", "22-9-25", "2022-09", "2022年9月", "2022",
     "2022-09-25 25:00:00", "2022-09-25 10:61:00", "2022-9/25", "2022-09-25 BC", "infinity", "epoch", "today", "昨天",
     "0022-09-25", "3022-09-25", "2022-09-25 10:00:00+99:00", "2022-09-25x", "1", "-44829", "123456", "2022-9-2510:00"],
)  # fmt: skip
def test_what_is_no_day_is_refused(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(con, DAY, text) is BAD
    assert read(con, MOMENT, text) is BAD


@settings(deadline=None, max_examples=40)
@given(cents=_cents, sign=st.sampled_from(["", "-"]), data=st.data())
def test_every_spelling_of_an_amount(
    con: duckdb.DuckDBPyConnection, cents: int, sign: str, data: st.DataObject
) -> None:
    amount = Decimal(cents) / 100
    spelt = data.draw(st.sampled_from([
        f"{amount:.2f}", f"{amount:,.2f}", f"{amount:.2f}元", f"{amount:,.2f} 元", f"{amount / 10000:.6f}万元",
        f"{amount / 10000:,.6f}万", f"{amount / 10000:.6f} 万元", f"{amount / 1000:.5f}千元", f"{amount:.4f}",
    ]))  # fmt: skip
    text = sign + spelt
    text = data.draw(st.sampled_from([text, text.translate(_WIDE), f" {text}\u200b", text.replace(",", "，")]))
    signed = -amount if sign else amount
    assert read(con, AMOUNT, text) == signed
    if "元" in text or "万" in text:
        assert read(con, WAN, text) == signed / 10000


@settings(deadline=None, max_examples=40)
@given(cents=_cents)
def test_a_bare_number_counts_what_the_heading_says(con: duckdb.DuckDBPyConnection, cents: int) -> None:
    amount = Decimal(cents) / 100
    assert read(con, AMOUNT, f"{amount / 10000:.6f}", 10_000) == amount
    assert read(con, WAN, f"{amount / 10000:.6f}", 10_000) == amount / 10000
    assert read(con, WAN, f"{amount:.2f}", 1) == amount / 10000


@pytest.mark.parametrize(
    "text",
    ["五百", "1,23", "1,2345", "1.2.3", "12 34", "5%", "(500)", "500美元", "1e5", "inf", "--5", "0x10", "1_000",
    "500元元",
     "约500", "500-800", "99999999999999999999"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(con, AMOUNT, text) is BAD


def test_an_amount_too_large_for_its_column_is_refused_in_every_unit(con: duckdb.DuckDBPyConnection) -> None:
    assert read(con, AMOUNT, "999999999999.99") == Decimal("999999999999.99")
    assert read(con, AMOUNT, "99999999.999999", 10_000) == Decimal("999999999999.99")
    assert read(con, AMOUNT, "9999.99", 100_000_000) == Decimal("999999000000.00")
    for text, factor in [("999999999999.999", 1), ("1000000000000", 1), ("100000000", 10_000), ("10000", 100_000_000)]:
        assert read(con, AMOUNT, text, factor) is BAD


_garbage = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
_near_days = st.from_regex(r"[-0-9.,:/年月日TZ+ ]{1,20}", fullmatch=True)


@settings(deadline=None, max_examples=15)
@given(texts=st.lists(_garbage | _near_days, min_size=20, max_size=60))
def test_garbage_never_crashes_and_never_becomes_a_value(con: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    for field in (DAY, MOMENT):
        for text, got in zip(texts, read_all(con, field, texts), strict=True):
            # What is read as a day shows its year (the zone may move it), or is a count of days or milliseconds.
            if isinstance(got, date) and not _is_count(text):
                assert any(str(year) in _narrow(text) for year in (got.year - 1, got.year, got.year + 1)), text
    for field in (AMOUNT, COUNT, SCORE):
        for text, got in zip(texts, read_all(con, field, texts), strict=True):
            assert got in (None, BAD) or any(character.isdecimal() for character in text), text
    for text, got in zip(texts, read_all(con, FLAG, texts), strict=True):
        assert got in (None, BAD) or _narrow(text).lower() in _FLAGS, text
    for field in (KINDS, GRADE):
        for text, got in zip(texts, read_all(con, field, texts), strict=True):
            assert got in (None, BAD) or set(got) <= set(field.enum), text
    for field in (CODE, WORDS, PARTY, FIRM, DOCUMENT):
        read_all(con, field, texts)


_FLAGS = {
    "是",
    "1",
    "y",
    "yes",
    "true",
    "t",
    "1.0",
    "有",
    "√",
    "✓",
    "否",
    "0",
    "n",
    "no",
    "false",
    "f",
    "0.0",
    "×",
    "✗",
}


def _narrow(text: str) -> str:
    """Half width, without white space and invisible characters."""
    shown = unicodedata.normalize("NFKC", text)
    return "".join(character for character in shown if unicodedata.category(character)[0] not in "ZC")


def _is_count(text: str) -> bool:
    return _narrow(text).split(".")[0].isdecimal() and len(_narrow(text).split(".")[0]) in (5, 13)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        (FLAG, "是", True), (FLAG, "Ｙ", True), (FLAG, " TRUE ", True), (FLAG, "0", False), (FLAG, "否", False),
        (FLAG, "大概", BAD), (FLAG, "2", BAD),
        (COUNT, "3", 3), (COUNT, "3.0", 3), (COUNT, "15天", 15), (COUNT, "1,200", 1200), (COUNT, "3.5", BAD),
        (COUNT, "99999999999", BAD), (SCORE, "85.5", 85.5), (SCORE, "1e-05", 1e-05), (SCORE, "85分", BAD),
        (KINDS, "罚款;没收违法所得", ["罚款", "没收违法所得"]), (KINDS, '["罚款"]', ["罚款"]),
        (KINDS, "[罚款, 警告]", ["罚款", "警告"]),
        (KINDS, "罚款、 警告；", ["罚款", "警告"]), (KINDS, "罚款\n警告", ["罚款", "警告"]), (KINDS, "[]", None),
        (KINDS, "罚款;游街", BAD), (GRADE, "ａ", "A"), (GRADE, "E", BAD),
        (CODE, " Ｃ００１\u200b ", "C001"), (CODE, "1.23E+17", BAD), (CODE, "#N/A", BAD),
        (CODE, "综字 1 号", "综字1号"),
        (WORDS, " 环城路１２号　东侧\n北门 ", "环城路12号 东侧 北门"), (WORDS, "（东）", "（东）"),
        (WORDS, "#REF!", BAD),
        (PARTY, hashed(7), hashed(7)), (PARTY, uscc(7), uscc(7)), (PARTY, uscc(7).lower(), uscc(7)),
        (PARTY, "张三", BAD),
        (PARTY, "11010519491231002X", BAD), (PARTY, "13800001111", BAD), (PARTY, "330483198001011", BAD),
        (FIRM, uscc(7).lower(), uscc(7)), (FIRM, uscc(7)[:17] + "O", BAD),
        (FIRM, "91110000802100433B", "91110000802100433B"),
        (DOCUMENT, "嘉综执罚决字[2022]第 000123 号", "嘉综执罚决字〔2022〕第000123号"),
        (DOCUMENT, "嘉综执罚决字（２０２２）第000123号", "嘉综执罚决字〔2022〕第000123号"),
        (DAY, "长期", None), (DAY, "9999-12-31", date(9999, 12, 31)),
        (MOMENT, "1664064000000", datetime(2022, 9, 25, 8)),
    ],
)  # fmt: skip
def test_single_spellings(con: duckdb.DuckDBPyConnection, field: Field, text: str, expected: Any) -> None:
    got = read(con, field, text)
    assert got == expected and type(got) is type(expected)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "－", "—", "——", "/", "NULL", "null", "None", "NaN", "N/A", "无", " 无 ", "\\N"]
)
def test_what_says_nothing_is_null(con: duckdb.DuckDBPyConnection, text: str) -> None:
    for field in (DAY, MOMENT, AMOUNT, COUNT, FLAG, KINDS, GRADE, CODE, WORDS, PARTY):
        assert read(con, field, text) is None


@settings(deadline=None, max_examples=40)
@given(
    number=st.integers(0, 9_999_999), place=st.integers(0, 17), other=st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY")
)
def test_one_wrong_character_spoils_a_credit_code(
    con: duckdb.DuckDBPyConnection, number: int, place: int, other: str
) -> None:
    code = uscc(number)
    assume(code[place] != other)
    assert read(con, FIRM, code) == code
    assert read(con, FIRM, code[:place] + other + code[place + 1 :]) is BAD
