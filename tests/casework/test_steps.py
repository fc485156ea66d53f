"""What a step asks for: what stands in its payload, and in which words a value is refused."""

from datetime import date

import pytest

from lib.casework.clues.steps import CLUE, REGISTER
from lib.casework.rules.steps import DRAFTING, TASK, VERSION
from lib.casework.steps import FILE, Field, Step
from lib.casework.warnings.steps import WARNING


def _said(step, given: dict, text: str = "有") -> list[str]:
    return [fault.message + fault.hint for fault in step.faults(given, text).values()]


@pytest.mark.parametrize(
    ("step", "given", "text", "said"),
    [
        (WARNING.steps["conclude"], {"conclusion": "基本属实", "checked": ["票据"]}, "有",
         ["没有「基本属实」这种核查结论。请在属实、部分属实、不属实、无法查实中选择。"]),
        (WARNING.steps["conclude"], {}, " ",
         ["请选择核查结论。请在属实、部分属实、不属实、无法查实中选择。",
          "请至少选择一项核查内容。例如：调阅案卷、核对票据、现场查看、询问当事人。",
          "反馈核查结论需要填写说明。请补充文字后再提交。"]),
        (WARNING.steps["withdraw"], {"reason": "重复"}, "有", ["没有「重复」这种撤销原因。请选择：误报或数据更正。"]),
        (WARNING.steps["take_over"], {}, "", ["接手需要填写说明。请补充文字后再提交。"]),
        (WARNING.steps["sign"], {}, "", []),
        (CLUE.steps["assess"], {"proposed": "搁置"}, "有",
         ["没有「搁置」这种处置方式。请在谈话函询、初步核实、暂存待查、予以了结中选择。"]),
        (CLUE.steps["report"], {"found": "属实", "form": "第五种形态", "people_cnt": -1}, "有",
         ["没有「第五种形态」这种处理结果。请在第一种形态、第二种形态、第三种形态、第四种形态、未追究责任中选择。",
          "处理人数「-1」不对。请填写不小于 0 的整数。"]),
        (CLUE.steps["report"], {}, "有", ["请选择查实情况。请在属实、部分属实、不属实、无法查实中选择。"]),
        (CLUE.steps["report"], {"found": "不属实"}, "有", []),
        (REGISTER, {"origin": "own", "title": " ", "org_id": "O1"}, "有", ["请用一句话写明什么问题。"]),
        (REGISTER, {"origin": "grid", "title": "甲", "org_id": "O1"}, "有", ["请填写派单号。请补充后再提交。"]),
        (DRAFTING, {}, "", ["调整参数须写明理由。例如：试运行误报率、依据的文件或会议。"]),
        (TASK.steps["close"], {}, "", ["办结需要填写说明。请补充文字后再提交。"]),
    ],
)  # fmt: skip
def test_what_is_missing_or_unknown_is_said_in_order(step, given: dict, text: str, said: list[str]) -> None:
    assert _said(step, given, text) == said


def test_a_payload_holds_every_field_of_its_step() -> None:
    conclude, report = WARNING.steps["conclude"], CLUE.steps["report"]
    assert conclude.payload({"conclusion": "属实", "checked": ("票据",)}) == {
        "conclusion": "属实",
        "checked": ["票据"],
        "work_prompt": False,
        "work_prompt_text": "",
    }
    assert report.payload({}) == {"found": None, "form": None, "people_cnt": 0}
    assert WARNING.steps["sign"].payload({}) == {}
    with pytest.raises(ValueError, match="form"):
        conclude.payload({"form": "第一种形态"})


def test_a_list_left_alone_is_a_list_of_its_own() -> None:
    conclude = WARNING.steps["conclude"]
    conclude.payload({})["checked"].append("票据")
    assert conclude.payload({})["checked"] == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [("number", 0, 1.5), ("day", date(2022, 9, 1), "2022-09-01"), ("text", "甲", "  "), ("flag", True, False)],
)
def test_a_value_has_the_kind_of_its_field(kind, good: object, bad: object) -> None:
    asked = Field("x", "某项", kind, required=True)
    assert asked.fault(good) is None
    assert "某项" in asked.fault(bad).message


def test_a_file_that_is_required_has_to_come_with_the_step() -> None:
    asked = Field(FILE, "附件", "file", required=True)
    step = Step("hand_in", "提交材料", "record", frozenset({"登记"}), fields=(asked,))
    assert [fault.message for fault in step.faults({}, "").values()] == ["请选择附件。"]
    assert step.faults({}, "", {FILE: ("单.pdf", b"%PDF")}) == {} == step.faults({}, "", {FILE: "A1"})


@pytest.mark.parametrize("workflow", [WARNING, CLUE, VERSION, TASK], ids=lambda one: one.object_type)
def test_every_step_is_named_once_and_asks_once(workflow) -> None:
    for action, step in workflow.steps.items():
        names = [one.name for one in step.fields]
        assert step.action == action and len(names) == len(set(names))
