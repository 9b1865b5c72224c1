"""The carriers that there are: one line of registration for each.

Those of other people are entry points of the group ``protocol_inspect.carriers``::

    [project.entry-points."protocol_inspect.carriers"]
    name = "package.module:carrier"

Ours are such lines too, in :data:`OURS`: a checkout whose metadata is older than its
code would otherwise read nothing, and not say so. They come first. What cannot be
loaded, or is no carrier, is left out, and a :class:`CarrierWarning` says why: a package
of somebody else may not stop an inspection. What is not ours is :mod:`.guarding`'s.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from importlib import import_module
from inspect import isclass
from typing import TYPE_CHECKING

from .base import Carrier, CarrierWarning
from .entries import entry_points
from .guarding import Guarded, described

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "protocol_inspect.carriers"
NEST_TCP = "tcp"
"""The carrier of Nest's own TCP transport."""
OURS = {
    NEST_TCP: "inspector.carriers.nest_tcp.carrier:carrier",
}
"""Our own: name → module and object."""
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_PARTS = sorted(name for name in dir(Carrier) if not name.startswith("_"))


@cache
def carriers() -> tuple[Carrier, ...]:
    """Return all carriers: ours, then those of others in the order of their names."""
    found = {name: _load_ours(place) for name, place in OURS.items()}
    places = dict(OURS)
    for entry in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        carrier = _load(entry)
        if carrier is None:
            continue
        if carrier.name not in found:
            found[carrier.name] = Guarded(carrier)
            places[carrier.name] = entry.value
        elif places[carrier.name] != entry.value:  # a package may be found twice
            _warn(entry, f"{carrier.name} is {places[carrier.name]}")
    return tuple(found.values())


def carrier_named(name: str) -> Carrier:
    """Return a carrier by its name.

    Raises:
        KeyError: There is none.
    """
    return {each.name: each for each in carriers()}[name]


def find_carrier(name: str) -> Carrier | None:
    """Return a carrier by its name; None where it is not installed here."""
    return next((each for each in carriers() if each.name == name), None)


def _load_ours(place: str) -> Carrier:
    module, _, name = place.partition(":")
    carrier: Carrier = getattr(import_module(module), name)
    return carrier


def _load(entry: EntryPoint) -> Carrier | None:
    """Return the carrier of an entry point; a warning says why there is none."""
    try:
        carrier: object = entry.load()
        problem = _problem_of(carrier)
    except (Exception, SystemExit) as error:  # noqa: BLE001 — whatever it raises
        _warn(entry, described(error))
        return None
    if problem:
        _warn(entry, problem)
        return None
    assert isinstance(carrier, Carrier)
    return carrier


def _problem_of(carrier: object) -> str:
    """Return why something cannot be a carrier; nothing if it can."""
    if isclass(carrier):
        return "it is a class; a carrier is an object of one"
    lacking = [part for part in _PARTS if not hasattr(carrier, part)]
    if lacking:
        return f"it lacks {', '.join(lacking)}"
    name, title, reach = (getattr(carrier, part) for part in ("name", "title", "reach"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return f"its name is {name!r}, not a word in small letters"
    if not isinstance(title, str) or not title:
        return f"its title is {title!r}, not a word"
    if not isinstance(reach, int) or reach < 0:
        return f"its reach is {reach!r}, not a number of bytes"
    return ""


def _warn(entry: EntryPoint, reason: str) -> None:
    text = f"carrier {entry.name} ({entry.value}) is left out: {reason}"
    warnings.warn(text, CarrierWarning, stacklevel=3)
