"""Both sides of a connection: what each command is for, and each answer to it.

The client asks, the broker answers in the same order; what it hands on besides is a
push, or looks like an array where the client has subscribed and speaks RESP2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Skipped, Span, Trouble
from inspector.carriers.brokered_talk import BrokeredTalk

from .answers import OTHER, Answers
from .channels import Subscriptions, channel_of, is_for_replies
from .concealing import hide_channels
from .executing import executed
from .hops import MESSAGE, MESSAGE_PUSHED, HopReader
from .passing import Message, Passing, counted, errand, idle, verb_of
from .reading import Flaw, Reader, Value
from .transactions import DISCARD, EXEC, MULTI, QUEUED, Transactions
from .values import ARRAY, ERROR, NULL, NUMBER, PUSH, STATUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.carriers.base import Concealment, Side, Unit

_CONFIRMS = {
    b"subscribe": "subscribed",
    b"unsubscribe": "unsubscribed",
    b"psubscribe": "psubscribed",
    b"punsubscribe": "punsubscribed",
}
_MESSAGE, _BY_PATTERN = b"message", b"pmessage"
_HANDED_ON = {*_CONFIRMS, _MESSAGE, _BY_PATTERN}
_SEALING = {b"MONITOR", b"SYNC", b"PSYNC"}
"""Commands after which the broker says what others have."""
_REFUSING = ("NOAUTH", "NOPERM", "WRONGPASS")
"""Objections that are nobody else's: the client may do nothing, or not that.

