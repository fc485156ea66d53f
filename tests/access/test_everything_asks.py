"""Every read and write, page, download and parameter of an address stands under a right of the policy."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import lib.casework
import lib.insight
from lib.access import OBJECT, Viewer
from lib.access.policy import policy
from lib.casework.objects import KINDS
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.warnings.steps import WARNING
from lib.insight.warnings.listing import warning_list
from lib.ui.access import gate
from lib.ui.paths import OTHERS, PLACES
from lib.ui.state import key
from tests.cities import handmade

ROOT = Path(__file__).resolve().parents[2]
SCREEN = [*sorted(ROOT.glob("lib/ui/**/*.py")), *sorted(ROOT.glob("pages/**/*.py"))]

# Functions and modules that take a viewer without standing under one right, and why.
ASKS_ITSELF = {
    "lib.casework.record.": "the right of the step that is taken",
    "lib.casework.warnings.many.": "the right of the step that is taken",
    "lib.casework.work.reminding.remind": "the right of the step that is taken",
    "lib.casework.accounts.colleagues.may_have": "says what somebody else may see and do",
    "lib.casework.accounts.colleagues.named": "words for accounts that stand in events which were asked for",
    "lib.casework.reviews.assigning.may_score": "says what somebody else may see and do",
    "lib.casework.steps.Workflow.possible": "says which rights the viewer has",
    "lib.casework.warnings.next_step.": "says which rights the viewer has",
    "lib.casework.clues.next_step.": "says which rights the viewer has",
    "lib.casework.grid.next_step.": "says which rights the viewer has",
    "lib.casework.notices.next_step.": "says which rights the viewer has",
    "lib.casework.notices.steps.group_of": "the viewer's own group",
    "lib.insight.data.datasets.may_see_": "says what the viewer may see",
    "lib.insight.rules.tuning.scope_of": "the words for a viewer's scope",
    "lib.insight.library.indicators.count_ahead": "worked out for whoever reads, who asks for the right",
    "lib.casework.sight.in_scope": "the scope itself",
    "lib.casework.audit.": "one's own deeds are noted and read; others' and exports are asked for inside",
    "lib.casework.accounts.sign_in.sign_out": "one's own session",
    "lib.casework.accounts.signed_in.longest": "one's own session",
    "lib.casework.store.": "the store, inside a transaction that somebody asked for",
    "lib.casework.custody.": "the command line of the machine; an export asks for each kind inside",
    "lib.casework.demo.": "plays the people of a synthetic city",
}
# Functions and modules that read or change data and take no viewer, and why.
NOBODY_ASKS = {
    "lib.casework.store.": "the store, opened at the start, and its check",
    "lib.casework.custody.": "the command line of the machine",
    "lib.casework.demo.": "plays the people of a synthetic city",
    "lib.casework.accounts.sign_in.": "who it is that asks",
    "lib.casework.accounts.signed_in.": "who it is that asks",
    "lib.casework.accounts.people.": "who it is that asks; entered from the command line of the machine",
    "lib.casework.deadlines.calendar": "workdays",
    "lib.casework.daily.": "what a day brings by itself, whoever looks",
    "lib.casework.lists.tasks.": "what a closed month raised, whoever looks",
    "lib.insight.library.red_lights.": "opens tasks after a run",
    "lib.casework.lists.in_force.": "the lists themselves; they belong to no place, everybody goes by the same",
    "lib.casework.reading.": "the whole register in memory, which readings for a viewer are cut from",
    "lib.casework.rules.": "models run when they are due, and belong to no place; their page stands under view rule",
    "lib.casework.messages.delivery.": "sends what a step wrote; a worker's, which nobody looks at",
    "lib.casework.messages.letter.": "sends what a step wrote; a worker's, which nobody looks at",
    "lib.casework.messages.worker.": "sends what a step wrote; a worker's, which nobody looks at",
    "lib.casework.training.classes.held_class": "who it is that asks",
    "lib.casework.training.seats.": "who it is that asks, and the store of a seat",
    "lib.casework.training.attempts.file_of": "what an attempt of the seat's own store came with, by its own events",
    "lib.casework.training.attempts.deeds": "what an attempt of the seat's own store is scored by",
    "lib.casework.training.opened.opened": "the store of the seat that asks",
    "lib.casework.warnings.ingest.": "what a run found",
    "lib.casework.warnings.platforms.": "what other platforms sent, entered by runs and from the command line",
    "lib.casework.warnings.alert_files.": "a file of theirs, before it is entered",
    "lib.casework.exemplars.known.": "what may not stand in a text, for a step or a draft that was asked for",
    "lib.insight.names.": "names, masked, of what was cut to the scope before",
    "lib.insight.warnings.names.": "names, masked, of what was cut to the scope before",
    "lib.insight.warnings.filter.": "names and places in an address",
    "lib.insight.warnings.source_rows.in_chinese": "headings of rows that were cut to the scope before",
    "lib.insight.figure.cuts.area_name": "the name of a place",
    "lib.insight.grid.dispatches.limits": "thresholds of a model",
    "lib.insight.map.risk.areas": "the list of places",
    "lib.insight.kept.ahead.": "worked out for whoever reads, who cuts it to the scope",
    "lib.insight.ranking.units.unit_work": "the whole city's work, which every unit is compared with",
    "lib.insight.kept.sums.": "numbers of the whole city in a file, cut to the scope by who reads",
    "lib.insight.library.facts.": "the whole city's casework as numbers, which indicators count and cut to the scope",
    "lib.insight.rules.difference.": "warnings that were cut to the scope before, counted",
    "lib.insight.rules.hits.named": "hits that were cut to the scope before",
    "lib.insight.rules.precision.": "opens tasks after a run",
    "lib.insight.ranking.work.": "the whole city's work, which everybody is compared with; the ranking cuts it",
    "lib.insight.ranking.officers.compared_warnings": "the whole city's, which everybody is compared with",
    "lib.insight.training.": "what a go is about and what it scored, for those who asked for their right to see the go",
    "lib.insight.warnings.why.": "the model, and the figures of the whole city without anybody's name",
}
GIVEN_A_TRANSACTION = ("Transaction", "Connection", "Attempt")
HOLDS_DATA = ("Register", "Warehouse")

Found = tuple[str, Callable[..., Any]]


def _modules() -> Iterator[ModuleType]:
    for package in (lib.insight, lib.casework):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def _functions() -> Iterator[Found]:
    for module in _modules():
        for name, one in vars(module).items():
            if name.startswith("_") or getattr(one, "__module__", None) != module.__name__:
                continue
            if inspect.isclass(one):
                for own, method in vars(one).items():
                    plain = getattr(method, "__func__", method)
                    if inspect.isfunction(plain) and not own.startswith("_"):
                        yield f"{module.__name__}.{name}.{own}", plain
            elif callable(one) and hasattr(one, "__name__"):
                yield f"{module.__name__}.{name}", one


def _takes(function: Callable[..., Any], *words: str) -> bool:
    given = [str(one.annotation) for one in inspect.signature(function).parameters.values()]
    return any(word in annotation for annotation in given for word in words)


def _listed(name: str, reasons: dict[str, str]) -> bool:
    return any(name == entry or (entry[-1] in "._" and name.startswith(entry)) for entry in reasons)


FUNCTIONS = list(_functions())
ASKED = [found for found in FUNCTIONS if _takes(found[1], "Viewer") and not _takes(found[1], *GIVEN_A_TRANSACTION)]
UNASKED = [
    found
    for found in FUNCTIONS
    if _takes(found[1], *HOLDS_DATA) and not _takes(found[1], "Viewer", *GIVEN_A_TRANSACTION)
]


def test_every_function_for_a_viewer_stands_under_a_right_of_the_policy():
    assert len(ASKED) > 50
    bare = [name for name, one in ASKED if not hasattr(one, "right") and not _listed(name, ASKS_ITSELF)]
    assert bare == []
    unknown = {
        name: one.right  # type: ignore[attr-defined]
        for name, one in ASKED
        if hasattr(one, "right") and one.right[1] != OBJECT and one.right not in policy().rights
    }
    assert unknown == {}


def test_every_function_that_holds_data_takes_a_viewer_or_says_why_not():
    assert len(UNASKED) > 30
    assert [name for name, _ in UNASKED if not _listed(name, NOBODY_ASKS)] == []


@pytest.mark.parametrize(("reasons", "among"), [(ASKS_ITSELF, ASKED), (NOBODY_ASKS, UNASKED)])
def test_a_reason_that_nothing_needs_any_more_is_taken_off_the_list(reasons: dict[str, str], among: list[Found]):
    bare = [name for name, one in among if not hasattr(one, "right")]
    assert [entry for entry in reasons if not any(_listed(name, {entry: ""}) for name in bare)] == []


def test_every_step_of_a_workflow_stands_under_a_right_of_its_kind():
    workflows = {
        id(one): one for module in _modules() for one in vars(module).values() if type(one).__name__ == "Workflow"
    }
    steps = [(one, step) for one in workflows.values() for step in (*one.steps.values(), one.opening)]
    rights = {(step.right, one.object_type) for one, step in steps if step is not None}
    assert len(workflows) >= 4
    assert rights <= set(policy().rights)


def test_every_page_stands_under_a_right():
    pages = {str(path.relative_to(ROOT)) for path in ROOT.glob("pages/**/*.py")}
    assert {place.file for place in PLACES} == pages
    assert {place.right for place in PLACES} <= set(policy().rights)


def _parsed() -> Iterator[tuple[Path, ast.Module]]:
    for path in SCREEN:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_every_download_goes_through_one_door_and_stands_under_a_right():
    doors, kinds = [], set()
    for path, tree in _parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "download_button":
                doors.append(path.name)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "download":
                _, action, kind, *_ = node.args
                kinds.add((ast.unparse(action).strip("'"), ast.unparse(kind).strip("'")))
    assert doors == ["download.py"]
    # An attachment is handed out under the right to see what it belongs to.
    own = ("view", "row['object_type']")
    assert own in kinds and kinds - {own} <= set(policy().rights)


Known = dict[str, set[str]]


def _bound(tree: ast.AST, known: Known) -> Known:
    """What the names bound under a node may stand for, texts only, on top of what is known around it."""
    found = dict(known)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.comprehension | ast.For):
            over = node.iter.generators[0].iter if isinstance(node.iter, ast.ListComp) else node.iter
            pairs = [(node.target, over)]
        else:
            continue
        for target, value in pairs:
            for name, one in _unpacked(target, value, loop=not isinstance(node, ast.Assign)):
                found[name] = found.get(name, set()) | _texts(one, found)
    return found


def _unpacked(target: ast.expr, value: ast.expr, loop: bool) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "items":
        target, value = getattr(target, "elts", [target])[0], value.func.value
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and not loop:
        for one, given in zip(target.elts, value.elts, strict=True):
            yield from _unpacked(one, given, loop)


def _texts(node: ast.expr, known: Known) -> set[str]:
    """The texts an expression may stand for; {"?…"} for one that cannot be told by reading."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    if isinstance(node, ast.Attribute) and f"{ast.unparse(node.value)}." in known:
        [place] = known[f"{ast.unparse(node.value)}."]
        return _held(f"{place}.{node.attr}") or {f"?{ast.unparse(node)}"}
    if isinstance(node, ast.Tuple | ast.List):
        return {text for one in node.elts for text in _texts(one, known)}
    if isinstance(node, ast.Dict):
        return {text for one in node.keys if one is not None for text in _texts(one, known)}
    if isinstance(node, ast.IfExp):
        return _texts(node.body, known) | _texts(node.orelse, known)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return {str(node.values[0].value)}
    return {f"?{ast.unparse(node)}"}


