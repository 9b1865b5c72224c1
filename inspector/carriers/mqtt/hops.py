"""Data packets that are one plain hop of a call or an event, read in one go.

::

    PUBLISH sum {…}          a request, or an event: of its JSON the id is read
    PUBLISH sum/reply {…}    a reply

All of them with quality of service 0, and without properties. Whoever reads them so
wants figures, and looks at the body himself. All else is read by :mod:`.talk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    EMITTED,
    SPREAD,
    TOLD,
    PlainHop,
    decode_identified,
)
from protocol import REFUSED, UNDEFINED

from .headers import MAX_PACKET, PUBLISH, measured
from .passing import SYSTEM
from .topics import REPLY

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .levels import Level
    from .passing import Passing
    from .reading import Reader
    from .subscriptions import Subscriptions

_FIRST = bytes([PUBLISH << 4])  # without a flag
_LEAST = 6
"""Bytes of the shortest: its head, the length of a topic, a topic, an object."""


class HopReader:
    """Reads plain hops of one side.

    Args:
        reader: Reads all else of it.
        level: Which level of MQTT it is.
        subscriptions: What the client has subscribed to.
        passing: What else passes.

    Attributes:
        publishes: Whether it is the client's, which hands the broker what it sends.
    """

    __slots__ = ("_level", "_passing", "_reader", "_subscriptions", "publishes")

    def __init__(
        self,
        reader: Reader,
        level: Level,
        subscriptions: Subscriptions,
        passing: Passing,
    ) -> None:
        self.publishes = False
        self._reader = reader
        self._level = level
        self._subscriptions = subscriptions
        self._passing = passing

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a control packet that can be read."""
        return self._level.five is not None and self._reader.ready

    def read(self, data: bytes) -> PlainHop | None:
        """Return the hop that some bytes are; None where that is not plain."""
        size = len(data)
        if size < _LEAST or not data.startswith(_FIRST):
            return None
        head, end = measured(data, 0)
        if end != size or end - head > MAX_PACKET or head + 2 > size:
            return None
        begin = head + 2
        place = begin + (data[head] << 8 | data[head + 1])
        raw = data[begin:place]
        if not raw or not raw.isascii() or b"\0" in raw:
            return None
        body = data[place:]
        begun = b"\0{" if self._level.five else b"{"  # of no properties
        if not body.startswith(begun):
            return None
        return self._hop_of(str(raw, "ascii"), body[len(begun) - 1 :], size)

    def _hop_of(self, topic: str, body: bytes, size: int) -> PlainHop | None:
        """Return what is sent to a topic; None for a reply to nothing."""
        try:
            identity = decode_identified(body).id
        except REFUSED:
            return None
        delivered, joins = not self.publishes, identity is not UNDEFINED
        if topic.endswith(REPLY):
            if not joins:
                return None
            what, reply = TOLD if delivered else ANSWERED, None
        elif topic.startswith(SYSTEM):
            return None
        elif joins:
            what, reply = ASKED_OF if delivered else ASKED, topic + REPLY
        else:
            what, reply = SPREAD if delivered else EMITTED, None
        hop = PlainHop(what, topic, reply, None, body, size)
        if joins:
            hop.correlation, hop.shared = identity, True
        return self._take(hop) if delivered else hop

    def _take(self, hop: PlainHop) -> PlainHop | None:
        """Return a hop with what it is delivered for; None for a wildcard."""
        subscription = self._subscriptions.get(hop.channel)
        if subscription is None:
            return hop
        if subscription.wildcard:
            return None
        hop.subscription, hop.since_ns = subscription.text, subscription.since_ns
        hop.destination = subscription.filter.group
        return hop

    def pass_by(self, hop: PlainHop, size: int, _time_ns: int) -> Hashable | None:
        """Learn that a hop was counted, which nothing confirms."""
        self._reader.received += size
        if hop.reply_channel is not None:
            self._passing.expect(hop.reply_channel)
        return None
