"""All kinds of findings, found by looking through the rooms of this package.

A kind of finding is a module in a room; there is no list of them. What each means, and
what triggers it, stands in ``docs/findings.md``. Third-party ones are modules that
entry points of the group ``protocol_inspect.findings`` name::

    [project.entry-points."protocol_inspect.findings"]
    name = "package.module"
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from inspector.plugins import load

from . import __name__ as package
from . import __path__ as folders
from .guarding import guarded
from .registry import FindingsWarning, registered, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .rule import Rule


GROUP = "protocol_inspect.findings"


def rules() -> dict[str, Rule[Any]]:
    """Return code → kind of finding, in the order of equal severities."""
    _load()
    return registered()


@cache
def _load() -> None:
    for name in _findings():
        import_module(name)
    ours = registered()
    for _ in load(GROUP, "findings {} are left out", FindingsWarning):
        pass  # loading a module registers what it decorates
    for code, rule in registered().items():
        if code not in ours:
            replace(guarded(rule))


def _findings() -> Iterator[str]:
    """Yield the names of the modules that hold a finding each, in order."""
    rooms = [room for room in iter_modules(folders, f"{package}.") if room.ispkg]
    for room in sorted(rooms, key=lambda each: each.name):
        inside = import_module(room.name).__path__
        yield from sorted(each.name for each in iter_modules(inside, f"{room.name}."))
