"""A folder of files as they really arrive: every format, every quirk, and what must become of each row.

`write_base` gives a small real warehouse something to refer to; `write_messy` writes the folder and returns, file by
file, the figures and reasons that a load must report.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(number: int, area: str = "330483") -> str:
    """A unified social credit code with its check character (GB 32100-2015)."""
    body = f"91{area}MA{number:07d}"
    total = sum(3**place % 31 * _ALPHABET.index(character) for place, character in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


def hashed(number: int) -> str:
    """What a salted hash looks like."""
    return f"{number:08x}" * 4


@dataclass
class Expected:
    """Figures of one table of one file; `state` and `reasons` as FileReport names them."""

    file: str
    dataset: str | None = None
    sheet: str | None = None
    state: str = "loaded"
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    unchanged: int = 0
    replaced: int = 0
    not_data: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def csv_text(rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def write_csv(
    path: Path,
    rows: Sequence[Sequence[object]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    before: str = "",
    after: str = "",
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((before + csv_text(rows, delimiter) + after).encode(encoding))


ORGS = [
    ("O0001", "", "嘉兴市综合行政执法局", "市", "ZF", "330400"),
    ("O0002", "O0001", "桐乡市综合行政执法局", "县", "ZF", "330483"),
    ("O0003", "O0002", "濮院镇综合行政执法队", "镇街", "ZF", "330483101"),
]
CASE_COLUMNS = [
    "案件编号", "决定书文号", "案件名称", "当事人标识", "当事人类型", "事项代码", "办案单位", "程序类型", "立案日期",
    "决定日期", "处罚种类", "罚款金额", "处理结果", "非现场执法",
]  # fmt: skip


def base_case(number: int) -> list[str]:
    return [
        f"C{number:04d}", f"嘉综执罚决字〔2022〕第{number:06d}号", f"案件{number}", hashed(number), "自然人", "I0001",
        "O0003", "普通", "2022-06-01", "2022-07-01", "罚款", "500", "处罚", "否",
    ]  # fmt: skip


def write_base(folder: Path) -> None:
    """Clean files: 3 units, 5 officers, 2 items, 3 firms, 5 cases C0001 to C0005."""
    write_csv(folder / "机构.csv", [["机构编号", "上级机构", "机构名称", "层级", "领域代码", "区划代码"], *ORGS])
    officers = [[f"P{n}", hashed(n), "张*", "公务员", "在岗", "O0003"] for n in range(1, 6)]
    write_csv(
        folder / "officer.csv",
        [["officer_id", "person_hash", "name_masked", "officer_type", "status_type", "org_id"], *officers],
        encoding="utf-8-sig",
    )
    write_csv(
        folder / "power_item.csv",
        [["事项代码", "事项名称", "事项类型", "领域代码", "划转状态"]]
        + [[f"I000{n}", f"事项{n}", "02处罚", "ZF", "已划转"] for n in (1, 2)],
    )
    firms = [{"uscc": uscc(n), "entity_name": f"企业{n}", "entity_type": "企业", "risk_type": "A"} for n in (1, 2, 3)]
    write_json(folder / "enterprise.jsonl", firms)
    write_csv(folder / "penalty_case.csv", [CASE_COLUMNS, *(base_case(n) for n in range(1, 6))])


def write_json(path: Path, records: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")


def _case(number: int, **changed: str) -> list[str]:
    row = dict(zip(CASE_COLUMNS, base_case(number), strict=True)) | {"罚款金额": "0.05"} | changed
    return list(row.values())


def _cases(folder: Path) -> Expected:
    """GB18030, title lines, 万元 in the heading, dates and flags in many spellings, sums and remarks below."""
    heading = [column.replace("罚款金额", "罚款金额（万元）") for column in CASE_COLUMNS]
    cases = [
        _case(101),
        _case(102, 立案日期="2022年6月1日", 决定日期="2022/7/1", 罚款金额="1.2", 非现场执法="Y"),
        _case(103, 立案日期="20220601", 决定日期="2022.7.1", 罚款金额="1,234.5元", 非现场执法="是"),
        _case(104, 案件编号=" Ｃ０１０４ ", 决定日期="44743", 处罚种类="罚款、没收违法所得", 程序类型="　普通"),
        _case(105, 决定日期="2022-07-01 00:00:00", 处罚种类='["警告","罚款"]', 当事人标识=uscc(1)),
        _case(106, 决定日期="", 处理结果="未决", 罚款金额="-", 处罚种类="无"),
        # Six in order; from here on each is wrong in its own way
        _case(111, 立案日期="2022-02-30"),
        _case(112, 立案日期="去年冬天"),
        _case(113, 立案日期=""),
        _case(114, 程序类型="简易程序"),
        _case(115, 办案单位="O9999"),
        _case(116, 决定日期="2022-05-01"),
        _case(117, 罚款金额="-1"),
        _case(118, 罚款金额="约五百"),
        _case(119, 当事人标识="11010519491231002X"),
        _case(120, 当事人标识=uscc(1)[:-1] + ("0" if uscc(1)[-1] != "0" else "1")),
        _case(121, 处罚种类="罚款;口头教育"),
        _case(122, 案件编号="1.23457E+17"),
        _case(123, 非现场执法="大概"),
        _case(124, 立案日期="", 程序类型="其他"),
        _case(101),  # equal to the first but for an ignored column
        _case(102),  # same key, other content
    ]
    rows = [
        [*heading, "序号"],
        *([*case, str(number)] for number, case in enumerate(cases, 1)),
        ["C0125", "少了后面的列"],
        [*_case(126), "23", "多", "出"],
        ["合计", *[""] * 10, "9.99", *[""] * 3],
        ["注：本表由办案系统导出", *[""] * 14],
    ]
    text = csv_text(rows).replace("C0111", "\n\nC0111", 1).replace("\n\n\n", "\n\n")
    path = folder / "处罚案件" / "2022年9月.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(
        f"桐乡市行政处罚案件明细表\n填报单位：桐乡市综合行政执法局,,填报日期：2022年9月25日\n{text}".encode("gb18030")
    )
    return Expected(
        "处罚案件/2022年9月.csv", "penalty_case", read=26, accepted=6, quarantined=17, unchanged=1, not_data=2,
        reasons={
            "立案日期：日期无法识别": 2, "立案日期：必填项为空": 2, "程序类型：不在代码表中": 2,
            "办案单位：在“机构”中找不到": 1, "决定日期：时间先后颠倒": 1,
            "罚款金额（万元）：超出范围": 1, "罚款金额（万元）：金额无法识别": 1,
            "当事人标识：是明文身份证号、电话或证件号": 1, "当事人标识：当事人标识既不是统一社会信用代码也不是哈希": 1,
            "处罚种类：不在代码表中": 1, "案件编号：内容已被表格软件损坏": 1, "非现场执法：是否无法识别": 1,
            "案件编号：主键重复而内容不同": 1, "整行：列数与表头不符": 2,
        },
    )  # fmt: skip


def _events(folder: Path) -> Expected:
    """JSON lines: UTC and offsets, nulls, a broken line, an event of a case that no file brings."""
    events: list[dict] = [
        {
            "event_id": "E1",
            "case_id": "C0001",
            "event_type": "立案",
            "event_at": "2022-06-01T01:30:00Z",
            "operator_id": "P1",
        },
        {"event_id": "E2", "case_id": "C0101", "event_type": "决定", "event_at": "2022-07-01 10:00:00+08:00"},
        {
            "event_id": "E3",
            "case_id": "C0101",
            "event_type": "送达",
            "event_at": "2022-07-02 10:00:00",
            "operator_id": None,
        },
        {"event_id": "E4", "case_id": "C9999", "event_type": "立案", "event_at": "2022-07-02 10:00:00"},
        {"event_id": "E5", "case_id": "C0111", "event_type": "立案", "event_at": "2022-07-02 10:00:00"},
        {"event_id": "E6", "case_id": "C0001", "event_type": "结案", "event_at": "2022-07-02 25:00:00"},
    ]
    path = folder / "case_event_202209.jsonl"
    write_json(path, events)
    with path.open("a", encoding="utf-8") as handle:
        handle.write('{"event_id": "E7", "case_id": \n')
    return Expected(
        "case_event_202209.jsonl",
        "case_event",
        read=7,
        accepted=3,
        quarantined=4,
        reasons={"case_id：在“处罚案件”中找不到": 2, "event_at：时间无法识别": 1, "整行：不是完整的 JSON 对象": 1},
    )


def _receipts(folder: Path) -> Expected:
    """Parquet with real types: decimals, moments with a zone, dates."""
    shanghai = ZoneInfo("Asia/Shanghai")
    table = pa.table(
        {
            "receipt_no": ["R1", "R2", "R3"],
            "case_id": ["C0001", "C0002", "C0404"],
            "pay_amt": pa.array([Decimal("500.00"), Decimal("520.50"), Decimal("100.00")], pa.decimal128(12, 2)),
            "paid_at": pa.array([datetime(2022, 7, 9, 9, 0, tzinfo=shanghai)] * 3, pa.timestamp("us", tz="UTC")),
            "due_date": pa.array([date(2022, 7, 16)] * 3),
            "receipt_status": ["有效"] * 3,
        }
    )
    pq.write_table(table, folder / "fine_receipt.parquet")
    return Expected(
        "fine_receipt.parquet",
        "fine_receipt",
        read=3,
        accepted=2,
        quarantined=1,
        reasons={"case_id：在“处罚案件”中找不到": 1},
    )


def _workbook(folder: Path) -> list[Expected]:
    """Several sheets: a merged title, a heading of two rows, merged cells in the data, remarks, a hidden sheet."""
    book = openpyxl.Workbook()
    certs = book.active
    assert certs is not None
    certs.title = "执法证件"
    certs.append(["执法证件一览表"])
    certs.merge_cells("A1:F1")
    certs.append(["单位：桐乡市", None, None, "2022年9月"])
    certs.append([])
    certs.append(["执法证号", "人员编号", "领域代码", "发证日期", "有效期至", "证件状态"])
    certs.append(["Z1", "P1", "ZF", datetime(2020, 1, 1), datetime(2025, 1, 1), "有效"])
    certs.append(["Z2", None, "zf", "2020年1月1日", 45658, "有效"])
    certs.merge_cells("B5:B6")
    certs.append([])
    certs.append([123456, "P2", "ＺＦ", date(2020, 1, 1), "2025-01-01", "有效 "])
    certs.append(["Z4", "P3", "ZF", datetime(2025, 1, 1), datetime(2020, 1, 1), "有效"])
    certs.append(["Z5", "P99", "ZF", datetime(2020, 1, 1), datetime(2025, 1, 1), "有效"])
    certs.append(["注：证件状态以系统为准"])
    certs.append(["制表人：王某", None, None, "审核：李某"])
    crews = book.create_sheet("承办人")
    crews.append(["案件信息", "承办人信息", None])
    crews.merge_cells("B1:C1")
    crews.append(["案件编号", "人员编号", "角色"])
    crews.append(["C0001", "P1", "主办"])
    crews.append(["C0001", "P2", "协办"])
    crews.append(["C0001", "P2", "主办"])
    crews.append(["C0002", "P1", None])
    notes = book.create_sheet("填报说明")
    notes.append(["一、本表每月五日前报送。"])
    notes.append(["二、联系人", "王某"])
    hidden = book.create_sheet("执法人员")
    hidden.append(["人员编号"])
    hidden.sheet_state = "hidden"
    book.save(folder / "2022年9月报送.xlsx")
    return [
        Expected(
            "2022年9月报送.xlsx", "officer_cert", "执法证件", read=7, accepted=3, quarantined=2, not_data=2,
            reasons={"有效期至：时间先后颠倒": 1, "人员编号：在“执法人员”中找不到": 1},
        ),
        Expected(
            "2022年9月报送.xlsx", "case_officer", "承办人", read=4, accepted=2, quarantined=2,
            reasons={"案件编号、人员编号：主键重复而内容不同": 1, "角色：必填项为空": 1},
        ),
        Expected("2022年9月报送.xlsx", None, "填报说明", state="unknown"),
    ]  # fmt: skip


def _disclosures(folder: Path) -> Expected:
    """双公示 in its exchange names, tab separated: known by document number, fines in 万元."""
    columns = ["CF_XDR_MC", "CF_XDR_SHXYM", "CF_WSH", "CF_WFXW", "CF_NR_FK", "CF_JDRQ", "CF_GSJZQ", "BZ"]
    rows = [
        ["企业1", uscc(1), "嘉综执罚决字[2022]第000001号", "占道", "0.05", "2022-07-01", "2023/7/1", ""],
        ["企业2", uscc(2), "嘉综执罚决字（2022）第000102号", "占道", "1.2", "2022-07-01", "2023/7/1", ""],
        ["企业3", uscc(3), "嘉综执罚决字〔2022〕第999999号", "占道", "1.2", "2022-07-01", "2023/7/1", ""],
        ["企业3", uscc(3), "", "占道", "1.2", "2022-07-01", "2023/7/1", ""],
    ]
    write_csv(folder / "双公示_202209.txt", [columns, *rows], delimiter="\t", encoding="utf-8-sig")
    return Expected(
        "双公示_202209.txt",
        "penalty_disclosure",
        read=4,
        accepted=2,
        quarantined=2,
        reasons={"CF_WSH：按决定书文号找不到唯一的案件": 1, "CF_WSH：必填项为空": 1},
    )


def _firms(folder: Path) -> Expected:
    """Semicolons; a firm known already, one mended, codes in small letters and with a wrong check character."""
    wrong = uscc(13)[:-1] + ("A" if uscc(13)[-1] != "A" else "B")
    rows = [
        ["统一社会信用代码", "主体名称", "主体类型", "风险等级", "股东哈希", "成立日期"],
        [uscc(1), "企业1", "企业", "A", "", ""],
        [uscc(2), "企业2（更名）", "企业", "B", "", "2019-05-01"],
        [uscc(11).lower(), "企业１１", "企业", "c", f"{hashed(1)}、{hashed(2)}", "长期"],
        [wrong, "企业13", "企业", "A", "", ""],
        [uscc(14), "企业14", "企业", "A", "张三", ""],
    ]
    write_csv(folder / "企业登记.csv", rows, delimiter=";")
    return Expected(
        "企业登记.csv",
        "enterprise",
        read=5,
        accepted=2,
        quarantined=2,
        unchanged=1,
        replaced=1,
        reasons={"统一社会信用代码：统一社会信用代码校验不通过": 1, "股东哈希：列表无法识别": 1},
    )


def _attendance(folder: Path) -> Expected:
    """Nothing but the columns tells what it is; read from a UTF-16 text of a spreadsheet."""
    rows = [
        ["人员编号", "日期", "考勤状态", "上班时间", "下班时间"],
        ["P1", "2022/9/1", "出勤", "2022/9/1 8:30", "2022/9/1 17:30"],
        ["P1", "2022/9/2", "出勤", "2022/9/2 8:30", "2022/9/2 7:30"],
    ]
    write_csv(folder / "upload77.tsv", rows, delimiter="\t", encoding="utf-16")
    return Expected(
        "upload77.tsv", "attendance", read=2, accepted=1, quarantined=1, reasons={"下班时间：时间先后颠倒": 1}
    )


def _strays(folder: Path) -> list[Expected]:
    """What cannot be loaded, each with a message of its own."""
    write_csv(folder / "无关.csv", [["品名", "单价"], ["苹果", "3"]])
    (folder / "通知.docx").write_bytes(b"PK\x03\x04 not a table")
    (folder / "信访.xlsx").write_bytes(b"PK\x03\x04 cut off in transfer")
    (folder / "petition_empty.csv").write_bytes(b"")
    write_csv(folder / "处罚案件_缺列.csv", [["案件编号", "罚款金额"], ["C0001", "1"]])
    (folder / "网格事件.csv").write_bytes("事件编号,网格代码,事件类型,上报时间\nG1,".encode() + b"\xff\xfe\x00\n")
    spoilt = csv_text(
        [["事件编号", "网格代码", "事件类型", "上报时间"]]
        + [[f"G{n}", "濮院一网格", "占道经营", "2022-09-01"] for n in range(20)]
    )
    (folder / "grid_event.csv").write_bytes(spoilt.encode() + b"G99,\xe6\xbf,x,2022-09-01\n")
    (folder / ".~lock.csv").write_text("x")
    return [
        Expected("无关.csv", state="unknown"),
        Expected("通知.docx", state="unknown"),
        Expected("信访.xlsx", state="refused"),
        Expected("petition_empty.csv", state="refused"),
        Expected("处罚案件_缺列.csv", state="refused"),
        Expected("网格事件.csv", state="refused"),
        Expected("grid_event.csv", "grid_event", read=21, accepted=20, quarantined=1, reasons={"网格代码：是乱码": 1}),
    ]


def write_messy(folder: Path) -> list[Expected]:
    """Write the folder; returns what a load over `write_base` must report, in no particular order."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _cases(folder),
        _events(folder),
        _receipts(folder),
        *_workbook(folder),
        _disclosures(folder),
        _firms(folder),
        _attendance(folder),
        *_strays(folder),
    ]
