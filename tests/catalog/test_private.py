"""Numbers of persons are found in any text and any cell, in Python and in the database alike."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.catalog.private import is_personal, macros_sql, mask_text


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(macros_sql())
        yield connection


NUMBERS = [
    (
        "当事人张三（身份证号330483198001011239，电话13800001111）占道",
        "当事人张三（身份证号33****39，电话138****11）占道",
    ),
    ("33048319800101123x", "33****3x"),
    ("身份证号码：330483 19800101 1239", "身份证号码：33****39"),
    ("330483800101123", "33****23"),
    ("身份证３３０４８３１９８００１０１１２３９", "身份证33****39"),
    ("身份证号 330483201809251239", "身份证号 33****39"),
    ("138 0000 1111,139-0000-1111", "138****11,139****11"),
    ("tel:+8613800001111", "tel:+86138****11"),
    ("phone13800001111", "phone138****11"),
    ("联系0573-82345678转", "联系0573****78转"),
    ("(0573)82345678", "(0573****78"),
    ("电话：82345678", "电话：8****78"),
    ("卡6222 0012 3456 7890 123", "卡6222****23"),
    ("账号：19330101040012345", "账号：19****45"),
    ("持护照E12345678入境", "持护照E1****78入境"),
    ("港澳通行证 H1234567801", "港澳通行证 H1****01"),
]
FACTS = [
    ("浙F12345货车", "浙F****5货车"),
    ("浙F·D12345", "浙F****5"),
    ("浙FD12345", "浙F****5"),
    ("浙F1234学", "浙F****学"),
    ("环城路12号3幢201室", "环城路****号"),
    ("庆丰南街88-2号门口", "庆丰南街****号门口"),
]
CLEAN = [
    "", "占道经营", "330483202209251001", "嘉综执罚决字〔2022〕第000123号", "2022-09-25 10:20:30", "91330483MA00000016",
    "0123456789abcdef0123456789abcdef", "a13800001111b0c4", "罚款500000.00元", "GS-20220925000123", "浙江省",
    "12345热线", "1664064000000", "第12号令", "C0000001", "44829.75", "新F",
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), NUMBERS)
def test_numbers_in_a_text_are_starred(con: duckdb.DuckDBPyConnection, text: str, masked: str) -> None:
    assert mask_text(text) == mask_text(text, facts=False) == masked
    assert con.execute("select load_has_number($t), load_mask_numbers($t)", {"t": text}).fetchone() == (True, masked)
    assert mask_text(masked) == masked


@pytest.mark.parametrize(("text", "masked"), FACTS)
def test_plates_and_house_numbers_are_starred_on_screen_only(
    con: duckdb.DuckDBPyConnection, text: str, masked: str
) -> None:
    assert (mask_text(text), mask_text(text, facts=False)) == (masked, text)
    assert con.execute("select load_has_number($t)", {"t": text}).fetchone() == (False,)


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_no_number_of_a_person_stays(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert mask_text(text) == text
    assert con.execute("select load_has_number($t), load_is_code_number($t)", {"t": text}).fetchone() == (False, False)


@pytest.mark.parametrize(
    ("text", "of_person", "of_code"),
    [
        ("330483198001011239", True, True),
        ("330483800101123", True, True),
        ("33048320220925123X", True, False),
        ("13800001111", True, True),
        ("0573-82345678", True, False),
        ("82345678", True, False),
        ("E12345678", True, False),
        ("6222001234567890123", True, False),
        ("浙FD12345", True, False),
        ("P12345", False, False),
        ("330483981301123", False, False),
    ],
)
def test_a_cell_as_a_whole(con: duckdb.DuckDBPyConnection, text: str, of_person: bool, of_code: bool) -> None:
    found = con.execute("select load_is_person_number($t), load_is_code_number($t)", {"t": text}).fetchone()
    assert (is_personal(text), found) == (of_person, (of_person, of_code))


_PIECES = st.sampled_from([
    "330483198001011239", "13800001111", "0573-82345678", "6222001234567890123", "，", ",", " ", "x", "案件", "2022",
    "电话", "身份证号", "３３０４８３", "护照E12345678", "\n", "浙F12345",
])  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(pieces=st.lists(_PIECES, max_size=8))
def test_both_engines_agree(con: duckdb.DuckDBPyConnection, pieces: list[str]) -> None:
    text = "".join(pieces)
    masked = mask_text(text, facts=False)
    found = con.execute(
        "select case when load_has_number($t) then load_mask_numbers($t) else $t end", {"t": text}
    ).fetchone()
    assert found == (masked,)