Source: ``redis.io``, "ACL", "AUTH".
"""
_MOST_OBJECTION = 200  # characters of one that are shown


class RedisTalk(BrokeredTalk[Reader]):
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self._client: int | None = None
        self._conceal = conceal
        keep = conceal is not None
        super().__init__((Reader(keep=keep), Reader(keep=keep)))
        self._answers = Answers()
        self._transactions = Transactions()
        self._subscriptions = Subscriptions()
        self._passing = Passing(conceal, self._subscriptions)
        self._hops = [
            HopReader(reader, self._subscriptions, self._answers)
            for reader in self._readers
        ]
        self._subscribes = False  # whether the client was seen to subscribe
        self._pushes = False  # whether the broker speaks RESP3
        self._silent = False  # whether the broker answers nothing
        self._asked = 0  # subscriptions that were not confirmed
        self._now_ns = 0
        self._meanings: dict[bytes, Callable[[Side, Value], Unit]] = {
            b"PUBLISH": self._publish,
            b"SUBSCRIBE": self._subscribe,
            b"UNSUBSCRIBE": self._unsubscribe,
            b"PSUBSCRIBE": self._subscribe,
            b"PUNSUBSCRIBE": self._unsubscribe,
            b"CLIENT": self._manage,
            MULTI: self._begin,
            EXEC: self._end,
            DISCARD: self._end,
        }

    @property
    def client(self) -> Side | None:
        """The side that is not the broker, once that is known."""
        return self._client

    @client.setter
    def client(self, side: Side | None) -> None:
        self._client = side
        if side is not None:
            for each in (0, 1):
                self._readers[each].commands = each == side

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        self._now_ns = time_ns
        reader = self._readers[side]
        units: list[Unit] = []
        for read in reader.receive(data):
            if isinstance(read, Flaw):
                units.append(self._flaw(side, read))
                continue
            if self._client is None:
                self.client = side if _asks(read) else 1 - side
            if self._conceal is not None:
                read = hide_channels(read, self._conceal)  # noqa: PLW2901
            if side == self._client:
                units.append(self._command(side, read))
            else:
                units += self._say(side, read)
        if reader.sealed:
            end = reader.received
            begin = max(end - len(data), units[-1].end if units else 0)
            if begin < end:
                units.append(Skipped(side=side, begin=begin, end=end))
        return units

    def lose(self, side: Side) -> list[Unit]:
        """Return what was held back of a side whose next bytes are missing."""
        self._answers.lose()
        self._transactions.lose()
        return super().lose(side)

    def hops(self, side: Side) -> HopReader | None:
        """Return what reads plain hops of a side, if its next bytes may be one."""
        client, hops = self._client, self._hops[side]
        if client is None or self._conceal is not None or not hops.ready:
            return None
        if self._transactions.open:
            return None
        hops.publishes, hops.answered = side == client, not self._silent
        hops.begins = MESSAGE_PUSHED if self._pushes else MESSAGE
        return hops

    def _command(self, side: Side, value: Value) -> Unit:
        """Return what a client's command is for."""
        name = value.member(0).upper()
        meaning = self._meanings.get(name)
        if meaning is not None:
            return meaning(side, value)
        if name in _SEALING:
            self._readers[1 - side].sealed = True
        if not self._silent:
            self._answers.ask()
        return idle(side, value, verb_of(value).upper(), self._conceal)

    def _publish(self, side: Side, value: Value) -> Unit:
        tag = None if self._silent else self._answers.publish()
        if tag is not None:
            self._transactions.publish(tag)
        return self._passing.read(Message(side, value, published=True, tag=tag))

    def _subscribe(self, side: Side, value: Value) -> Unit:
        self._subscribes = True
        channels = self._channels_in(value)
        self._asked += len(channels)
        for channel in channels:
            self._subscriptions.add(channel, self._now_ns)
        return self._serve(side, value, verb_of(value).upper(), channels, opens=True)

    def _unsubscribe(self, side: Side, value: Value) -> Unit:
        channels = self._channels_in(value)
        self._asked += len(channels)
        return self._serve(side, value, verb_of(value).upper(), channels)

    def _channels_in(self, value: Value) -> tuple[str, ...]:
        """Return the channels or patterns that a command names."""
        source = value.source
        return tuple(channel_of(source[low:high]) for low, high in value.spans[1:])

    def _serve(
        self,
        side: Side,
        value: Value,
        verb: str,
        channels: tuple[str, ...],
        *,
        opens: bool = False,
    ) -> Unit:
        """Return what begins or ends to listen: for replies, or for all else."""
        replies = tuple(filter(is_for_replies, channels))
        if not replies or verb[:1] in "pP":
            # Of a command that is a line it is not known where the channels are.
            unit = idle(side, value, verb, None if value.kind else self._conceal)
            unit.text, unit.original = value.text, value.sent
            unit.channels = channels if opens and verb.isupper() else ()
            return unit
        return Errand(
            side=side,
            begin=value.begin,
            end=value.end,
            verb=verb,
            channels=replies,
            opens=opens,
            text=value.text,
            original=value.sent,
        )

    def _manage(self, side: Side, value: Value) -> Unit:
        """Read what a client says of itself, such as that it wants no answers."""
        if value.member(1).upper() == b"REPLY":
            self._silent = value.member(2).upper() != b"ON"
        if not self._silent:
            self._answers.ask()
        return idle(side, value, "CLIENT", self._conceal)

    def _begin(self, side: Side, value: Value) -> Unit:
        """Return MULTI: what follows is queued."""
        self._transactions.begin()
        if not self._silent:
            self._answers.ask()
        return idle(side, value, verb_of(value).upper(), self._conceal)

    # decision 157
    def _end(self, side: Side, value: Value) -> Unit:
        """Return EXEC or DISCARD, which is for all that was published since MULTI."""
        verb = verb_of(value).upper()
        if self._silent:
            self._transactions.open = False
            return idle(side, value, verb, self._conceal)
        about = self._transactions.end(self._answers.publish(), verb)
        if not about:
            return idle(side, value, verb, self._conceal)
        return errand(side, value, verb, about, more=True)

    def _say(self, side: Side, value: Value) -> list[Unit]:
        """Return what the broker says."""
        kind = value.kind
        if kind == NUMBER:
            return [self._count(side, value)]
        if kind in (PUSH, ARRAY):
            name = value.member(0)
            if name in _HANDED_ON and self._hands_on(kind, name, value):
                return [self._hand_on(side, value, name)]
            if kind == PUSH:
                return [idle(side, value, verb_of(value), self._conceal)]
        about = self._answers.answer(number=False)
        number = self._transactions.ended_by(about, may_be=kind in (ARRAY, NULL))
        if number is not None:
            if number != about:
                self._answers.settle(number)
            return executed(side, value, self._transactions.take(number), self._conceal)
        return [self._reply(side, value, about)]

    def _reply(self, side: Side, value: Value, about: int | None) -> Unit:
        """Return an answer to a command."""
        kind = value.kind
        if kind == STATUS and value.member(0) == QUEUED:
            self._transactions.queue(about)
            if about is not None and about > OTHER:
                return errand(side, value, "QUEUED", (about,), more=True)
        if kind == ERROR:
            return self._object(side, value, about)
        ok = kind == STATUS and value.member(0) == b"OK"
        return idle(side, value, "OK" if ok else "reply", self._conceal)

    def _hands_on(self, kind: int, name: bytes, value: Value) -> bool:
        """Whether what reads like a message is one, and not what somebody has asked."""
        members = 4 if name == _BY_PATTERN else 3
        if len(value.spans) != members:
            return False
        if kind == PUSH:
            self._pushes = True
            return True
        return not self._pushes

    def _hand_on(self, side: Side, value: Value, name: bytes) -> Unit:
        if name == _MESSAGE:
            return self._passing.read(Message(side, value))
        if name == _BY_PATTERN:
            pattern = channel_of(value.member(1))
            return self._passing.read(Message(side, value, 2, pattern))
        verb, channel = _CONFIRMS[name], channel_of(value.member(1))
        self._asked = max(self._asked - 1, 0)
        opens = "un" not in verb
        if not opens:
            self._subscriptions.remove(channel)
        return self._serve(side, value, verb, (channel,), opens=opens)

    def _count(self, side: Side, value: Value) -> Unit:
        """Return what a number says: how many had what was published, as a rule."""
        about = self._answers.answer(number=True)
        if about == OTHER:
            return idle(side, value, "reply", self._conceal)
        unit = counted(side, Span(value.begin, value.end), value.member(0), about)
        unit.text = value.text
        return unit

    def _object(self, side: Side, value: Value, about: int | None) -> Unit:
        """Return what the broker objects to, if that concerns packets of Nest."""
        words = value.member(0).decode("utf-8", "replace")[:_MOST_OBJECTION]
        concerned = about not in (None, OTHER) or (about is None and self._asked)
        if not (concerned or words.startswith(_REFUSING)):
            return idle(side, value, "error", self._conceal)
        if about is None:
            self._asked = max(self._asked - 1, 0)
        if self._conceal is not None:
            words = words.partition(" ")[0]  # what follows may repeat what was said
        return Trouble(
            side=side,
            begin=value.begin,
            end=value.end,
            code="broker-error",
            detail=words,
            about=() if about in (None, OTHER) else (about,),
        )

    def _flaw(self, side: Side, flaw: Flaw) -> Trouble:
        self._answers.lose()
        detail = flaw.detail
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(
            side=side,
            begin=flaw.begin,
            end=flaw.end,
            code="redis-protocol",
            detail=detail,
        )


def _asks(value: Value) -> bool:
    """Whether the first value of a connection is a client's.

    The broker says nothing of its own accord but what was subscribed to.
    """
    if value.kind != ARRAY:
        return not value.kind  # a command that is a line
    name = value.member(0)
    if name in {_MESSAGE, _BY_PATTERN}:
        return False
    low = value.spans[2][0] if len(value.spans) > 2 else 0  # noqa: PLR2004
    confirms = value.source[low - 1 : low] == b":"
    return name.isalpha() and not (name in _CONFIRMS and confirms)
