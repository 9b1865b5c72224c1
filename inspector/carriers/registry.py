"""The carriers that there are: one line of registration for each.

Those of other people are entry points of the group ``protocol_inspect.carriers``::

    [project.entry-points."protocol_inspect.carriers"]
    name = "package.module:carrier"

Ours are such lines too, in :data:`OURS`: a checkout whose metadata is older than its
code would otherwise read nothing, and not say so. They come first. What cannot be
loaded, or is no carrier, is left out, and a :class:`CarrierWarning` says why: a package
of somebody else may not stop an inspection.
"""

from __future__ import annotations

import warnings
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from .base import Carrier

GROUP = "protocol_inspect.carriers"
NEST_TCP = "tcp"
"""The carrier of Nest's own TCP transport."""
OURS = {
    NEST_TCP: "inspector.carriers.nest_tcp.carrier:carrier",
}
"""Our own: name → module and object."""


class CarrierWarning(UserWarning):
    """A registered carrier cannot be used; the message says which, and why."""


@cache
def carriers() -> tuple[Carrier, ...]:
    """Return all carriers: ours, then those of others in the order of their names."""
    found: dict[str, Carrier] = {}
    ours = [EntryPoint(name, place, GROUP) for name, place in OURS.items()]
    others = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    for entry in (*ours, *others):
        carrier = _load(entry)
        if carrier is not None:
            found.setdefault(carrier.name, carrier)
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


def _load(entry: EntryPoint) -> Carrier | None:
    """Return the carrier of an entry point; a warning says why there is none."""
    try:
        carrier: object = entry.load()
    except Exception as error:  # noqa: BLE001 — whatever somebody else's code raises
        _warn(entry, f"{type(error).__name__}: {error}")
        return None
    if not isinstance(carrier, Carrier):
        _warn(entry, "it lacks parts of inspector.carriers.base.Carrier")
        return None
    return carrier


def _warn(entry: EntryPoint, reason: str) -> None:
    text = f"carrier {entry.name} ({entry.value}) is left out: {reason}"
    warnings.warn(text, CarrierWarning, stacklevel=3)
