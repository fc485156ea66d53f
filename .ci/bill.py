"""Writes docs/bill-of-materials.json: what the app runs on, by name, version and licence, in CycloneDX.

Whoever admits software to a closed network asks for it. Files and their hashes are in requirements.lock; licences are
what the installed packages say of themselves.
"""

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
BILL = ROOT / "docs" / "bill-of-materials.json"
_PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)


def locked(lock: Path) -> dict[str, str]:
    """Version by name of everything in a lock file."""
    return {found["name"]: found["version"] for found in _PINNED.finditer(lock.read_text(encoding="utf-8"))}


def _licences(name: str) -> list[dict[str, Any]]:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:  # of another system
        return []
    if about.get("License-Expression"):
        return [{"expression": about["License-Expression"]}]
    told = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith("License :: ")]
    short = about.get("License") or ""
    told = told or ([short] if 0 < len(short) < 60 else [])
    return [{"license": {"name": one}} for one in dict.fromkeys(told)]


def _needs(name: str, known: dict[str, str]) -> list[str]:
    try:
        required = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    names = {re.sub(r"[-_.]+", "-", Requirement(one).name).lower() for one in required}
    return sorted(_reference(one, known[one]) for one in names if one in known)


def _reference(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


def bill() -> dict[str, Any]:
    """The bill of materials of requirements.lock."""
    known = locked(ROOT / "requirements.lock")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "cockpit", "name": "执法监督舱"}},
        "components": [
            {
                "type": "library",
                "bom-ref": _reference(name, version),
                "name": name,
                "version": version,
                "purl": _reference(name, version),
                "licenses": _licences(name),
            }
            for name, version in sorted(known.items())
        ],
        "dependencies": [
            {"ref": _reference(name, version), "dependsOn": _needs(name, known)}
            for name, version in sorted(known.items())
        ],
    }


if __name__ == "__main__":
    BILL.write_text(json.dumps(bill(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
