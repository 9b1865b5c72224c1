"""Whole operations as clients and servers write them, read in one go: nearly all are.

::

    SUB _INBOX.x 7⏎  UNSUB 7⏎                 an Errand
    PUB sum _INBOX.x 15⏎…⏎  MSG sum 3 15⏎…⏎   a Transfer

What is plain makes the units that :mod:`.reading`, :mod:`.talk` and :mod:`.passing`
make of it, without their objects in between. All else is left to them: other verbs,
headers, payloads that are not a packet of Nest's, and what is malformed or incomplete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Transfer
from protocol import UNDEFINED, Event, PacketError, Request, Response, parse_body

from .lines import MOST_DIGITS
from .subjects import INBOX, has_wildcard
from .subscriptions import Subscription

if TYPE_CHECKING:
    from inspector.carriers.base import Side, Unit
    from protocol import Packet

    from .subscriptions import Inboxes, Subscriptions

LINE = 4_096
"""Bytes of a plain line; nats-server takes no more unless it is told otherwise."""
_END = b"\r\n"
_SYSTEM = "$"  # with which the subjects of JetStream and of the server itself begin
_PUBLISHED, _DELIVERED = (3, 4), (4, 5)  # words, without a subject for replies and with


# decision 34: Quick ways stand only where they pay
class Plain:
    """Reads plain operations of one connection whose client is known.

    Args:
        subscriptions: What subscription numbers stand for.
        inboxes: Which inboxes requests have named.

    Attributes:
        limit: Bytes of a payload that the broker takes.
    """

    __slots__ = ("_inboxes", "_subscriptions", "limit")

    def __init__(
        self, subscriptions: Subscriptions, inboxes: Inboxes, limit: int
    ) -> None:
        self._subscriptions = subscriptions
        self._inboxes = inboxes
        self.limit = limit

    def read(self, side: Side, data: bytes, base: int, units: list[Unit]) -> int:
        """Add the units that some bytes begin with, as long as they are plain.

        Args:
            side: Whose bytes they are.
            data: Consecutive bytes, which begin with a control line.
            base: Place of the first.
            units: What is added to.

        Returns:
            How many bytes were read.
        """
        place, size = 0, len(data)
        while place < size:
            end = data.find(_END, place, place + LINE)
            # Each byte becomes one character, and what is not ASCII is not plain.
            line = str(data[place:end], "latin-1")
            if end < 0 or not (line.isascii() and line.isprintable()):
                break
            unit: Unit | None = None
            words, verb = line.split(), line[:4]
            if verb == "MSG " or verb == "PUB ":  # noqa: PLR1714 — a set costs more
                unit = self._pass(side, words, data, (base, place, end + 2))
            elif verb == "SUB " or verb == "UNSU":  # noqa: PLR1714
                unit = self._serve(side, words, data[place : end + 2], base + place)
            if unit is None:
                break
            units.append(unit)
            place = unit.end - base
        return place

    def _pass(
        self, side: Side, words: list[str], data: bytes, places: tuple[int, int, int]
    ) -> Transfer | None:
        """Return the packet in a payload; None where that is not plain.

        Args:
            side: Whose it is.
            words: Those of its line.
            data: What holds it.
            places: Of the first byte of that, and therein of line and payload.
        """
        base, place, head = places
        size, count, delivered = words[-1], len(words), words[0] == "MSG"
        few, most = _DELIVERED if delivered else _PUBLISHED
        if not few <= count <= most or not size.isdigit() or len(size) > MOST_DIGITS:
            return None
        end = head + int(size)
        if end - head > self.limit or not data.startswith(_END, end):
            return None
        subject, reply = words[1], words[-2] if count == most else None
        body = data[head:end]
        packet = self._packet(subject, reply, body)
        if packet is None:
            return None
        unit = Transfer(
            side=side,
            begin=base + place,
            end=base + end + 2,
            packet=packet,
            body=body,
            body_begin=base + head,
            channel=subject,
            reply_channel=reply,
        )
        if not isinstance(packet, Event):
            unit.correlation = subject if isinstance(packet, Response) else reply
        if delivered:
            self._address(unit, words[2])
        return unit

    def _packet(self, subject: str, reply: str | None, body: bytes) -> Packet | None:
        """Return the packet that a subject is sent, if the payload is plainly one."""
        if not body.startswith(b"{") or subject.startswith(_SYSTEM):
            return None
        asked = self._inboxes.named_by_nest(subject)
        inbox = subject.startswith(INBOX)
        try:
            packet = parse_body(body)
        except PacketError:
            return None
        if isinstance(packet, Response):
            if not inbox or packet.extra:
                return None
            plain = packet.is_disposed or asked or _says_something(packet)
            return packet if plain else None
        if inbox or asked is not None or packet.pattern is UNDEFINED:
            return None
        if reply is not None:
            self._inboxes.name(reply, by_nest=isinstance(packet, Request))
        return packet

    def _address(self, unit: Transfer, number: str) -> None:
        """Say of a delivery what it is for."""
        unit.subscription = number
        subscription = self._subscriptions.deliver(number)
        if subscription is not None:
            unit.destination = subscription.queue
            unit.since_ns = subscription.since_ns
            if has_wildcard(subscription.subject):
                unit.facts = {"wildcard": subscription.subject}

    def _serve(
        self, side: Side, words: list[str], text: bytes, begin: int
    ) -> Errand | None:
        """Return what a line does for the sake of a request; None for another line."""
        verb, number = words[0], words[-1]
        if verb == "SUB" and len(words) == len(("SUB", "subject", "number")):
            subject = words[1]
        elif verb == "UNSUB" and len(words) == len(("UNSUB", "number")):
            subscription = self._subscriptions.get(number)
            if subscription is None or subscription.queue is not None:
                return None
            subject = subscription.subject
        else:
            return None
        if not subject.startswith(INBOX) or has_wildcard(subject):
            return None
        opens = verb == "SUB"
        if opens:
            self._subscriptions.add(number, Subscription(subject))
        else:
            self._subscriptions.remove(number)
        return Errand(
            side=side,
            begin=begin,
            end=begin + len(text),
            verb=verb,
            about=(subject,),
            opens=opens,
            text=text,
        )


def _says_something(packet: Response) -> bool:
    """Whether a reply has a value or an error."""
    return packet.response is not UNDEFINED or packet.err is not UNDEFINED
