"""A value is stored right or its row waits: numbers of persons, damage by spreadsheets, garbled text, odd dates."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from lib.warehouse.clock import now
from lib.warehouse.load import LoadReport, export_quarantine
from lib.warehouse.load.confirm import confirm
from lib.warehouse.load.spelling import is_misread, number_in_words, plain_amount, plain_moment, unmarked
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import CASE_COLUMNS, base_case, csv_text, hashed, uscc

Load = Callable[..., LoadReport]
IDENTITY, MOBILE = "330483198001011239", "13800001111"


def case(number: int, **changed: str) -> dict[str, str]:
    return dict(zip(CASE_COLUMNS, base_case(number), strict=True)) | changed


def table(rows: list[dict[str, str]]) -> str:
    return csv_text([list(rows[0]), *(list(row.values()) for row in rows)])


def query(home: Path, sql: str) -> list[tuple]:
    return open_warehouse(home).cursor().execute(sql).fetchall()


def _everything(home: Path) -> str:
    """All that the warehouse holds of persons' own words, as one text."""
    rows = query(home, "select * from penalty_case") + query(home, "select * from quarantine")
    return str(rows) + str(query(home, "select * from load_log"))


def test_numbers_of_persons_are_kept_nowhere(based: Path, load: Load, tmp_path: Path) -> None:
    rows = [
        case(11, 案件编号=IDENTITY),
        case(12, 当事人标识="330483800101123"),
        case(13, 当事人标识="0573-82345678"),
        case(14, 立案日期=f"见{IDENTITY}"),
        case(15, 案件名称=f"张三{IDENTITY}占道"),
        case(16, 罚款金额="多"),
    ]
    text = table([row | {"违法事实": f"电话{MOBILE}", "LXDH": MOBILE, "备忘": f"证件{IDENTITY}"} for row in rows])
    report = load(f"penalty_case_{MOBILE}.csv", text)
    assert (report.total("accepted"), report.total("quarantined")) == (1, 5)
    assert "案件名称：1 格里的身份证号、电话等号码已遮去中间各位，原文仍在来源系统" in report.files[0].remarks
    held = _everything(based)
    (path,) = export_quarantine(based, None, tmp_path / "隔离.xlsx")
    book = openpyxl.load_workbook(path)
    shown = held + str(report.as_dict()) + str([list(sheet.values) for sheet in book.worksheets])
    for number in (IDENTITY, MOBILE, "330483800101123", "0573-82345678"):
        assert number not in shown
    assert query(based, "select case_name, illegal_fact from penalty_case where case_id = 'C0015'") == [
        ("张三33****39占道", "电话138****11")
    ]


def test_an_identity_number_that_passes_for_a_credit_code_is_none(based: Path, load: Load) -> None:
    text = csv_text([["统一社会信用代码", "企业名称"], ["33048319800101059X", "个体户"], [uscc(9), "企业9"]])
    assert dict(load("企业登记.csv", text).files[0].reasons) == {"统一社会信用代码：是明文身份证号、电话或证件号": 1}


def test_placeholders_and_names_are_no_parties(based: Path, load: Load) -> None:
    odd = ["0" * 18, "1" * 18, "99999999999999999X", "00000000", "aaaaaaaa", "0" * 32, "zhangsan1", "wanger-xiaoming",
           "zhangsanfengzhangsan01", "张三", "无代码", "E12345678"]  # fmt: skip
    report = load("penalty_case.csv", table([case(11 + n, 当事人标识=party) for n, party in enumerate(odd)]))
    assert query(based, "select party_id from penalty_case where case_id between 'C0011' and 'C0022'") == []
    assert report.total("quarantined") == len(odd)


def test_hashes_and_codes_are_parties(based: Path, load: Load) -> None:
    sound = [hashed(11), uscc(3), "sha256:" + "0a1b2c3d" * 8, "Zm9vYmFyMTIzNDU2Nzg5MGFi", "5f2a9c0d1e3b4a69"]
    report = load("penalty_case.csv", table([case(11 + n, 当事人标识=party) for n, party in enumerate(sound)]))
    assert (report.total("accepted"), dict(report.files[0].reasons)) == (len(sound), {})


