"""Both sides of a connection: frames to units.

::

    Side.next_frame ─► HEADERS, CONTINUATION ─► a block ─► Group
                    ├► DATA                  ─► messages ─► units, with the group before
                    └► all else              ─► units of a call or of the connection

A header block is held until the frame after it is there: with a message right after it,
it is one unit with that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark, Skipped, Trouble
from inspector.carriers.streamed import UNREAD_BEGINNING
from protocol import UNDEFINED, JsonText

from .blocks import block_of, block_part
from .calls import UNNAMED, Call, Calls
from .contents import read_content
from .frames import (
    END_HEADERS,
    FlawError,
    Frame,
    Type,
    check,
    name_of,
)
from .headers import is_readable
from .making import Maker
from .misfits import misfitting, missing_method
from .others import of_connection
from .plain import PlainReaders
from .side import Group, HeaderBlock, Part, Side, with_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.carriers.base import Concealment, Express, Unit
    from inspector.carriers.base import Side as Which
    from protocol import UndefinedType

    from .plain import PlainReader
    from .schemas import Schemas

PROTOCOL = "grpc-protocol"
"""The code of the Trouble that bytes are no frame of HTTP/2, or of gRPC."""
UNREAD_HEADERS, UNREAD_STATUSES = "unread-headers", "unread-status"
"""The codes of the Remarks that names of calls, or their statuses, cannot be read."""
NO_LIBRARY = "library"
"""Its subject, where that is for want of what reads them."""
_GRPC = "application/grpc"
_MOST_BLOCK = 1 << 20
"""Bytes of a header block that are read …"""
_MOST_FRAMES = 1_024
"""… and frames that it may come in, any of which may be empty."""


class GrpcTalk:
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        schemas: What messages are; None where no file says so.

    Attributes:
        client: The side that asks, once that is known.
        plain: Packets that were read on an express way, which there is none.
    """

    plain = 0

    def __init__(
        self, conceal: Concealment | None, schemas: Schemas | None = None
    ) -> None:
        self.client: Which | None = None
        self._conceal = conceal
        self._schemas = schemas
        self._maker = Maker(conceal)
        self._sides = Side(), Side()
        self._calls = Calls()
        self._readers = PlainReaders(self._sides, self._calls)
        self._unread: set[Which] = set()  # sides of which that was said

    def receive(self, side: Which, data: bytes, time_ns: int) -> list[Unit]:  # noqa: ARG002 — it does not matter when
        """Return the units that the next bytes of a side complete."""
        own = self._sides[side]
        own.feed(data)
        units: list[Unit] = []
        preface = own.preface()
        if preface is not None:
            self.client = side
            units.append(self._maker.idle(side, "preface", [preface]))
        while not own.rest and (frame := own.next_frame()) is not None:
            try:
                check(frame.head)
                units += self._read(side, own, frame)
            except FlawError as flaw:
                units += self._give_up(side, own, frame, flaw)
        if own.rest:
            begin, end = own.skip()
            if begin < end:
                units.append(Skipped(side=side, begin=begin, end=end))
        own.settle()
        return units

    def _give_up(
        self, side: Which, own: Side, frame: Frame, flaw: FlawError
    ) -> list[Unit]:
        """Return a frame that its receiver ends the connection for."""
        units = self._flush(side, own)
        own.block, own.rest = [], True
        detail = str(flaw)
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        units.append(
            Trouble(
                side=side,
                begin=frame.begin,
                end=frame.end,
                code=PROTOCOL,
                detail=detail,
                lost=own.received - frame.end,
                framed=True,
            )
        )
        return units

    def lose(self, side: Which) -> list[Unit]:
        """Return what is left of a side whose next bytes are missing."""
        own = self._sides[side]
        units = self._flush(side, own)
        begin, end = own.lose()
        self._calls.lose(side)
        if begin < end:
            units.append(Skipped(side=side, begin=begin, end=end))
        return units

    def received(self, side: Which) -> int:
        """Return how many bytes of a side it was given."""
        return self._sides[side].received

    def buffered(self, side: Which) -> int:
        """Return how many of them it keeps for messages that are not complete."""
        own = self._sides[side]
        kept = own.received - own.begin + self._calls.kept(side)
        return min(kept, own.received)

    def begun(self, side: Which) -> int:
        """Return how many of the last bytes belong to a unit that is not complete."""
        own = self._sides[side]
        return own.received - own.begin

    def finish(self, side: Which, time_ns: int, cause: str) -> list[Unit]:  # noqa: ARG002 — nor why
        """Return what was held back of a side."""
        return self._flush(side, self._sides[side])

    def express(self, side: Which) -> Express | None:  # noqa: ARG002
        """Return nothing: each packet is read the same way."""
        return None

    def unary(self, side: Which) -> PlainReader | None:
        """Return what reads packets of plain calls, if the next bytes may be one."""
        hides = self._conceal is not None or self._schemas is not None
        return None if hides else self._readers.reader(side, self.client)

    def _read(self, side: Which, own: Side, frame: Frame) -> list[Unit]:
        """Return the units that a frame completes."""
        kind = frame.head.type
        if own.block and kind != Type.CONTINUATION:
            raise FlawError(f"{name_of(kind)} inside a header block")
        if kind == Type.DATA:
            return self._read_data(side, own, frame)
        units = self._flush(side, own)
        if kind in {Type.HEADERS, Type.PUSH_PROMISE, Type.CONTINUATION}:
            if kind == Type.CONTINUATION and not own.block:
                raise FlawError("CONTINUATION without a header block")
            own.block.append(frame)
            if len(own.block) > _MOST_FRAMES:
                raise FlawError(f"a header block in more than {_MOST_FRAMES:,} frames")
            if frame.head.flags & END_HEADERS:
                frames, own.block = own.block, []
                units += self._read_block(side, own, frames)
            return units
        if kind == Type.RST_STREAM:
            return [*units, self._read_reset(side, frame)]
        return [*units, *of_connection(side, frame, self._maker)]

    def _flush(self, side: Which, own: Side) -> list[Unit]:
        """Return what is held, none of which is a message yet."""
        group, own.group = own.group, None
        if group is None:
            return []
        stream, units = group.stream, []
        call = self._calls.get(stream)
        if group.block is not None:
            block = group.block
            if call is not None and side == self.client and not call.asked:
                units.append(self._ask(side, call, block, UNDEFINED, [block.part]))
            else:
                units.append(self._maker.errand(side, stream, "HEADERS", [block.part]))
        units += [
            self._maker.errand(side, stream, "DATA", [part]) for part in group.parts
        ]
        return units

    def _ask(
        self,
        side: Which,
        call: Call,
        block: HeaderBlock,
        text: JsonText | UndefinedType,
        parts: list[Part],
    ) -> Unit:
        call.asked = True
        return self._maker.request(side, block.stream, call, block.said, text, parts)

    # Header blocks

    def _read_block(self, side: Which, own: Side, frames: list[Frame]) -> list[Unit]:
        """Return the units of a header block that is whole."""
        data = block_of(frames)
        if len(data) > _MOST_BLOCK:
            raise FlawError(f"a header block of {len(data):,} bytes")
        fields = own.headers.read(data)
        first = frames[0]
        part = block_part(frames, data, fields, self._conceal)
        block = HeaderBlock(first.head.stream, first.ends_stream, fields, part)
        if first.head.type == Type.PUSH_PROMISE:
            return [self._maker.idle(side, "PUSH_PROMISE", [part])]
        said = block.said
        if self.client is None and (":method" in said or ":status" in said):
            self.client = side if ":method" in said else 1 - side
        units = self._remark(side, own, block, said)
        if side == self.client:
            return units + self._begin_call(side, own, block, said)
        return units + self._answer_call(side, own, block, said)

    def _remark(
        self, side: Which, own: Side, block: HeaderBlock, said: Mapping[str, str]
    ) -> list[Unit]:
        """Say once of a side that what calls are, or how they ended, cannot be read."""
        asks, call = side == self.client, self._calls.get(block.stream)
        known = ":path" in said if asks else not block.ends or "grpc-status" in said
        foreign = call is not None and call.foreign
        if known or foreign or side in self._unread or not own.headers.lacking:
            return []
        self._unread.add(side)
        part = block.part
        return [
            Remark(
                side=side,
                begin=part.begin,
                end=part.end,
                code=UNREAD_HEADERS if asks else UNREAD_STATUSES,
                subject="" if is_readable() else NO_LIBRARY,
            )
        ]

    def _begin_call(
        self, side: Which, own: Side, block: HeaderBlock, said: Mapping[str, str]
    ) -> list[Unit]:
        """Return what a header block of the client is, if that is known already."""
        stream = block.stream
        if self._calls.get(stream) is not None:
            return [self._maker.errand(side, stream, "trailers", [block.part])]
        call = self._calls.open(stream, Call(said.get(":path", UNNAMED)))
        call.foreign = not said.get("content-type", _GRPC).startswith(_GRPC)
        if call.foreign:
            return [self._maker.idle(side, "HEADERS", [block.part])]
        call.learn(side, said)
        units: list[Unit] = []
        if self._schemas is not None:
            call.method = self._schemas.method(call.path)
            units += missing_method(side, call, block.part, self._conceal)
        if block.ends:
            units.append(self._ask(side, call, block, UNDEFINED, [block.part]))
        else:
            own.group = Group(stream, block)
        return units

    def _answer_call(
        self, side: Which, own: Side, block: HeaderBlock, said: Mapping[str, str]
    ) -> list[Unit]:
        """Return what a header block of the server is, if that is known already."""
        stream, call = block.stream, self._calls.get(block.stream)
        if call is not None and call.foreign:
            return [self._maker.idle(side, "HEADERS", [block.part])]
        if self.client is None:
            return [self._maker.idle(side, "HEADERS", [block.part])]
        if block.ends:
            if self._calls.is_over(stream):
                return [self._maker.errand(side, stream, "trailers", [block.part])]
            self._calls.close(stream)
            return [self._maker.end(side, stream, said, [block.part])]
        if call is None:
            call = self._calls.open(stream, Call(synced=False))
        call.learn(side, said)
        call.assemblers[side].synced = True  # its first message follows
        own.group = Group(stream, block)
        return []

    # Messages

    def _read_data(self, side: Which, own: Side, frame: Frame) -> list[Unit]:
        """Return the units that a DATA frame completes."""
        stream, units = frame.head.stream, []
        if own.group is not None and own.group.stream != stream:
            units = self._flush(side, own)
        call = self._call_of(stream)
        if call is not None and not call.foreign:
            return units + self._read_messages(side, own, frame, call)
        units += self._flush(side, own)
        part = Part(frame.begin, frame.data, b"")
        if call is None and self._calls.is_over(stream):
            return [*units, self._maker.errand(side, stream, "DATA", [part])]
        return [*units, self._maker.idle(side, "DATA", [part])]

    def _call_of(self, stream: int) -> Call | None:
        """Return the call of a DATA frame, which may have begun before the capture."""
        call = self._calls.get(stream)
        if call is None and self.client is not None and not self._calls.is_over(stream):
            call = self._calls.open(stream, Call(synced=False))
        return call

    def _read_messages(
        self, side: Which, own: Side, frame: Frame, call: Call
    ) -> list[Unit]:
        """Return the messages that end in a DATA frame, with what is held before."""
        stream, asks = frame.head.stream, side == self.client
        found = read_content(frame, call, side, self._conceal, asks=asks)
        units: list[Unit] = []
        for value, part in found.pieces:
            group, own.group = own.group, None
            parts = [part] if group is None else [*group.parts, part]
            if self._conceal is not None:
                parts = with_message(parts, value.written)
            block = None if group is None else group.block
            unit = self._say(side, stream, call, value.text, parts, block)
            units.append(unit)
            if value.misfit is not None:
                units.append(misfitting(unit, value.misfit))
        rest = found.rest
        if rest is None:
            return units
        if found.pieces or not (
            frame.ends_stream or found.empty or not call.assemblers[side].synced
        ):
            own.group = own.group or Group(stream)
            own.group.parts.append(rest)
            return units
        units += self._flush(side, own)
        verb = "end" if found.empty and frame.ends_stream else "DATA"
        return [*units, self._maker.errand(side, stream, verb, [rest])]

    def _say(  # noqa: PLR0913, PLR0917 — a message, and whose it is
        self,
        side: Which,
        stream: int,
        call: Call,
        text: JsonText | UndefinedType,
        parts: list[Part],
        block: HeaderBlock | None,
    ) -> Unit:
        """Return the unit of a message, with the frames that it began in."""
        if block is not None:
            parts = [block.part, *parts]
        if side != self.client:
            return self._maker.reply(side, stream, text, parts)
        listed = call.method is not None and call.method.takes_stream
        if call.asked:
            return self._maker.errand(
                side, stream, "message", parts, message=text, listed=listed
            )
        call.asked = True
        said = {} if block is None else block.said
        if listed and text is not UNDEFINED:  # even if no other message follows
            text = JsonText(b"[%b]" % text)
        unit = self._maker.request(side, stream, call, said, text, parts)
        if block is None:
            unit.facts = {UNREAD_BEGINNING: True}
        return unit

    # All else

    def _read_reset(self, side: Which, frame: Frame) -> Unit:
        """Return the end of a call before its time."""
        stream = frame.head.stream
        over, call = self._calls.is_over(stream), self._calls.get(stream)
        self._calls.close(stream)
        ours = self.client is not None and not (call is not None and call.foreign)
        answers = ours and not over and side != self.client
        return self._maker.reset(side, frame, over=over, answers=answers)
