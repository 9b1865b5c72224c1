"""What a frame with records is: packets of Nest's on their way, or something else.

======================================  ============================================
a record with a text or null            Transfer of a Request, Event or Response
a binary value                          Idle
records that cannot be read             Trouble: ``kafka-protocol``
compressed, and no library for it       Trouble: ``unread-records``
======================================  ============================================

The first transfer of a frame begins with it, and the last ends with it; records of a
compressed batch have all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark
from inspector.carriers.sessions import WrittenTransfer
from protocol import Request, Response
from protocol.named_tuple import NamedTuple

from .opening import hidden, hide_topic, opened
from .payloads import (
    OF_NEST,
    REPLY_PARTITION,
    REPLY_TOPIC,
    read_record,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.carriers.base import Concealment, Side, Unit
    from protocol import Json

    from .batches import Record
    from .opening import Opened
    from .reading import Frame
    from .requests import Part, Topic

_NUMBERS = frozenset(b"%d" % digit for digit in range(10)) | {b"-"}
_WORDS = frozenset({b"true", b"false"})
COMMITS = 2
"""What is said of a delivery when it is done with: a request, and its response."""
_MOST_TOPICS = 1_024
"""Topics of a connection of which it was said what becomes of values there."""


class Exact(NamedTuple):
    """What identifies a record on both sides of its broker."""

    topic: str
    partition: int
    offset: int


class Passing:
    """What passes on one connection, in both directions.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self._conceal = conceal
        self._said: dict[tuple[str, str], None] = {}
        self._had: dict[tuple[str, int], int] = {}  # the last offset handed on

    def read(
        self,
        side: Side,
        frame: Frame,
        parts: list[Part],
        topics: list[Topic],
        *,
        since: dict[tuple[str, int], int] | None = None,
    ) -> list[Unit]:
        """Return the transfers in a frame; none if it has no records of Nest's.

        Args:
            side: Whose frame it is.
            frame: The frame.
            parts: Its partitions.
            topics: Where the names of topics are in it.
            since: Of what a broker hands on: partition → the offset that was asked
                for, before which a batch may have more. None for what a client sends.

        Raises:
            MalformedError: Its records are malformed.
            LackingError: They are compressed, and what reads that is not installed.
        """
        batches, shown = list(opened(frame.data, parts)), frame.data
        if self._conceal is not None:
            shown, batches = hidden(frame.data, batches, topics, self._conceal)
        units: list[Unit] = []
        last = frame.begin
        for each in batches:
            last = self._read_batch(side, frame, each, since, units, last)
        self._extend(units, frame, shown)
        return units

    def _read_batch(  # noqa: PLR0913, PLR0917 — where the one before ended, too
        self,
        side: Side,
        frame: Frame,
        each: Opened,
        since: dict[tuple[str, int], int] | None,
        units: list[Unit],
        begin: int,
    ) -> int:
        """Add the transfers of a batch; return the place after the last."""
        part, batch = each.part, each.batch
        first = -1 if since is None else since.get((part.topic, part.number), -1)
        last = begin
        for record in each.records:
            end = frame.begin + (batch.end if batch.codec else record.end)
            if record.offset < first:
                continue
            unit = self._transfer(side, each, record, delivered=since is not None)
            if unit is None:
                continue
            unit.begin, unit.end = (begin if batch.codec else last), end
            last = end
            units.append(unit)
            if since is None:
                units += self._remarks(side, each, record, unit)
        return last

    def _extend(self, units: list[Unit], frame: Frame, shown: bytes) -> None:
        """Let transfers have all bytes of their frame, and say what is written."""
        transfers = [each for each in units if isinstance(each, WrittenTransfer)]
        if not transfers:
            return
        for each in units:
            if each.end == transfers[-1].end:
                each.end = frame.end
        for each in units:
            each.begin = min(each.begin, each.end)
        if self._conceal is None:
            return
        after = -1
        for unit in transfers:
            low, high = unit.begin - frame.begin, unit.end - frame.begin
            if unit.begin < after:
                continue  # of the same batch as the one before
            after = unit.end
            unit.sent, unit.shown = frame.data[low:high], shown[low:high]

    def _transfer(
        self, side: Side, each: Opened, record: Record, *, delivered: bool
    ) -> WrittenTransfer | None:
        """Return the transfer that a record is; None for what is not text."""
        data, part = each.data, each.part
        topic = self.topic(part.topic)
        raw = None if record.value is None else data[slice(*record.value)]
        value = text_of(raw)
        if value is None:
            return None
        headers = {name: data[slice(*span)] for name, span in record.headers}
        packet = read_record(topic, value, headers)
        unit = WrittenTransfer(
            side=side, begin=0, end=0, packet=packet, body=bytes(value), channel=topic
        )
        if isinstance(packet, Request):
            unit.reply_channel = headers[REPLY_TOPIC].decode("utf-8", "replace")
            unit.reply_part = part_of(headers)
        elif isinstance(packet, Response):
            unit.reply_part = f"{part.number}"
        unit.dual = True
        unit.facts = self._facts(each, record, headers)
        unit.likeness = likeness_of(part.number, _key_of(data, record), headers)
        exact = Exact(topic, part.number, record.offset)
        if delivered:
            self._deliver(unit, exact)
        else:
            unit.tag = exact  # within its batch: the broker says where that begins
        return unit

    def _deliver(self, unit: WrittenTransfer, exact: Exact) -> None:
        """Note what a broker hands on, and whether it has done so before."""
        unit.subscription, unit.exact, unit.tag = exact.topic, exact, exact
        unit.owed = COMMITS
        unit.again = self.had(exact)
        if not unit.again:
            self.have(exact)

    def had(self, exact: Exact) -> bool:
        """Whether a broker has handed a record on before, or one after it."""
        return exact.offset <= self._had.get(exact[:2], -1)

    def have(self, exact: Exact) -> None:
        """Learn that a broker hands a record on, the latest of its partition."""
        place = exact[:2]
        if place in self._had or len(self._had) < _MOST_TOPICS:
            self._had[place] = exact.offset

    def keeps(self, topic: str, value: bytes) -> bool:
        """Whether there is nothing to say of what a value may have lost."""
        code = _loss_of(value)
        full = len(self._said) >= _MOST_TOPICS
        return not code or full or (code, topic) in self._said

    def topic(self, name: str) -> str:
        """Return the name of a topic as it may be shown."""
        if self._conceal is None:
            return name
        return hide_topic(name.encode(), self._conceal).decode("utf-8", "replace")

    @staticmethod
    def _facts(
        each: Opened, record: Record, headers: dict[str, bytes]
    ) -> dict[str, Json]:
        """Return where a record is, its key, and the headers that are not Nest's."""
        facts: dict[str, Json] = {
            name: value.decode("utf-8", "replace")
            for name, value in headers.items()
            if name not in OF_NEST
        }
        if record.key is not None:
            facts["key"] = each.data[slice(*record.key)].decode("utf-8", "replace")
        facts["partition"] = each.part.number
        if each.batch.transactional:
            facts["transactional"] = True
        return facts

    def _remarks(
        self, side: Side, each: Opened, record: Record, unit: WrittenTransfer
    ) -> list[Unit]:
        """Return what Nest's serializer has done to a value, once for each topic."""
        value = record.value
        code = _loss_of(None if value is None else each.data[slice(*value)])
        topic = unit.channel or ""
        place = code, topic
        if not code or place in self._said or len(self._said) >= _MOST_TOPICS:
            return []
        self._said[place] = None
        packet = None if isinstance(unit.packet, Response) else unit.packet
        return [
            Remark(
                side=side,
                begin=unit.begin,
                end=unit.end,
                code=code,
                subject=topic,
                packet=packet,
            )
        ]


def _loss_of(value: bytes | None) -> str:
    """Return the code of what a value may have lost; nothing for one that has not."""
    if value is None:
        return "null-for-undefined"
    if value[:1] in _NUMBERS:
        try:
            float(value)
        except ValueError:
            return ""
        return "number-as-text"
    return "number-as-text" if value in _WORDS else ""


def _key_of(data: bytes, record: Record) -> bytes | None:
    return None if record.key is None else data[slice(*record.key)]


def part_of(headers: Mapping[str, bytes]) -> str | None:
    """Return to which partition of its topic a reply is to go, if a request says so."""
    number = headers.get(REPLY_PARTITION)
    return None if number is None else number.decode("utf-8", "replace")


def likeness_of(partition: int, key: bytes | None, headers: Mapping[str, bytes]) -> int:
    """Return what is the same of a record on both sides of its broker but its value."""
    return hash((partition, key, *headers.items()))
