r"""Pigeon post: packets of Nest as lines, the carrier that docs/carriers.md explains.

::

    pigeon 1 ring 4711         who begins a connection, once; its ring is a secret
    perch 1                    … and who is there
    ask 7 sum [1,2]            a request: id, pattern, data
    say 7 3                    its reply
    tell log "hello"           an event
    heard 7                    the request, or its reply, has come: an errand
    ping                       a sign of life: idle
"""

from __future__ import annotations

import re

from inspector.carriers.base import (
    Concealment,
    Cost,
    Errand,
    Express,
    Idle,
    Recognition,
    Skipped,
    Span,
    Taken,
    Talk,
    Transfer,
    Trouble,
    Unit,
    Verdict,
)
from protocol import Event, JsonText, Packet, Request, Response, loads

LONGEST = 1 << 20
"""Bytes after which a line is not waited for any longer."""
_GREETINGS = (b"pigeon ", b"perch ")
_RING = re.compile(rb"pigeon \d+ ring (.+)", re.DOTALL)
_LINE = re.compile(rb"(ask (\d+) (\S+) |say (\d+) |tell (\S+) )(.+)", re.DOTALL)
_HEARD = re.compile(rb"heard (\d+)")
_BEGINNING = re.compile(rb"(?:ask \d+ \S+ |say \d+ |tell \S+ )")


class PigeonTalk:
    """What both sides of one connection say, line by line."""

    plain = 0

    def __init__(self, conceal: Concealment | None) -> None:
        self.client: int | None = None
        self._conceal = conceal
        self._kept = [bytearray(), bytearray()]  # of lines that are not complete
        self._received = [0, 0]

    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        """Return a unit for each line that is complete now."""
        kept = self._kept[side]
        searched = len(kept)
        kept += data
        self._received[side] += len(data)
        units: list[Unit] = []
        begin = self._received[side] - len(kept)
        while (end := kept.find(b"\n", searched)) >= 0:
            units.append(self._read(side, begin, bytes(kept[:end])))
            del kept[: end + 1]
            begin, searched = begin + end + 1, 0
        if len(kept) > LONGEST:
            units += self.lose(side)
        return units

    def _read(self, side: int, begin: int, line: bytes) -> Unit:
        end = begin + len(line) + 1
        text = line + b"\n"
        if line == b"ping" or line.startswith(_GREETINGS):
            verb = line.split(b" ", 1)[0].decode()
            ring = _RING.fullmatch(line)
            secret = (Span(begin + ring.start(1), end - 1),) if ring else ()
            return Idle(
                side=side,
                begin=begin,
                end=end,
                secret=secret,
                verb=verb,
                text=text,
            )
        if heard := _HEARD.fullmatch(line):
            about = (int(heard[1]),)
            return Errand(
                side=side, begin=begin, end=end, verb="heard", about=about, text=text
            )
        if found := _LINE.fullmatch(line):
            try:
                return self._transfer(side, begin, end, found)
            except ValueError as error:
                return self._trouble(side, begin, end, f"its message is {error}")
        return self._trouble(side, begin, end, f"it begins with '{_word(line)}'")

    def _transfer(
        self, side: int, begin: int, end: int, found: re.Match[bytes]
    ) -> Transfer:
        original = found[6]
        loads(original)
        key = b"response" if found[4] else b"data"
        body = original
        if self._conceal is not None:  # which looks at the packets that Nest writes
            head = b'{"%b":' % key
            body = self._conceal.body(head + original + b"}")[len(head) : -1]
        packet: Packet
        if found[2]:
            packet = Request(found[3].decode(), int(found[2]), JsonText(body))
        elif found[4]:
            packet = Response(int(found[4]), JsonText(body), is_disposed=True)
        else:
            packet = Event(found[5].decode(), JsonText(body))
        if self.client is None:
            self.client = 1 - side if found[4] else side
        return Transfer(
            side=side,
            begin=begin,
            end=end,
            packet=packet,
            body=body,
            body_begin=begin + found.start(6),
            original=None if body == original else original,
        )

    def _trouble(self, side: int, begin: int, end: int, detail: str) -> Trouble:
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(
            side=side, begin=begin, end=end, code="smudged", detail=detail, framed=True
        )

    def lose(self, side: int) -> list[Unit]:
        """Give up the line that is not complete."""
        end = self._received[side]
        begin = end - len(self._kept[side])
        self._kept[side].clear()
        return [Skipped(side=side, begin=begin, end=end)] if begin < end else []

    def received(self, side: int) -> int:
        return self._received[side]

    def buffered(self, side: int) -> int:
        return len(self._kept[side])

    def begun(self, side: int) -> int:
        return len(self._kept[side])

    def finish(self, side: int, time_ns: int, cause: str) -> list[Unit]:
        return []

    def express(self, side: int) -> Express | None:
        return None


class Pigeon:
    """Lines on a connection between who asks and who answers."""

    name = "pigeon"
    title = "Pigeon"
    brokered = False
    queued = False
    reach = 256

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        for greeting in _GREETINGS:
            if beginning.startswith(greeting):
                return Recognition(asks=greeting == _GREETINGS[0])
            if greeting.startswith(beginning):
                return Verdict.UNDECIDED
        return Verdict.OTHER

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        begin = 0 if boundary else middle.find(b"\n") + 1
        while boundary or begin:
            if found := _BEGINNING.match(middle, begin):
                return Recognition(begin, asks=not found[0].startswith(b"say "))
            begin, boundary = middle.find(b"\n", begin) + 1, False
        return None

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        return PigeonTalk(conceal)

    def cost(self, taken: Taken) -> Cost | None:
        if taken.kind == "message":
            heard = len(taken.errands)
            return Cost(2 + heard, "ask, say" + ", heard" * heard)
        return Cost(1, "tell") if taken.kind == "event" else None

    def explain(self, unit: Unit) -> str:
        if isinstance(unit, Errand):
            return f"{unit.verb} {unit.about[0]}"
        return unit.verb if isinstance(unit, Idle) else ""

    def measure(self, transfer: Transfer) -> str:
        return ""


def _word(line: bytes) -> str:
    return line.split(b" ", 1)[0][:20].decode("utf-8", "replace")


carrier = Pigeon()
