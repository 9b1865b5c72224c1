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

from inspector import plugins
from inspector.carriers.registry import OURS
from protocol.on_demand import on_demand

from . import __name__ as package
from . import __path__ as folders
from .registry import FindingsWarning, named, registered, replace

if TYPE_CHECKING:
    from .guarding import guarded
    from .rule import Rule
else:  # decision 158
    guarded = on_demand("inspector.findings.guarding:guarded")


GROUP = "protocol_inspect.findings"
_CARRIERS = "CARRIERS"
"""What a room calls the carriers that alone show what it holds; without it, all do."""


def rules() -> dict[str, Rule[Any]]:
    """Return code → kind of finding, in the order of equal severities."""
    for room in _rooms():
        _load(room)
    _load_added()
    return registered()


# decision 158: What only some captures need is loaded when one shows it
def rules_for(carrier: str) -> dict[str, Rule[Any]]:
    """Return those that connections of a carrier may show, by code and in that order.

    Those that were loaded before are among them.

    Args:
        carrier: Its name; empty for those that connections of any carrier may show.
    """
    for room in _rooms():
        named = getattr(import_module(room), _CARRIERS, None)
        if named is None or carrier in named or (carrier and carrier not in OURS):
            _load(room)
    _load_added()
    return registered()


def rule_of(code: str) -> Rule[Any]:
    """Return the kind of a finding that was found.

    Raises:
        KeyError: There is no such kind.
    """
    return named(code) or rules()[code]


@cache
def _load_added() -> None:
    """Load what others bring, after all of ours: no code of theirs is to be ours."""
    if not plugins.entry_points(GROUP):
        return
    for room in _rooms():
        _load(room)
    ours = registered()
    for _ in plugins.load(GROUP, "findings {} are left out", FindingsWarning):
        pass  # loading a module registers what it decorates
    for code, rule in registered().items():
        if code not in ours:
            replace(guarded(rule))


@cache
def _rooms() -> list[str]:
    """Return the names of the rooms, in order."""
    found = iter_modules(folders, f"{package}.")
    return sorted(room.name for room in found if room.ispkg)


@cache
def _load(room: str) -> None:
    """Load the modules of a room, which hold a finding each."""
    inside = import_module(room).__path__
    for name in sorted(each.name for each in iter_modules(inside, f"{room}.")):
        import_module(name)
