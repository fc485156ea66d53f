"""A limit of an indicator that is the limit of a model is that one: written once, and tuned with the model."""

import re
from dataclasses import replace

import pytest

from lib.rules import RuleError, read_rules
from lib.rules.indicators import read_indicators, tuned
from lib.rules.variant import Variant

INDICATORS, RULES = read_indicators(), read_rules()
BORROWED = [(one.id, name) for one in INDICATORS.values() for name in one.borrowed]
# Numbers of the calendar and of storage, not limits: the first, a day, a whole year, half open intervals.
_PLAIN = {"0", "1", "2", "12"}
_MODEL = re.compile(r"M[0-9]{2}")
# 第三十日, 十五个工作日, 24个月, 5万元, 10分钟: a limit spelt out, which would stay when the limit is tuned.
_DIGIT = "[一二三四五六七八九十百千万0-9]"
_SPELT = re.compile(rf"(?<!{_DIGIT})(?!一日|一个工作日){_DIGIT}+(个?(工作日|自然日|日|天|月|分钟)|万?元)")
# The same number by chance: three fines in a month are not three in the window of M02.
_OTHERS = {("I11", "month_fines", "M02", "yellow_fines")}


def _words(indicator_id: str) -> str:
    one = INDICATORS[indicator_id]
    return " ".join((one.numerator, one.denominator, *one.exclusions, *one.assumptions, *one.decisions))


@pytest.mark.parametrize(("indicator_id", "name"), BORROWED)
def test_a_borrowed_limit_is_the_model_s(indicator_id: str, name: str) -> None:
    rule_id, theirs = INDICATORS[indicator_id].borrowed[name]
    own = next(one for one in INDICATORS[indicator_id].parameters if one.name == name)
    held = next(one for one in RULES[rule_id].parameters if one.name == theirs)
    assert replace(own, name=theirs, meaning=held.meaning) == held
    assert rule_id in _words(indicator_id)


def test_no_limit_of_a_model_is_written_again() -> None:
    """A parameter of an indicator is its own only when no model that its head speaks of, or whose findings it reads,
    has one of the same name, or of the same number and unit."""
    again = []
    for one in INDICATORS.values():
        models = {*_MODEL.findall(_words(one.id)), *(name[-3:] for name in one.facts if _MODEL.fullmatch(name[-3:]))}
        for own in one.parameters:
            if own.name in one.borrowed:
                continue
            again += [
                f"{one.id}.{own.name} is {rule_id}.{theirs.name}"
                for rule_id in sorted(models)
                for theirs in RULES[rule_id].parameters
                if (theirs.name == own.name or (theirs.default, theirs.unit) == (own.default, own.unit))
                and (one.id, own.name, rule_id, theirs.name) not in _OTHERS
            ]
    assert again == []


def test_no_limit_stands_in_the_sql_of_an_indicator() -> None:
    """What it compares with is a parameter: a number in the text would not move."""
    found = []
    for one in INDICATORS.values():
        text = re.sub(r"'[^']*'|--[^\n]*|decimal\([0-9, ]+\)", "", one.counted)
        numbers = re.findall(r"(?<![\w$.])[0-9]+(?:\.[0-9]+)?", text)
        found += [f"{one.id}: {number}" for number in numbers if number not in _PLAIN]
    assert found == []


def test_no_borrowed_limit_is_spelt_out_in_words() -> None:
    found = [
        f"{one.id}: {text.group()}"
        for one in INDICATORS.values()
        if one.borrowed
        for text in _SPELT.finditer(_words(one.id))
    ]
    assert found == []


def test_the_limits_of_the_version_in_force_hold() -> None:
    one = INDICATORS["I22"]
    assert tuned(one, {}) is one
    same = {"M14": Variant(RULES["M14"], {"referral_ratio": 1})}
    assert tuned(one, same) is one
    other = tuned(one, {"M14": Variant(RULES["M14"], {"referral_ratio": 1.5, "refer_workdays": 9})})
    assert {held.name: held.default for held in other.parameters} == {"referral_ratio": 1.5, "refer_workdays": 9}
    assert [held.default for held in one.parameters] == [1, 4] and other.counted == one.counted
    # An earlier text of the model that did not have it yet: the limit of the file stays.
    before = replace(RULES["M14"], parameters=RULES["M14"].parameters[:3])
    assert [held.name for held in before.parameters][-1] == "referral_ratio"
    earlier = tuned(one, {"M14": Variant(before, {"referral_ratio": 1.2})})
    assert [held.default for held in earlier.parameters] == [1.2, 4]
    with pytest.raises(RuleError):
        tuned(one, {"M14": Variant(RULES["M14"], {"referral_ratio": 9})})
