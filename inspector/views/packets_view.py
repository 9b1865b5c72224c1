"""One line per captured packet: what it was, and what it carried.

The evidence for the verdict. Client and server are named once, so that an arrow
suffices; a packet that carried nothing has an empty ``bytes``, and what is left
standing there is what the verdict counts.
"""

from __future__ import annotations

from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

from inspector.streams.flags import TcpFlag
from inspector.streams.packets import DELAYED_ACK_NS, PacketKind
from inspector.words import duration, plural

from .carried import carried_words
from .clock import Clock, Times
from .connection_ends import ends_text
from .rendering import ELLIPSIS, fit, gap, safe
from .text import Text
from .theme import show, table_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from inspector.figures.report import Report
    from inspector.journal import CapturedPacket
    from inspector.streams.connections import Connection

    from .carried import Words

_SAMPLE = 1000
"""Packets whose width decides the width of the columns."""
_WIDE = 110
"""From this width on the number of frames and their beginning are shown."""
_LINE_END, _SHOWN_END = b"\r\n", "⏎".encode()
_CARRIED_WIDE = 46  # cells of the description, where more stands after it
_LATE_NS = DELAYED_ACK_NS
_FLAGS = (
    (TcpFlag.SYN, "SYN"),
    (TcpFlag.FIN, "FIN"),
    (TcpFlag.RST, "RST"),
)


class _Columns:
    """The widths of the columns, from the first packets."""

    def __init__(
        self, sample: Sequence[CapturedPacket], clock: Clock, console: Console
    ) -> None:
        last = sample[-1]
        times = [packet.time_ns for packet in sample]
        deltas = [gap(after - before) for before, after in pairwise(times)]
        self.delta = max(6, *map(len, deltas), 0)
        self.packet = max(len("packet"), len(f"{last.number}"))
        self.clock = clock
        self.time = clock.width(last.time_ns)
        self.bytes = max(6, *(len(f"{len(p.segment.payload):,}") for p in sample))
        self.several = len({packet.connection for packet in sample}) > 1
        self.wide = console.width >= _WIDE
        self.width = table_width(console)


def print_packets(
    console: Console,
    packets: Iterable[CapturedPacket],
    first_ns: int,
    times: Times = Times.RELATIVE,
) -> None:
    """Print packets for people, as they come.

    Args:
        console: Where to.
        packets: In the order of capture.
        first_ns: When the capture began.
        times: What the times say: how long after that, by default.
    """
    source = iter(packets)
    sample = list(islice(source, _SAMPLE))
    if not sample:
        return
    columns = _Columns(sample, Clock(first_ns, times), console)
    known = dict.fromkeys(packet.connection for packet in sample)
    for connection in known:
        show(console, _connection_line(connection, several=columns.several))
    show(console, Text())
    show(console, _header(columns))
    previous: int | None = None
    for packet in chain(sample, source):
        if packet.connection not in known:
            known[packet.connection] = None
            show(console, _connection_line(packet.connection, several=True))
            if not columns.several:  # from now on each row says which it is of
                columns.several = True
                show(console, _header(columns))
        show(console, _row(packet, columns, previous))
        previous = packet.time_ns


def print_sum(console: Console, report: Report, apart: int = 0) -> None:
    """Print the sum under the packets: it is what the report says.

    Args:
        console: Where to.
        report: What was found.
        apart: Packets above of connections that carried nothing of Nest.
    """
    counts = report.counts
    again = counts.retransmissions
    parts = [
        f"{counts.data_packets:,} data",
        plural(counts.pure_acks, "pure ACK"),
        f"{counts.control:,} SYN, FIN" + (", RST" if report.resets else ""),
    ]
    if counts.keep_alives:
        parts.append(plural(counts.keep_alives, "keep-alive"))
    if again:
        parts.append(f"{again:,} retransmitted")
    if counts.copies:
        parts.append(f"{counts.copies:,} captured twice")
    text = Text(f"{plural(counts.packets, 'packet')} = {' + '.join(parts)}")
    if not again:
        text.append("   0 retransmitted")
    show(console, Text())
    show(console, text)
    if apart:
        words = f"{plural(apart, 'packet')} of connections that carried nothing of Nest"
        show(console, Text(f"and {words}", "muted"))


def what(packet: CapturedPacket) -> str:
    """Return what a packet is in a word or two: ``data``, ``SYN, ACK``, ``ACK``."""
    if packet.kind is PacketKind.CONTROL:
        return flag_names(packet.segment.flags)
    return "ACK" if packet.kind is PacketKind.ACK else str(packet.kind)


