"""All kinds of findings, found by looking through the rooms of this package.

A kind of finding is a module in a room, and is loaded when there is what it is judged
from: the index says what that is. One that the index does not know is loaded at once.
What each means, and what triggers it, stands in ``docs/findings.md``. Third-party ones
are modules that entry points of the group ``protocol_inspect.findings`` name::

    [project.entry-points."protocol_inspect.findings"]
    name = "package.module"
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from os import listdir, scandir
from typing import TYPE_CHECKING, Any

from inspector import plugins
from inspector.carriers.registry import OURS
from protocol.on_demand import on_demand

from . import __name__ as package
from . import __path__ as folders
from .index import INDEX
from .registry import FindingsWarning, named, registered, replace

if TYPE_CHECKING:
    from collections.abc import Collection

    from .guarding import guarded
    from .rule import Rule
else:  # decision 158
    guarded = on_demand("inspector.findings.guarding:guarded")


GROUP = "protocol_inspect.findings"
_CARRIERS = "CARRIERS"
"""What a room calls the carriers that alone show what it holds; without it, all do."""


def rules() -> dict[str, Rule[Any]]:
    """Return code → kind of finding, in the order of equal severities."""
    for module in (*INDEX, *_unlisted()):
        _load(module)
    _load_added()
    return registered()


# decision 158: What only some captures need is loaded when one shows it
def rules_about(
    about: type, carriers: Collection[str], signs: int | None = None
) -> list[Rule[Any]]:
    """Return what may be judged from evidence of a type, by rank.

    Args:
        about: The type.
        carriers: Those of connections that were seen: what other carriers alone show is
            left out, unless it was loaded before.
        signs: Those that exchanges show, of which a kind may need one; None for any.
    """
    for module, (name, needs) in INDEX.items():
        wanted = signs is None or not needs or needs & signs
        if name == about.__name__ and wanted and _is_shown(module, carriers):
            _load(module)
    for module in _unlisted():
        if _is_shown(module, carriers):
            _load(module)
    _load_added()
    return [*registered(about).values()]


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
    for module in (*INDEX, *_unlisted()):
        _load(module)
    ours = registered()
    for _ in plugins.load(GROUP, "findings {} are left out", FindingsWarning):
        pass  # loading a module registers what it decorates
    for code, rule in registered().items():
        if code not in ours:
            replace(guarded(rule))


def _is_shown(module: str, carriers: Collection[str]) -> bool:
    """Whether connections of some carriers may show a kind; those of others may all."""
    room = module.partition(".")[0]
    only = getattr(import_module(f"{package}.{room}"), _CARRIERS, None)
    return only is None or any(
        each in only or (each and each not in OURS) for each in carriers
    )


@cache
def _unlisted() -> list[str]:
    """Return the modules of rooms that the index does not know, in order."""
    found = {
        f"{room.name}.{file.removesuffix('.py')}"
        for folder in folders
        for room in scandir(folder)
        if room.name[0] not in "._" and room.is_dir()
        for file in listdir(room)  # noqa: PTH208 — a Path for each takes as long again
        if file.endswith(".py") and file[0] not in "._"
    }
    return sorted(found - INDEX.keys())


@cache
def _load(module: str) -> None:
    """Load a module of a room, which holds a finding."""
    import_module(f"{package}.{module}")