def test_long_numbers_damaged_by_a_spreadsheet_wait(based: Path, load: Load) -> None:
    damaged = [
        "3.30483202209251e+17",
        "3.30483202209251E17",
        "330483202209251000",
        "########",
        "#SPILL!",
        "Err:502",
        "330483202209251000.0",
    ]
    for number, code in enumerate(damaged):
        report = load(f"{number}/penalty_case.csv", table([case(20 + number, 案件编号=code)]))
        assert report.total("quarantined") == 1, code
    sound = [case(40 + n, 案件编号=f"33048320220925{n}000") for n in (1, 2)] + [case(43, 案件编号="330483202209251234")]
    assert load("penalty_case.csv", table(sound)).total("accepted") == 3
    assert load("b/penalty_case.csv", table([case(50, 案件编号="20220001.0")])).total("accepted") == 1
    assert query(based, "select case_id from penalty_case where case_id like '2022%'") == [("20220001",)]


def test_a_key_without_its_leading_zeros_is_no_second_case(based: Path, load: Load) -> None:
    load("penalty_case.csv", table([case(60, 案件编号="00012345")]))
    report = load("next/penalty_case.csv", table([case(61, 案件编号="12345")]))
    assert dict(report.files[0].reasons) == {"案件编号：编号可能丢了前面的零": 1}


def test_garbled_text_waits_and_mark_up_is_decoded(based: Path, load: Load) -> None:
    garbled = ["锟斤拷锟斤拷", "企业\ufffd", "企业\ue511", "????公司", "a\x01b"]
    garbled += ["桐乡企业".encode().decode("gbk", "ignore"), "嘉兴".encode("gbk").decode("latin-1")]
    report = load("penalty_case.csv", table([case(70 + n, 案件名称=text) for n, text in enumerate(garbled)]))
    assert dict(report.files[0].reasons) == {"案件名称：是乱码": len(garbled)}
    marked = case(80, 案件名称="A&amp;B&nbsp;占道<br/>经营 <5米", 决定书文号="嘉综执罚决字&#12308;2022&#12309;第80号")
    assert load("b/penalty_case.csv", table([marked])).total("accepted") == 1
    assert query(based, "select case_name, doc_no from penalty_case where case_id = 'C0080'") == [
        ("A&B 占道 经营 <5米", "嘉综执罚决字〔2022〕第80号")
    ]


def test_dates_that_are_none_or_lie_ahead(based: Path, load: Load) -> None:
    ahead = (date.today() + timedelta(days=40)).isoformat()
    rows = [
        case(11, 决定日期="1900-01-01"),
        case(12, 决定日期="1970-01-01 08:00:00"),
        case(13, 决定日期="0000-00-00"),
        case(14, 立案日期="1900-01-01"),
        case(15, 决定日期=ahead),
        case(16, 立案日期="20221"),
        case(17, 立案日期="202206"),
        case(18, 决定日期="9/25/2022"),
        case(19, 决定日期="22-9-25"),
        case(20, 决定日期="44743"),
        case(21, 立案日期="33500"),
    ]
    report = load("penalty_case.csv", table(rows))
    assert report.total("accepted") == 4
    assert dict(report.files[0].reasons) == {
        "立案日期：必填项为空": 1,
        "决定日期：日期在将来": 1,
        "立案日期：日期无法识别": 2,
        "决定日期：日、月、年的次序存疑": 2,
        "立案日期：像是表格软件的日期序号，但与同列的日期相差太远": 1,
    }
    assert report.files[0].remarks == [
        "立案日期：1 格是占位日期（如 1900-01-01），按没有日期处理",
        "决定日期：2 格是占位日期（如 1900-01-01），按没有日期处理",
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("伍万元整", "50000.00元"),
        ("壹拾万零伍佰元伍角", "100500.50元"),
        ("十五元", "15.00元"),
        ("1万5千元", "15000元"),
        ("5000元（伍仟元整）", "5000.00元"),
        ("5000元（伍万元整）", None),
        ("罚款5000元", "5000元"),
        ("一万五元", None),
        ("约500元", None),
        ("五六百元", None),
        ("500美元", None),
        ("5000元;2000元", None),
        ("500", None),
        ("零", "0元"),
    ],
)
def test_amounts_in_words(text: str, plain: str | None) -> None:
    assert plain_amount(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2022/9/25 下午3:20:00", "2022-09-25 15:20:00"),
        ("2022-09-25 03:20 PM", "2022-09-25 15:20:00"),
        ("2022-09-25 12:05 AM", "2022-09-25 00:05:00"),
        ("二〇二二年九月二十五日", "2022-09-25"),
        ("2022年9月25日15时", "2022-09-25 15:00:00"),
        ("2022年9月25日 上午8点半", "2022-09-25 08:30:00"),
        ("Sun Sep 25 15:20:00 CST 2022", "2022-09-25 15:20:00"),
        ("25-Sep-2022", "2022-09-25"),
        ("2022-09-25 15:20 GMT+8", "2022-09-25 15:20:00"),
        ("晚上12点", None),
        ("2022-09-25 晚上12点", None),
        ("2022-09-25 上午15:00", None),
        ("25-SEP-22", None),
        ("2022年9月", None),
        ("2022-9-25 下午", None),
    ],
)
def test_moments_in_words(text: str, plain: str | None) -> None:
    assert plain_moment(text) == plain