def flag_names(flags: int) -> str:
    """Return the control bits of a segment that say most: ``SYN, ACK``, ``FIN``."""
    names = [name for flag, name in _FLAGS if flags & flag]
    if flags & TcpFlag.SYN and flags & TcpFlag.ACK:
        names.append("ACK")
    return ", ".join(names) or "ACK"


def _connection_line(connection: Connection | None, *, several: bool) -> Text:
    assert connection is not None
    name = f"connection {connection.number}" if several else "connection"
    return Text.assemble((name, "muted"), "   ", ends_text(connection))


def _header(columns: _Columns) -> Text:
    text = Text.assemble(
        ("packet".rjust(columns.packet), "title"),
        (f"  {columns.clock.header:>{columns.time}}", "muted"),
        (f"  {'Δ ms':>{columns.delta}}", "muted"),
    )
    if columns.several:
        text.append("   con", "muted")
    text.append(f"     {'bytes':>{columns.bytes}}", "muted")
    if columns.wide:
        text.append("  frames", "muted")
    text.append("  carried", "muted")
    if columns.wide:
        text.append(" " * (_CARRIED_WIDE - len("carried")) + "  begins with", "muted")
    return text


def _row(packet: CapturedPacket, columns: _Columns, previous: int | None) -> Text:
    data = packet.kind is PacketKind.DATA
    role = ("client" if packet.from_client else "server") if data else "muted"
    plain = "" if data else "muted"
    time = columns.clock.text(packet.time_ns)
    delta = "" if previous is None else gap(packet.time_ns - previous)
    size = len(packet.segment.payload)
    text = Text.assemble(
        (f"{packet.number}".rjust(columns.packet), plain),
        (f"  {time:>{columns.time}}", "muted"),
        (f"  {delta:>{columns.delta}}", plain),
    )
    if columns.several:
        assert packet.connection is not None
        text.append(f"  {packet.connection.number:>4}", "muted")
    text.append(f"  {'→' if packet.from_client else '←'}  ", role)
    text.append(f"{size:,}".rjust(columns.bytes) if size else " " * columns.bytes)
    if columns.wide:
        frames = len(packet.shares)
        text.append(f"  {frames or '':>6}")
    text.append("  ")
    _describe(text, packet, columns)
    return text


def _describe(text: Text, packet: CapturedPacket, columns: _Columns) -> None:
    """Append what a packet carried, and how it begins where there is room."""
    description = Text()
    for words, style in packet_words(packet):
        description.append(words, style)
    room = columns.width - text.cell_len
    if not columns.wide:
        description.truncate(room)
        text.append_text(description)
        return
    description.truncate(_CARRIED_WIDE, pad=True)
    text.append_text(description)
    room -= _CARRIED_WIDE + 2
    begins = _beginning(packet)
    if begins and room > 0:
        text.append(f"  {fit(begins, room).rstrip()}", "muted")


def _beginning(packet: CapturedPacket) -> str:
    """Return the first bytes of a packet; a line that it is without the end of that."""
    excerpt, size = packet.excerpt, len(packet.segment.payload)
    cut = ELLIPSIS if size > len(excerpt) else ""
    lines = excerpt.removesuffix(_LINE_END) if not cut else excerpt
    text = lines.replace(_LINE_END, _SHOWN_END).decode("utf-8", "replace")
    return safe(text) + cut


def packet_words(packet: CapturedPacket) -> Iterator[Words]:
    """Yield what a packet carried, or what it is, each part with its role."""
    if packet.gap:
        yield f"after {packet.gap:,} missing bytes  ", "warning"
    if packet.kind is PacketKind.DATA:
        yield from carried_words(packet)
        flags = packet.segment.flags & (TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST)
        if flags:
            yield f"  and {flag_names(flags)}", "muted"
        return
    if packet.kind is PacketKind.ACK:
        yield from _ack_words(packet)
    elif packet.kind is PacketKind.CONTROL:
        yield what(packet), "muted"
    elif packet.kind is PacketKind.COPY:
        yield "captured a second time", "muted"
    else:
        style = "warning" if packet.kind is PacketKind.RETRANSMISSION else "muted"
        yield str(packet.kind), style


def _ack_words(packet: CapturedPacket) -> Iterator[tuple[str, str]]:
    answered = packet.answers
    if answered is None:
        yield "ACK", "muted"
        return
    yield f"ACK of {answered.number}", "muted"
    late = packet.time_ns - answered.time_ns
    if late >= _LATE_NS:
        yield f", delayed {duration(late)}", "warning"
