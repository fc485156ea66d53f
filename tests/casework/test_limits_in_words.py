"""What the screen says of hours, workdays and months is what data/deadlines.yaml says."""

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

from lib.casework.deadlines import opinion, settings, signing, signing_units, soon, verifying
from lib.insight.figure import DEFINITIONS
from lib.insight.period import Span
from lib.insight.share import Share
from lib.insight.warnings import kpi
from lib.ui import tables

ROOT = Path(__file__).resolve().parents[2]
MONTH = Span(pd.Timestamp("2022-09-01").date(), pd.Timestamp("2022-09-30").date())


def _titles() -> list[str]:
    return [DEFINITIONS[name].title for name in ("soon", "red", "red_signed")]


def test_the_settings_as_delivered_in_words() -> None:
    assert (signing("red"), signing("orange"), signing("check")) == ("24小时", "2个工作日", "5个工作日")
    assert (verifying(), soon(), opinion()) == ("红5、橙10、黄15个工作日", "三个工作日内", "一个月")
    assert signing_units() == "红色按小时，其余按工作日"
    assert _titles() == ["三个工作日内到期", "满24小时的红色预警", "24小时内签收"]
    assert tables._head("等级", None)["help"] == "由模型规则给出；红色须24小时内签收。"


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    warning = settings()["warning"]
    monkeypatch.setitem(warning, "red", {"sign_hours": 12, "verify_workdays": 3})
    monkeypatch.setitem(warning, "orange", {"sign_hours": 36, "verify_workdays": 8})
    monkeypatch.setitem(settings()["due"], "soon_workdays", 4)
    monkeypatch.setitem(settings()["clue"], "opinion_months", 2)


@pytest.mark.usefixtures("changed")
def test_other_settings_other_words() -> None:
    assert (signing("red"), verifying(), soon(), opinion()) == (
        "12小时",
        "红3、橙8、黄15个工作日",
        "四个工作日内",
        "两个月",
    )
    assert signing_units() == "红色、橙色按小时，其余按工作日"
    assert _titles() == ["四个工作日内到期", "满12小时的红色预警", "12小时内签收"]
    assert tables._head("等级", None)["help"] == "由模型规则给出；红色须12小时内签收。"
    assert tables._head("签收", None)["help"].endswith("红色、橙色按小时，其余按工作日，调休已计入。")


def _red(signed: list[str | None], **more: list[str]) -> pd.DataFrame:
    seen = pd.to_datetime(["2022-09-05 09:00"] * len(signed))
    frame = {"first_seen_at": seen, "signed_at": pd.to_datetime(signed), "level": "red", "state": "已签收"}
    return pd.DataFrame({**frame, **{name: pd.to_datetime(times) for name, times in more.items()}})


def test_red_counts_as_signed_in_time_by_the_same_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, now = _red(["2022-09-05 20:00", "2022-09-06 08:00", None]), pd.Timestamp("2022-09-20")
    assert kpi.red_signed(frame, MONTH, now) == Share(2, 3)
    monkeypatch.setitem(settings()["warning"], "red", {"sign_hours": 12, "verify_workdays": 5})
    assert kpi.red_signed(frame, MONTH, now) == Share(1, 3)
    monkeypatch.setitem(settings()["warning"], "red", {"sign_workdays": 1, "verify_workdays": 5})
    by_day = _red(["2022-09-06 20:00", "2022-09-07 00:30"], sign_due_at=["2022-09-06 23:59:59"] * 2)
    assert kpi.red_signed(by_day, MONTH, now) == Share(1, 2)
    assert signing("red") == "1个工作日" and signing_units() == "按工作日"


# The window of a rule and of a year's figures is no setting.
_LIMIT = re.compile(r"(?<![0-9哪这])(?!12 ?个月|1 天)[0-9零一二两三四五六七八九十]+ ?(小时|个?工作日|个月|天)")


def _written(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [str(node.value) for node in texts if id(node) not in told]


def test_no_limit_is_written_into_the_code_of_the_screen() -> None:
    folders = [ROOT / "lib/insight", ROOT / "lib/ui", ROOT / "lib/casework", ROOT / "pages"]
    files = [path for folder in folders for path in folder.rglob("*.py") if "demo" not in path.parts]
    assert [(path.name, text) for path in files for text in _written(path) if _LIMIT.search(text)] == []
