"""What the versions of Nest do with a frame: where they agree, and where they do not.

A difference is a field of :class:`protocol.NestVersion`; only the releases in which
it changed are written down here.

Source: the npm packages ``@nestjs/microservices`` 10.4.22 to 12.1.1, and in them
``helpers/json-socket.js``, ``deserializers/incoming-response.deserializer.js`` and
``utils/transform-pattern.utils.js``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.words import plural
from protocol import (
    DELIMITER,
    NEST_VERSIONS,
    NEWEST,
    UNDEFINED,
    CorruptedLengthError,
    Event,
    NestVersion,
    Packet,
    Request,
    Response,
    loads,
    parse_length,
    route,
)
from protocol.named_tuple import NamedTuple

from .explanation import Explanation, Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_VERSION = "every version"
CHANGES = {
    "incomplete_timeout_ns": ("≤ 11.2.4, ≤ 12.0.2", "≥ 11.2.5, ≥ 12.0.3"),
    "strict_replies": ("≤ 12.0.1", "≥ 12.0.2"),
    "route_max_depth": ("≤ 11.1.14", "≥ 11.1.15"),
    "escapes_routes": ("≤ 11.1.17", "≥ 11.1.18"),
    "carries_metadata": ("≤ 12.0.3", "≥ 12.0.4"),
}
"""Field of NestVersion → the releases before it changed, and those from then on."""

_OLDEST = NEST_VERSIONS[0]
_NS_PER_SECOND = 1_000_000_000


class Effect(NamedTuple):
    """What some versions of Nest do.

    Attributes:
        action: What they do.
        next_input: What they do it for: ``nothing`` or ``a frame`` after this one;
            empty where that makes no difference.
        change: The field of NestVersion that decides; empty for every version.
        changed: Whether this is what the newer versions do.
    """

    action: str
    next_input: str = ""
    change: str = ""
    changed: bool = False

    @property
    def versions(self) -> str:
        """The releases, as a person reads them."""
        return CHANGES[self.change][self.changed] if self.change else EVERY_VERSION

    def holds(self, version: NestVersion) -> bool:
        """Whether a version does it."""
        if not self.change:
            return True
        changed = getattr(version, self.change) != getattr(_OLDEST, self.change)
        return changed is self.changed


def effects(explanation: Explanation) -> list[Effect]:
    """Return what the versions of Nest do with a frame."""
    judgement = explanation.judgement
    if judgement is Judgement.RIGHT:
        return list(_packet_effects(explanation.packet))
    if judgement is Judgement.NO_DELIMITER:
        return _effects_without_delimiter(explanation)
    if judgement in {Judgement.NO_NUMBER, Judgement.PROXY}:
        return [Effect("corrupted length, FIN; what follows is lost")]
    if explanation.missing > 0:
        taken = plural(explanation.missing, "unit")
        return [*_waits(), Effect(f"takes {taken} of it: invalid JSON, FIN", "a frame")]
    return [Effect(_action_when_short(explanation))]


def _waits() -> Iterator[Effect]:
    """Yield what happens while the rest of a frame does not come."""
    change = "incomplete_timeout_ns"
    yield Effect("waits forever", "nothing", change)
    seconds = (NEWEST.incomplete_timeout_ns or 0) // _NS_PER_SECOND
    action = f"waits {seconds} s, then destroys the connection"
    yield Effect(action, "nothing", change, changed=True)


def _effects_without_delimiter(explanation: Explanation) -> list[Effect]:
    """Say what becomes of all bytes before the next ``#``, even in a string."""
    header, delimiter, _ = explanation.raw.partition(DELIMITER)
    try:
        length = parse_length(header.decode("utf-8", "replace"))
    except CorruptedLengthError:
        action = "corrupted length, FIN"
    else:
        action = f"takes {length:,} for the length of what follows the #"
    return [Effect(action)] if delimiter else [*_waits(), Effect(action, "a frame")]


def _action_when_short(explanation: Explanation) -> str:
    """Say what comes of a length that does not reach the end of the body."""
    length = explanation.length or 0
    taken = explanation.body.decode("utf-8", "replace").encode("utf-16-le")
    try:
        loads(taken[: 2 * length].decode("utf-16-le", "replace").encode())
    except ValueError:
        read = plural(length, "unit")
        return f"reads {read}: invalid JSON, FIN; what follows is lost"
    return f"reads {length:,} of it, and the rest as the next length"


def _packet_effects(packet: Packet | None) -> Iterator[Effect]:
    if packet is None:
        yield Effect("a server logs an event without handler; a client ignores it")
    elif isinstance(packet, Response):
        yield from _response_effects(packet)
    else:
        yield from _asking_effects(packet)


def _asking_effects(packet: Request | Event) -> Iterator[Effect]:
    if isinstance(packet, Event):
        yield Effect("runs the handler, if there is one; nothing comes back")
    else:
        yield Effect("runs the handler and replies, or says that there is none")
    older, newer = route(packet.pattern, _OLDEST), route(packet.pattern)
    if older != newer:
        cut = "[MAX_DEPTH_REACHED]" in newer or "[TOO_MANY_KEYS]" in newer
        change = "route_max_depth" if cut else "escapes_routes"
        yield Effect(f"looks for {older}", change=change)
        collide = "; other patterns collide with it" if cut else ""
        yield Effect(f"looks for {newer}{collide}", change=change, changed=True)
    if packet.metadata is not UNDEFINED:
        change = "carries_metadata"
        yield Effect("ignores the metadata", change=change)
        yield Effect("hands the metadata to the handler", change=change, changed=True)


def _response_effects(packet: Response) -> Iterator[Effect]:
    """Yield what a client does; versions differ in what is foreign to them."""
    bare = packet.response is UNDEFINED and packet.err is UNDEFINED
    foreign = "takes the whole packet for the value, and ends the call"
    old = foreign if bare and not packet.is_disposed else _response_action(packet)
    new = foreign if packet.extra else _response_action(packet)
    if old == new:
        yield Effect(old)
        return
    yield Effect(old, change="strict_replies")
    yield Effect(new, change="strict_replies", changed=True)


def _response_action(packet: Response) -> str:
    if packet.failed:
        return "ends the call with this error"
    then = "and ends the call" if packet.is_disposed else "and waits for more"
    if packet.response is not UNDEFINED:
        return f"gives the value, {then}"
    if packet.is_disposed:
        return "ends the call without a value"
    return f"gives undefined, {then}"
