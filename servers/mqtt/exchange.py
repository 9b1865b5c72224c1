"""The messages of a connection that are under way, in either direction; sans I/O.

::

    QoS 0   PUBLISH ─►
    QoS 1   PUBLISH ─► … ◄─ PUBACK
    QoS 2   PUBLISH ─► … ◄─ PUBREC   PUBREL ─► … ◄─ PUBCOMP

A message of QoS 2 that comes is handed on with its PUBLISH; its number is kept until
its PUBREL, so that it is not handed on twice.

Source: https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html, 4.3 (Quality of
Service), 4.9 (Flow Control).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .packets import PUBACK, PUBCOMP, PUBREC, PUBREL, Arrived, answered, published

if TYPE_CHECKING:
    from collections.abc import Callable

    from .packets import Answer, Envelope, Taken

_REFUSED = 0x80  # and above: a reason by which a message is not taken
_TWICE = 2  # the QoS of messages that are confirmed twice


class Exchange:
    """The messages of a connection.

    Args:
        write: Takes packets that are to be written.
        number: Gives the next number of a packet, from 1 to 65535.
        in_flight: How many messages of QoS 1 and 2 may be unconfirmed; others wait.
        heard: Called with each message that comes.
        confirmed: Called with the count of a message that the broker has confirmed, and
            the reason that it gives.
        manual: Whether messages are acknowledged by :meth:`acknowledge` alone.
    """

    def __init__(  # noqa: PLR0913 — what a connection consists of
        self,
        write: Callable[[bytes], None],
        number: Callable[[], int],
        in_flight: int,
        heard: Callable[[Arrived], None],
        confirmed: Callable[[int, int], None],
        *,
        manual: bool,
    ) -> None:
        self._write = write
        self._number = number
        self._in_flight = in_flight
        self._heard = heard
        self._confirmed = confirmed
        self._manual = manual
        self._count = 0
        self._waiting: deque[tuple[int, Envelope, bytes]] = deque()
        self._sent: dict[int, int] = {}  # numbers of what is unconfirmed, to counts
        self._reasons: dict[int, int] = {}  # … of QoS 2 that are confirmed once
        self._seen: set[int] = set()  # numbers of messages of QoS 2 that have come

    @property
    def waiting(self) -> int:
        """Number of messages that wait until others are confirmed."""
        return len(self._waiting)

    @property
    def settled(self) -> bool:
        """Whether all messages that were sent are confirmed."""
        return not self._sent and not self._waiting

    def publish(self, envelope: Envelope, body: bytes) -> int:
        """Publish a message, now or when others are confirmed; return its count."""
        self._count += 1
        if envelope.qos:
            self._waiting.append((self._count, envelope, body))
            self._fill()
        else:
            self._write(published(envelope, 0, body))
        return self._count

    def acknowledge(self, message: Arrived) -> None:
        """Be done with a message that has come."""
        if message.qos == _TWICE:
            self._seen.add(message.number)
            self._write(answered(PUBREC, message.number))
        elif message.qos:
            self._write(answered(PUBACK, message.number))

    def take(self, taken: Taken) -> None:
        """Take what the broker has sent."""
        if isinstance(taken, Arrived):
            self._receive(taken)
        elif taken.kind == PUBREL:
            self._seen.discard(taken.number)
            self._write(answered(PUBCOMP, taken.number))
        elif taken.number in self._sent:
            self._advance(taken)

    def abandon(self) -> None:
        """Forget all that is under way: the connection is lost."""
        self._waiting.clear()
        self._sent.clear()
        self._reasons.clear()

    def _receive(self, message: Arrived) -> None:
        if message.qos == _TWICE and message.number in self._seen:
            self._write(answered(PUBREC, message.number))
            return
        self._heard(message)
        if not self._manual:
            self.acknowledge(message)

    def _advance(self, answer: Answer) -> None:
        """Go on with a message that was sent."""
        kind, number, reason = answer
        if kind == PUBREC and reason < _REFUSED:
            self._reasons[number] = reason
            self._write(answered(PUBREL, number))
            return
        reason = self._reasons.pop(number, reason)
        self._confirmed(self._sent.pop(number), reason)
        self._fill()

    def _fill(self) -> None:
        """Publish what waits, as far as the broker takes it."""
        while self._waiting and len(self._sent) < self._in_flight:
            count, envelope, body = self._waiting.popleft()
            number = self._number()
            while number in self._sent:
                number = self._number()
            self._sent[number] = count
            self._write(published(envelope, number, body))
