from __future__ import annotations

from random import Random

import pytest

from inspector.carriers.grpc.fields import read_fields
from inspector.carriers.grpc.shapes import shape_of
from protocol import loads
from tests.inspector.carriers.grpc.written import number, words

_SECRETS = 10_000


def test_fields_remain_without_what_is_in_them() -> None:
    said = words("hunter2", 2) + b"\x18\xac\x02" + b"\x25\x00\x00\x40\x40" + number(0)
    shape = shape_of(said + b"\x29" + bytes(range(8)))
    assert shape is not None
    assert len(shape) == len(said) + 9
    assert loads(read_fields(shape)) == {"1": 0, "2": "x" * 7, "3": 0, "4": 0, "5": 0}
    assert shape_of(b"") == b""


@pytest.mark.parametrize(
    "data",
    [
        b"(1(2(3",  # text
        b'{"password":"hunter2"}',
        b"\x0a\x05abc",  # a length that is not there
        b"\x00\x01",  # field 0
        b"\x0b\x01\x0c",  # a group
        b"\x08" + b"\xff" * 11 + b"\x01",
        b"\x88\x80\x80\x80\x80\x00\x01",  # a key of six bytes
        b"\x0a\x83\x80\x80\x80\x80\x00abc",  # a length of six
        b"\x08",
        b"\x80",
        b"\x08\x00" * 65_537,
    ],
)
def test_of_what_may_be_no_message_there_is_no_shape(data: bytes) -> None:
    assert shape_of(data) is None


def test_ten_thousand_secrets_leave_nothing_of_themselves() -> None:
    random = Random(1)  # noqa: S311 — of values
    seen = 0
    for _ in range(_SECRETS // 5):
        plan = [_plan(random, 3) for _ in range(5)]
        one, other = (
            b"".join(_planted(each, secret) for each in plan) for secret in (1, 2)
        )
        assert one != other
        shape = shape_of(one)
        assert shape == shape_of(other)
        assert shape is not None
        seen += len(plan)
    assert seen == _SECRETS


_Plan = tuple[int, int, int, "list[_Plan]"]


def _plan(random: Random, depth: int) -> _Plan:
    """Return where a secret is: a field, its kind, a seed, and messages around it."""
    inner = [_plan(random, depth - 1)] if depth and random.random() < 0.4 else []
    kind = 2 if inner else random.choice((0, 1, 2, 5, 3))
    return random.randrange(1, 2_000), kind, random.randrange(1 << 30), inner


def _planted(plan: _Plan, secret: int) -> bytes:
    """Return a field with a secret of its own in it, as long as that of any other."""
    field, kind, seed, inner = plan
    random = Random(seed * 3 + secret)  # noqa: S311 — likewise
    size = Random(seed).randrange(4, 40)  # noqa: S311
    wire = 2 if kind == 3 else kind
    head = _varint(field << 3 | wire)
    if inner:
        value = _planted(inner[0], secret)
        return head + _varint(len(value)) + value
    if kind == 0:
        return head + _varint(random.randrange(1 << 28, 1 << 35))
    if kind in {1, 5}:
        return head + random.randbytes(8 if kind == 1 else 4)
    text = random.randbytes(size)
    if kind == 3:  # printable
        text = bytes(33 + byte % 90 for byte in text)
    return head + _varint(len(text)) + text


def _varint(value: int) -> bytes:
    said = bytearray()
    while value >= 0x80:
        said.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*said, value])
