"""Packets to the rows of a ladder: arrows, and notes between them.

::

    packets ─► arrows and notes ─► like ones folded ─► rows

A row shows one frame, the frames of one packet if they are many, or several
like requests in a row; its numbers say in which packets they travelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.calls.passages import Way
from inspector.calls.seen import serves
from inspector.carriers.base import Errand
from inspector.streams.flags import TcpFlag
from inspector.streams.packets import PacketKind
from inspector.words import duration, plural
from protocol import UNDEFINED, Response

from .carried import frame_name, unwanted_word, upkeep_words
from .rendering import safe, short_text
from .reply_words import reply_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from inspector.calls.links import Link
    from inspector.calls.seen import Upkeep
    from inspector.findings.finding import Finding
    from inspector.journal import CapturedPacket, CarriedFrame, FramePart
    from inspector.streams.connections import Connection

    from .output_format import LadderOptions

_MOST_IN_ONE_PACKET = 6
"""Frames of one packet that have a row each; more of them are one row."""
_MOST_ALIKE = 3
"""Like requests that have a row each; more of them are one row."""
_MOST_PARENTS = 2  # that are named, where nobody knows which it is
_STALL = "nagle-stall"
_UNUSUAL = {"no value": "warning", "undefined": "warning", "no handler": "error"}
_HANDSHAKE = 3  # packets

Words: TypeAlias = tuple[str, str]
"""A text and its role."""


class Arrow(msgspec.Struct, eq=False):
    """Something that one side sent to the other.

    Attributes:
        connection: Where.
        from_client: Which way.
        label: What it says, in words with their roles; the first may be a pattern.
        exchange: Its number, as ``#12`` or ``#1–#17``; empty for none.
        packets: Numbers of the packets that carried it, in their order.
        begin_ns: When the first of them was captured …
        end_ns: … and when the last was.
        line: Of what the arrow is drawn: ``─``, ``═`` where it is split, ``┄``
            where it is not a frame.
        frames: How many frames it shows.
        alike: What arrows that may be folded have in common; None for others.
        numbers: The first and the last exchange.
    """

    connection: Connection
    from_client: bool
    label: list[Words]
    packets: list[int]
    begin_ns: int
    end_ns: int
    exchange: str = ""
    line: str = "─"
    frames: int = 1
    alike: tuple[object, ...] | None = None
    numbers: tuple[int, int] = (0, 0)
    exchange_kind: str = ""


class Note(msgspec.Struct, eq=False):
    """A sentence between the arrows, in words with their roles."""

    connection: Connection
    words: list[Words]


Row: TypeAlias = Arrow | Note


class Ladder:
    """Turn packets into rows.

    Args:
        unfolded: Whether every frame has a row of its own.
        acks: Whether pure ACKs have one.
        errands: Whether what a carrier does for the sake of an exchange has one.
        links: Number of an exchange → what is known of its parent.
    """

    def __init__(
        self,
        *,
        unfolded: bool = False,
        acks: bool = False,
        errands: bool = False,
        links: Mapping[int, Link] | None = None,
    ) -> None:
        self._links = links or {}
        self._unfolded = unfolded
        self._acks = acks
        self._errands = errands
        self._opening: dict[Connection, Arrow] = {}
        self._latest: dict[tuple[Connection, bool], int] = {}

    @classmethod
    def of(cls, options: LadderOptions) -> Ladder:
        """Return what makes the rows of a ladder that is drawn so."""
        return cls(
            unfolded=options.unfolded,
            acks=options.acks,
            errands=options.errands,
            links=options.links,
        )

    def rows(self, packets: Iterable[CapturedPacket]) -> Iterator[Row]:
        """Yield the rows, as their packets come."""
        run: list[Arrow] = []
        for row in self._unfolded_rows(packets):
            foldable = isinstance(row, Arrow) and row.alike is not None
            if run and foldable and row.alike == run[0].alike:  # type: ignore[union-attr]
                run.append(row)  # type: ignore[arg-type]
                continue
            yield from self._fold(run, _MOST_ALIKE)
            run = [row] if foldable else []  # type: ignore[list-item]
            if not foldable:
                yield row
        yield from self._fold(run, _MOST_ALIKE)

    def _unfolded_rows(self, packets: Iterable[CapturedPacket]) -> Iterator[Row]:
        for packet in packets:
            assert packet.connection is not None
            if packet.gap:
                missing = f"┄ {packet.gap:,} bytes missing ┄"
                yield Note(packet.connection, [(missing, "warning")])
            if packet.kind is PacketKind.DATA:
                yield from self._opened(packet.connection)
                yield from self._data_rows(packet)
            else:
                yield from self._other_rows(packet)
        for connection in list(self._opening):
            yield from self._opened(connection)

    def _data_rows(self, packet: CapturedPacket) -> Iterator[Row]:
        connection = packet.connection
        assert connection is not None
        way = connection, packet.from_client
        stalls = [each for each in packet.findings if each.code == _STALL]
        if stalls:
            yield _stall_note(connection, stalls[0], self._latest.get(way))
        begun = [each for each in packet.shares if each.part == 1 and each.frame.chosen]
        frames = [
            self._linked(_frame_arrow(packet, each), each.frame) for each in begun
        ]
        arrows = self._with_errands(packet, frames)
        if len(arrows) > _MOST_IN_ONE_PACKET:
            yield from self._fold(arrows, _MOST_IN_ONE_PACKET)
        else:
            yield from arrows
        for anomaly in packet.anomalies:
            words = [(safe(anomaly.reason), "error")]
            yield _plain_arrow(packet, words)
        yield from _finding_notes(packet)
        self._latest[way] = packet.number

    def _linked(self, arrow: Arrow, frame: CarriedFrame) -> Arrow:
        """Say with a request for which it was made: ``#8 for #7``, ``#8 for #7 ?``."""
        link = self._links.get(arrow.numbers[0])
        if link is None or frame.kind == "reply" or frame.way is Way.OUT:
            return arrow
        if link.parent is not None:
            arrow.exchange += f" for #{link.parent}"
        elif link.possible:
            several = " or ".join(f"#{each}" for each in link.possible[:_MOST_PARENTS])
            more = " or more" if len(link.possible) > _MOST_PARENTS else ""
            arrow.exchange += f" for {several}{more} ?"
        return arrow

    def _with_errands(self, packet: CapturedPacket, arrows: list[Arrow]) -> list[Arrow]:
        """Return the frames of a packet, and in their places errands that have a row.

        That the broker refuses a request is its answer, and always has one.
        """
        begun = [each for each in packet.shares if each.part == 1 and each.frame.chosen]
        placed = [
            (share.frame.sighting.transfer.begin, arrow)
            for share, arrow in zip(begun, arrows, strict=True)
        ]
        for upkeep in packet.upkeep:
            unit = upkeep.unit
            first = upkeep.records[0].number == packet.number
            unwanted = isinstance(unit, Errand) and unit.unwanted
            if serves(upkeep) and first and (self._errands or unwanted):
                arrow = _errand_arrow(packet, upkeep, unwanted=unwanted)
                placed.append((unit.begin, arrow))
        if len(placed) > len(arrows):
            placed.sort(key=lambda each: each[0])
        return [arrow for _, arrow in placed]

    def _other_rows(self, packet: CapturedPacket) -> Iterator[Row]:
        """Yield the row of a packet that carried no frame, if it has one."""
        connection, flags = packet.connection, packet.segment.flags
        assert connection is not None
        opening = self._opening.get(connection)
        if flags & TcpFlag.SYN and not flags & TcpFlag.ACK and opening is None:
            self._opening[connection] = _plain_arrow(packet, [("connect", "muted")])
        elif opening is not None and (
            flags & TcpFlag.SYN or packet.kind is PacketKind.ACK
        ):
            opening.packets.append(packet.number)
            opening.end_ns = packet.time_ns
            if len(opening.packets) == _HANDSHAKE:
                yield from self._opened(connection)
        elif packet.kind is PacketKind.ACK:
            yield from self._ack_row(packet)
        else:
            yield from self._opened(connection)
            yield _plain_arrow(packet, [_control_word(packet)])
        yield from _finding_notes(packet)

    def _ack_row(self, packet: CapturedPacket) -> Iterator[Row]:
        if self._acks:
            answered = packet.answers
            word = "ACK" if answered is None else f"ACK of {answered.number}"
            yield _plain_arrow(packet, [(word, "muted")])

    # decision 51
    def _opened(self, connection: Connection) -> Iterator[Row]:
        arrow = self._opening.pop(connection, None)
        if arrow is not None:
            yield arrow

    def _fold(self, run: Sequence[Arrow], most: int) -> Iterator[Arrow]:
        """Yield a run of arrows: each, or one for all where they are many."""
        if len(run) <= most or self._unfolded:
            yield from run
        else:
            yield from _folded(run)


