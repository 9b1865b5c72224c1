"""What a message on its way is: a packet of Nest's, or something else.

====================================  ==============================================
``$JS.…``, ``$SYS.…``                 Idle: JetStream, the server's own
a status in the headers, no payload   Errand 503, whoever it is for; another is Idle
on an inbox: an envelope, a value     Transfer of a Response
elsewhere: an object with a pattern   Transfer of a Request or an Event
anything else                         Idle
====================================  ==============================================

On an inbox that a request of Nest's has named, any JSON is a reply to it, and what is
not JSON is Trouble; on another one only what looks like Nest's is a reply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Errand, Idle, Span, Transfer, Trouble
from protocol import InvalidJsonError, Request, Response
from protocol.carriage import parse_reply, parse_request

from .headers import Headers, read_headers
from .lines import NO_RESPONDERS
from .subjects import INBOX, has_wildcard, looks_random, system_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.carriers.base import Concealment, Side, Unit
    from protocol import Json, Packet

    from .reading import Operation
    from .subscriptions import Inboxes, Subscription

_NO_HEADERS = Headers("", {})
_HEAD = b'{"response":'
_MARK = b"\xef\xbb\xbf"  # a byte order mark, which Nest's client and server take off


class Message(msgspec.Struct, gc=False):
    """A PUB or a MSG, with headers or without.

    Attributes:
        side: Who says it.
        operation: What is said.
        subject: Where it is sent to.
        reply: Where the replies to it are to go.
        number: The subscription that it is delivered to, by its number …
        subscription: … and what is known of that.
        headers: Its headers.
        body: Its payload without them.
    """

    side: Side
    operation: Operation
    subject: str
    reply: str | None = None
    number: str | None = None
    subscription: Subscription | None = None
    headers: Headers = _NO_HEADERS
    body: bytes = b""


class Passing:
    """What passes on one connection, in both directions.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        inboxes: Which inboxes requests have named.
    """

    def __init__(self, conceal: Concealment | None, inboxes: Inboxes) -> None:
        self._conceal = conceal
        self._inboxes = inboxes

    def read(self, message: Message) -> Unit:
        """Return what a message is."""
        system = system_of(message.subject)
        if system:
            return idle(message.side, message.operation, system)
        operation = message.operation
        assert operation.payload is not None
        message.body = operation.payload
        if operation.headers:
            self._split(message)
            if message.headers.status and not message.body:
                return _status(message)
        message.body = message.body.removeprefix(_MARK)
        subject = message.subject
        asked = self._inboxes.named_by_nest(subject)
        if asked is not None or subject.startswith(INBOX):
            return self._reply(message, asked=asked is True)
        request = self._request(message)
        if request is None and looks_random(subject):
            return self._reply(message, asked=False)
        return request or idle(message.side, message.operation)

    def knows(self, subject: str) -> bool:
        """Whether a request has named a subject for its replies."""
        return self._inboxes.named_by_nest(subject) is not None

    def _split(self, message: Message) -> None:
        """Take the headers off a payload."""
        size = message.operation.headers
        message.headers = read_headers(message.body[:size], self._conceal)
        message.body = message.body[size:]

    def _request(self, message: Message) -> Transfer | None:
        """Return a request or an event; None where the payload is not one."""
        original = message.body
        packet = parse_request(original)
        reply = message.reply
        if reply is not None:
            self._inboxes.name(reply, by_nest=isinstance(packet, Request))
        if packet is None:
            return None
        body = original
        if self._conceal is not None:
            body = self._conceal.addressed(original)
            packet = parse_request(body) or packet
        correlation = reply if isinstance(packet, Request) else None
        return _transfer(message, packet, body, correlation)

    # decision 124
    def _reply(self, message: Message, *, asked: bool) -> Unit:
        """Return a reply, or what else there is on an inbox."""
        original = message.body
        if not original:
            if not asked:
                return idle(message.side, message.operation)
            return _errand(message, message.operation.verb)
        try:
            reply = parse_reply(original, asked=asked)
        except InvalidJsonError as error:
            if not asked:
                return idle(message.side, message.operation)
            return self._malformed(message, error)
        if reply is None:
            return idle(message.side, message.operation)
        packet, body = reply.packet, original
        if self._conceal is not None:
            packet, body = self._concealed(packet, original, foreign=reply.foreign)
        return _transfer(message, packet, body, message.subject)

    def _concealed(
        self, packet: Response, original: bytes, *, foreign: bool
    ) -> tuple[Response, bytes]:
        """Return a reply with its secrets hidden, and its text."""
        assert self._conceal is not None
        body = original
        if foreign:  # what hides looks at the packets that Nest writes
            body = self._conceal.body(b"%b%b}" % (_HEAD, original))[len(_HEAD) : -1]
        else:
            body = self._conceal.body(original)
        hidden = parse_reply(body, asked=True)
        return (packet if hidden is None else hidden.packet), body

    def _malformed(self, message: Message, error: InvalidJsonError) -> Trouble:
        detail = f"its payload is {error.reason}"
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(
            side=message.side,
            begin=message.operation.begin,
            end=message.operation.end,
            code="invalid-json",
            detail=detail,
            framed=True,
            about=(message.subject,),
        )


# decision 126
def idle(side: Side, operation: Operation, verb: str = "") -> Idle:
    """Return an operation for the connection alone, or for somebody else.

    Its payload may hold anything, and is never written where something is concealed.
    """
    begin = operation.begin + len(operation.line)
    return Idle(
        side=side,
        begin=operation.begin,
        end=operation.end,
        secret=(Span(begin, operation.end - 2),) if operation.payload else (),
        verb=verb or operation.verb,
        text=operation.text,
        original=operation.original,
    )


def _status(message: Message) -> Unit:
    """Return what the server says by a status."""
    status = message.headers.status
    if status == NO_RESPONDERS:
        return _errand(message, status, unwanted=True)
    return idle(message.side, message.operation, status)


def _errand(message: Message, verb: str, *, unwanted: bool = False) -> Errand:
    return Errand(
        side=message.side,
        begin=message.operation.begin,
        end=message.operation.end,
        verb=verb,
        about=(message.subject,),
        unwanted=unwanted,
        text=message.operation.text,
        original=message.operation.original,
        secret=_secrets(message),
    )


def _secrets(message: Message) -> tuple[Span, ...]:
    """Return the places of what is secret in its headers."""
    secret, operation = message.headers.secret, message.operation
    head = operation.begin + len(operation.line)
    return tuple(Span(head + low, head + high) for low, high in secret)


def _transfer(
    message: Message, packet: Packet, body: bytes, correlation: Hashable
) -> Transfer:
    original, operation = message.body, message.operation
    subscription, headers = message.subscription, message.headers
    return Transfer(
        side=message.side,
        begin=operation.begin,
        end=operation.end,
        secret=_secrets(message) if headers.secret else (),
        packet=packet,
        body=body,
        body_begin=operation.end - len(original) - 2,
        original=None if body == original else original,
        head=operation.line if operation.sent else b"",
        channel=message.subject,
        correlation=correlation,
        reply_channel=message.reply,
        destination=None if subscription is None else subscription.queue,
        subscription=message.number,
        since_ns=0 if subscription is None else subscription.since_ns,
        facts=_facts(message),
    )


def _facts(message: Message) -> dict[str, Json] | None:
    """Return the headers, and the wildcard by which a message was delivered."""
    facts = message.headers.facts
    subscription = message.subscription
    if subscription is not None and has_wildcard(subscription.subject):
        return {**facts, "wildcard": subscription.subject}
    return facts or None
