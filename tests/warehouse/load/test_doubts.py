"""Units wherever a file says them, columns in doubt, and a person's answer that is remembered for the source."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lib.cli import main
from lib.errors import UserError
from lib.warehouse.load import LoadReport, answers_of, confirm, export_quarantine, load_paths, open_doubts
from lib.warehouse.load.doubts import AS_WRITTEN, DROP, KEEP, REAL, UTC, Doubt
from lib.warehouse.load.units import _units
from tests.warehouse.load.messy import base_case, csv_text, uscc
from tests.warehouse.load.test_values import case, query, table

Load = Callable[..., LoadReport]
AT = datetime(2026, 3, 4, 5, 6, 7)
TITLE = "桐乡市行政处罚案件一览表\n"


def _fines(home: Path) -> dict[str, Decimal | None]:
    return dict(query(home, "select case_id, fine_amt from penalty_case where case_id > 'C0010' order by 1"))


def _renamed(rows: list[dict[str, str]], heading: str) -> str:
    return table(rows).replace("罚款金额", heading, 1)


def _answer(home: Path, choice: str) -> LoadReport | None:
    (doubt,) = open_doubts(home)
    assert choice in doubt.options
    return confirm(home, doubt.number, choice, "张某", AT)[1]


def test_units_at_a_heading(based: Path, tmp_path: Path) -> None:
    headings = ["罚款金额（万）", "罚款金额(万元)", "罚款金额【万元】", "罚款金额/万元", "罚款金额_万元",
                "罚款金额、万元", "罚款金额：万元", "罚款金额 万元", "罚款金额（单位：万元）", "罚款金额（人民币万元）",
                '"罚款金额\n（万元）"', "*12.罚款金额(万元)", "罚款数额（万元）", "处罚金额万元"]  # fmt: skip
    folder = tmp_path / "in"
    folder.mkdir()
    for number, heading in enumerate(headings, start=11):
        text = _renamed([case(number, 罚款金额="1.2")], heading)
        (folder / f"penalty_case_{number}.csv").write_text(text, encoding="utf-8")
    load_paths(based, [folder])
    assert _fines(based) == {f"C{number:04}": Decimal("12000.00") for number in range(11, 11 + len(headings))}


def test_units_above_below_and_around(based: Path, load: Load) -> None:
    rows = table([case(11, 罚款金额="1.2"), case(12, 罚款金额="500元")])
    heading, *body = rows.splitlines()
    unit_row = ",".join("（万元）" if cell == "罚款金额" else "" for cell in heading.split(","))
    files = {
        "a/penalty_case.csv": TITLE + "单位：万元" + "," * 13 + "\n" + rows,
        "b/penalty_case.csv": TITLE + unit_row + "\n" + rows,
        "c/penalty_case.csv": "\n".join([heading, unit_row, *body]) + "\n",
        "d/penalty_case.csv": rows + "注：金额单位为万元" + "," * 13 + "\n",
        "e/penalty_case（万元）.csv": rows,
    }
    for n, (name, text) in enumerate(files.items(), 2):
        report = load(name, text.replace("C0011", f"C00{n}1").replace("C0012", f"C00{n}2"))
        assert report.total("accepted") == 2 and any("以万元计" in said for said in report.files[0].remarks), name
    assert list(_fines(based).values()) == [Decimal("12000.00"), Decimal("500.00")] * 5


@pytest.mark.parametrize("said", ["单位：桐乡市综合行政执法局", "填报单位：元通街道", "单位：人、件"])
def test_other_units_are_none_of_money(said: str) -> None:
    assert _units(said) == []


def test_a_foreign_currency_is_not_taken_and_said(based: Path, load: Load) -> None:
    for n, name in enumerate(("罚款金额（美元）", "罚款金额(USD)", "罚款金额/港币", "罚款金额（$）")):
        report = load(f"{n}/penalty_case.csv", _renamed([case(11 + n)], name))
        assert report.files[0].ignored == [f"{name}（外币，不能按元计）"]
    assert set(_fines(based).values()) == {None}


def test_the_exact_heading_counts_wherever_it_stands(based: Path, load: Load) -> None:
    row = {"罚款金额（已缴）": "1000"} | case(11, 罚款金额="5000")
    report = load("penalty_case.csv", table([row]))
    assert _fines(based) == {"C0011": Decimal("5000.00")}
    assert report.files[0].ignored == ["罚款金额（已缴）（与“罚款金额”重复）"]


def test_brackets_that_may_change_the_meaning_are_asked_about(based: Path, load: Load) -> None:
    text = _renamed([case(11), case(12, 罚款金额="")], "罚款金额（已缴）")
    assert load("penalty_case.csv", text).total("accepted") == 1
    _answer(based, DROP)
    assert _fines(based) == {"C0011": None, "C0012": None}
    load("next/penalty_case.csv", _renamed([case(13)], "罚款金额（已缴）"))
    assert _fines(based)["C0013"] is None


def test_two_equal_headings_that_differ_are_asked_about(based: Path, load: Load) -> None:
    heading = [*case(11), "罚款金额"]
    rows = [[*case(11).values(), "800"], [*case(12).values(), "500"]]
    assert load("penalty_case.csv", csv_text([heading, *rows])).total("quarantined") == 2
    (doubt,) = open_doubts(based)
    report = confirm(based, doubt.number, doubt.options[1], "张某", AT)[1]
    assert report is not None and report.total("accepted") == 2
    assert _fines(based) == {"C0011": Decimal("800.00"), "C0012": Decimal("500.00")}
    same = [[*case(13).values(), "500"]]
    assert load("next/penalty_case.csv", csv_text([heading, *same])).total("accepted") == 1


def test_units_that_contradict_each_other_wait_for_an_answer(based: Path, load: Load, tmp_path: Path) -> None:
    title = "单位：万元" + "," * 13 + "\n"
    text = title + _renamed([case(11, 罚款金额="1.2"), case(12, 罚款金额="500元")], "罚款金额（元）")
    report = load("penalty_case.csv", text)
    assert (report.total("accepted"), report.total("quarantined")) == (1, 1)
    assert "罚款金额（元）：单位存疑" in report.files[0].reasons
    # A mended export has lost the title: it must not pass for 元 either.
    (path,) = export_quarantine(based, None, tmp_path / "q.csv")
    assert load_paths(based, [path]).total("quarantined") == 1
    doubt = next(d for d in open_doubts(based) if "单位说法不一" in d.why)
    confirm(based, doubt.number, "万元", "张某", AT)
    load("again/penalty_case.csv", text + "\n")
    assert _fines(based) == {"C0011": Decimal("12000.00"), "C0012": Decimal("500.00")}
    load("next/penalty_case.csv", text.replace("C001", "C002"))
    assert _fines(based)["C0021"] == Decimal("12000.00")


@pytest.mark.parametrize(
    ("heading", "cell", "choice", "expected"),
    [
        ("罚款金额", "0.05", "万元", "500.00"),
        ("罚款金额（元）", "1.2", "万元", "12000.00"),
        ("罚款金额（万元）", "2000", "元", "2000.00"),
        ("罚款金额（元）", "20", "元", "20.00"),
    ],
)
def test_amounts_far_from_the_usual_wait(
    based: Path, load: Load, heading: str, cell: str, choice: str, expected: str
) -> None:
    report = load("penalty_case.csv", _renamed([case(11, 罚款金额=cell)], heading))
    assert report.total("quarantined") == 1
    done = _answer(based, choice)
    assert done is not None and done.total("accepted") == 1
    assert _fines(based) == {"C0011": Decimal(expected)}
    assert query(based, "select count(*) from quarantine where resolved_at is null") == [(0,)]
    # Remembered for the next delivery of this source.
    load("next/penalty_case.csv", _renamed([case(12, 罚款金额=cell)], heading))
    assert _fines(based)["C0012"] == Decimal(expected)


def test_single_amounts_far_off_wait_alone(based: Path, load: Load) -> None:
    rows = [case(11), case(12, 罚款金额="0.3"), case(13, 罚款金额="800"), case(14, 罚款金额="900000000")]
    report = load("penalty_case.csv", table(rows))
    assert dict(report.files[0].reasons) == {"罚款金额：金额大得或小得不像，单位可能不对": 2}
    again = load("next/penalty_case.csv", table([case(11, 罚款金额="0.05元"), case(13, 罚款金额="900")]))
    assert dict(again.files[0].reasons) == {"罚款金额：与库中已有的金额正好差一万倍": 1}


def test_a_disclosed_fine_that_cannot_be_the_case_s_waits(based: Path, load: Load) -> None:
    documents = [base_case(n)[1] for n in (1, 2, 3)]
    rows = [[documents[0], "2000"], [documents[1], "2000元"], [documents[2], "0.05"]]
    report = load("双公示.csv", csv_text([["CF_XDR_MC", "CF_WSH", "CF_NR_FK"], *[["企业", *row] for row in rows]]))
    assert report.files[0].reasons["CF_NR_FK：与案件的罚款金额差得太远"] == 1
    assert query(based, "select case_id, fine_wan from penalty_disclosure order by 1") == [
        ("C0002", Decimal("0.200000")),
        ("C0003", Decimal("0.050000")),
    ]


def test_a_disclosed_fine_without_a_unit_is_asked_about(based: Path, load: Load) -> None:
    text = csv_text([["行政相对人名称", "行政处罚决定文书号", "罚款金额"], ["企业", base_case(1)[1], "500"]])
    assert load("双公示.csv", text).total("quarantined") == 1
    _answer(based, "元")
    assert query(based, "select fine_wan from penalty_disclosure") == [(Decimal("0.050000"),)]


@pytest.mark.parametrize(
    ("cell", "choice", "day"),
    [
        ("3/4/2022", "月/日/年", "2022-03-04"),
        ("3/4/2022", "日/月/年", "2022-04-03"),
        ("22-3-4", "年/月/日", "2022-03-04"),
    ],
)
def test_dates_of_open_order_wait_for_an_answer(based: Path, load: Load, cell: str, choice: str, day: str) -> None:
    assert load("penalty_case.csv", table([case(11, 立案日期=cell)])).total("quarantined") == 1
    _answer(based, choice)
    assert query(based, "select filed_date::varchar from penalty_case where case_id = 'C0011'") == [(day,)]


def test_midnights_written_as_utc_are_asked_about(based: Path, load: Load) -> None:
    rows = [case(n, 立案日期="2022-05-31T16:00:00") for n in (11, 12)]
    assert load("penalty_case.csv", table(rows)).total("quarantined") == 2
    _answer(based, UTC)
    assert query(based, "select distinct filed_date::varchar from penalty_case where case_id > 'C0010'") == [
        ("2022-06-01",)
    ]


def test_a_column_that_lies_a_day_before_the_one_it_follows_is_asked_about(based: Path, load: Load) -> None:
    rows = [case(n, 立案日期="2022-06-02", 决定日期="2022-06-01") for n in (11, 12, 13)]
    rows += [case(n, 立案日期="2022-06-02", 决定日期="2022-06-20") for n in (14, 15)]
    report = load("penalty_case.csv", table(rows))
    assert report.total("quarantined") == 5 and "决定日期：时区存疑" in report.files[0].reasons
    _answer(based, AS_WRITTEN)
    assert set(_fines(based)) == {"C0014", "C0015"}


def test_the_command_lists_questions_and_takes_answers(
    based: Path, load: Load, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(based))
    assert main(["confirm"]) == 0 and "没有待确认的列" in capsys.readouterr().out
    load("penalty_case.csv", _renamed([case(11)], "罚款金额（已缴）"))
    (doubt,) = open_doubts(based)
    assert main(["confirm"]) == 0 and f"[{doubt.number}] 罚款金额（已缴）（含义）" in capsys.readouterr().out
    assert main(["confirm", doubt.number, KEEP]) == 1 and "请写明确认人" in capsys.readouterr().err
    assert main(["confirm", doubt.number, KEEP, "--by", "张某"]) == 0
    assert "接收 1" in capsys.readouterr().out
    assert _fines(based) == {"C0011": Decimal("500.00")}


def test_a_real_code_with_a_wrong_check_character_is_accepted_once_confirmed(based: Path, load: Load) -> None:
    text = csv_text([["统一社会信用代码", "企业名称"], ["91350203M000100Q9X", "老代码企业"]])
    assert load("企业登记.csv", text).total("quarantined") == 1
    _answer(based, REAL)
    assert query(based, "select entity_name from enterprise where uscc = '91350203M000100Q9X'") == [("老代码企业",)]
    assert load("penalty_case.csv", table([case(11, 当事人标识="91350203M000100Q9X")])).total("accepted") == 1
    other = csv_text([["统一社会信用代码", "企业名称"], [uscc(7)[:-1] + ("0" if uscc(7)[-1] != "0" else "1"), "抄错"]])
    assert load("next/企业登记.csv", other).total("quarantined") == 1


def test_rows_over_the_heading_never_vanish(based: Path, load: Load) -> None:
    heading, *rows = table([case(11), case(12)]).splitlines()
    stray = heading.replace("程序类型", '"程序类型')
    closed = heading.replace("程序类型", '程序类型"')
    report = load("penalty_case.csv", "\n".join([stray, *rows, closed, heading, rows[0]]) + "\n")
    held = query(based, "select raw_json from quarantine where raw_json like '%C0012%'")
    assert report.files[0].state == "refused" or held or "C0012" in _fines(based)


def test_who_answered_and_when_is_kept_and_the_last_answer_counts(based: Path, load: Load) -> None:
    load("penalty_case.csv", _renamed([case(11)], "罚款金额（已缴）"))
    (doubt,) = open_doubts(based)
    for choice, by in ((DROP, "张某"), (KEEP, "李某")):
        confirm(based, doubt.number, choice, by, AT)
    assert [(a.choice, a.by, a.at) for a in answers_of(based)] == [(DROP, "张某", AT), (KEEP, "李某", AT)]
    load("next/penalty_case.csv", _renamed([case(12)], "罚款金额（已缴）"))
    assert _fines(based)["C0012"] == Decimal("500.00")


def test_answers_are_checked(based: Path, load: Load) -> None:
    load("penalty_case.csv", _renamed([case(11)], "罚款金额（已缴）"))
    doubt: Doubt = open_doubts(based)[0]
    for number, choice, by, said in (
        ("0000", DROP, "张某", "没有编号为 0000"),
        (doubt.number, "也许", "张某", "不是可选的答案"),
        (doubt.number, DROP, " ", "是谁"),
    ):
        with pytest.raises(UserError, match=said):
            confirm(based, number, choice, by, AT)
    assert open_doubts(based) == [doubt]
