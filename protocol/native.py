"""The parts in C, which make the same things quicker: whether one is to be used.

Each is optional. Where it was not compiled, or is not wanted, Python does its work, and
gives the same for any bytes. The variable ``PROTOCOL_INSPECT_PURE``, set to anything,
asks for Python alone: to compare the two, or to exclude C from what may be wrong.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

PURE = "PROTOCOL_INSPECT_PURE"
"""The variable of the environment that asks for Python alone."""


def extension(name: str) -> ModuleType | None:
    """Import a module that is written in C.

    Args:
        name: Of the module, in full.

    Returns:
        The module; None where it is not wanted, was not compiled or does not load.
    """
    if os.environ.get(PURE):
        return None
    try:
        return import_module(name)
    except ImportError:
        return None


# decision 130: A decoder is cut in C where that was compiled
cut = extension("protocol._cut")
"""What is in use for :mod:`protocol.cutting` and :mod:`protocol.units`, if anything."""
