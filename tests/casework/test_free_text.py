"""What identifies a person in texts somebody wrote is masked for every viewer: on screen, in exports, in search."""

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from lib.access import SYSTEM, Viewer
from lib.access.masking import mask_frame, mask_free_text
from lib.casework.clues.registration import register_clue
from lib.casework.reading import visible
from lib.casework.store.register import Register
from lib.ui.files.export import excel
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)
WRITTEN = {
    "身份证": ("当事人身份证330411197001011239。", "330411197001011239"),
    "手机": ("联系电话13812345678，", "13812345678"),
    "座机": ("电话：0573-82345678", "82345678"),
    "银行卡": ("汇入卡号6228480402564890018", "6228480402564890018"),
    "车牌": ("驾驶浙F12345货车", "浙F12345"),
    "住址": ("在环城路128号占道", "128"),
}


@pytest.mark.parametrize("column", ["illegal_fact", "place_text", "basis_text", "case_name", "issue_text", "remark"])
@pytest.mark.parametrize("kind", WRITTEN)
def test_every_free_text_of_a_source_row_is_masked(column: str, kind: str) -> None:
    text, number = WRITTEN[kind]
    shown = mask_frame(pd.DataFrame({column: [f"某公司{text}"], "case_id": [number], "n": [5]}))
    assert number not in shown[column][0] and "****" in shown[column][0]
    assert (shown["case_id"][0], shown["n"][0]) == (number, 5)


def test_texts_without_numbers_and_values_that_are_no_texts_stay() -> None:
    assert mask_free_text("占道经营，共3次") == "占道经营，共3次"
    assert mask_free_text(None) is None and mask_free_text(13812345678) == 13812345678


def test_clues_and_what_people_wrote_about_warnings_are_masked(
    register: Register, feed, inspector: Viewer, county: Viewer
) -> None:
    [warning_id] = feed({})
    text = "".join(text for text, _ in WRITTEN.values())
    on_warning("sign", register, inspector, warning_id, submission_id="1", at=AT, text=text)
    on_warning("start", register, inspector, warning_id, submission_id="2", at=AT)
    on_warning(
        "conclude",
        register,
        inspector,
        warning_id,
        submission_id="3",
        at=AT,
        conclusion="属实",
        text=text,
        checked=[text],
    )
    register_clue(
        register, county, "petition", "X1", submission_id="4", at=AT, title=text, detail=text, area_code="330483101"
    )
    events = visible.events_of(register, SYSTEM, None, "warning", warning_id)
    clue = visible.clues(register, SYSTEM, None).iloc[0]
    told = [*events["text"], str(events["payload"].iloc[-1]["checked"]), clue["title"], clue["detail"]]
    assert len([one for one in told if one]) >= 5
    for _, number in WRITTEN.values():
        assert not any(number in one for one in told)
    assert visible.clue(register, SYSTEM, None, clue["clue_id"])["detail"] == clue["detail"]


def test_an_export_is_masked_whatever_the_table(tmp_path: Path) -> None:
    text = "".join(text for text, _ in WRITTEN.values())
    sheet = pd.DataFrame({"编号": ["W0123456789abcdef"], "内容": [text], "件数": [13812345678]})
    book = openpyxl.load_workbook(io.BytesIO(excel(sheet, "清单", "内部资料")))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert "W0123456789abcdef" in cells and "13812345678" in cells
    for _, number in WRITTEN.values():
        assert not any(number in cell for cell in cells if cell != "13812345678")