def _held(dotted: str) -> set[str]:
    """The text, or the texts, that a dotted name stands for; nothing for anything else."""
    try:
        held = pkgutil.resolve_name(dotted)
    except (ImportError, AttributeError):
        return set()
    if isinstance(held, tuple | dict):
        return {one for one in held if isinstance(one, str)}
    return {held} if isinstance(held, str) else set()


def _named(node: ast.AST) -> ast.expr | None:
    """The expression by which a node names a parameter of the address, when it does."""
    if isinstance(node, ast.Call):
        given = {word.arg: word.value for word in node.keywords}
        if isinstance(given.get("bind"), ast.Constant):
            return given["key"]
        if ast.unparse(node.func).startswith("st.query_params.") and node.args:
            return node.args[0]
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "st.query_params":
        return node.slice
    if isinstance(node, ast.Compare) and any(ast.unparse(one) == "st.query_params" for one in node.comparators):
        return node.left
    return None


def _parameters(tree: ast.Module) -> set[str]:
    known: Known = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                known[f"{one.asname or one.name}."] = {f"{node.module}.{one.name}"}
                if texts := _held(f"{node.module}.{one.name}"):
                    known[one.asname or one.name] = texts
    found: set[str] = set()

    def read(node: ast.AST, around: Known) -> None:
        if isinstance(node, ast.Module):
            around = _bound(ast.Module([one for one in node.body if not isinstance(one, ast.FunctionDef)], []), around)
        elif isinstance(node, ast.FunctionDef):
            own = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
            around = _bound(node, {name: texts for name, texts in around.items() if name not in own})
        if (expression := _named(node)) is not None:
            found.update(_texts(expression, around))
        for child in ast.iter_child_nodes(node):
            read(child, around)

    read(tree, known)
    return found