def _folded(run: Sequence[Arrow]) -> Iterator[Arrow]:
    """Yield one arrow for all of a run that have the same pattern and kind."""
    first, last = run[0], run[-1]
    names = {arrow.label[0][0] for arrow in run if arrow.exchange_kind != "reply"}
    kinds = {arrow.exchange_kind for arrow in run}
    if len(names) > 1 or len(kinds) > 1:
        what = plural(len(run), "frame")
    elif kinds == {"reply"}:
        what = plural(len(run), "reply")
    else:
        what = f"{len(run):,} × {names.pop()}"
    numbers = [number for arrow in run for number in arrow.numbers if number] or [0]
    yield msgspec.structs.replace(
        first,
        label=[(what, "route" if " × " in what else "")],
        exchange=_exchange_words(min(numbers), max(numbers)),
        packets=list(dict.fromkeys(n for arrow in run for n in arrow.packets)),
        end_ns=last.end_ns,
        frames=len(run),
        alike=None,
    )


def _exchange_words(first: int, last: int) -> str:
    """Return ``#1`` or ``#1–#17``; nothing for the number 0."""
    if not first:
        return ""
    return f"#{first}" if first == last else f"#{first}–#{last}"


def _frame_arrow(packet: CapturedPacket, share: FramePart) -> Arrow:
    frame = share.frame
    records = sorted(frame.sighting.records, key=lambda record: record.number)
    exchange = frame.exchange
    number = 0 if exchange is None else exchange.number
    label = list(_reply_label(frame) if frame.kind == "reply" else _call_label(frame))
    assert packet.connection is not None
    alone = len(packet.shares) == 1 and frame.kind != "reply"
    name = frame_name(frame)
    return Arrow(
        packet.connection,
        packet.from_client,
        label,
        [record.number for record in records],
        records[0].time_ns,
        records[-1].time_ns,
        exchange=_exchange_words(number, number),
        line="═" if share.parts > 1 else "─",
        alike=(packet.connection, frame.kind, name) if alone else None,
        numbers=(number, number),
        exchange_kind=frame.kind,
    )


