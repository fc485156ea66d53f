"""What is installed is what was locked: versions, hashes, the bill of materials."""

import json
import re
import runpy
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
BILL = runpy.run_path(str(ROOT / ".ci" / "bill.py"))
AGAIN = "run .ci/lock"


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(file: str) -> list[Requirement]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def locked(file: str) -> dict[str, str]:
    return {plain(name): version for name, version in BILL["locked"](ROOT / file).items()}


@pytest.mark.parametrize("kind", ["requirements", "requirements-dev"])
def test_the_lock_holds_what_the_requirements_pin(kind: str) -> None:
    lock = locked(f"{kind}.lock")
    for one in pinned(f"{kind}.txt"):
        assert str(one.specifier) == f"=={lock.get(plain(one.name))}", f"{one}: {AGAIN}"


def test_what_the_app_runs_on_is_what_it_is_tested_on() -> None:
    tested = locked("requirements-dev.lock")
    assert {name: tested.get(name) for name in locked("requirements.lock")} == locked("requirements.lock")


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_every_entry_has_hashes_and_none_says_where_from(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(file))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|index-url|find-links", text)


def test_what_is_installed_is_what_is_locked() -> None:
    """Everything that the pinned packages need here, followed to the end, at the locked version."""
    lock = locked("requirements-dev.lock")
    waiting, seen = [*pinned("requirements.txt"), *pinned("requirements-dev.txt")], set()
    while waiting:
        one = waiting.pop()
        key = (plain(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        assert metadata.version(one.name) == lock.get(plain(one.name)), f"{one.name}: {AGAIN}"
        for extra in ["", *one.extras]:
            needs = map(Requirement, metadata.requires(one.name) or [])
            waiting += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
    assert len(seen) > 60


def test_the_bill_of_materials_lists_what_the_app_runs_on() -> None:
    bill = json.loads(BILL["BILL"].read_text(encoding="utf-8"))
    listed = {plain(one["name"]): one["version"] for one in bill["components"]}
    assert (bill["bomFormat"], listed) == ("CycloneDX", locked("requirements.lock")), AGAIN
    # What belongs to another system says nothing of itself here.
    without = {one["name"] for one in bill["components"] if not one["licenses"]}
    assert without <= {"colorama"}
    known = {one["bom-ref"] for one in bill["components"]}
    assert {needed for one in bill["dependencies"] for needed in one["dependsOn"]} <= known
