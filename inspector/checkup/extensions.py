"""What is written in C, and does its work here, or Python in its place."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from protocol.native import PURE, extension, is_stale

from .check import Check, Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PURPOSES = {
    "protocol._cut": "cuts frames, and counts code units",
    "inspector.sources._scan": "scans pcap files",
}
"""Module → what it does; all of it can be done in Python."""
_STALE = "was compiled from other sources"


def summary() -> str:
    """Return in a few words which of the extensions are in use."""
    lacking = [name for name in _PURPOSES if extension(name) is None]
    if not lacking:
        return "with its C extensions"
    if len(lacking) == len(_PURPOSES):
        return f"without its C extensions: pure Python{_why(lacking)}"
    return f"without its C extension {', '.join(lacking)}{_why(lacking)}"


def _why(lacking: Iterable[str]) -> str:
    """Return why extensions are not used, where they look as if they were."""
    unwanted = os.environ.get(PURE) or not any(map(is_stale, lacking))
    return "" if unwanted else f" ({_STALE})"


def extensions() -> Iterator[Check]:
    """Yield which of the extensions are in use."""
    for name, purpose in _PURPOSES.items():
        yield _look_for(name, purpose)


def _look_for(name: str, purpose: str) -> Check:
    short = name.rpartition("._")[2]
    if extension(name) is not None:
        return Check("extensions", short, Mark.GOOD, "in use", f"C {purpose}")
    meaning = f"Python {purpose}, more slowly"
    if os.environ.get(PURE):
        found, fix = f"{PURE} is set", f"unset {PURE}"
        return Check("extensions", short, Mark.ABSENT, found, meaning, fix)
    found = "was not compiled" if find_spec(name) is None else "does not load"
    if is_stale(name):
        found = _STALE
    meaning += "; install again with a C compiler and Python's headers"
    return Check("extensions", short, Mark.ABSENT, found, meaning)