def test_numerals_and_encodings() -> None:
    assert [number_in_words(text) for text in ("一千零一", "二十", "一亿二千万", "一百五", "百", "")] == [
        1001,
        20,
        120_000_000,
        None,
        None,
        0,
    ]
    assert is_misread("桐乡市濮院镇".encode().decode("gbk", "ignore")) and not is_misread("桐乡市濮院镇永乐路")
    assert unmarked("R&D &lt;br&gt; A&amp;B") == "R&D   A&B"


def test_words_for_nothing_are_null_and_real_words_stay(based: Path, load: Load) -> None:
    nothing = ["NA", "<NA>", "NaT", "nil", "undefined", "NULL", "\\N", "（空）", "None"]
    rows = [case(11 + n, 案件名称=word, 罚款金额=word) for n, word in enumerate(nothing)]
    rows += [case(40, 案件名称="娜娜NA店")]
    report = load("penalty_case.csv", table(rows))
    assert report.total("accepted") == len(rows)
    assert query(based, "select case_name from penalty_case where case_id > 'C0010' and case_name is not null") == [
        ("娜娜NA店",)
    ]


def test_a_document_whose_number_is_not_known_has_none(based: Path, load: Load) -> None:
    words = ("未知", " 不详", "待定")
    rows = [case(11 + n, 决定书文号=word, 立案号=word, 案件名称=word) for n, word in enumerate(words)]
    assert load("penalty_case.csv", table(rows)).total("accepted") == 3
    sql = "select doc_no, case_no, case_name from penalty_case where case_id > 'C0010' order by case_id"
    assert query(based, sql) == [(None, None, "未知"), (None, None, "不详"), (None, None, "待定")]


def test_a_mended_row_still_shows_its_other_cells(based: Path, load: Load) -> None:
    load("penalty_case.csv", table([case(11, 罚款金额="多") | {"备忘": "原样 2022-09-25"}]))
    ((raw,),) = query(based, "select raw_json from quarantine")
    assert json.loads(raw)["备忘"] == "原样 2022-09-25" and json.loads(raw)["决定书文号"] == base_case(11)[1]


def test_an_amount_is_kept_to_the_fen_or_waits(based: Path, load: Load) -> None:
    """Money is never rounded; what computing with fractions leaves behind is no money."""
    fines = [
        "5000.005",
        "1,234.567元",
        "0.12345678万元",
        "333.3333333333",
        "5000.00",
        "5000.5000",
        "1199.9999999999998",
        "0.123456万元",
        "0.00012345亿元",
        "1.23456789亿元",
    ]
    rows = [case(11 + n, 罚款金额=fine) for n, fine in enumerate(fines)]
    report = load("penalty_case.csv", table(rows))
    assert dict(report.files[0].reasons)["罚款金额：金额有不到一分的零头"] == 4
    stored = query(based, "select case_id, fine_amt::varchar from penalty_case where case_id > 'C0010' order by 1")
    assert stored[:5] == [
        ("C0015", "5000.00"),
        ("C0016", "5000.50"),
        ("C0017", "1200.00"),
        ("C0018", "1234.56"),
        ("C0019", "12345.00"),
    ]
    cases = [case(60 + n, 决定书文号=f"决字〔2022〕第{n}号", 罚款金额="") for n in range(3)]
    load("b/penalty_case.csv", table(cases))
    shown = [[f"决字〔2022〕第{n}号", fine] for n, fine in enumerate(["0.123456", "0.1234567", "0.05000001"])]
    report = load("双公示.csv", csv_text([["CF_WSH", "CF_NR_FK"], *shown]))
    assert dict(report.files[0].reasons) == {"CF_NR_FK：金额有不到一分的零头": 2}
    assert query(based, "select fine_wan::varchar from penalty_disclosure") == [("0.123456",)]


