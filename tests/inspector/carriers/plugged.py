"""Third-party carriers, for as long as a test lasts."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import TYPE_CHECKING
from unittest.mock import patch

from inspector import plugins
from inspector.calls import costs
from inspector.carriers import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULE = "a_third_party_package"


def _forget() -> None:
    caches = registry.carriers, costs.usual, costs.varies, costs.plain_cost
    for cached in caches:
        cached.cache_clear()


@contextmanager
def registered(**places: str) -> Iterator[None]:
    """Register what stands at some places, by their entries, and nothing else."""
    entries = [EntryPoint(*each, registry.GROUP) for each in places.items()]
    known = {registry.GROUP: entries}
    with patch.object(plugins, "entry_points", lambda group: known.get(group, ())):
        _forget()
        yield
    _forget()


@contextmanager
def plugged(*carriers: object) -> Iterator[None]:
    """Install objects as the carriers of a package."""
    module = ModuleType(_MODULE)
    places = {}
    for number, carrier in enumerate(carriers):
        setattr(module, f"carrier{number}", carrier)
        places[f"entry{number}"] = f"{_MODULE}:carrier{number}"
    # Of all modules only this one goes again: what is loaded meanwhile stays loaded.
    before = {name: sys.modules[name] for name in (_MODULE,) if name in sys.modules}
    sys.modules[_MODULE] = module
    try:
        with registered(**places):
            yield
    finally:
        sys.modules.pop(_MODULE, None)
        sys.modules.update(before)
