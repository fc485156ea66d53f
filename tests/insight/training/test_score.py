"""The score of judging: hand-worked cases, a second scorer, and what guessing gains."""

from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lib.catalog.exercises import FOLDER, exercises
from lib.insight.training.score import Reading, Truth, answers, informedness, judged, marked, read
from tests.insight.training.answerers import event, events, stored
from tests.insight.training.second_scorer import score as second

JUDGE = exercises()["judge"]
RAW = yaml.safe_load((FOLDER / "judge.yaml").read_text(encoding="utf-8"))
# Four items: two planted, two innocent; of the first two rows decide, of the others one.
TRUTHS = [
    Truth(True, frozenset({"票据#1", "票据#2"}), frozenset({"案件#1"}), frozenset({"调银行回单", "核票据存根"})),
    Truth(False, frozenset({"节点#3"}), frozenset(), frozenset({"查笔录"})),
    Truth(True, frozenset({"节点#1"}), frozenset(), frozenset({"查笔录"})),
    Truth(False, frozenset({"节点#2"}), frozenset(), frozenset({"查笔录"})),
]
FULL = [
    ["verdict=true", "row=票据#1", "row=票据#2", "row=案件#1", "check=调银行回单", "check=核票据存根"],
    ["verdict=innocent", "row=节点#3", "check=查笔录"],
    ["verdict=true", "row=节点#1", "check=查笔录"],
    ["verdict=innocent", "row=节点#2", "check=查笔录"],
]


def points(saved: list[list[str]], *more: tuple[str, dict]) -> float:
    held = [*events(saved), *(event(action, payload) for action, payload in more)]
    return judged(JUDGE, held, TRUTHS).points


def test_whoever_knows_all_has_the_full_score_less_what_hints_cost() -> None:
    assert points(FULL) == 100
    # Two hints of three points; looking twice costs once.
    assert points(FULL, ("hint", {"hint": 1}), ("hint", {"hint": 2}), ("hint", {"hint": 2})) == 94


def test_one_wrong_verdict_costs_its_share_of_the_skill_and_its_rows() -> None:
    saved = [FULL[0], ["verdict=true", "row=节点#3", "check=查笔录"], *FULL[2:]]
    # Skill 2/2 + 1/2 - 1 = 0.5; rows and checks of three of four items count: 50·0.5 + (30+20)·0.5·0.75 = 43.75,
    # of which the first 10 are a guess's and the other 90 count for 100.
    assert points(saved) == 37.5


def test_rows_half_found_and_one_too_many() -> None:
    saved = [["verdict=true", "row=票据#1", "check=调银行回单", "check=核票据存根"], *FULL[1:3],
             ["verdict=innocent", "row=节点#2", "row=节点#9", "check=查笔录"]]  # fmt: skip
    # Rows: 1/2, 1, 1, and 1 less one wrong of two marked: 3/4 of 30 points, 92.5 in all.
    assert points(saved) == pytest.approx((92.5 - 10) / 0.9, abs=0.05)


def test_one_verdict_for_all_is_worth_nothing_however_well_marked() -> None:
    for verdict in ("true", "innocent"):
        assert points([[f"verdict={verdict}", *one[1:]] for one in FULL]) == 0


def test_what_was_not_answered_counts_as_wrong() -> None:
    assert informedness({1: "true", 3: "true"}, [True, False, True, False]) == 0
    assert points(FULL[:2]) == 0
    assert points([]) == 0


def test_the_last_save_of_an_item_counts() -> None:
    held = answers([event("answer", {"item": 1, "answers": ["verdict=true"]}),
                    event("answer", {"item": 1, "answers": ["verdict=innocent", "row=a=b#1"]})])  # fmt: skip
    assert held == {1: {"verdict": ["innocent"], "row": ["a=b#1"]}}


def test_marking_everything_is_worth_the_share_that_decides() -> None:
    assert marked(["a", "b", "c", "d"], ["a"]) == 0.25
    assert marked([], ["a"]) == 0
    assert marked(["a", "b", "c"], list("abcdefgh"), enough=3) == 1
    assert marked(["x"], []) == 0 and marked([], []) == 1


def test_reading_a_warning() -> None:
    exercise = exercises()["read"]
    truth = Reading(frozenset({"gap"}), 16690.0, frozenset({"票据#1"}), frozenset(), frozenset({"分期", "退付"}))
    full = ["branch=gap", "value=16,690", "row=票据#1", "excuse=分期", "excuse=退付"]
    assert read(exercise, events([full]), truth).points == 100
    # Branch, value and half of the excuses: 25 + 25 + 10 = 60, of which the first 35 are for guessing.
    assert read(exercise, events([["branch=gap", "value=16690.00", "excuse=分期"]]), truth).points == 38.5
    assert read(exercise, events([["branch=gap"]]), truth).points == 0
    assert read(exercise, events([["value=很多"]]), truth).points == 0


ROWS, CHECKS = [f"表#{n}" for n in range(1, 7)], ["查甲", "查乙", "查丙"]


def some(chance: Random, of: list[str], least: int = 0) -> list[str]:
    return chance.sample(of, chance.randint(least, len(of)))


def made_up(chance: Random) -> tuple[Truth, list[str]]:
    """An item and what is saved of it, with anything that can stand there."""
    deciding, may = frozenset(some(chance, ROWS)), frozenset(some(chance, ROWS))
    truth = Truth(chance.random() < 0.5, deciding, may - deciding, frozenset(some(chance, CHECKS, 1)))
    verdict = chance.choice([[], ["verdict=true"], ["verdict=innocent"]])
    rows, checks = some(chance, ROWS), some(chance, CHECKS)
    return truth, [*verdict, *(f"row={one}" for one in rows), *(f"check={one}" for one in checks)]


@given(st.integers(0, 2**32), st.integers(2, 10), st.sets(st.integers(1, 2)))
def test_a_second_scorer_agrees(seed: int, count: int, hints: set[int]) -> None:
    chance = Random(seed)
    items = [made_up(chance) for _ in range(count)]
    # At least one of each: a draw has as many of the one as of the other.
    truths = [one for one, _ in items]
    truths[0], truths[1] = truths[0]._replace(guilty=True), truths[1]._replace(guilty=False)
    held = [*events([saved for _, saved in items]), *(event("hint", {"hint": one}) for one in sorted(hints))]
    plain = [{**one._asdict()} for one in truths]
    assert judged(JUDGE, held, truths).points == pytest.approx(second(stored(held), plain, RAW), abs=0.11)
