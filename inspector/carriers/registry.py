"""The carriers that there are: one line of registration for each.

Third-party carriers are entry points of the group ``protocol_inspect.carriers``::

    [project.entry-points."protocol_inspect.carriers"]
    name = "package.module:carrier"

Ours are such lines too, in :data:`OURS`: a checkout whose metadata is older than its
code would otherwise read nothing, and not say so. They come first. What cannot be
loaded, or is not a carrier, is left out, and a :class:`CarrierWarning` says why: a
third-party package may not stop an inspection. Its errors are :mod:`.guarding`'s.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from inspect import isclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from inspector.plugins import leave_out, load
from protocol.lazy_regex import lazy_regex
from protocol.on_demand import on_demand

from .base import Carrier, CarrierWarning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .guarding import Guarded
else:  # decision 158
    Guarded = on_demand("inspector.carriers.guarding:Guarded")

GROUP = "protocol_inspect.carriers"
NEST_TCP = "tcp"
"""The carrier of Nest's own TCP transport."""


@runtime_checkable
class Describable(Protocol):
    """A carrier of which files may say what its messages are."""

    def described(self, files: Sequence[str]) -> Carrier:
        """Return the same with what some files say.

        Raises:
            ValueError: One cannot be read; the message says why.
        """


# decision 20
OURS = {
    NEST_TCP: "inspector.carriers.nest_tcp.carrier:carrier",
    "nats": "inspector.carriers.nats.carrier:carrier",
    "mqtt": "inspector.carriers.mqtt.carrier:carrier",
    "redis": "inspector.carriers.redis.carrier:carrier",
    "rabbitmq": "inspector.carriers.rabbitmq.carrier:carrier",
    "grpc": "inspector.carriers.grpc.carrier:carrier",
    "kafka": "inspector.carriers.kafka.carrier:carrier",
    "socketio": "inspector.carriers.websocket.carrier:socketio",
    "ws": "inspector.carriers.websocket.carrier:ws",
    "http": "inspector.carriers.http.carrier:carrier",
}
"""Our own: name → module and object."""
_LEFT_OUT = "carrier {} is left out"
_NAME = lazy_regex(r"[a-z][a-z0-9_-]*")
_PARTS = sorted(name for name in dir(Carrier) if not name.startswith("_"))


@cache
def carriers() -> Mapping[str, Carrier]:
    """Return name → carrier: ours, then those of others by their entries' names."""
    found = {name: _load_ours(place) for name, place in OURS.items()}
    places = dict(OURS)
    for entry, carrier in load(GROUP, _LEFT_OUT, CarrierWarning, _problem_of):
        assert isinstance(carrier, Carrier)
        name, place = carrier.name, places.setdefault(carrier.name, entry.value)
        if name not in found:
            found[name] = Guarded(carrier)
        elif place != entry.value:  # a package may be found twice
            leave_out(entry, _LEFT_OUT, CarrierWarning, f"{name} is {place}")
    return found


def described(files: Sequence[str]) -> dict[str, Carrier]:
    """Return the carriers that files say something of, with what these say.

    Args:
        files: ``.proto`` files or descriptor sets.

    Raises:
        ValueError: One cannot be read; the message says why.
    """
    if not files:
        return {}
    return {
        name: carrier.described(files)
        for name, carrier in carriers().items()
        if isinstance(carrier, Describable)
    }


def _load_ours(place: str) -> Carrier:
    module, _, name = place.partition(":")
    carrier: Carrier = getattr(import_module(module), name)
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
