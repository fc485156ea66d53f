import ast
from pathlib import Path

from lib.rules.levels import LEVELS, NAMES, ORDER, SPOT_CHECK, graver, level_name

ROOT = Path(__file__).resolve().parents[2]
OWN = (ROOT / "lib/rules/levels.py", ROOT / "lib/ui/charts/levels.py")


def test_the_gravest_level_comes_first_and_chance_comes_last():
    assert list(LEVELS) == ["red", "orange", "yellow"]
    assert sorted(NAMES, key=ORDER.__getitem__) == ["red", "orange", "yellow", SPOT_CHECK]
    assert graver("red", "orange") and graver("orange", "yellow") and not graver("yellow", "yellow")
    assert [level_name(code) for code in NAMES] == ["红色", "橙色", "黄色", "抽查"]


def _listed(tree: ast.AST) -> bool:
    """Whether some literal lists all the levels, by code or by name."""
    for node in ast.walk(tree):
        held = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        words = {one.value for one in held if isinstance(one, ast.Constant)}
        if words >= set(LEVELS) or words >= set(LEVELS.values()):
            return True
    return False


def test_the_levels_are_listed_in_one_place():
    files = [path for path in (*ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/**/*.py")) if "demo" not in path.parts]
    assert [path for path in files if path not in OWN and _listed(ast.parse(path.read_text(encoding="utf-8")))] == []
