"""What a dataset that never came, came too long ago or is empty does to every indicator that reads it: a word stands in
place of the value, and never a number."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from lib.access.personas import personas
from lib.casework.store.register import open_register
from lib.catalog import load_catalog
from lib.insight.library.facts import variants
from lib.insight.library.indicators import ALL, EMPTY, HIDDEN, MISSING, STALE, indicator_table, standings
from lib.rules.facts import rule_of
from lib.rules.indicators import Indicator, read_indicators
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
    """Dataset by dataset, in one copy: each is spoilt on top of those before, and every indicator looked at again."""
    register = open_register(city_copy)
    spoilt: set[str] = set()
    fresh = standings(register, open_warehouse(city_copy), LEADER)
    for name in READ:
        open_warehouse(city_copy).close()
        _forget(city_copy)
        _spoiled(city_copy, *(statement.format(name=name) for statement in SPOILT[word]))
        spoilt.add(name)
        warehouse = open_warehouse(city_copy)
        found = standings(register, warehouse, LEADER)
        for one in INDICATORS.values():
            hit = any(_reads(city_copy, one, dataset) for dataset in spoilt)
            assert found[one.id].word == (word if hit else fresh[one.id].word), (one.id, name)
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
