"""What a message on its way is: a packet of Nest's, or something else.

====================================  ==============================================
an object with a pattern              Transfer of a Request or an Event
on a reply channel: an object         Transfer of a Response, if it has an id
elsewhere: Nest's envelope            … too: a reply may be sent to the wrong channel
anything else                         Idle, and never written where anything is hidden
====================================  ==============================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Errand, Idle, Span, Transfer
from protocol import Request, Response

from .channels import REPLY, channel_of, is_for_replies
from .payloads import read_payload

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit

    from .channels import Subscriptions
    from .payloads import Read
    from .reading import Value

_HEAD = b'{"response":'
_MOST_DIGITS = 10


class Message(msgspec.Struct, gc=False):
    """A PUBLISH, or a message that the broker hands on.

    Attributes:
        side: Who says it.
        value: What is said.
        at: Which member is the channel; the next is the payload.
        pattern: The pattern by which it is handed on; None where none is.
        published: Whether a client hands it to the broker.
        tag: What the answer to it will be about; None where none comes.
    """

    side: Side
    value: Value
    at: int = 1
    pattern: str | None = None
    published: bool = False
    tag: int | None = None


class Passing:
    """What passes on one connection, in both directions.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        subscriptions: Since when the client listens.
    """

    def __init__(
        self, conceal: Concealment | None, subscriptions: Subscriptions
    ) -> None:
        self._conceal = conceal
        self._subscriptions = subscriptions

    def read(self, message: Message) -> Unit:
        """Return what a message is."""
        value, at = message.value, message.at
        if len(value.spans) <= at + 1:
            return idle(message.side, value, verb_of(value), self._conceal)
        channel = channel_of(value.member(at))
        replies = is_for_replies(channel)
        body = value.member(at + 1)
        read = read_payload(body, replies=replies)
        if read is None:
            return idle(message.side, value, verb_of(value), self._conceal)
        unit = self._transfer(message, channel, body, read)
        if self._conceal is not None:
            self._hide(self._conceal, unit, read, replies=replies)
        return unit

    def _transfer(
        self, message: Message, channel: str, body: bytes, read: Read
    ) -> Transfer:
        value, packet = message.value, read.packet
        begin = value.spans[message.at + 1][0]
        unit = Transfer(
            side=message.side,
            begin=value.begin,
            end=value.end,
            packet=packet,
            body=body,
            body_begin=value.begin + begin - value.low,
            head=value.source[value.low : begin] if value.sent else b"",
            channel=channel,
        )
        if isinstance(packet, Request):
            unit.reply_channel = channel + REPLY
        if message.published:
            unit.dual, unit.tag = True, message.tag
            unit.owed = int(message.tag is not None)
            return unit
        pattern = message.pattern
        unit.subscription = subscribed = channel if pattern is None else pattern
        unit.since_ns = self._subscriptions.since_ns(subscribed)
        if pattern is not None:
            unit.facts = {"wildcard": pattern}
        return unit

    @staticmethod
    def _hide(
        conceal: Concealment, unit: Transfer, read: Read, *, replies: bool
    ) -> None:
        """Hide what is secret in a packet, and keep how it travelled."""
        original = unit.body
        if read.foreign:  # what hides looks at the packets that Nest writes
            body = conceal.body(b"%b%b}" % (_HEAD, original))[len(_HEAD) : -1]
        elif isinstance(read.packet, Response):
            body = conceal.body(original)
        else:
            body = conceal.addressed(original)
        if body == original:
            return
        hidden = read_payload(body, replies=replies)
        if hidden is not None and type(hidden.packet) is type(unit.packet):
            unit.packet = hidden.packet
        unit.body, unit.original = body, original


def verb_of(value: Value) -> str:
    """Return what a command or a push is, in a word."""
    word = value.member(0)[:24].decode("ascii", "replace")
    return word if word.isprintable() else "?"


def idle(
    side: Side, value: Value, verb: str, conceal: Concealment | None = None
) -> Idle:
    """Return a value for the connection alone, or for somebody else.

    It may hold anything, and nothing of it but its first word is ever written where
    something is concealed.
    """
    unit = Idle(side=side, begin=value.begin, end=value.end, verb=verb)
    if conceal is not None:
        unit.text, unit.original = value.text, value.sent
        unit.secret = secrets_of(value)
    return unit


def errand(  # noqa: PLR0913 — what an errand is made of
    side: Side,
    value: Value,
    verb: str,
    about: tuple[int, ...],
    *,
    more: bool = False,
    conceal: Concealment | None = None,
) -> Errand:
    """Return a value for the sake of what was published.

    Args:
        side: Who says it.
        value: What is said.
        verb: What it does, in a word.
        about: The numbers of what was published.
        more: Whether something else follows for the same.
        conceal: What hides secrets, if it may hold any.
    """
    return Errand(
        side=side,
        begin=value.begin,
        end=value.end,
        secret=() if conceal is None else secrets_of(value),
        verb=verb,
        about=about,
        more=more,
        text=value.text,
        original=value.sent,
    )


def counted(side: Side, extent: Span, said: bytes, about: int | None) -> Errand:
    """Return how many had what was published.

    Args:
        side: Who says so.
        extent: Where.
        said: A number.
        about: That of what was published, if it is known.
    """
    count = said[:_MOST_DIGITS]
    had = int(count) if count.isdigit() else 0
    return Errand(
        side=side,
        begin=extent.begin,
        end=extent.end,
        verb=f":{had}",
        about=() if about is None else (about,),
        unwanted=not had,
        value=had,
    )


def secrets_of(value: Value) -> tuple[Span, ...]:
    """Return the places of all texts in a value, but for the name of a command."""
    if not value.whole:
        return ()
    shift = value.begin - value.low
    spans = [
        Span(low + shift, high + shift) for low, high in value.texts() if low < high
    ]
    first = value.first_word
    return tuple(each for each in spans if each.begin != first)
