"""What a look-back found: recomputed by hand from the files, on screen and on paper, and what becomes of it."""

import io
from datetime import date

import pandas as pd
import pytest
from docx import Document

from lib.access import Forbidden, NotVisible, Viewer
from lib.insight.report.lookback import document
from lib.insight.reviews.listing import file_list, lookback_list, sheet_list
from lib.insight.reviews.results import lookback_facts, result
from lib.insight.reviews.words import agreement_words, drawn_words, rate_words
from tests.casework.reviews.test_steps import AT, files
from tests.insight.reviews.conftest import OFFICE, SECOND, Reported

LEADER = Viewer("l", "示范员04", "leader")
COUNTY = Viewer("c", "示范员03", "county", area_code="330483")


def test_the_rate_of_the_whole_from_the_files(reported: Reported) -> None:
    held = result(*reported[:2], LEADER, reported.number)
    assert held.good is not None
    # 8 of 11 good of 40, 5 of 5 of 17, 2 of 2 of 3, 7 of 9 of 30.
    assert held.good.value == pytest.approx((8 / 11 * 40 + 17 + 3 + 7 / 9 * 30) / 90)
    # By the chance of each file: the same.
    rows = files(reported.register, OFFICE)
    assert held.good.value == pytest.approx((rows["grade"].ne("不合格") / rows["probability"]).sum() / 90)
    assert held.good.low < held.good.value < held.good.high
    assert (held.population, held.drawn, held.reviewed, held.set_aside, held.adjudicated) == (90, 27, 27, 0, 1)
    assert held.reach == pytest.approx(0.0964, abs=1e-4)
    assert sum(one.value for one in held.by_grade.values() if one) == pytest.approx(1)
    assert sorted(held.strata["size"]) == [3, 17, 30, 40] and sorted(held.strata["good"]) == [2, 5, 7, 8]
    assert drawn_words(held) == "90 件已结案件抽 27 件，误差 ±9.6 个百分点，置信度 95%"


def test_agreement_of_the_two_and_by_item(reported: Reported) -> None:
    held = result(*reported[:2], LEADER, reported.number)
    told = held.agreement
    # They differ on one file of 27; 5 and 6 of them are not good.
    assert (told.pairs, told.same) == (27, 26) and told.kappa is not None and told.ac1 is not None
    good_1, good_2 = 22 / 27, 21 / 27
    chance = good_1 * good_2 + (1 - good_1) * (1 - good_2)
    assert told.kappa.value == pytest.approx((26 / 27 - chance) / (1 - chance))
    items = held.items.set_index("id")
    # F04: eight of O0134; the one that only one of the two found is not among what was settled.
    assert items.loc["F04", "found"] == 8 and items.loc["F04", "agreement"].same == 26
    assert items.loc["F04", "rate"].value == pytest.approx(8 / 11 * 40 / 90)
    assert items.loc["F01", "found"] == 5 and items.loc["F02", "found"] == 0
    assert items.index[0] == "F04"
    assert agreement_words(told).startswith("κ 0.8") and "AC1 0.9" in agreement_words(told)


def test_by_unit_and_who_sees_it(reported: Reported) -> None:
    held = result(*reported[:2], LEADER, reported.number)
    units = held.units.set_index("org_id")
    assert units["reviewed"].to_dict() == {"O0134": 11, "O0002": 5, "O0003": 2, "O0004": 9}
    assert units["good"].to_dict() == {"O0134": 8, "O0002": 5, "O0003": 2, "O0004": 7}
    assert units.loc["O0134", "commonest"].startswith("立案审批表缺失或填写不全 8、")
    # The county sees the files of its units but no look-back of the whole city.
    with pytest.raises(NotVisible):
        result(*reported[:2], COUNTY, reported.number)
    assert lookback_list(*reported[:2], COUNTY, AT).empty
    assert set(file_list(*reported[:2], COUNTY, AT)["org_id"]) == {"O0134", "O0002", "O0003"}
    # Whoever handled some of the files does not see these, and the same rate.
    handler = Viewer("h", "示范员21", "office", officer_id="P1")
    own = result(*reported[:2], handler, reported.number)
    assert own.good == held.good and own.reviewed == 27
    seen = file_list(*reported[:2], handler, AT)
    assert len(seen) < 27 and seen["officer_id"].ne("P1").all()
    assert own.units["reviewed"].sum() == len(seen)


def _facts(reported: Reported, viewer: Viewer) -> pd.DataFrame:
    return lookback_facts(reported.register, viewer, reported.warehouse)


def test_the_facts_an_indicator_reads(reported: Reported) -> None:
    found = _facts(reported, OFFICE)
    assert len(found) == 27 and found["good"].sum() == 22
    assert set(found["reviewed_on"]) == {date(2022, 9, 29)} and found["case_id"].str.startswith("C").all()
    assert {"review_id", "case_id", "org_id", "area_code", "reviewed_on", "good"} <= set(found)
    assert set(_facts(reported, COUNTY)["org_id"]) == {"O0134", "O0002", "O0003"}
    # Nothing was told to the unit yet.
    assert _facts(reported, Viewer("u", "某", "liaison", org_id="O0134")).empty
    with pytest.raises(Forbidden):
        _facts(reported, Viewer("t", "某", "town", area_code="330483101"))


def test_lists_say_how_far_it_is(reported: Reported) -> None:
    [row] = lookback_list(*reported[:2], LEADER, AT).to_dict("records")
    assert (row["way"], row["drawn"], row["reviewed"], row["settled"], row["differing"]) == (
        "●●●●○○ 待反馈单位", 27, 27, 27, 0,
    )  # fmt: skip
    assert (row["area_label"], row["domain_zh"], row["strata_zh"], row["out"]) == ("全市", "全部领域", "单位", True)
    assert row["good"] == result(*reported[:2], LEADER, reported.number).good
    mine = sheet_list(*reported[:2], SECOND, AT)
    assert len(mine) == 27 and not mine["open"].any() and mine["reviewer_id"].eq(SECOND.person_id).all()
    listed = file_list(*reported[:2], OFFICE, AT)
    assert listed["score"].is_monotonic_increasing and listed["good"].sum() == 22


def test_the_report_on_paper_has_the_numbers_of_the_screen(reported: Reported) -> None:
    held = result(*reported[:2], LEADER, reported.number)
    content = document(*reported[:2], LEADER, reported.number, "内部资料", "导出人 示范员04", AT)
    opened = Document(io.BytesIO(content))
    told = "\n".join(one.text for one in opened.paragraphs)
    cells = {cell.text for table in opened.tables for row in table.rows for cell in row.cells}
    assert drawn_words(held) in told and "优良率为 80.5%" in told and "种子 7" in told
    assert {rate_words(one) for one in held.by_grade.values()} <= cells
    assert set(held.units["org_name"]) <= cells and "逐件整改。" in told
    assert "演示·合成数据" in opened.sections[0].header.paragraphs[0].text
    assert opened.core_properties.comments == "导出人 示范员04"
    # Nobody who scored is named.
    assert not any(one.name in told + "".join(cells) for one in (OFFICE, SECOND))
    with pytest.raises(NotVisible):
        document(*reported[:2], COUNTY, reported.number, "", "", AT)


def test_what_is_not_there_has_no_result(reported: Reported) -> None:
    with pytest.raises(NotVisible):
        result(*reported[:2], LEADER, "L0")
    assert rate_words(None) == "—"
