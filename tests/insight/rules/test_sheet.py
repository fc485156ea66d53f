"""A model as a person reads it: its example in Chinese titles, what a version changes."""

from dataclasses import replace
from datetime import datetime

from lib.casework.rules.versions import Version
from lib.insight.rules.sheet import ROWS_SHOWN, change, exactly, example
from lib.rules import read_rules


def test_the_example_of_a_model_has_its_rows_and_hits_in_chinese() -> None:
    found = example(read_rules()["M15"])
    assert found is not None and found.as_of == "2022-09-25"
    title, rows, count = found.given[0]
    assert (title, count) == ("违法线索移送", 2)
    assert rows.iloc[:, 0].tolist() == ["L15", "L16"]
    assert found.expected["对象"].tolist() == ["L16"]
    assert found.expected["等级"].tolist() == ["黄"] and found.expected["阈值"].tolist() == ["15"]


def test_every_model_has_an_example_short_enough_to_show() -> None:
    for rule in read_rules().values():
        found = example(rule)
        assert found is not None and len(found.expected) > 0, rule.id
        assert all(len(rows) <= ROWS_SHOWN for _, rows, _ in found.given)


def test_a_threshold_is_shown_to_its_last_digit() -> None:
    assert [exactly(value) for value in (0.0001, 0.005, 5.0, 50000, None)] == ["0.0001", "0.005", "5", "50,000", "—"]


def version(number: int, params: str, content: str) -> Version:
    rule = read_rules()["M15"]
    at = datetime(2022, 9, 1)
    return Version(
        f"M15-v{number}", "M15", number, rule.hash, "草稿", at, 1, "a", "甲", at, rule.path.name, content, params
    )


def test_a_change_names_the_parameters_and_the_lines() -> None:
    rule = read_rules()["M15"]
    content = rule.path.read_text(encoding="utf-8")
    first = rule.parameters[0]
    before = version(1, f'{{"{first.name}": {first.default}}}', content)
    after = version(2, f'{{"{first.name}": {first.default + 1}}}', content)  # type: ignore[operator]
    found = change(before, after)
    assert found.parameters.iloc[0].tolist()[0] == first.meaning
    assert found.parameters.iloc[0].tolist()[2:] == [str(first.default), str(first.default + 1)]  # type: ignore[operator]
    assert found.lines == "" and not found.nothing
    assert change(before, replace(before, version_no=3)).nothing
    edited = replace(before, content=content.replace(rule.title, "新标题", 1))
    edited.__dict__["rule"] = rule
    lines = change(before, edited).lines
    assert f"-title: {rule.title}" in lines and "+title: 新标题" in lines
