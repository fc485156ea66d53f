"""The board of a class: hand-worked tables, all stores of a seat counted, files that open."""

import io
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from docx import Document

from lib.access import Forbidden, Viewer
from lib.access.personas import personas
from lib.casework.store import transaction
from lib.casework.store.register import open_register
from lib.casework.training import attempts, seats
from lib.casework.training.classes import Class, Taken
from lib.casework.training.states import RUNNING
from lib.catalog.exercises import exercises
from lib.errors import UserError
from lib.insight.training.course.board import Board, agreed, best, board, by_case, by_model, objectives
from lib.insight.training.course.certificate import certificates
from lib.insight.training.course.workbook import workbook
from lib.insight.training.score import GUILTY, INNOCENT, Score
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.casework.training.conftest import a_class, city, home  # noqa: F401

AT = datetime(2026, 3, 2, 9, 0)
JUDGE, READ = exercises()["judge"], exercises()["read"]
OFFICE = next(one for one in personas(True) if one.role == "office")
NAMES = ("张三", "李四", "=1+1")


def made() -> Board:
    """Three seats; the first has passed both, the second one of two, the third has handed nothing in."""
    taken = tuple(Taken(number, name, AT, 0, 0) for number, name in enumerate(NAMES, start=1))
    held = Class("T1", "ABCDEF", "第一期", 40, 7, ("judge", "read"), date(2026, 4, 1), RUNNING, taken)
    goes = pd.DataFrame(
        [
            (1, "张三", "judge", JUDGE.title, 1, 50.0, 30.0, 1, AT),
            (1, "张三", "judge", JUDGE.title, 2, 90.0, 20.0, 0, AT),
            (1, "张三", "read", READ.title, 1, 60.0, 10.0, 0, AT),
            (2, "李四", "judge", JUDGE.title, 1, 59.9, 40.0, 2, AT),
        ],
        columns=["seat", "name", "exercise", "title", "number", "points", "minutes", "hints", "at"],
    )
    judged = pd.DataFrame(
        [
            (1, "M01", "C1", True, "停滞", GUILTY, True, AT),
            (1, "M01", "C2", False, "已延期", GUILTY, False, AT),
            (2, "M01", "C1", True, "停滞", INNOCENT, False, AT),
            (2, "M01", "C2", False, "已延期", GUILTY, False, AT),
            (2, "M05", "C3", False, "分期缴纳", "", False, AT),
            (1, "M05", "C4", True, "少缴", GUILTY, True, AT),
        ],
        columns=["seat", "rule_id", "subject_id", "guilty", "case", "verdict", "right", "at"],
    )
    return Board(held, (JUDGE, READ), goes, judged)


def test_the_best_go_counts_and_what_is_missing_counts_nothing() -> None:
    table = best(made()).set_index("seat")
    assert table[JUDGE.title].tolist()[:2] == [90.0, 59.9] and pd.isna(table[JUDGE.title][3])
    assert table["mean"].tolist() == [75.0, 30.0, 0.0]  # (90 + 60) / 2, 59.9 / 2 to one decimal
    assert table["done"].tolist() == [2, 1, 0] and table["minutes"].tolist() == [60.0, 40.0, 0.0]
    assert table["passed"].tolist() == [True, False, False]


def test_an_exercise_says_how_many_handed_it_in_and_how_they_did() -> None:
    judge, read = objectives(made()).to_dict("records")
    assert (judge["seats"], judge["of"], judge["goes"], judge["mean"]) == (2, 3, 3, 75.0)  # (90 + 59.9) / 2, rounded
    assert (judge["lowest"], judge["highest"], judge["minutes"], judge["hints"]) == (59.9, 90.0, 30.0, 1.0)
    assert (read["seats"], read["goes"], read["mean"]) == (1, 1, 60.0)


