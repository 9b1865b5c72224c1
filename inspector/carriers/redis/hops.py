"""Data packets that are one plain hop of a call or an event, read in one go.

::

    *3 PUBLISH sum {…}            a request, or an event: of its JSON the id is read
    >3 message sum {…}            the same, as its handler gets it
    *3 PUBLISH sum.reply {…}      >3 message sum.reply {…}      a reply
    :1                            one had what was published

Whoever reads them so wants figures, and looks at the body himself. All else is read by
:mod:`.talk`: what is subscribed to, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    SPREAD,
    TOLD,
    PlainHop,
    decode_identified,
)
from protocol import REFUSED, UNDEFINED
from protocol.lazy_regex import lazy_regex

from .channels import REPLY, channel_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .answers import Answers
    from .channels import Subscriptions
    from .reading import Reader

MESSAGE, MESSAGE_PUSHED = b"*3\r\n$7\r\nmessage\r\n", b">3\r\n$7\r\nmessage\r\n"
"""How a message begins, in RESP2 and in RESP3."""
_PUBLISH = b"*3\r\n$7\r\nPUBLISH\r\n"
_HEAD = len(_PUBLISH)
_REST = lazy_regex(rb"\$(\d{1,9})\r\n([^\r\n]*)\r\n\$(\d{1,9})\r\n{")
_END, _ONE = b"\r\n", b":1\r\n"


class HopReader:
    """Reads plain hops of one side.

    Args:
        reader: Reads all else of it.
        subscriptions: Since when the client listens.
        answers: What of the client waits for an answer.

    Attributes:
        publishes: Whether it is the client's, which publishes …
        answered: … and is told how many had that.
        begins: How a message of the broker begins.
    """

    __slots__ = (
        "_answers",
        "_reader",
        "_subscriptions",
        "answered",
        "begins",
        "publishes",
    )

    def __init__(
        self, reader: Reader, subscriptions: Subscriptions, answers: Answers
    ) -> None:
        self.publishes = self.answered = False
        self.begins = MESSAGE
        self._reader = reader
        self._subscriptions = subscriptions
        self._answers = answers

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a value."""
        return self._reader.ready

    def read(self, data: bytes) -> PlainHop | None:
        """Return the hop that some bytes are; None where that is not plain."""
        if self.publishes:
            begins = data[:_HEAD].upper() == _PUBLISH
        else:
            begins = data.startswith(self.begins)
        found = _REST.match(data, _HEAD) if begins else None
        if data == _ONE:
            return self._confirm()
        if found is None or self._reader.sealed:
            return None
        length, name, size = found.groups()
        place, end = found.end() - 1, len(data)
        whole = int(length) == len(name) and place + int(size) + len(_END) == end
        if not (whole and data.endswith(_END)):
            return None
        body = data[place : -len(_END)]
        try:
            identity = decode_identified(body).id
        except REFUSED:
            return None
        return self._hop_of(channel_of(name), body, identity, end)

    def _hop_of(
        self, channel: str, body: bytes, identity: Hashable, size: int
    ) -> PlainHop | None:
        """Return what is sent to a channel; None for a reply to nothing."""
        delivered, joins = not self.publishes, identity is not UNDEFINED
        if channel.endswith(REPLY):
            if not joins:
                return None
            what, reply = TOLD if delivered else ANSWERED, None
        elif joins:
            what, reply = ASKED_OF if delivered else ASKED, channel + REPLY
        else:
            what, reply = SPREAD if delivered else EMITTED, None
        hop = PlainHop(what, channel, reply, channel, body, size)
        if joins:
            hop.correlation, hop.shared, hop.dual = identity, True, True
        if what >= ASKED_OF:
            hop.since_ns = self._subscriptions.since_ns(channel)
        return hop

    def _confirm(self) -> PlainHop | None:
        """Return the answer to what was published, if that is what is answered."""
        tag = 0 if self.publishes or self._reader.sealed else self._answers.next
        if tag <= 0:
            return None
        return PlainHop(CONFIRMED, "", None, tag, verb=":1")

    def pass_by(self, hop: PlainHop, size: int, _time_ns: int) -> Hashable | None:
        """Learn that a hop was counted; return what the answer to it is about."""
        self._reader.received += size
        if hop.what == CONFIRMED:
            self._answers.answer(number=True)
            return None
        if hop.what >= ASKED_OF or not self.answered:
            return None
        return self._answers.publish()
