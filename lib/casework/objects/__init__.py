"""The kinds of objects people work on, one module each: a new module of this folder, or of one in it, is a new kind."""

from importlib import import_module
from pkgutil import walk_packages

from lib.casework.objects.kind import EVERYWHERE, SCOPE, Kind

__all__ = ["EVERYWHERE", "KINDS", "SCOPE", "Kind"]


def _read() -> dict[str, Kind]:
    modules = [import_module(found.name) for found in walk_packages(__path__, f"{__name__}.")]
    kinds = [held for module in modules for held in vars(module).values() if isinstance(held, Kind)]
    return {kind.name: kind for kind in kinds}


KINDS = _read()