def test_fractions_of_a_fen_tell_of_another_unit_and_pass_once_it_is_known(based: Path, load: Load) -> None:
    fines = ["0.05123", "1.2345", "0.3", "2.00005"]
    report = load("penalty_case.csv", table([case(11 + n, 罚款金额=fine) for n, fine in enumerate(fines)]))
    assert report.total("quarantined") == 4
    (doubt,) = report.files[0].doubts
    assert (doubt.kind, doubt.belief) == ("单位", "万元")
    confirm(based, doubt.number, "万元", "测试", now())
    sql = "select fine_amt::varchar from penalty_case where case_id > 'C0010' order by case_id"
    assert query(based, sql) == [("512.30",), ("12345.00",), ("3000.00",), ("20000.50",)]


def test_words_for_no_number_are_none(based: Path, load: Load) -> None:
    words = ["0", "000", "0.0", "null,", "“无”", "（无）", "XXX", "××", "无文号", "暂无文号", "没有", "未编号", "待编",
             "待补充", "尚未立案", "不适用", "见附件", "详见案卷", "***", "……", "〇", "N/A", "_", "/"]  # fmt: skip
    rows = [case(11 + n, 决定书文号=word) | {"立案号": word} for n, word in enumerate(words)]
    assert load("penalty_case.csv", table(rows)).total("accepted") == len(words)
    held = query(based, "select doc_no, case_no from penalty_case where case_id between 'C0011' and 'C0034'")
    assert held == [(None, None)] * len(words)
    again = load("b/penalty_case.csv", table([case(50 + n, 案件编号=word) for n, word in enumerate(words)]))
    assert dict(again.files[0].reasons) == {"案件编号：必填项为空": len(words)}


def test_short_numbers_are_numbers(based: Path, load: Load) -> None:
    numbers = ["未字第3号", "无1号", "No.7", "A", "X1", "10", "0001"]
    load("penalty_case.csv", table([case(11 + n, 决定书文号=number) for n, number in enumerate(numbers)]))
    held = query(based, "select doc_no from penalty_case where case_id between 'C0011' and 'C0017' order by case_id")
    assert held == [(number,) for number in numbers]


def test_what_refers_to_the_row_above_and_half_a_number_wait(based: Path, load: Load) -> None:
    rows = [
        case(11, 案件名称="同上"),
        case(12, 决定书文号="〃"),
        case(13, 决定书文号="嘉综执罚决字〔2022〕第　号"),
        case(14, 决定书文号="嘉综执罚决字[2022]XX号"),
        case(15, 决定书文号="嘉综执罚决字〔2022〕1号"),
    ]
    report = load("penalty_case.csv", table(rows))
    assert report.total("accepted") == 1 and dict(report.files[0].reasons) == {
        "案件名称：写的是“同上”": 1,
        "决定书文号：写的是“同上”": 1,
        "决定书文号：文号没有写完": 2,
    }


def test_names_of_persons_are_starred_in_what_waits(based: Path, load: Load, tmp_path: Path) -> None:
    columns = {
        "当事人姓名": "张三丰",
        "行政相对人名称": "李四",
        "法定代表人": "欧阳修",
        "经办人": "王五、赵六",
        "审核人": "钱某",
    }
    kept = {"单位": "桐乡市张三丰面馆", "当事人类别说明": "自然人", "备忘": "联系人：孙七，再议"}
    rows = [case(11, 罚款金额="多", 当事人标识="周八") | columns | kept, case(12, 罚款金额="少") | columns | kept]
    load("penalty_case.csv", table(rows))
    load("双公示.csv", csv_text([["CF_XDR_MC", "CF_WSH", "CF_FRDB"], ["吴九", "决字〔2022〕99号", "桐乡市吴九超市"]]))
    shifted = ",".join(case(14, 当事人标识="占道,郑十").values())
    load("c/penalty_case.csv", table([case(13) | columns]) + f"{shifted},普通\n")
    (path,) = export_quarantine(based, None, tmp_path / "隔离.xlsx")
    book = openpyxl.load_workbook(path)
    shown = str(query(based, "select * from quarantine")) + str([list(sheet.values) for sheet in book.worksheets])
    for name in ("张三丰'", "李四", "欧阳修", "王五", "赵六", "孙七", "周八", "吴九'", "郑十"):
        assert name not in shown, name
    for whole in ("桐乡市张三丰面馆", "自然人", "王*、赵*", "联系人：孙*，再议", "桐乡市吴九超市", "占道"):
        assert whole in shown, whole


