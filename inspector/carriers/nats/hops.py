r"""Data packets that are one plain hop of a call or an event, read in one go.

::

    SUB _INBOX.x 7⏎PUB sum _INBOX.x 61⏎{…}⏎   a request, and where its caller listens
    MSG sum 1 _INBOX.x 61⏎{…}⏎                the same, as its handler gets it
    PUB _INBOX.x 30⏎{…}⏎  MSG _INBOX.x 7 30⏎{…}⏎   a reply      UNSUB 7⏎   the end
    PUB log 33⏎{…}⏎       MSG log 17 33⏎{…}⏎       an event

Whoever reads them so wants figures, and looks at the body himself. All else is read by
:mod:`.talk`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    EMITTED,
    LEFT,
    SPREAD,
    TOLD,
    PlainHop,
)
from protocol.lazy_regex import lazy_regex

from .subjects import INBOX
from .subscriptions import Subscription

if TYPE_CHECKING:
    from .reading import Reader
    from .subscriptions import Inboxes, Subscriptions

# A subject that begins with "$" is the server's own; an inbox here has no wildcard.
_SUBJECT, _INBOX, _WORD = r"(?!\$)[!-~]+", r"_INBOX\.[\w.-]+", r"[!-~]+"
_SIZE = r"(?P<size>\d{1,9})\r\n"
_PUBLISHED = lazy_regex(
    rf"(?:SUB ({_INBOX}) ({_WORD})\r\n)?PUB ({_SUBJECT}) (?:({_INBOX}) )?{_SIZE}",
    re.ASCII,
)
_DELIVERED = lazy_regex(
    rf"MSG ({_SUBJECT}) ({_WORD}) (?:({_INBOX}) )?{_SIZE}", re.ASCII
)
_published, _delivered = _PUBLISHED.match, _DELIVERED.match
_END = b"\r\n"
_LEAVING = "UNSUB "


class HopReader:
    """Reads plain hops of one side.

    Args:
        reader: Reads all else of it.
        subscriptions: What subscription numbers stand for.
        inboxes: Which inboxes requests have named.

    Attributes:
        closed: Whether nothing that comes is plain any more.
    """

    __slots__ = ("_inboxes", "_reader", "_subscriptions", "closed")

    def __init__(
        self, reader: Reader, subscriptions: Subscriptions, inboxes: Inboxes
    ) -> None:
        self.closed = False
        self._reader = reader
        self._subscriptions = subscriptions
        self._inboxes = inboxes

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a line."""
        return not self.closed and self._reader.ready

    def read(self, data: bytes) -> PlainHop | None:
        """Return the hop that some bytes are; None where that is not plain."""
        text = str(data, "latin-1")  # each byte becomes one character
        if text.startswith(_LEAVING):
            return self._leave(text)
        delivered = text.startswith("M")
        found = _delivered(text) if delivered else _published(text)
        if found is None or self.closed:
            return None
        head, size = found.end(), len(data)
        if head + int(found["size"]) + len(_END) != size or not data.endswith(_END):
            return None
        body = data[head : -len(_END)]
        if len(body) > self._reader.limit:
            return None
        read = self._deliver if delivered else self._publish
        return read(found, body, size)

    def pass_by(self, hop: PlainHop, size: int, _time_ns: int) -> None:
        """Learn that a hop was counted."""
        self._reader.pass_by(size)
        what, inbox = hop.what, hop.reply_channel
        number: str = hop.subscription  # type: ignore[assignment]
        if inbox is not None:
            self._inboxes.name(inbox, by_nest=True)
            if what == ASKED and number:
                self._subscriptions.add(number, Subscription(inbox))
        if what >= ASKED_OF:
            self._subscriptions.deliver(number)
        elif what == LEFT:
            self._subscriptions.remove(number)

    def _publish(self, found: re.Match[str], body: bytes, size: int) -> PlainHop | None:
        opened, number, subject, reply, _ = found.groups()
        if subject.startswith(INBOX):
            plain = reply is None and opened is None
            if not plain:
                return None
            return PlainHop(
                ANSWERED, subject, None, "", body, size, correlation=subject
            )
        if self._inboxes.named_by_nest(subject) is not None:
            return None
        if opened is None:
            what = EMITTED if reply is None else ASKED
            return PlainHop(what, subject, reply, "", body, size, correlation=reply)
        if opened != reply or number is None:
            return None
        size -= len(f"SUB {opened} {number}") + len(_END)
        hop = PlainHop(ASKED, subject, reply, number, body, size, "SUB")
        hop.correlation = reply
        return hop

    def _deliver(self, found: re.Match[str], body: bytes, size: int) -> PlainHop | None:
        subject, number, reply, _ = found.groups()
        subscription = self._subscriptions.get(number)
        if subject.startswith(INBOX):
            if subscription is None:
                own = True
            else:
                own = subscription.subject == subject and not subscription.wildcard
            plain = reply is None and own
            if not plain:
                return None
            return PlainHop(
                TOLD, subject, None, number, body, size, correlation=subject
            )
        if self._inboxes.named_by_nest(subject) is not None:
            return None
        what = SPREAD if reply is None else ASKED_OF
        hop = PlainHop(what, subject, reply, number, body, size, correlation=reply)
        if subscription is None:
            return hop
        if subscription.wildcard:
            return None
        hop.destination, hop.since_ns = subscription.queue, subscription.since_ns
        return hop

    def _leave(self, text: str) -> PlainHop | None:
        """Return the end of a subscription to one inbox."""
        number = text[len(_LEAVING) : -len(_END)]
        subscription = self._subscriptions.get(number)
        if subscription is None or subscription.queue is not None or self.closed:
            return None
        subject = subscription.subject
        plain = subject.startswith(INBOX) and not subscription.wildcard
        if not plain or not text.endswith("\r\n"):
            return None
        return PlainHop(LEFT, subject, None, number, verb="UNSUB", correlation=subject)
