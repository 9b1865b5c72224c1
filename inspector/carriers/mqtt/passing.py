"""What a PUBLISH is: a packet of Nest's on its way, or something else.

====================================  ==============================================
``$SYS/…``                            Idle: the broker's own
an object with a pattern              Transfer of a Request or an Event
an envelope with an id                Transfer of a Response
what is no reply, where one goes      Trouble
sent again, for want of an answer     Errand of the same transfer
anything else                         Idle
====================================  ==============================================

Replies to what was sent to ``sum`` go to ``sum/reply``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Errand, Idle, Span, Transfer, Trouble
from protocol import Request, Response, dumps

from .flights import Flight
from .headers import DUPLICATE, QUALITY, RETAINED
from .payloads import flaw_of, parse_payload
from .topics import REPLY

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit
    from protocol import Json, Packet

    from .contents import Published
    from .flights import Flights
    from .properties import Properties
    from .reading import Control
    from .subscriptions import Subscription

SYSTEM = "$SYS/"
_MOST = 4_096
"""Topics of a connection to which replies are known to go."""
_RESENT = "PUBLISH"


class Message(msgspec.Struct, gc=False):
    """A PUBLISH.

    Attributes:
        side: Who sends it.
        control: The packet.
        said: What it says.
        topic: Where it is sent to; None where only an alias says that.
        delivered: Whether the broker sends it; None where that is not known.
        subscription: What it is delivered for, if that is known.
    """

    side: Side
    control: Control
    said: Published
    topic: str | None
    delivered: bool | None
    subscription: Subscription | None = None


class Passing:
    """What passes on one connection, in both directions.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self._conceal = conceal
        self._awaited: dict[str, None] = {}  # topics that replies go to

    def read(self, message: Message, flights: Flights) -> Unit:
        """Return what a message is, and let it be acknowledged.

        Args:
            message: The message.
            flights: What its side has sent and is not acknowledged.
        """
        number = message.said.number
        if not number:
            return self._read(message, None)
        if message.control.data[0] & DUPLICATE:
            flight = flights.get(number)
            if flight is not None:
                return self._again(message, flight)
        flight = Flight(flights.tag(), topic=message.topic or "")
        flights.begin(number, flight)
        return self._read(message, flight)

    def idle(self, message: Message, verb: str = "") -> Idle:
        """Return a message that is somebody else's.

        Its payload may hold anything, and is never written where something is
        concealed.
        """
        control, said = message.control, message.said
        begin = control.begin + said.payload
        payload = (Span(begin, control.end),) if begin < control.end else ()
        return Idle(
            side=message.side,
            begin=control.begin,
            end=control.end,
            secret=(*_secrets(control, said.properties, self._conceal), *payload),
            verb=verb or "PUBLISH",
            text=control.data,
            original=control.sent,
        )

    def _again(self, message: Message, flight: Flight) -> Unit:
        """Return a message that was sent before, and is not acknowledged."""
        if not flight.passes:
            return self.idle(message)
        idle = self.idle(message)
        return Errand(
            side=idle.side,
            begin=idle.begin,
            end=idle.end,
            secret=idle.secret,
            verb=_RESENT,
            about=(flight.tag,),
            more=True,
            text=idle.text,
            original=idle.original,
        )

    def _read(self, message: Message, flight: Flight | None) -> Unit:
        topic = message.topic or ""
        if topic.startswith(SYSTEM):
            return self.idle(message, "system")
        original = message.control.data[message.said.payload :]
        packet = parse_payload(original, topic)
        if packet is None:
            return self._other(message, original)
        body = original
        if self._conceal is not None:
            answers = isinstance(packet, Response)
            hide = self._conceal.body if answers else self._conceal.addressed
            body = hide(original)
            packet = parse_payload(body, topic) or packet
        if isinstance(packet, Request) and message.topic is not None:
            self.expect(topic + REPLY)
        if flight is not None:
            flight.passes, flight.replies = True, isinstance(packet, Response)
        return self._transfer(message, packet, body, original, flight)

    def expect(self, topic: str) -> None:
        """Learn that replies go to a topic."""
        if topic not in self._awaited:
            if len(self._awaited) >= _MOST:
                del self._awaited[next(iter(self._awaited))]
            self._awaited[topic] = None

    def _other(self, message: Message, body: bytes) -> Unit:
        """Return what is not a packet of Nest's: trouble, where a reply is awaited."""
        flaw = flaw_of(body) if message.topic in self._awaited else None
        if flaw is None:
            return self.idle(message)
        code, detail = flaw
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        control = message.control
        return Trouble(
            side=message.side,
            begin=control.begin,
            end=control.end,
            code=code,
            detail=detail,
            framed=True,
            about=(message.topic,),
        )

    def _transfer(
        self,
        message: Message,
        packet: Packet,
        body: bytes,
        original: bytes,
        flight: Flight | None,
    ) -> Transfer:
        control, topic = message.control, message.topic
        properties, subscription = message.said.properties, message.subscription
        unit = Transfer(
            side=message.side,
            begin=control.begin,
            end=control.end,
            packet=packet,
            body=body,
            original=None if body is original or body == original else original,
            channel=topic,
            head=control.data[: message.said.payload] if control.sent else b"",
            tag=None if flight is None else flight.tag,
            owed=int(flight is not None),
            again=bool(control.data[0] & DUPLICATE),
            retained=bool(message.delivered and control.data[0] & RETAINED),
        )
        if properties.user:
            unit.secret = _secrets(control, properties, self._conceal)
        if isinstance(packet, Request) and topic is not None:
            unit.reply_channel = topic + REPLY
        if subscription is not None:
            unit.subscription = subscription.text
            unit.destination = subscription.filter.group
            unit.since_ns = subscription.since_ns
            if subscription.wildcard:
                unit.facts = {"wildcard": subscription.filter.topic}
        if control.data[0] & (QUALITY | RETAINED) or properties.user:
            unit.facts = {**(unit.facts or {}), **self._facts(message)}
        return unit

    def _facts(self, message: Message) -> dict[str, Json]:
        """Return the user properties of a message, and how it is carried."""
        facts: dict[str, Json] = {}
        for each in message.said.properties.user:
            hidden = _is_secret(self._conceal, each.name, each.value)
            facts[each.name] = "x" * len(each.value) if hidden else each.value
        quality = (message.control.data[0] & QUALITY) >> 1
        if quality:
            facts["qos"] = quality
        if message.control.data[0] & RETAINED:
            facts["retained"] = True
        return facts


def _secrets(
    control: Control, properties: Properties, conceal: Concealment | None
) -> tuple[Span, ...]:
    """Return the places of user properties that are secret."""
    return tuple(
        Span(control.begin + each.span.begin, control.begin + each.span.end)
        for each in properties.user
        if _is_secret(conceal, each.name, each.value)
    )


def _is_secret(conceal: Concealment | None, name: str, value: str) -> bool:
    """Whether a value would be hidden as one of a payload, under the same name."""
    if conceal is None:
        return False
    text = dumps({"data": {name: value}})
    return conceal.body(text) != text