def _call_label(frame: CarriedFrame) -> Iterator[Words]:
    yield frame_name(frame), "route"
    exchange = frame.exchange
    text = "" if exchange is None else short_text(exchange.data)
    if text:
        yield text, ""


def _reply_label(frame: CarriedFrame) -> Iterator[Words]:
    exchange = frame.exchange
    if exchange is None:
        yield "reply", "muted"
        return
    reply = frame.sighting.packet  # what passed here: not all replies count
    assert isinstance(reply, Response)
    if exchange.outcome == "no_handler":
        yield "no handler", "error"
        return
    alone = exchange.values == 1
    valueless = exchange.replies[:1] and exchange.replies[0].response is UNDEFINED
    word = reply_word(reply, alone=alone and bool(valueless))
    role = "error" if reply.failed else _UNUSUAL.get(word, "")
    yield word, role
    if remark := unwanted_word(frame):
        yield remark, "warning"
        return
    ends = reply.is_disposed and not alone and word != "end" and not reply.failed
    if ends:
        yield "end", "muted"


def _errand_arrow(packet: CapturedPacket, upkeep: Upkeep, *, unwanted: bool) -> Arrow:
    role = "error" if unwanted else "muted"
    number = 0 if upkeep.ledger is None else upkeep.ledger.number
    words = upkeep_words(upkeep) if unwanted or not number else safe(upkeep.unit.verb)
    arrow = _plain_arrow(packet, [(words, role)])
    arrow.exchange, arrow.numbers = _exchange_words(number, number), (number, number)
    arrow.frames = 1  # it may share a packet, as frames do
    return arrow


def _plain_arrow(packet: CapturedPacket, words: list[Words]) -> Arrow:
    assert packet.connection is not None
    return Arrow(
        packet.connection,
        packet.from_client,
        words,
        [packet.number],
        packet.time_ns,
        packet.time_ns,
        line="┄",
        frames=0,
    )


def _control_word(packet: CapturedPacket) -> Words:
    flags = packet.segment.flags
    if packet.kind is PacketKind.RETRANSMISSION:
        return "retransmission", "warning"
    if packet.kind is PacketKind.COPY:
        return "captured a second time", "muted"
    if packet.kind is PacketKind.KEEP_ALIVE:
        return "keep-alive", "muted"
    if flags & TcpFlag.RST:
        return "reset", "warning"
    return ("close", "muted") if flags & TcpFlag.FIN else ("connect", "muted")


def _stall_note(
    connection: Connection, stall: Finding, acknowledged: int | None
) -> Note:
    held = f"held {duration(stall.duration_ns)}: Nagle waits for the ACK"
    words = held if acknowledged is None else f"{held} of {acknowledged}"
    return Note(connection, [(str(stall.severity), str(stall.severity)), (words, "")])


def _finding_notes(packet: CapturedPacket) -> Iterator[Note]:
    assert packet.connection is not None
    noted = set()
    for finding in packet.findings:
        if finding.code == _STALL or finding.message in noted:
            continue
        noted.add(finding.message)
        severity = str(finding.severity)
        words = [(severity, severity), (safe(finding.message), "")]
        yield Note(packet.connection, words)
