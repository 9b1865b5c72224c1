"""The parts in C, which make the same things quicker: whether one is to be used.

Each is optional. Where it was not compiled, or is not wanted, Python does its work, and
gives the same for any bytes. The variable ``PROTOCOL_INSPECT_PURE``, set to anything,
asks for Python alone: to compare the two, or to exclude C from what may be wrong.

A checkout may have other sources than those that were compiled, so each module says by
a number what it takes and gives. One that does not fit is passed over like one that was
never compiled, instead of failing at its first call.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

PURE = "PROTOCOL_INSPECT_PURE"
"""The variable of the environment that asks for Python alone."""
INTERFACE = 1
"""What the modules take and give, as in ``_interface.h``: raised with each change."""


def extension(name: str) -> ModuleType | None:
    """Import a module that is written in C.

    Args:
        name: Of the module, in full.

    Returns:
        The module; None where it is not wanted, was not compiled, does not load or is
        stale.
    """
    if os.environ.get(PURE):
        return None
    module = _load(name)
    return module if _fits(module) else None


def is_stale(name: str) -> bool:
    """Return whether a module loads, but was compiled from other sources than these."""
    module = _load(name)
    return module is not None and not _fits(module)


def _load(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def _fits(module: ModuleType | None) -> bool:
    return getattr(module, "INTERFACE", None) == INTERFACE


# decision 130: A decoder is cut in C where that was compiled
cut = extension("protocol._cut")
"""What is in use for :mod:`protocol.cutting` and :mod:`protocol.units`, if anything."""
