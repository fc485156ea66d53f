"""A city in which every text that came from outside tries to be something else."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from lib.catalog import load_catalog
from lib.catalog.dataset import COMMON
from lib.warehouse.generation import begin, current, publish
from tests.casework.tampering import lift_file

# An image and a link to somebody else's machine, in a name's length; the markdown of each must not survive.
MARKUP = "![x](http://evil.example/a.png)[y](http://evil.example)$x^2$:red[z]<img src=http://evil.example/b.png>"
# What is left of it raw when a place reads it as markup.
RAW = "![x](http"
# The same where it reads HTML.
RAW_HTML = "<img src=http"
# Columns that other things are found by.
_KEYS = {"uscc", "person_hash", "doc_no", "case_no", "grid_code", *(field.name for field in COMMON)}


def spoil(home: Path) -> None:
    """Append MARKUP to every free text of both stores."""
    generation = current(home)
    assert generation is not None
    tmp = begin(home, generation)
    with duckdb.connect(str(tmp)) as con:
        for dataset in load_catalog().values():
            keys = {*dataset.primary_key, *(key.field for key in dataset.foreign_keys), *_KEYS}
            for field in dataset.fields:
                coded = field.enum or field.check or field.pattern or field.name.endswith(("_id", "_code", "_hash"))
                if field.type == "string" and not coded and field.name not in keys:
                    spoilt = f'update "{dataset.name}" set "{field.name}" = "{field.name}" || $markup'
                    con.execute(spoilt, {"markup": MARKUP})
        con.execute("checkpoint")
    publish(home, tmp)
    lift_file(home / "casework.sqlite")
    with closing(sqlite3.connect(home / "casework.sqlite")) as store, store:
        store.create_function("spoilt", 1, _spoilt)
        for table, columns in {
            "event": "actor_name = actor_name || :m, text = text || :m, payload = spoilt(payload)",
            "warning": "title = title || :m, evidence = spoilt(evidence)",
            "signal": "evidence = spoilt(evidence)",
            "clue": "title = title || :m, detail = detail || :m",
            "prompt": "title = title || :m, asked = asked || :m",
            "rule_run": "error = error || :m",
            "rule_version": "author_name = author_name || :m",
            "rule_task": "text = text || :m",
            "attachment": "name = name || :m",
        }.items():
            store.execute(f"update {table} set {columns}", {"m": MARKUP} if ":m" in columns else {})


def _spoilt(text: str) -> str:
    return json.dumps(_in(json.loads(text)), ensure_ascii=False)


def _in(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _in(child, name) for name, child in value.items()}
    if isinstance(value, list):
        return [_in(child, key) for child in value]
    free = key in ("checked", "name", "reason_text", "note") or (isinstance(value, str) and not value.isascii())
    closed = key in ("branches", "conclusion", "reason", "disposition", "signals", "state", "origin")
    return f"{value}{MARKUP}" if isinstance(value, str) and free and not closed else value
