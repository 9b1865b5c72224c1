"""Calls over gRPC at random: mostly plain unary ones, else anything.

Several go on at a time on each of two connections, whose header blocks are compressed
as peers do it. Warm at first, so that plain calls are figures where somebody counts;
see :mod:`.exchanged`, which is the same over brokers.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from hpack import Encoder, HeaderTuple, NeverIndexedHeaderTuple

from inspector.carriers.grpc.frames import Type
from tests.inspector.carriers.grpc.written import (
    HELLO,
    data,
    frame,
    headers,
    message,
    number,
    reset,
    words,
)
from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.inspector.conversation import Conversation, Side

_PATHS = "/shop.Orders/Get", "/shop.Orders/Put", "/shop.Stock/Get"
_PAUSES = 0, 0, MILLISECOND, 3 * MILLISECOND, 300 * MILLISECOND
_SECRET = words('{"password":"hunter2"}')
_LARGE = b"".join(words("y" * 100) for _ in range(30))
BINARY = b"\x12\x80\x0a" + bytes(range(256)) * 5
"""A message with 1,280 bytes, which are base64 in JSON."""
_SETTLING = (
    frame(Type.PING, 0, 0, bytes(8)),
    frame(Type.WINDOW_UPDATE, 0, 0, b"\0\0\0\5"),
    frame(Type.SETTINGS, 1, 0),
)


class _Channel:
    """A connection, and the tables of both sides."""

    def __init__(self, wire: Wire, port: int) -> None:
        self.link: Conversation = wire.connect(
            client=f"10.0.0.1:{port}", server="10.0.0.9:5000"
        )
        for side, said in HELLO:
            self.link.send(CLIENT if side == CLIENT else SERVER, said)
        self.stream = -1
        self.encoders = Encoder(), Encoder()

    def block(self, side: Side, *fields: tuple[str, str]) -> bytes:
        """Return a header block; a path is never in a table."""
        said = [
            (NeverIndexedHeaderTuple if name == ":path" else HeaderTuple)(name, value)
            for name, value in fields
        ]
        return bytes(self.encoders[side].encode(said))


class Stepped:
    """Clients of a service.

    Args:
        seed: Makes the same traffic every time.
        trouble: How many of a thousand packets are anything else than plain.

    Attributes:
        said: What messages say; empty for something short.
    """

    def __init__(self, seed: int, trouble: int = 30) -> None:
        self.rng = random.Random(seed)  # noqa: S311 — the same every time
        self.wire = Wire()
        self.said = b""
        self._trouble = 0
        self._channels = [_Channel(self.wire, 50_001 + each) for each in range(2)]
        self._steps: list[list[Callable[[], None]]] = []
        for channel in self._channels:
            for path in _PATHS:
                for step in self._call(channel, path):
                    step()
                    self.wire.wait(30 * MILLISECOND)
        self._trouble = trouble

    def go_on(self, steps: int) -> Wire:
        """Take some steps of calls, several of which go on at a time."""
        for _ in range(steps):
            self.wire.wait(self.rng.choice(_PAUSES) if self.rng.random() < 0.2 else 0)
            if not self._steps or (len(self._steps) < 4 and self.rng.random() < 0.3):
                channel, path = self.rng.choice(self._channels), self.rng.choice(_PATHS)
                self._steps.append(self._call(channel, path))
            steps_of = self.rng.choice(self._steps)
            steps_of.pop(0)()
            self._steps = [each for each in self._steps if each]
        return self.wire

    def call(self) -> Wire:
        """Make a whole call at once."""
        for step in self._call(self._channels[0], _PATHS[0]):
            step()
        return self.wire

    def _odd(self) -> bool:
        return self.rng.randrange(1_000) < self._trouble

    def _call(self, channel: _Channel, path: str) -> list[Callable[[], None]]:
        """Return the steps of a call."""
        channel.stream += 2
        stream = channel.stream
        steps: list[Callable[[], None]] = [
            partial(self._ask, channel, stream, path),
            partial(self._answer, channel, stream),
            partial(self._end, channel, stream),
        ]
        if self._odd():
            del steps[self.rng.randrange(3)]
        return steps

    def _ask(self, channel: _Channel, stream: int, path: str) -> None:
        fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            (":authority", "10.0.0.9:5000"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        ]
        if self._odd():
            fields.append(("trace", f"{self.rng.randrange(3)}"))
        if self._odd():
            fields.append(("grpc-encoding", self.rng.choice(["identity", "gzip"])))
        if self._odd():
            sizes = [256, 4_096]
            channel.encoders[CLIENT].header_table_size = self.rng.choice(sizes)
        block, content = channel.block(CLIENT, *fields), self._content()
        said = data(stream, content, ends=True)
        if self._odd():
            said = data(stream, content) + data(stream, b"", ends=True)
        self._say(channel, CLIENT, headers(stream, block), said)
        if self._odd():
            channel.link.send(CLIENT, reset(stream))

    def _answer(self, channel: _Channel, stream: int) -> None:
        fields = [(":status", "200"), ("content-type", "application/grpc")]
        if self._odd():
            fields.append(("server", f"{self.rng.randrange(2)}"))
        block = headers(stream, channel.block(SERVER, *fields))
        self._say(channel, SERVER, block, data(stream, self._content()))
        if self._odd():
            self._say(channel, SERVER, data(stream, message(number(5))))

    def _end(self, channel: _Channel, stream: int) -> None:
        status = self.rng.choice(["0", "5", "12"]) if self._odd() else "0"
        fields = [("grpc-status", status)]
        if status != "0" or self._odd():
            fields.append(("grpc-message", "no%20such"))
        block = channel.block(SERVER, *fields)
        self._say(channel, SERVER, headers(stream, block, ends=True))
        if self._odd():
            channel.link.send(SERVER, reset(stream, 0))

    def _content(self) -> bytes:
        """Return the message of a side, or something else."""
        said = self.said or words("a") + number(self.rng.randrange(100), 2)
        if self._odd():
            said = self.rng.choice([b"", _SECRET, _LARGE, BINARY, b"\xff\xff"])
        whole = message(said, packed=self._odd())
        if self._odd():
            whole = self.rng.choice([whole + whole, whole[:-1], b"", b"\7" + whole])
        return whole

    def _say(self, channel: _Channel, side: Side, *frames: bytes) -> None:
        """Send frames, mostly in one packet and in the usual way."""
        said, link = b"".join(frames), channel.link
        if self._odd():
            said = self.rng.choice(_SETTLING) + said
        if self._odd():
            link.send(side, self.rng.choice(_SETTLING))
        if not self._odd():
            link.send(side, said)
            return
        how = self.rng.randrange(6)
        if how == 0:
            link.send(side, said, captured=False)
        elif how == 1:
            link.split(side, said, self.rng.randrange(1, len(said)))
        elif how == 2:
            link.split(side, said, len(frames[0]))
        elif how == 3:
            link.send(side, said)
            records = self.wire.records
            records[-1], records[-2] = records[-2], records[-1]
        else:
            link.send(side, said)
            self.rng.choice([link.resend, link.copy])(link.records[-1])
