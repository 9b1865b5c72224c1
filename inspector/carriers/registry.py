"""The carriers that there are: one line of registration for each.

Ours and those of other people are found in one way, as entry points of the group
``protocol_inspect.carriers``::

    [project.entry-points."protocol_inspect.carriers"]
    tcp = "inspector.carriers.nest_tcp.carrier:carrier"

Ours come first. What cannot be loaded, or is no carrier, is left out, and a
:class:`CarrierWarning` says why: a package of somebody else may not stop an inspection.
"""

from __future__ import annotations

import warnings
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from .base import Carrier

GROUP = "protocol_inspect.carriers"
_DISTRIBUTION = "protocol-inspect"
NEST_TCP = "tcp"
"""The carrier of Nest's own TCP transport."""


class CarrierWarning(UserWarning):
    """A registered carrier cannot be used; the message says which, and why."""


@cache
def carriers() -> tuple[Carrier, ...]:
    """Return all carriers, ours first, each in the order of the names."""
    found: dict[str, Carrier] = {}
    for entry in sorted(entry_points(group=GROUP), key=_order):
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


def _order(entry: EntryPoint) -> tuple[bool, str]:
    ours = entry.dist is not None and entry.dist.name == _DISTRIBUTION
    return not ours, entry.name


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
