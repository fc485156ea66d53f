"""Files that are handed out: whoever is offered a button may press it, for the log asks the same right."""

import ast
from pathlib import Path

import lib.ui

ROOT = Path(next(iter(lib.ui.__path__)))


def _calls(tree: ast.AST, name: str) -> list[list[object]]:
    """The constant arguments (None for others) of the calls of a function, by position."""
    return [
        [one.value if isinstance(one, ast.Constant) else None for one in node.args]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]


def test_what_is_logged_as_an_export_is_offered_under_the_right_to_export() -> None:
    looked = 0
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        logged = {given[3] for given in _calls(tree, "log") if len(given) > 3 and given[2] == "export" and given[3]}
        offered = {(given[1], given[2]) for given in _calls(tree, "download") if len(given) > 2}
        for kind in logged if offered else ():
            assert ("export", kind) in offered, f"{path.relative_to(ROOT)}: {kind} is offered under {offered}"
            looked += 1
    assert looked >= 5
