"""Both sides of a connection: what each operation is for, and to whom.

The client subscribes and publishes, the server delivers; what a delivery is for, and
which inbox a subscription was, only both together show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.audiences import Interest, Introduction
from inspector.carriers.base import Errand, Idle, Skipped, Span, Trouble
from inspector.carriers.brokered_talk import BrokeredTalk
from protocol.lazy_regex import lazy_regex

from .concealing import hidden_subject, hide_subjects
from .handshake import Handshake, read_connect, read_info
from .hops import HopReader
from .lines import SERVERS
from .passing import Message, Passing, idle
from .plain import Plain
from .reading import MAX_PAYLOAD, TLS, Flaw, Operation, Reader
from .subjects import INBOX, covers, has_wildcard, is_inbox, subject_of
from .subscriptions import Inboxes, Subscription, Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.carriers.base import Concealment, Side, Unit

_QUOTED = lazy_regex(r'"([^"]*+)"')
_SLOW = "slow consumer"
_DELIVERED = (2, 3)  # subject, number, and where replies are to go
_DIGITS = 9  # of a count of messages


class NatsTalk(BrokeredTalk[Reader]):
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.

    Attributes:
        client: The side that is not the server, once that is known.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self.client: Side | None = None
        self._conceal = conceal
        super().__init__((Reader(), Reader()))
        self._subscriptions = Subscriptions()
        inboxes = Inboxes()
        self._passing = Passing(conceal, inboxes)
        # What conceals looks at all that is read the usual way.
        self._plain = (
            None if conceal else Plain(self._subscriptions, inboxes, MAX_PAYLOAD)
        )
        self._hops = [
            HopReader(reader, self._subscriptions, inboxes) for reader in self._readers
        ]
        self._between_servers = False
        self._now_ns = 0
        self._meanings: dict[str, Callable[[Side, Operation], Unit]] = {
            "PUB": self._publish,
            "HPUB": self._publish,
            "MSG": self._deliver,
            "HMSG": self._deliver,
            "SUB": self._subscribe,
            "UNSUB": self._unsubscribe,
            "INFO": self._greet,
            "CONNECT": self._connect,
            "-ERR": self._object,
            TLS: self._encrypt,
        }

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        self._now_ns = time_ns
        reader = self._readers[side]
        units: list[Unit] = []
        if self.client is not None and self._plain is not None and reader.ready:
            place = self._plain.read(side, data, reader.received, units)
            if place:
                reader.pass_by(place)
                data = data[place:]
            if not data:
                return units
        for read in reader.receive(data):
            if isinstance(read, Flaw):
                units.append(self._flaw(side, read))
                continue
            if self._conceal is not None:
                hide_subjects(read, self._conceal)
            if self._between_servers or read.verb in SERVERS:
                units.append(self._serve(side, read))
            else:
                meaning = self._meanings.get(read.verb)
                units.append(meaning(side, read) if meaning else idle(side, read))
        if reader.sealed:
            end = reader.received
            begin = max(end - len(data), units[-1].end if units else 0)
            if begin < end:
                units.append(Skipped(side=side, begin=begin, end=end))
        return units

    def hops(self, side: Side) -> HopReader | None:
        """Return what reads plain hops of a side, if its next bytes may be one."""
        hops = self._hops[side]
        usual = self.client is not None and self._plain is not None
        return hops if usual and hops.ready else None

    def _publish(self, side: Side, operation: Operation) -> Unit:
        if self.client is None:
            self.client = side
        names = operation.names
        reply = subject_of(names[1]) if len(names) > 1 else None
        return self._passing.read(Message(side, operation, subject_of(names[0]), reply))

    def _deliver(self, side: Side, operation: Operation) -> Unit:
        if len(operation.names) not in _DELIVERED:
            return self._serve(side, operation)
        if self.client is None:
            self.client = 1 - side
        subject, number, *reply = map(subject_of, operation.names)
        return self._passing.read(
            Message(
                side,
                operation,
                subject,
                reply[0] if reply else None,
                number,
                self._subscriptions.deliver(number),
            )
        )

    def _subscribe(self, side: Side, operation: Operation) -> Unit:
        if self.client is None:
            self.client = side
        subject, *queue, number = map(subject_of, operation.names)
        group = queue[0] if queue else None
        # Nobody asks since when an inbox is listened to: it is for one request alone.
        since_ns = 0 if subject.startswith(INBOX) else self._now_ns
        subscription = Subscription(
            subject, group, since_ns=since_ns, wildcard=has_wildcard(subject)
        )
        self._subscriptions.add(number, subscription)
        if self._is_for_replies(subscription):
            return _errand(side, operation, (subject,), opens=True)
        unit = idle(side, operation)
        wild = covers if subscription.wildcard else None
        unit.audience = Interest(number, subject, wild)
        unit.channels = () if subject.startswith(INBOX) else (subject,)
        return unit

    def _unsubscribe(self, side: Side, operation: Operation) -> Unit:
        if self.client is None:
            self.client = side
        number, most = subject_of(operation.names[0]), operation.names[1:]
        subscription = self._subscriptions.get(number)
        if subscription is None:  # most are of inboxes: which one is not known
            return _errand(side, operation, ())
        replies = self._is_for_replies(subscription)
        if most and most[0].isdigit():
            self._subscriptions.end_after(number, int(most[0][:_DIGITS]))
        elif replies and not most:  # another may have messages on their way still
            self._subscriptions.remove(number)
        if replies:
            return _errand(
                side, operation, (subscription.subject,), awaited=subscription.awaited
            )
        unit = idle(side, operation)
        unit.audience = None if most else Interest(number)
        return unit

    def _is_for_replies(self, subscription: Subscription) -> bool:
        """Whether a subscription is to the replies to one request."""
        subject = subscription.subject
        return subscription.queue is None and (
            is_inbox(subject) or self._passing.knows(subject)
        )

    def _greet(self, side: Side, operation: Operation) -> Unit:
        said = read_info(operation.line)
        if said.max_payload:
            for reader in self._readers:
                reader.limit = said.max_payload
            if self._plain is not None:
                self._plain.limit = said.max_payload
        return self._shake_hands(side, operation, said)

    def _connect(self, side: Side, operation: Operation) -> Unit:
        if self.client is None:
            self.client = side
        return self._shake_hands(side, operation, read_connect(operation.line))

    def _shake_hands(self, side: Side, operation: Operation, said: Handshake) -> Idle:
        if said.between_servers:
            self._read_servers()
        unit = idle(side, operation)
        unit.audience = said.introduction
        if said.secret is None:
            unit.text = b""
        else:
            unit.secret = tuple(
                Span(unit.begin + begin, unit.begin + end) for begin, end in said.secret
            )
        return unit

    @staticmethod
    def _encrypt(side: Side, operation: Operation) -> Idle:
        """Return that a side is encrypted: what it subscribes to does not show."""
        unit = idle(side, operation)
        unit.audience = Introduction(elsewhere=True)
        return unit

    def _object(self, side: Side, operation: Operation) -> Trouble:
        """Return what the server objects to."""
        words = operation.line.decode("utf-8", "replace")[len("-ERR") :]
        detail = words.strip(" \t\r\n").removeprefix("'").removesuffix("'")
        code = "slow-consumer" if _SLOW in detail.lower() else "broker-error"
        about = tuple(_QUOTED.findall(detail))
        if self._conceal is not None:
            about = tuple(hidden_subject(each, self._conceal) for each in about)
            detail = self._conceal.words(detail)
        return Trouble(
            side=side,
            begin=operation.begin,
            end=operation.end,
            code=code,
            detail=detail,
            about=about,
        )

    def _serve(self, side: Side, operation: Operation) -> Idle:
        """Return what servers say to each other, of which nothing is read."""
        self._read_servers()
        return idle(side, operation)

    def _read_servers(self) -> None:
        """Learn that both sides are servers, which say nothing that is plain."""
        self._between_servers, self._plain = True, None
        for hops in self._hops:
            hops.closed = True

    def _flaw(self, side: Side, flaw: Flaw) -> Trouble:
        detail = flaw.detail
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(
            side=side,
            begin=flaw.begin,
            end=flaw.end,
            code="nats-protocol",
            detail=detail,
        )


def _errand(
    side: Side,
    operation: Operation,
    about: tuple[str, ...],
    *,
    opens: bool = False,
    awaited: int = 0,
) -> Errand:
    return Errand(
        side=side,
        begin=operation.begin,
        end=operation.end,
        verb=operation.verb,
        about=about,
        opens=opens,
        value=awaited or None,
        text=operation.text,
        original=operation.original,
    )
