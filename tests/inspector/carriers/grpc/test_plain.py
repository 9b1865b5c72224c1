"""A packet read as one step of a call is what the talk would have made of it."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.base import Transfer
from inspector.carriers.grpc.fields import read_fields
from inspector.carriers.grpc.schemas import Schemas
from inspector.carriers.grpc.talk import GrpcTalk
from inspector.carriers.unary import ANSWERED, ASKED, ENDED, GROWTH, PlainUnit
from inspector.redaction.texts import AUTO, Redaction
from protocol import UNDEFINED, JsonText, Request, Response
from tests.inspector.carriers.grpc.written import (
    CONVERSATIONS,
    HELLO,
    asks,
    begins,
    data,
    frame,
    message,
    number,
    reset,
    trailers,
    words,
)
from tests.inspector.carriers.hopped import disturbed
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Unit

_ASKED = message(words("a"))
_ANSWERED = message(number(6))
_TURNS = [turn for turns in CONVERSATIONS.values() for turn in turns]


def _call(stream: int) -> list[tuple[int, bytes]]:
    return [
        (CLIENT, asks(stream) + data(stream, _ASKED, ends=True)),
        (SERVER, begins(stream) + data(stream, _ANSWERED)),
        (SERVER, trailers(stream)),
    ]


_BEGUN = [*HELLO, *_call(1)]


def _read_both_ways(
    turns: Iterable[tuple[int, bytes]], lost: int | None = None
) -> Counter[int]:
    """Read turns by steps where that can be, and as ever; check that both are alike.

    Returns:
        What steps there were.
    """
    usual, other = GrpcTalk(None), GrpcTalk(None)
    found: Counter[int] = Counter()
    for place, (side, said) in enumerate(turns):
        if place == lost:
            assert other.lose(side) == usual.lose(side)
            continue
        units = usual.receive(side, said, 0)
        reader = other.unary(side)
        unit = None if reader is None else reader.read(said)
        if reader is None or unit is None:
            assert other.receive(side, said, 0) == units
        else:
            reader.pass_by(unit, len(said))
            _check(unit, said, units)
            found[unit.what] += 1
        for each in (CLIENT, SERVER):
            assert other.received(each) == usual.received(each)
            assert other.buffered(each) == usual.buffered(each)
    return found


def _check(step: PlainUnit, said: bytes, units: list[Unit]) -> None:
    """Check that a step says what units do, of which there is one."""
    (unit,) = units
    assert isinstance(unit, Transfer)
    assert unit.end - unit.begin == len(said)
    packet = unit.packet
    assert packet.id == step.stream  # type: ignore[union-attr]
    if step.what == ASKED:
        assert isinstance(packet, Request)
        assert (packet.pattern, packet.metadata) == (step.pattern, UNDEFINED)
        assert packet.data == JsonText(read_fields(step.message))
        return
    assert isinstance(packet, Response)
    assert packet.err is UNDEFINED
    assert packet.is_disposed == (step.what == ENDED)
    if step.what == ANSWERED:
        assert packet.response == JsonText(read_fields(step.message))
    assert not unit.facts


def _steps(*turns: tuple[int, bytes]) -> list[int]:
    """Return what steps there are after the beginning, which was read both ways."""
    return sorted(_read_both_ways([*_BEGUN, *turns]).elements())


def test_what_was_said_before_is_read_step_by_step() -> None:
    assert not _read_both_ways(_BEGUN)
    assert _steps(*_call(3)) == [ASKED, ANSWERED, ENDED]
    turns = [turn for turns in zip(_call(3), _call(5), strict=True) for turn in turns]
    assert _read_both_ways([*_BEGUN, *turns]) == {ASKED: 2, ANSWERED: 2, ENDED: 2}


@pytest.mark.parametrize(
    "said",
    [
        asks(3) + data(3, _ASKED),
        asks(3) + data(3, _ASKED + _ASKED, ends=True),
        asks(3) + data(3, b"", ends=True),
        asks(3) + data(3, message(words("a"), packed=True), ends=True),
        asks(3) + data(5, _ASKED, ends=True),
        asks(3) + data(3, _ASKED, ends=True) + reset(3),
        asks(3, "/calc.Calculator/Other") + data(3, _ASKED, ends=True),
        asks(3, "/calc.Calculator/Sum", ("trace", "1")) + data(3, _ASKED, ends=True),
        asks(3)[:-1],
        asks(3, ends=True),
        frame(6, 0, 0, bytes(8)),
        frame(8, 0, 0, b"\0\0\0\5") + asks(3) + data(3, _ASKED, ends=True),
        asks(0) + data(0, _ASKED, ends=True),
    ],
)
def test_what_is_not_plain_is_read_as_ever(said: bytes) -> None:
    assert _steps((CLIENT, said)) == []


def test_an_answer_that_is_not_plain_is_read_as_ever() -> None:
    ask = _call(3)[0]
    for said in (
        begins(3) + data(3, _ANSWERED, ends=True),
        begins(3) + data(3, _ANSWERED) + trailers(3),
        trailers(3),
        begins(5) + data(5, _ANSWERED),
        reset(3),
    ):
        assert _steps(ask, (SERVER, said)) == [ASKED]
    assert _steps(*_call(3)[:2], (SERVER, trailers(3, 5))) == [ASKED, ANSWERED]
    assert _steps(*_call(3)[:2], _call(3)[1]) == [ASKED, ANSWERED]


def test_what_follows_a_loss_is_read_alike() -> None:
    turns = [*_BEGUN, *_call(3)[:2], *_call(5), (SERVER, data(3, b"\0\0")), *_call(7)]
    for lost in range(len(HELLO), len(turns)):
        _read_both_ways(turns, lost)


def test_where_anything_is_hidden_or_named_no_step_is_read() -> None:
    for talk in (GrpcTalk(Redaction(AUTO)), GrpcTalk(None, Schemas([]))):
        for side, said in _BEGUN:
            talk.receive(side, said, 0)
        assert talk.unary(CLIENT) is None


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 20))
def test_what_was_disturbed_is_read_alike(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 — the same every time
    calls = [_call(3 + 2 * each) for each in range(6)]
    turns = [*_BEGUN, *(turn for call in calls for turn in call)]
    rng.shuffle(_TURNS)
    turns[rng.randrange(4, len(turns)) :] += _TURNS[: rng.randrange(3)]
    _read_both_ways(disturbed(turns, seed))


@given(st.binary(max_size=60))
def test_the_text_of_a_message_does_not_grow_beyond_what_is_said(data: bytes) -> None:
    assert len(read_fields(data)) <= GROWTH * (len(data) + 1)


def test_of_fields_that_grow_most_the_text_is_as_long_as_that() -> None:
    for field in (b"\x7a\0", b"\x78\x7f", b"\x7d\1\2\3\x2c", b"\x0a\2\x0a\0"):
        assert len(read_fields(field * 40)) <= GROWTH * (len(field) * 40 + 1)
