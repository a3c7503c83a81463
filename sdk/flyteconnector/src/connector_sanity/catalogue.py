"""Which checks are there, all of them?"""

from __future__ import annotations

import importlib
import pkgutil

from connector_sanity import checks
from connector_sanity.registry import CHECKS, Check
from connector_sanity.report import order


def every() -> list[Check]:
    """Return all checks, in order. It imports their modules, so call it where none of them is to run."""
    for module in pkgutil.iter_modules(checks.__path__):
        importlib.import_module(f"{checks.__name__}.{module.name}")
    return [CHECKS[id] for id in sorted(CHECKS, key=order)]


def listed() -> list[str]:
    """Return a line for each."""
    return [f"{each.id:<3} {each.level.name} {each.severity:<8} {each.title}" for each in every()]
