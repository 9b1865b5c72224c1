"""What a message on its way is: a packet of Nest's, or something else.

=====================================  =============================================
JSON with a pattern                    Transfer of a Request or an Event
JSON on the way to who asked           Transfer of a Response
a message that the broker returns      Errand return, of what was published
anything else                          Idle
=====================================  =============================================

A message is on the way to who asked if it goes to what a request has named for its
replies. There any JSON is a reply, if the request was one of Nest's; else only what
looks like Nest's is.

Source: ``packages/microservices/client/client-rmq.ts``, ``server/server-rmq.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Idle, Span, Transfer, Trouble
from protocol import (
    UNDEFINED,
    Event,
    InvalidJsonError,
    PacketError,
    Request,
    Response,
    parse_body,
)
from protocol.carriage import Reply, parse_reply, parse_request

from .channels import DIRECT_REPLY_TO, UNKNOWN
from .methods import METHODS

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side
    from protocol import Json, Packet

    from .channels import Consumer
    from .contents import Message

MOST = 4_096
"""Names of queues for replies that a connection is known to have."""
_NO_ID = b'{"id":null,'
_ENVELOPES = (b'{"response":', b'{"err":')
_HEAD = b'{"response":'


class Route(msgspec.Struct, gc=False):
    """Where a message goes.

    Attributes:
        exchange: The exchange that it was published to; empty for the default one.
        key: Its routing key.
        queue: The queue that it is delivered from; None for what is published, and
            where it is not known.
    """

    exchange: str
    key: str
    queue: str | None = None

    @property
    def channel(self) -> str:
        """What it is known by: the routing key, or the exchange where that has none."""
        return short(self.key) if self.key else self.exchange


class Passing:
    """What passes on one connection, in both directions.

    Args:
        conceal: What hides secrets; None where nothing is hidden.

    Attributes:
        named: Where replies go → whether a request of Nest's has named that.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self._conceal = conceal
        self.named: dict[str, bool] = {}

    def read(
        self, side: Side, message: Message, route: Route
    ) -> Transfer | Trouble | None:
        """Return what a message is; None for what is not Nest's."""
        address = route.queue if route.queue == DIRECT_REPLY_TO else short(route.key)
        asked = self.named.get(address)
        if asked is not None or address == DIRECT_REPLY_TO:
            return self._reply(side, message, route, asked=bool(asked))
        packet = parse_request(message.body)
        if packet is None:
            correlated = message.properties and message.properties.correlation
            if not correlated:
                return None
            return self._reply(side, message, route, asked=False)
        return self._request(side, message, route, packet)

    def name(self, address: str, *, by_nest: bool) -> None:
        """Learn where replies to a request go."""
        self.named[address] = by_nest or self.named.get(address, False)
        if len(self.named) > MOST:
            del self.named[next(iter(self.named))]

    def _request(
        self, side: Side, message: Message, route: Route, packet: Request | Event
    ) -> Transfer:
        assert message.properties is not None
        reply_to = message.properties.reply_to
        asks = isinstance(packet, Request)
        if reply_to:
            self.name(short(reply_to), by_nest=asks)
        body = message.body
        if self._conceal is not None:
            body = self._conceal.addressed(body)
            packet = parse_request(body) or packet
        unit = _transfer(side, message, route, packet, body)
        if asks:
            unit.correlation = message.properties.correlation
            unit.reply_channel = short(reply_to) if reply_to else None
        return unit

    def _reply(
        self, side: Side, message: Message, route: Route, *, asked: bool
    ) -> Transfer | Trouble | None:
        assert message.properties is not None
        original = message.body
        try:
            reply = _plain_reply(original) or parse_reply(original, asked=asked)
        except InvalidJsonError as error:
            return self._malformed(side, message, error) if asked else None
        if reply is None:
            return None
        packet, body = reply.packet, original
        if self._conceal is not None:
            packet, body = self._concealed(packet, original, foreign=reply.foreign)
        if packet.id is None:  # or there is none
            packet = msgspec.structs.replace(packet, id=UNDEFINED)
        unit = _transfer(side, message, route, packet, body)
        unit.correlation = message.properties.correlation
        unit.destination = None
        return unit

    def _concealed(
        self, packet: Response, original: bytes, *, foreign: bool
    ) -> tuple[Response, bytes]:
        """Return a reply with its secrets hidden, and its text."""
        assert self._conceal is not None
        if foreign:  # what hides looks at the packets that Nest writes
            body = self._conceal.body(b"%b%b}" % (_HEAD, original))[len(_HEAD) : -1]
        else:
            body = self._conceal.body(original)
        hidden = parse_reply(body, asked=True)
        return (packet if hidden is None else hidden.packet), body

    def _malformed(
        self, side: Side, message: Message, error: InvalidJsonError
    ) -> Trouble:
        detail = f"its payload is {error.reason}"
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        assert message.properties is not None
        return Trouble(
            side=side,
            begin=message.begin,
            end=message.end,
            code="invalid-json",
            detail=detail,
            framed=True,
            about=(message.properties.correlation,),
        )


def short(key: str) -> str:
    """Return a routing key without what the broker adds to that of direct replies.

    It is another one for each client, as long as a subject of its own.
    """
    return DIRECT_REPLY_TO if key.startswith(DIRECT_REPLY_TO) else key


def queue_of(consumer: Consumer, exchange: str, key: str) -> str | None:
    """Return the queue of a delivery; by the default exchange the key is its name."""
    if consumer is not UNKNOWN and consumer.queue is not None:
        return consumer.queue
    direct = key.startswith(DIRECT_REPLY_TO)
    return short(key) if direct or not exchange else None


# decision 126
def idle(side: Side, message: Message) -> Idle:
    """Return a message for somebody else, whose content is never written."""
    secret = (*message.secrets, *message.pieces)
    verb = METHODS[message.code][0]
    return Idle(
        side=side,
        begin=message.begin,
        end=message.end,
        secret=secret,
        verb=verb,
        text=message.text,
        original=message.original,
    )


def _plain_reply(body: bytes) -> Reply | None:
    """Return a reply as Nest writes it; None for any other."""
    if not body.startswith(_ENVELOPES):
        return None
    try:
        packet = parse_body(_NO_ID + body[1:])
    except PacketError:
        return None
    if not isinstance(packet, Response) or packet.extra:
        return None
    return Reply(packet)


def _transfer(
    side: Side, message: Message, route: Route, packet: Packet, body: bytes
) -> Transfer:
    original, pieces = message.body, message.pieces
    head, secret = message.head if message.conceals else b"", message.secrets
    if message.conceals and not head:  # other frames are among those before the body
        secret = (Span(message.begin, pieces[0].begin if pieces else message.end),)
    return Transfer(
        side=side,
        begin=message.begin,
        end=message.end,
        secret=secret,
        packet=packet,
        body=body,
        body_begin=pieces[0].begin if pieces else message.end,
        original=None if body == original else original,
        head=head,
        pieces=tuple(pieces) if len(pieces) > 1 else (),
        channel=route.channel,
        destination=route.queue,
        facts=_facts(message, route),
    )


def _facts(message: Message, route: Route) -> dict[str, Json] | None:
    """Return the properties of a message, and the exchange that it was published to."""
    assert message.properties is not None
    facts = message.properties.facts
    if route.exchange:
        return {**facts, "exchange": route.exchange}
    return facts or None
