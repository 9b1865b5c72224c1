"""Data packets that are one plain hop of a call or an event, read in one go.

::

    Produce, of one record           a request, a reply or an event: its headers say
    … and the receipt                where it is now, which confirms it
    Fetch                            idle, unless that brings something
    … and its answer, of one record  a request, a reply or an event that is handed on
    OffsetCommit, and its answer     of one record that was handed on

Whoever reads them so wants figures. What clients and brokers say again and again, but
for a number or two, was read by :mod:`.asking` and :mod:`.serving` before. All else is
read by :mod:`.talk`.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    NOTED,
    NOTHING,
    POLLED,
    SETTLED,
    SPREAD,
    TOLD,
    PlainHop,
)
from protocol import Event, Request

from .apis import APIS, FETCH, OFFSET_COMMIT, PRODUCE
from .asking import NO_TEXT
from .fields import INT, LONG
from .passing import COMMITS, Exact, likeness_of, part_of
from .payloads import ERROR, REPLY_TOPIC
from .pending import Asked
from .plain import (
    NOTHING_HANDED,
    asked_from,
    handed_in,
    produced_in,
    receipt_in,
    record_in,
)
from .requests import Head, Part

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .asking import Asking
    from .passing import Passing
    from .pending import Pending
    from .plain import Handed, Plain
    from .reading import Reader
    from .serving import Serving
    from .watching import Watching

_REQUEST = Struct(">ihhih")
_LEAST = 8  # bytes of a response
_NUMBER = 4
_PRODUCED, _FETCHED = (5, 6, 7), 11
_COMMIT, _COMMIT_ANSWER = (
    APIS[OFFSET_COMMIT].name,
    f"{APIS[OFFSET_COMMIT].name} response",
)
_RECEIPT, _POLL = f"{APIS[PRODUCE].name} response", APIS[FETCH].name
_OFFSET = 10  # bytes at the end of a commit: its offset, and no text


class HopReader:
    """Reads plain hops of one side.

    Args:
        reader: Reads all else of it.
        pending: What waits for its response …
        watching: … what is seen of polls …
        passing: … and what passes, on the connection.
        asking: What its client asks for …
        serving: … and what its broker answers.

    Attributes:
        asks: Whether it is the client's.
    """

    __slots__ = (
        "_asked",
        "_asking",
        "_handed",
        "_passing",
        "_pending",
        "_reader",
        "_serving",
        "_watching",
        "asks",
    )

    def __init__(  # noqa: PLR0913, PLR0917 — all that a talk has
        self,
        reader: Reader,
        pending: Pending,
        watching: Watching,
        passing: Passing,
        asking: Asking,
        serving: Serving,
    ) -> None:
        self.asks = False
        self._reader, self._pending, self._watching = reader, pending, watching
        self._passing, self._asking, self._serving = passing, asking, serving
        # Of what was read last: what it asks for, or answers, and what it brings.
        self._asked: Asked | None = None
        self._handed = NOTHING_HANDED

    @property
    def ready(self) -> bool:
        """Whether what comes next begins with a frame."""
        return self._reader.ready and not any(self._pending.raw)

    def read(self, data: bytes) -> PlainHop | None:
        """Return the hop that some bytes are; None where that is not plain."""
        size = len(data)
        if size < _LEAST or INT.unpack_from(data)[0] != size - INT.size:
            return None
        if self.asks:
            return self._request(data) if size >= _REQUEST.size else None
        asked = self._asked = self._pending.waiting(INT.unpack_from(data, _NUMBER)[0])
        if asked is None:
            return None
        key, version = asked.head.key, asked.head.version
        if key == FETCH:
            return self._fetched(data, asked) if version == _FETCHED else None
        if key == PRODUCE:
            return self._receipt(data, asked) if version in _PRODUCED else None
        return self._answer(data, asked) if key == OFFSET_COMMIT else None

    def pass_by(self, hop: PlainHop, size: int, time_ns: int) -> Hashable | None:
        """Learn that a hop was counted; return what confirms it, if that is to come."""
        self._reader.received += size
        asked, what = self._asked, hop.what
        assert asked is not None
        if not self.asks:
            self._pending.take(asked.head.number)
            if what == NOTHING:
                self._watching.nothing()
            elif hop.exact is not None and hop.size:
                self._have(hop.exact)
            return None
        if what == POLLED:
            self._watching.poll(time_ns)
        elif what == SETTLED:
            self._asking.committed(asked.name, hop.subscription)
        asked.time_ns = time_ns
        self._pending.add(asked)
        return asked.about[0] if hop.size else None

    def _have(self, exact: Hashable) -> None:
        """Learn what was handed on, and how many records there are after it."""
        assert isinstance(exact, Exact)
        after, following = self._handed.after, exact.offset + 1
        self._passing.have(exact)
        if after > following:
            part = Part(exact.topic, exact.partition, after=after)
            self._watching.had(part, following)

    def _request(self, data: bytes) -> PlainHop | None:
        """Return what a client asks for."""
        _, key, version, number, size = _REQUEST.unpack_from(data)
        after = _REQUEST.size + size
        if number < 0 or size < 0 or after > len(data):
            return None
        head = Head(key, version, number, after)
        if key == FETCH:
            known = version == _FETCHED and self._asking.knows(len(data))
            if not known:
                return None
            self._asked = Asked(head, 0, data)
            return PlainHop(POLLED, "", verb=_POLL, polled=(FETCH, number))
        if key == PRODUCE:
            return self._produce(data, head) if version in _PRODUCED else None
        return self._commit(data, head) if key == OFFSET_COMMIT else None

    def _produce(self, data: bytes, head: Head) -> PlainHop | None:
        """Return what the broker is handed."""
        handed = produced_in(data, head.after)
        found = None if handed is None else record_in(data, handed)
        if handed is None or found is None:
            return None
        plain, offset = found
        if not self._passing.keeps(handed.topic, plain.raw):
            return None
        tag = head.number, Exact(handed.topic, handed.partition, offset)
        self._asked = Asked(head, 0, data, (tag,))
        return _hop_of(handed, plain, len(data), delivered=False)

    def _commit(self, data: bytes, head: Head) -> PlainHop | None:
        """Return that a client is done with one record, if nothing else is new."""
        if data[-2:] not in NO_TEXT:
            return None
        place = self._asking.commits.get(
            (head.version, data[_REQUEST.size - 2 : -_OFFSET])
        )
        if place is None:
            return None
        (offset,) = LONG.unpack_from(data, len(data) - _OFFSET)
        exact = self._asking.only(place, offset)
        if exact is None:
            return None
        self._asked = Asked(head, 0, about=(exact,), name=place[0])
        return PlainHop(SETTLED, "", None, exact, verb=_COMMIT)

    def _receipt(self, data: bytes, asked: Asked) -> PlainHop | None:
        """Return where the only record of a Produce is now, which confirms it."""
        received = receipt_in(data)
        if received is None or len(asked.about) != 1:
            return None
        place, offset = received
        _, within = asked.about[0]
        if within[:2] != place:
            return None
        hop = PlainHop(CONFIRMED, "", None, asked.about[0], verb=_RECEIPT)
        hop.exact = Exact(*place, offset + within.offset)
        return hop

    def _fetched(self, data: bytes, asked: Asked) -> PlainHop | None:
        """Return what is handed on, or that there is nothing."""
        handed = handed_in(data)
        if handed is None:
            return None
        if handed is NOTHING_HANDED:
            return PlainHop(NOTHING, "")
        found = record_in(data, handed)
        if found is None or not asked.data:
            return None
        plain, offset = found
        first = asked_from(asked.data, asked.head.after, handed)
        exact = Exact(handed.topic, handed.partition, offset)
        if first is None or offset < first or self._passing.had(exact):
            return None
        hop = _hop_of(handed, plain, len(data), delivered=True)
        if hop is not None:
            self._handed = handed
            hop.exact, hop.owed, hop.polled = exact, COMMITS, (FETCH, asked.head.number)
        return hop

    def _answer(self, data: bytes, asked: Asked) -> PlainHop | None:
        """Return that a broker knows of a commit of one record."""
        if len(asked.about) != 1 or not self._serving.is_usual(data, asked):
            return None
        return PlainHop(NOTED, "", None, asked.about[0], verb=_COMMIT_ANSWER)


def _hop_of(
    handed: Handed, plain: Plain, size: int, *, delivered: bool
) -> PlainHop | None:
    """Return the hop of a record; None for the reply that is an error."""
    packet, topic, reply = plain.packet, handed.topic, None
    if isinstance(packet, Request):
        what = ASKED_OF if delivered else ASKED
        reply = plain.headers[REPLY_TOPIC].decode("utf-8", "replace")
    elif isinstance(packet, Event):
        what = SPREAD if delivered else EMITTED
    elif ERROR in plain.headers:
        return None
    else:
        what = TOLD if delivered else ANSWERED
    hop = PlainHop(what, topic, reply, topic if delivered else "", plain.body, size)
    hop.packet = packet
    if reply is not None:
        hop.reply_part = part_of(plain.headers)
    if isinstance(packet, Event):
        hop.likeness = likeness_of(handed.partition, plain.key, plain.headers)
    else:
        hop.correlation, hop.shared, hop.dual = packet.id, True, not delivered
    return hop
