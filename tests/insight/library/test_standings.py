"""What a dataset that never came, came too long ago or is empty does to every indicator that reads it: a word stands in
place of the value, and never a number."""

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from lib.access.personas import personas
from lib.casework.store.register import open_register
from lib.catalog import load_catalog
from lib.insight.data.datasets import NEVER, datasets
from lib.insight.library import facts, indicators
from lib.insight.library.facts import variants
from lib.insight.library.indicators import (
    ALL,
    COUNTY,
    EMPTY,
    HIDDEN,
    MISSING,
    STALE,
    TOWN,
    figures_of,
    indicator_table,
    standings,
)
from lib.rules import read_rules
from lib.rules.facts import CASEWORK, rule_of
from lib.rules.indicators import Indicator, read_indicators, rules_of
from lib.warehouse.generation import current
from lib.warehouse.store import open_warehouse

INDICATORS = read_indicators()
LEADER = personas(True)[0]
READ = sorted({name for one in INDICATORS.values() for name in one.inputs if load_catalog()[name].kind == "dataset"})


def _spoiled(city: Path, *statements: str) -> None:
    """Change the generation in force, as only a test may."""
    generation = current(city)
    assert generation is not None
    with duckdb.connect(str(generation.path)) as con:
        for statement in statements:
            con.execute(statement)
    # The pointer says how large the file is: a changed one would be taken for broken.
    pointer = generation.path.parent / "current.json"
    named = json.loads(pointer.read_text(encoding="utf-8"))
    pointer.write_text(json.dumps({**named, "size": generation.path.stat().st_size}), encoding="utf-8")


def _reads(city: Path, indicator: Indicator, dataset: str) -> bool:
    register = open_register(city)
    live = variants(register, [indicator])
    rules = {rule_of(name) for name in indicator.facts} - {None}
    return dataset in indicator.inputs or any(dataset in live[str(rule)].rule.inputs for rule in rules)


SPOILT = {
    MISSING: ("delete from {name}", "delete from load_log where dataset = '{name}'",
              "delete from dataset_state where dataset = '{name}'"),
    EMPTY: ("delete from {name}", "update dataset_state set row_cnt = 0 where dataset = '{name}'"),
    STALE: ("update dataset_state set updated_at = timestamp '2022-04-01 08:00:00' where dataset = '{name}'",),
}  # fmt: skip


@pytest.mark.parametrize("word", SPOILT)
def test_a_word_and_never_a_number(city_copy: Path, word: str) -> None:
    """Some datasets at a time, in one copy: spoilt on top of those before, and every indicator looked at again.

    One at a time, without the others, is what test_one_input_at_fault_alone tries.
    """
    register = open_register(city_copy)
    spoilt: set[str] = set()
    fresh = standings(register, open_warehouse(city_copy), LEADER)
    for first in range(0, len(READ), 6):
        names = READ[first : first + 6]
        open_warehouse(city_copy).close()
        _forget(city_copy)
        _spoiled(city_copy, *(statement.format(name=name) for name in names for statement in SPOILT[word]))
        spoilt.update(names)
        warehouse = open_warehouse(city_copy)
        found = standings(register, warehouse, LEADER)
        for one in INDICATORS.values():
            hit = any(_reads(city_copy, one, dataset) for dataset in spoilt)
            assert found[one.id].word == (word if hit else fresh[one.id].word), (one.id, names)
    table = indicator_table(register, warehouse, LEADER)
    for one in INDICATORS.values():
        if not any(_reads(city_copy, one, dataset) for dataset in spoilt):
            continue
        own = table[table["indicator_id"].eq(one.id)]
        if word == STALE:
            before = own[own["month"].lt("2022-04-01")]
            assert before["word"].ne(STALE).all()
            own = own[own["month"].ge("2022-04-01")]
            assert found[one.id].since == pd.Timestamp("2022-04-01").date()
        assert own["word"].eq(word).all() and len(own) > 0
        assert own[["value", "before", "change", "year_value", "year_before", "year_change"]].isna().all(axis=None)
        assert own[["n", "met", "year_n", "year_met"]].eq(0).all(axis=None)
        assert own[["light", "year_light"]].astype("str").eq("").all(axis=None)
        assert found[one.id].about


@pytest.fixture(scope="module")
def state(small_city: Path) -> pd.DataFrame:
    return datasets(open_warehouse(small_city), LEADER)


def _inputs() -> list[tuple[str, str]]:
    """Every indicator with each dataset or reference table that it, or a model whose findings it reads, rests on."""
    found = []
    for one in INDICATORS.values():
        names = set(one.inputs)
        for fact in one.facts:
            if (rule_id := rule_of(fact)) is not None:
                names |= set(read_rules()[rule_id].inputs)
        found += [(one.id, name) for name in sorted(names)]
    return found