def test_where_the_class_fails_is_told_by_model_and_by_what_was_planted() -> None:
    first, second = by_model(made().judged).to_dict("records")
    assert (first["rule_id"], first["items"], first["wrong"], first["missed"], first["wronged"]) == ("M01", 4, 3, 1, 2)
    assert (second["rule_id"], second["wrong"], second["unanswered"], second["share"]) == ("M05", 1, 1, 0.5)
    assert (round(first["low"], 3), round(first["high"], 3)) == (0.301, 0.954)  # Wilson, 3 of 4
    cases = by_case(made().judged)
    assert cases[["rule_id", "guilty", "case", "items", "wrong"]].to_numpy().tolist()[:2] == [
        ["M01", False, "已延期", 2, 2],
        ["M05", False, "分期缴纳", 1, 1],
    ]
    empty = by_model(made().judged.iloc[:0])
    assert empty.empty and by_case(made().judged.iloc[:0]).empty


def test_agreement_is_between_two_who_judged_the_same() -> None:
    found = agreed(made().judged)
    assert (found.pairs, found.same, found.kappa, found.ac1) == (2, 1, None, None)
    rows = [
        (seat, "M01", f"C{number}", True, "停滞", GUILTY if number < 9 or seat == 1 else INNOCENT, True, AT)
        for number in range(10)
        for seat in (1, 2, 3)
    ]
    many = agreed(pd.DataFrame(rows, columns=made().judged.columns))
    assert (many.pairs, many.same) == (10, 9) and many.ac1 is not None


def test_the_files_open_and_nothing_in_them_is_a_formula() -> None:
    held = made()
    book = openpyxl.load_workbook(io.BytesIO(workbook(held, "水印 · 演示·合成数据")))
    assert book.sheetnames == ["成绩", "作答", "练习", "模型", "情形"]
    rows = list(book["成绩"].iter_rows(min_row=5, values_only=True))
    assert rows[0][:3] == ("座位", "姓名", JUDGE.title) and rows[1][:4] == (1, "张三", 90, 60)
    assert rows[3][1] == "=1+1" and all(cell.data_type != "f" for row in book["成绩"].iter_rows() for cell in row)
    paper = Document(io.BytesIO(certificates(held, [1, 2, 3], "内部资料", "水印", AT)))
    text = "\n".join(one.text for one in paper.paragraphs)
    assert text.count("结业证书") == 1 and "张三 在「第一期」" in text and "李四" not in text and "75 分" in text
    assert "演示·合成数据" in paper.sections[0].header.paragraphs[0].text
    with pytest.raises(UserError, match="还没有人结业"):
        certificates(held, [2, 3], "内部资料", "水印", AT)


def test_every_store_a_seat_worked_in_counts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    register, warehouse = open_register(home), open_warehouse(home)
    held = a_class(register)
    trainee = seats.sit_down(home, register, held.code, "张三", "", now())
    assert trainee.seat is not None
    told = iter((40.0, 70.0, 55.0))
    for number in range(3):
        store = seats.seat_register(home, trainee.seat)
        wall, at = AT + timedelta(hours=number), now(warehouse)
        monkeypatch.setattr(transaction, "now", lambda: wall)  # noqa: B023
        done = attempts.start(store, trainee, JUDGE, "seed", [], f"b{number}", at)
        attempts.hint(store, trainee, str(done.created), 1, f"h{number}", at)
        wall += timedelta(minutes=12)
        attempts.finish(store, trainee, str(done.created), f"f{number}", at)
        if number == 1:
            seats.reset_seat(register, home, OFFICE, held.class_id, 1, at)
    unfinished = attempts.start(seats.seat_register(home, trainee.seat), trainee, JUDGE, "s", [], "u", now())
    assert unfinished.created
    found = board(home, register, warehouse, OFFICE, held.class_id, lambda *_: Score((), 0, next(told)))
    assert found.goes[["seat", "number", "points", "minutes", "hints"]].to_numpy().tolist() == [
        [1, 1, 40.0, 12.0, 1], [1, 2, 70.0, 12.0, 1], [1, 3, 55.0, 12.0, 1]
    ]  # fmt: skip
    assert best(found)[JUDGE.title].tolist() == [70.0]
    for role in ("trainee", "inspector", "town"):
        with pytest.raises(Forbidden):
            board(home, register, warehouse, Viewer("x", "某", role), held.class_id)