OBJECTS = "?*(kind.page[1] for kind in KINDS.values() if kind.page)"
# What reading one function cannot tell: the names that it is called with.
CALLED_WITH = {
    ("browser/way.py", "?st.query_params"): set(),  # all there are, carried along
    ("browser/way.py", OBJECTS): {kind.page[1] for kind in KINDS.values() if kind.page},
    ("ui/figure.py", "?names"): {"figure", "during", "then", "of"},
    ("ui/figure.py", "?parameter"): {"mo_part", "n_part", "rf_part", "rk_part", "lb_part", "ex_part"},
    ("rules/tuning.py", "?name"): {"rule", "version"},
    ("ranking/page.py", "?key"): {"r_units", "r_fair", "r_everyone", "r_insufficient"},
    ("warnings/workbench.py", "?key"): {"w_"},
    ("warnings/workbench.py", "?told"): {"w_"},
    ("work/listing.py", "?*_CUTS"): {"t_"},
    ("warnings/workbench.py", "?st.query_params"): {"w_"},
}


def test_every_parameter_of_an_address_stands_under_a_right():
    asked: set[str] = set()
    for path, tree in _parsed():
        place = f"{path.parent.name}/{path.name}"
        for name in _parameters(tree):
            asked |= CALLED_WITH.get((place, name), {f"{place} {name}"}) if name.startswith("?") else {name}
    assert len(asked) > 40
    assert sorted(name for name in asked if gate.known(name) is None) == []
    entries = {name for place in PLACES for name in place.parameters.split()} | set(OTHERS)
    assert entries - {gate.known(name) for name in asked} == set()
    assert {right for right in OTHERS.values() if right is not None} <= set(policy().rights)


