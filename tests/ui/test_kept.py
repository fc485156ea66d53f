"""What is kept between reruns is kept under what decides it, made once, and never for one viewer under nobody's key."""

import ast
import gc
import threading
import time
import weakref
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from lib.ui.kept import kept

ROOT = Path(__file__).parents[2]


def functions() -> dict[str, list[str]]:
    """The parameters of each function that keeps its answers, under `kept` or st.cache_data or st.cache_resource."""
    found = {}
    for file in (ROOT / "lib").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(_keeps(ast.unparse(d)) for d in node.decorator_list):
                found[f"{file.relative_to(ROOT)}: {node.name}"] = [one.arg for one in node.args.args]
    return found


def _keeps(decorator: str) -> bool:
    return decorator.startswith(("st.cache_", "kept("))


def test_no_answer_is_kept_under_nothing():
    """Parameters that begin with _ are left out of the key: with no other there is one answer for ever."""
    found = functions()
    assert "lib/ui/map/areas.py: _areas" in found
    assert [name for name, given in found.items() if given and all(one.startswith("_") for one in given)] == []


def test_an_answer_about_a_warehouse_is_kept_by_its_generation():
    # A row or frame counts as long as it is the very same, which another generation's never is.
    named = {"state", "data", "generation", "key", "home", "row"}
    found = {name: given for name, given in functions().items() if any("warehouse" in one for one in given)}
    assert [name for name, given in found.items() if not named & set(given)] == []


def test_made_once_for_the_same_arguments_and_not_for_what_it_is_made_from():
    made = []

    @kept(4)
    def total(_source: list[int], name: str | None) -> int:
        made.append(name)
        return sum(_source)

    assert [total([1, 2], "a"), total([5], "a"), total([5], "b"), total([7], None)] == [3, 3, 5, 7]
    assert made == ["a", "b", None]


def test_the_longest_unasked_goes_first():
    made = []

    @kept(2)
    def same(name: str) -> str:
        made.append(name)
        return name

    for name in "abac" + "ab":
        same(name)
    assert "".join(made) == "abcb"


def test_an_equal_frame_is_another_one():
    @kept(4)
    def size(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.copy()

    one, other = pd.DataFrame({"n": [1]}), pd.DataFrame({"n": [1]})
    assert size(one) is size(one)
    assert size(one) is not size(other)


def test_what_was_made_of_a_frame_goes_with_it():
    @kept(4)
    def counted(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.groupby("n").size().to_frame()

    one = pd.DataFrame({"n": [1, 2]})
    held = weakref.ref(counted(one))
    del one
    gc.collect()
    assert held() is not None
    counted(pd.DataFrame({"n": [3]}))
    gc.collect()
    assert held() is None


def test_what_could_not_be_made_is_not_kept():
    made = []

    @kept(4)
    def fails_once(name: str) -> str:
        made.append(name)
        if len(made) == 1:
            raise ValueError
        return name

    with pytest.raises(ValueError):
        fails_once("a")
    assert fails_once("a") == "a"


def test_who_comes_while_it_is_being_made_waits_for_it():
    made = []

    @kept(4)
    def slow(name: str) -> object:
        time.sleep(0.05)
        made.append(name)
        return object()

    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(slow("a"))) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 1 and len(set(map(id, found))) == 1


def test_nothing_made_for_a_viewer_is_kept_for_everybody():
    with pytest.raises(TypeError):

        @kept(4)
        def mine(_viewer: object, name: str) -> str:
            return name


def test_nothing_is_kept_under_nothing():
    with pytest.raises(TypeError):

        @kept(4)
        def one(_warehouse: object) -> int:
            return 1


def test_arguments_without_a_name_would_not_be_told_apart():
    with pytest.raises(TypeError):

        @kept(4)
        def some(first: str, *others: str) -> str:
            return first


class _State(NamedTuple):
    """A state after others of the same."""

    moment: int
    whose: str = "a"

    @property
    def succession(self) -> tuple:
        return (self.whose,)


def test_of_states_one_after_the_other_the_last_ones_stay_and_those_of_others_too():
    made: list[tuple[str, _State]] = []

    @kept(64)
    def rows(name: str, state: _State) -> list[str]:
        made.append((name, state))
        return [name] * state.moment

    for at in range(3):
        rows("x", _State(at))
    rows("x", _State(1)), rows("x", _State(2))
    assert len(made) == 3, "the last two are still kept"
    rows("x", _State(0))
    assert len(made) == 4, "the first was let go"
    for at in range(40):
        rows("y", _State(at)), rows("x", _State(at, "b"))
    rows("x", _State(0)), rows("x", _State(2))
    assert len(made) == 84, "what is kept of another name, or for somebody else, does not end it"


def test_what_was_made_of_a_state_that_is_over_goes_with_it():
    @kept(64)
    def frame(state: _State) -> pd.DataFrame:
        return pd.DataFrame({"n": [state.moment]})

    @kept(64)
    def total(rows: pd.DataFrame) -> pd.Series:
        return rows.sum()

    seen = []
    for at in range(50):
        made = total(frame(_State(at)))
        seen.append(weakref.ref(made))
        del made
    total(frame(_State(50)))
    gc.collect()
    assert sum(one() is not None for one in seen) <= 3