@pytest.mark.parametrize(("word", "change"), [
    (MISSING, {"freshness": NEVER, "row_cnt": 0, "late_days": np.nan}),
    (EMPTY, {"row_cnt": 0}),
    (STALE, {"late_days": 12, "freshness": "滞后 12 天", "updated_at": pd.Timestamp("2021-03-05 08:00")}),
])  # fmt: skip
def test_one_input_at_fault_alone(
    small_city: Path, state: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, word: str, change: dict
) -> None:
    """Each indicator and each of its inputs, that one at fault and no other: the word with the title of what is at
    fault, in every month it touches, for the city, counties and towns; never a number, never zero as if there were
    nothing; and nothing said of the indicators that do not read it."""
    register, warehouse = open_register(small_city), open_warehouse(small_city)
    pairs = _inputs()
    assert {one for one, _ in pairs} | CASEWORK_ALONE == set(INDICATORS)
    fresh = state.assign(late_days=state["late_days"].mask(state["late_days"].gt(0), 0))
    for name in sorted({name for _, name in pairs}):
        at = fresh["name"].eq(name)
        if word != EMPTY and fresh.loc[at, "kind"].ne("数据集").all():
            continue  # A reference table has no day by which it is due.
        held = fresh.copy()
        for column, value in change.items():
            held[column] = held[column].mask(at, value)
        monkeypatch.setattr(indicators, "datasets", lambda *_, held=held: held)
        found = standings(register, warehouse, LEADER)
        hit = {one for one, own in pairs if own == name}
        assert {one for one, standing in found.items() if standing.word == word} == hit, name
        title = fresh.loc[at, "title"].iloc[0]
        assert all(title in found[one].about for one in hit)
        table = figures_of(register, warehouse, LEADER, sorted(hit), (ALL, COUNTY, TOWN))
        table = table[table["month"].ge("2021-03-01")]
        assert set(table["indicator_id"]) == hit and table["word"].eq(word).all()
        values = ["value", "before", "change", "year_value", "year_before", "year_change"]
        assert table[values].isna().all(axis=None) and table[["n", "met", "year_n", "year_met"]].eq(0).all(axis=None)
        assert table["light"].eq("").all() and table["year_light"].eq("").all()


CASEWORK_ALONE = {"I21", "I23", "I31"}


@pytest.mark.parametrize(
    "indicator_id", sorted(one for one in INDICATORS if set(INDICATORS[one].facts) & set(CASEWORK))
)
def test_casework_that_is_not_there(small_city: Path, monkeypatch: pytest.MonkeyPatch, indicator_id: str) -> None:
    """Without any object of its kind: a word where nothing else is counted, and the rest where something is."""
    register, warehouse = open_register(small_city), open_warehouse(small_city)
    held = indicators.snapshot(register, warehouse)
    gone = {facts.KIND_OF[name] for name in INDICATORS[indicator_id].facts}
    objects = {name: frame.head(0) if name in gone else frame for name, frame in held.objects.items()}
    monkeypatch.setattr(indicators, "snapshot", lambda *_: replace(held, objects=objects))
    found = standings(register, warehouse, LEADER)[indicator_id]
    assert (found.word == EMPTY) == (indicator_id in CASEWORK_ALONE)
    if indicator_id in CASEWORK_ALONE:
        own = figures_of(register, warehouse, LEADER, [indicator_id], (ALL, COUNTY, TOWN))
        assert own["word"].eq(EMPTY).all() and own["value"].isna().all() and own["light"].eq("").all()


@pytest.mark.parametrize("indicator_id", sorted(one for one in INDICATORS if rules_of([INDICATORS[one]])))
def test_a_model_without_a_version_in_force(
    small_city: Path, monkeypatch: pytest.MonkeyPatch, indicator_id: str
) -> None:
    """Its findings are not known: not that it found nothing."""
    register, warehouse = open_register(small_city), open_warehouse(small_city)
    for rule_id in rules_of([INDICATORS[indicator_id]]):
        live = {name: one for name, one in facts.live_versions(register).items() if name != rule_id}
        monkeypatch.setattr(facts, "live_versions", lambda *_, live=live: live)
        found = standings(register, warehouse, LEADER)[indicator_id]
        assert (found.word, found.about) == (MISSING, f"模型 {rule_id} 没有生效的版本")
        own = figures_of(register, warehouse, LEADER, [indicator_id], (ALL, COUNTY, TOWN))
        assert own["word"].eq(MISSING).all() and own["value"].isna().all() and own["n"].eq(0).all()


def _forget(city: Path) -> None:
    from lib.warehouse import store

    store._opened.pop(city, None)


def test_what_a_viewer_may_not_see_is_said_so(small_city: Path) -> None:
    town = {one.role: one for one in personas(True)}["town"]
    found = standings(open_register(small_city), open_warehouse(small_city), town)
    assert (found["I31"].word, found["I31"].about) == (HIDDEN, "执法监督通知书")
    table = indicator_table(open_register(small_city), open_warehouse(small_city), town)
    own = table[table["indicator_id"].eq("I31") & table["level"].eq(ALL)]
    assert own["word"].eq(HIDDEN).all() and own["value"].isna().all() and own["n"].eq(0).all()
