"""The kinds of objects people work on, one module each: a new module of this folder is a new kind."""

from importlib import import_module
from pkgutil import iter_modules

from lib.casework.objects.kind import EVERYWHERE, SCOPE, Kind

__all__ = ["EVERYWHERE", "KINDS", "SCOPE", "Kind"]


def _read() -> dict[str, Kind]:
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    kinds = [held for module in modules for held in vars(module).values() if isinstance(held, Kind)]
    return {kind.name: kind for kind in kinds}


KINDS = _read()
