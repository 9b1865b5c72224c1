"""Byte streams as nobody should send them, each made from a seed.

A stream is frames (right ones, and ones whose length, unit, text or JSON is wrong),
what stands between them, damage, and the cuts that TCP makes. It often ends in probes,
chunks of their own, which show what a reader lost in the errors before them.
"""

from __future__ import annotations

import base64
import itertools
import random
from dataclasses import dataclass

from protocol import count_units
from tests.differential.values import json_text

_BLANKS = " \t\n\v\f\r\u00a0\u1680\u2003\u2028\u3000\ufeff\u0085\u180e\u200b\x00\x1c"
_TAILS = ["abc", " ", ".7", "e3", "-", "_4", ",4", "\n9", "n", "\ufeff", "\u00e9", "😀"]
_ODD_LENGTHS = [
    "0x18", "0o30", "0b1", "1e3", "Infinity", "NaN", "null", "-5", "-0", "0", "00",
    "-", "+", "+-5", "-+5", "++5", '"24"', "٢٤", "２４", "abc", ";4", "1٢", "5５", "-1",
    "99999999999999999999", "2147483648", "4294967296", "9007199254740993", ".5", "5.9",
    "1e400",
]  # fmt: skip
_BETWEEN = [b"\n", b"\r\n", b"\xef\xbb\xbf", b" ", b"\x00", b"#", b"x", b"}", b"\xf0"]
_ILL_FORMED = [
    b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xed\xb8\x80", b"\xf0\x9f\x98",
    b"\xf0\x9f", b"\xf0", b"\xe6\xb1", b"\xe6", b"\xc3", b"\x80", b"\xbf\xbf",
    b"\xf5\x80\x80\x80", b"\xd1\xd4",
    b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",
    b"\xc3\xc3\xa9", b"\xf0\x9f\x98\xc3\xa9", b"\xe6\xf0\x9f\x98\x80", b"\xfe", b"\xc1",
]  # fmt: skip
_TINY = [b"2#{}", b"1#5", b"4#null", b"2#[]", b'3#"a"']
_PROBES = [b'7#{"a":1}', b"2#{}", b"1#5", '3#"é"'.encode(), b'2#""2#[]']
_MOST_TINY = 3000  # frames of one chunk


@dataclass(frozen=True)
class Stream:
    """The chunks of one direction, and the limit of who reads them.

    Attributes:
        chunks: The bytes of each read.
        limit: Code units that the reader buffers; None for its default.
    """

    chunks: tuple[bytes, ...]
    limit: int | None = None

    def question(self) -> dict[str, object]:
        """Return the stream as ``nest/oracle.mjs`` wants it."""
        chunks = [base64.b64encode(chunk).decode() for chunk in self.chunks]
        return {"chunks": chunks, "limit": self.limit}


def make_stream(seed: str) -> Stream:
    """Return the stream of a seed."""
    chance = random.Random(seed)  # noqa: S311 — no secret
    data = _tiny_frames(chance) if chance.random() < 0.004 else _frames(chance)
    if chance.random() < 0.15:
        data = _damaged(chance, data)
    chunks = _cut(chance, data)
    if chance.random() < 0.5:
        chunks += chance.choices(_PROBES, k=3)
    limit = chance.choice([0, 1, 5, 20, 30, 60, 200]) if chance.random() < 0.2 else None
    return Stream(tuple(chunks), limit)


def _tiny_frames(chance: random.Random) -> bytes:
    return b"".join(chance.choices(_TINY, k=chance.randrange(500, _MOST_TINY)))


def _frames(chance: random.Random) -> bytes:
    data = b""
    for _ in range(chance.randint(1, 5)):
        data += _frame(chance)
        if chance.random() < 0.06:
            data += chance.choice(_BETWEEN)
    return data


def _frame(chance: random.Random) -> bytes:
    body = json_text(chance)
    kind = chance.random()
    if kind < 0.08:
        body = _ill_formed(chance, body)
    elif kind < 0.11:
        body += chance.choice(_ILL_FORMED)
    return _header(chance, body).encode() + b"#" + body


def _header(chance: random.Random, body: bytes) -> str:
    units = count_units(body)
    if chance.random() < 0.72:
        return str(units)
    code_points = len(body.decode("utf-8", "replace"))
    return chance.choice([
        str(len(body)),
        str(code_points),
        str(units + chance.choice([-2, -1, 1, 2, 40])),
        "".join(chance.choices(_BLANKS, k=chance.randint(1, 3))) + str(units),
        chance.choice(["+", "0", "000", "-", "+0"]) + str(units),
        str(units) + chance.choice(_TAILS),
        chance.choice(_ODD_LENGTHS),
        "",
        str(units) * chance.choice([2, 10, 150]),
    ])  # fmt: skip


def _ill_formed(chance: random.Random, body: bytes) -> bytes:
    """Return the body with bytes in it that are not UTF-8, mostly inside a string."""
    place = body.find(b'"') + 1 or chance.randint(0, len(body))
    return body[:place] + chance.choice(_ILL_FORMED) + body[place:]


def _damaged(chance: random.Random, data: bytes) -> bytes:
    """Change, remove or add a few bytes anywhere."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(damaged) + 1)
        wrong = chance.choice([b"", b"#", b"\x00", bytes([chance.randrange(256)])])
        damaged[place : place + chance.randint(0, 2)] = wrong
    return bytes(damaged)


def _cut(chance: random.Random, data: bytes) -> list[bytes]:
    """Cut as TCP may: not at all, at every byte, or anywhere."""
    style = chance.random()
    if style < 0.25:
        return [data]
    if style < 0.35 and len(data) < 2000:
        return [data[i : i + 1] for i in range(len(data))]
    count = min(chance.randint(1, 6), len(data))
    cuts = [0, *sorted(chance.choices(range(len(data) + 1), k=count)), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(cuts)]


def smaller_streams(stream: Stream) -> list[Stream]:
    """Return what is left without a chunk, without a cut, without a piece."""
    chunks = stream.chunks
    numbers = range(len(chunks))
    without = [chunks[:i] + chunks[i + 1 :] for i in numbers]
    joined = [
        (*chunks[:i], chunks[i] + chunks[i + 1], *chunks[i + 2 :]) for i in numbers[:-1]
    ]
    shorter = [
        (*chunks[:i], chunk[:start] + chunk[end:], *chunks[i + 1 :])
        for i, chunk in enumerate(chunks)
        for start, end in _pieces(len(chunk))
    ]
    return [Stream(less, stream.limit) for less in [*without, *joined, *shorter]]


def _pieces(size: int) -> list[tuple[int, int]]:
    """Return the halves of something, its quarters, and so on, to single bytes."""
    pieces: list[tuple[int, int]] = []
    step = size // 2
    while step and len(pieces) < 100:
        pieces += [(start, start + step) for start in range(0, size, step)]
        step //= 2
    return pieces
