"""Arbitrary traffic between Nest services, and what a capture of it must give.

Each call or event of a :class:`Traffic` remembers where in the streams its frames
stand, so that the packets which carried them follow from the segments alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from protocol import encode_packet
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Conversation,
    Side,
    Wire,
    event,
    request,
    response,
)

if TYPE_CHECKING:
    from protocol import Packet

sides = st.sampled_from([CLIENT, SERVER])
values = st.one_of(
    st.none(), st.integers(0, 99), st.text(max_size=8), st.just("求和" * 20)
)

Span = tuple[Side, int, int]


@dataclass
class Call:
    """A request and its replies, or an event.

    Attributes:
        asked: Where its frame stands.
        answers: Where the frames of its replies stand.
        over: Whether its last reply was sent.
    """

    conversation: Conversation
    identity: str | None
    asked: Span
    answers: list[Span] = field(default_factory=list)
    over: bool = False

    def request_packets(self) -> list[int]:
        """Return the records that were the first to carry a byte of its frame."""
        return sorted(self._carriers(self.asked))

    def reply_packets(self) -> list[int]:
        """Return the same for all its replies."""
        return sorted(set().union(*map(self._carriers, self.answers)))

    def _carriers(self, span: Span) -> set[int]:
        side, start, end = span
        carriers = self.conversation.carriers[side][start:end]
        return {number for number in carriers if number is not None}


@dataclass
class Traffic:
    """What went over the wire.

    Attributes:
        calls: In order of the frames that began them, connection by connection.
        waiting: Those whose last reply is still to come.
    """

    wire: Wire = field(default_factory=Wire)
    conversations: list[Conversation] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    waiting: list[Call] = field(default_factory=list)

    def begin(self, conversation: Conversation, start: int, packet: Packet) -> int:
        """Note a request or an event that begins at a place; return its end."""
        identity = getattr(packet, "id", None)
        end = start + len(encode_packet(packet))
        call = Call(conversation, identity, (CLIENT, start, end))
        self.calls.append(call)
        if identity is not None:
            self.waiting.append(call)
        return end


@st.composite
def traffic(
    draw: st.DrawFn,
    *,
    loss: bool = False,
    most_connections: int = 3,
    most_actions: int = 12,
) -> Traffic:
    """Draw what some connections say to each other, packet by packet.

    Args:
        loss: Whether the capture may begin late and may lack segments.
    """
    made = Traffic()
    count = draw(st.integers(1, most_connections))
    for index in range(count):
        isns = draw(st.tuples(*[st.integers(0, 2**32 - 1)] * 2))
        late = loss and draw(st.booleans())
        connect = made.wire.join if late else made.wire.connect
        made.conversations.append(
            connect(client=f"10.0.0.1:{40_000 + index}", isns=isns)
        )
    actions = [_write, _write, _write, _scatter, _acknowledge, _disturb]
    if loss:
        actions.append(_lose)
    for _ in range(draw(st.integers(1, most_actions))):
        conversation = draw(st.sampled_from(made.conversations))
        draw(st.sampled_from(actions))(draw, made, conversation)
    for conversation in made.conversations:
        if draw(st.booleans()):
            conversation.ack(CLIENT).ack(SERVER).close()
    return made


def _frames(
    draw: st.DrawFn, made: Traffic, conversation: Conversation, side: Side
) -> bytes:
    """Draw one to three frames that a side may write now."""
    data = b""
    start = len(conversation.written[side])
    for _ in range(draw(st.integers(1, 3))):
        if side is CLIENT:
            packet = _question(draw, made)
            made.begin(conversation, start + len(data), packet)
        else:
            open_calls = [
                call for call in made.waiting if call.conversation is conversation
            ]
            if not open_calls:
                break
            call = draw(st.sampled_from(open_calls))
            packet = response(call.identity, draw(values), last=draw(st.booleans()))
            begin = start + len(data)
            call.answers.append((SERVER, begin, begin + len(encode_packet(packet))))
            if packet.is_disposed:
                call.over = True
                made.waiting.remove(call)
        data += encode_packet(packet)
    return data


def _question(draw: st.DrawFn, made: Traffic) -> Packet:
    number = len(made.calls)
    if draw(st.booleans()):
        return event(f"event {number}", draw(values))
    return request(f"message {number}", f"id {number}", draw(values))


def _write(draw: st.DrawFn, made: Traffic, conversation: Conversation) -> None:
    """Write frames in order, cut anywhere."""
    side = draw(sides)
    data = _frames(draw, made, conversation, side)
    if data:
        conversation.split(side, data, *draw(cuts(data)))


def _scatter(draw: st.DrawFn, made: Traffic, conversation: Conversation) -> None:
    """Write frames in segments that overtake, repeat and overlap each other."""
    side = draw(sides)
    data = _frames(draw, made, conversation, side)
    if not data:
        return
    start = conversation.write(side, data)
    for first, end in draw(scattered(len(data))):
        conversation.part(side, start + first, start + end)
    conversation.acked[1 - side] = conversation.next_seq[side]


def _acknowledge(draw: st.DrawFn, _made: Traffic, conversation: Conversation) -> None:
    conversation.ack(draw(sides))


def _disturb(draw: st.DrawFn, _made: Traffic, conversation: Conversation) -> None:
    """Send a keep-alive, or a packet again."""
    if draw(st.booleans()):
        side = draw(sides)
        if conversation.written[side]:
            conversation.keep_alive(side)
    elif conversation.records:
        conversation.resend(draw(st.sampled_from(conversation.records)))


def _lose(draw: st.DrawFn, made: Traffic, conversation: Conversation) -> None:
    """Write frames that the capture lacks."""
    side = draw(sides)
    data = _frames(draw, made, conversation, side)
    if data:
        conversation.send(side, data, captured=False)
        if draw(st.booleans()):
            conversation.ack(Side(1 - side))


@st.composite
def cuts(draw: st.DrawFn, data: bytes) -> list[int]:
    """Draw up to four places at which to cut some bytes."""
    if len(data) < 2:
        return []
    return sorted(draw(st.sets(st.integers(1, len(data) - 1), max_size=4)))


@st.composite
def scattered(draw: st.DrawFn, size: int) -> list[tuple[int, int]]:
    """Draw ranges that cover ``size`` bytes, in any order, overlapping too."""
    places = draw(cuts(bytes(size)))
    ranges = draw(st.permutations(list(pairwise([0, *places, size]))))
    for _ in range(draw(st.integers(0, 2))):
        first = draw(st.integers(0, size - 1))
        extra = (first, draw(st.integers(first + 1, size)))
        ranges.insert(draw(st.integers(0, len(ranges))), extra)
    return ranges
