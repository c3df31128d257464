"""Everything that knows SQL, in four rooms: `text`, `meaning`, `state`, `rewrite`; each imports only those before it.

Beside them it imports `model`. The only importer of pglast and sqlglot.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType


def _executed_later(spec: ModuleSpec) -> ModuleType:
    """A module that is executed when somebody first asks it for a name (PEP 562)."""
    module = module_from_spec(spec)

    def first(name: str) -> object:
        if name.startswith("__") or spec.loader is None:
            raise AttributeError(name)
        del module.__dict__["__getattr__"]
        spec.loader.exec_module(module)
        return getattr(module, name)

    module.__dict__["__getattr__"] = first
    return module


def _defer(package: str, *parts: str) -> None:
    """Execute parts of a package only when they are used.

    `pglast` imports its classes for all nodes and enumerations before its parser, which takes four times as
    long as the rest of it; whoever reads the tree as JSON needs none of them.
    """
    whole = None if package in sys.modules else find_spec(package)
    if whole is None:
        return
    for name in (f"{package}.{part}" for part in parts):
        if spec := PathFinder.find_spec(name, whole.submodule_search_locations):
            sys.modules[name] = _executed_later(spec)


_defer("pglast", "ast", "enums")