def test_a_number_of_a_person_inside_a_code_waits(based: Path, load: Load) -> None:
    codes = [
        ("案件编号", "SFZ330483198001011239"),
        ("案件编号", "330483-19800101-1239"),
        ("决定书文号", "330483198001011239号"),
        ("立案号", "手机13800001111"),
    ]
    rows = [{**case(11 + n), "立案号": "", column: code} for n, (column, code) in enumerate(codes)]
    report = load("penalty_case.csv", table(rows))
    waits = "是明文身份证号、电话或证件号"
    assert dict(report.files[0].reasons) == {f"案件编号：{waits}": 2, f"决定书文号：{waits}": 1, f"立案号：{waits}": 1}
    held = _everything(based)
    assert [code for _, code in codes if code in held] == []


def test_codes_that_hold_an_area_and_a_day_are_codes(based: Path, load: Load) -> None:
    codes = ["AJ330483202209251234", "浙嘉综执20191201号", "330483-20220925-1234", "SJ13800"]
    report = load("penalty_case.csv", table([case(11 + n, 案件编号=code) for n, code in enumerate(codes)]))
    assert (report.total("accepted"), dict(report.files[0].reasons)) == (len(codes), {})


def test_a_mistyped_credit_code_is_no_hash(based: Path, load: Load) -> None:
    codes = [uscc(1).replace("0", "O"), uscc(1)[:-1], uscc(1) + "0"]
    assert load("penalty_case.csv", table([case(11 + n, 当事人标识=code) for n, code in enumerate(codes)])).total(
        "quarantined"
    ) == len(codes)


def test_text_as_a_spreadsheet_is_told_to_keep_it(based: Path, load: Load) -> None:
    rows = [
        case(11, 案件编号='="00123"', 罚款金额='="500"'),
        case(12, 案件编号="'00124", 罚款金额="'800", 立案日期="'2022-06-01"),
    ]
    assert load("penalty_case.csv", table(rows)).total("accepted") == 2
    sql = "select case_id, fine_amt::varchar from penalty_case where case_id like '00%' order by 1"
    assert query(based, sql) == [("00123", "500.00"), ("00124", "800.00")]


def test_a_key_written_twice_waits(based: Path, load: Load) -> None:
    line = json.dumps(case(11), ensure_ascii=False)
    report = load("penalty_case.jsonl", line[:-1] + ', "罚款金额": "900"}\n' + json.dumps(case(12), ensure_ascii=False))
    assert (report.total("accepted"), dict(report.files[0].reasons)) == (1, {"整行：同一个键写了两次": 1})


def test_a_hash_stays_in_what_waits_for_without_it_nothing_could_be_mended(based: Path, load: Load) -> None:
    columns = ["人员编号", "身份证哈希", "姓名", "人员类型", "在岗状态", "所在单位"]
    load("执法人员.csv", csv_text([columns, ["P31", hashed(31), "张三丰", "公务员", "在岗", "O9999"]]))
    ((raw,),) = query(based, "select raw_json from quarantine")
    assert json.loads(raw)["身份证哈希"] == hashed(31) and json.loads(raw)["姓名"] == "张**"


def test_a_number_of_a_person_in_a_heading_is_starred(based: Path, load: Load) -> None:
    heading = f"备忘{IDENTITY}"
    report = load("penalty_case.csv", table([case(11, 罚款金额="多") | {heading: "x"}, case(12) | {heading: "y"}]))
    refused = load("b/penalty_case.csv", table([{f"联系{MOBILE}": "x", "案件编号": "C9"}]))
    shown = str(report.as_dict()) + str(refused.as_dict()) + "".join(report.lines() + refused.lines())
    assert "备忘33****39" in shown
    assert IDENTITY not in shown + _everything(based) and MOBILE not in shown
