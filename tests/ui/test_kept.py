"""What is kept between reruns is kept under what decides it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def kept() -> dict[str, list[str]]:
    """The parameters by which each function under st.cache_data or st.cache_resource keeps its answers."""
    found = {}
    for file in (ROOT / "lib").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("st.cache_" in ast.unparse(d) for d in node.decorator_list):
                found[f"{file.relative_to(ROOT)}: {node.name}"] = [one.arg for one in node.args.args]
    return found


def test_no_answer_is_kept_under_nothing():
    """Streamlit leaves parameters that begin with _ out of the key: with no other there is one answer for ever."""
    functions = kept()
    assert "lib/ui/map/areas.py: _areas" in functions
    assert [name for name, given in functions.items() if given and all(one.startswith("_") for one in given)] == []


def test_an_answer_about_a_warehouse_is_kept_by_its_generation():
    named = {"state", "data", "generation", "key", "home"}
    functions = {name: given for name, given in kept().items() if any("warehouse" in one for one in given)}
    assert [name for name, given in functions.items() if not named & set(given)] == []