def test_every_kind_of_object_can_be_seen_under_a_right():
    assert {("view", kind) for kind in KINDS} <= set(policy().rights)


def _cached(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(one).startswith(("st.cache_", "kept(")) for one in node.decorator_list
        ):
            yield node


def test_whatever_is_kept_for_a_viewer_is_kept_under_the_one_key():
    kept, made = 0, []
    for path, tree in _parsed():
        for function in _cached(tree):
            given = {one.arg: ast.unparse(one.annotation) for one in function.args.args if one.annotation is not None}
            if any("Viewer" in annotation or "Sight" in annotation for annotation in given.values()):
                kept += 1
                keys = [name for name, annotation in given.items() if annotation == "Key"]
                # What begins with _ is not looked at by the cache.
                assert len(keys) == 1 and not keys[0].startswith("_"), f"{path}: {function.name} has no key"
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        made += [path.name for one in calls if isinstance(one, ast.Name) and one.id == "Key"]
    assert kept >= 9
    assert made == ["state.py"]


def test_the_key_moves_with_role_scope_policy_casework_and_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    office = Viewer("x", "某", "office")
    before = key(register, warehouse, office)
    assert key(register, warehouse, Viewer("y", "另", "office")) == before
    seen = {before, key(register, warehouse, Viewer("x", "某", "leader")), key(None, warehouse, office)}
    seen |= {key(register, warehouse, replace(office, domains=frozenset({"ZF"}))), key(register, warehouse, office, 1)}
    seen.add(key(register, warehouse, office, clock=False))
    found = warning_list(register, warehouse, office)
    row = found[found["state"].eq("新生成")].iloc[0]
    at = row["first_seen_at"]
    take(register, office, WARNING, row["warning_id"], "sign", Submission("s1", at))
    seen.add(key(register, warehouse, office))
    monkeypatch.setattr("lib.access.viewer.policy", lambda: replace(policy(), version="another"))
    seen.add(key(register, warehouse, office))
    assert len(seen) == 8


def _asks_for_a_role(tree: ast.Module) -> Iterator[ast.Compare]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [ast.unparse(one) for one in (node.left, *node.comparators)]
            if any(side.endswith("viewer.role") for side in sides) and "SYSTEM.role" not in sides:
                yield node


def test_nothing_but_the_policy_asks_which_role_somebody_has():
    files = (*ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/**/*.py"))
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    assert [(path.name, ast.unparse(one)) for path, tree in trees.items() for one in _asks_for_a_role(tree)] == []
