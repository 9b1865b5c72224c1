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

from functools import cache, cached_property
from importlib import import_module
from inspect import isclass
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from inspector.plugins import leave_out, load
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

from .base import Carrier, CarrierWarning, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .base import Recognition
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


class Entry(NamedTuple):
    """A carrier of ours, as far as it is known before it is loaded.

    Attributes:
        place: Its module and object.
        first: The bytes with one of which a stream of its begins; None for any.
        begins: Whether it brings nothing of Nest's, but what may begin it.
        upgrades: Whether a stream of its that begins as HTTP does turns into a
            WebSocket, or is Engine.IO.
    """

    place: str
    first: bytes | None = None
    begins: bool = False
    upgrades: bool = False


# decision 20
OURS = {
    NEST_TCP: Entry("inspector.carriers.nest_tcp.carrier:carrier"),
    "nats": Entry("inspector.carriers.nats.carrier:carrier", b"\t CIci"),
    "mqtt": Entry(
        "inspector.carriers.mqtt.carrier:carrier", b"\x10\x20GH", upgrades=True
    ),
    "redis": Entry("inspector.carriers.redis.carrier:carrier", b"$%*+-=>"),
    "rabbitmq": Entry("inspector.carriers.rabbitmq.carrier:carrier", b"\x01A"),
    "grpc": Entry("inspector.carriers.grpc.carrier:carrier", b"\0P"),
    "kafka": Entry("inspector.carriers.kafka.carrier:carrier", bytes(range(7))),
    "socketio": Entry(
        "inspector.carriers.websocket.carrier:socketio", b"GHOP", upgrades=True
    ),
    "ws": Entry("inspector.carriers.websocket.carrier:ws", b"GHOP", upgrades=True),
    "http": Entry("inspector.carriers.http.carrier:carrier", b"CDGHOPQT", begins=True),
}
"""Our own, by name."""
_LEFT_OUT = "carrier {} is left out"
_NAME = lazy_regex(r"[a-z][a-z0-9_-]*")
_REQUESTS = (b"GET ", b"POST ", b"OPTIONS ")
_RESPONSES = (b"HTTP/1.1 200 ", b"HTTP/1.1 101 ")
_HEAD_END = b"\r\n\r\n"
_UPGRADED, _ENGINE = b"websocket", b"eio="
_POLLED = b"0123456b"
"""What a packet of Engine.IO begins with, in the body of a response."""
_PARTS = sorted(name for name in dir(Carrier) if not name.startswith("_"))


class Awaited:
    """What stands for a carrier of ours until a stream may be its; then it is loaded.

    Args:
        name: Its name.
        entry: What is known of it.
    """

    def __init__(self, name: str, entry: Entry) -> None:
        self.name, self.begins = name, entry.begins
        self._place, self._first = entry.place, entry.first
        self._upgrades = entry.upgrades

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — what the carrier has
        value = getattr(self.carrier, name)
        self.__dict__[name] = value  # the next time this method is not asked
        return value

    @cached_property
    def carrier(self) -> Carrier:
        """The carrier itself."""
        return _loaded(self._place)

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        if self._first and beginning and beginning[0] not in self._first:
            return Verdict.OTHER
        if self._upgrades and _stays_http(beginning):
            return Verdict.OTHER
        return self.carrier.recognise(beginning)


def _stays_http(beginning: bytes) -> bool:
    """Whether a stream begins with HTTP that shows no WebSocket, and no Engine.IO."""
    asks = beginning.startswith(_REQUESTS)
    end = beginning.find(_HEAD_END)
    if end < 0 or not (asks or beginning.startswith(_RESPONSES)):
        return False
    head, body = beginning[:end].lower(), beginning[end + len(_HEAD_END) :]
    if _UPGRADED in head or _ENGINE in head:
        return False
    return asks or bool(body and body[0] not in _POLLED)


@cache
def carriers() -> Mapping[str, Carrier]:
    """Return name → carrier: ours, then those of others by their entries' names."""
    found = {
        name: cast("Carrier", Awaited(name, entry)) for name, entry in OURS.items()
    }
    found[NEST_TCP] = _loaded(OURS[NEST_TCP].place)
    places = {name: entry.place for name, entry in OURS.items()}
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
    known = ((name, loaded(carrier)) for name, carrier in carriers().items())
    return {
        name: carrier.described(files)
        for name, carrier in known
        if isinstance(carrier, Describable)
    }


def loaded(carrier: Carrier) -> Carrier:
    """Return a carrier itself, where something may stand for it."""
    return carrier.carrier if isinstance(carrier, Awaited) else carrier


def _loaded(place: str) -> Carrier:
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
