"""Of plain exchanges no exchange is made, and of all others one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.generate_capture import generate, generate_objects
from protocol import JsonText, Response
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Conversation,
    Wire,
    failure,
    request,
    response,
)
from tests.inspector.ways import check_ways, counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_WARM = 40
"""Calls after which nothing is new about a pattern; the first is the slowest."""


def _warmed() -> tuple[Wire, Conversation]:
    """Return a connection where calls of ``sum`` are plain, and events of ``log``."""
    wire = Wire()
    call = wire.connect()
    for number in range(_WARM):
        call.ask("sum", f"warm-{number}", [1])
        wire.wait(MILLISECOND if number else 20 * MILLISECOND)
        call.answer(f"warm-{number}", 2)
        call.emit("log", number)
    return wire, call


def _made(wire: Wire) -> int:
    """Return how many exchanges were made, and check that all ways say the same."""
    capture = pcap_bytes(wire.records)
    check_ways(capture)
    return counted(capture)["made"]


@pytest.mark.parametrize("write", [generate, generate_objects])
def test_nearly_all_of_an_ordinary_capture_is_figures(
    tmp_path: Path, write: Callable[[Path, int], None]
) -> None:
    write(tmp_path / "plain.pcap", 20_000)
    found = counted(tmp_path / "plain.pcap")

    assert found["all"] == 20_000
    assert found["made"] < 2_500  # the first of each pattern on each connection


def test_a_plain_call_and_a_plain_event_are_figures() -> None:
    wire, call = _warmed()
    before = _made(wire)
    call.ask("sum", "plain", [1]).answer("plain", 2).emit("log", "plain")

    assert _made(wire) == before


def _fail(call: Conversation) -> None:
    call.ask("sum", "x", [1]).send(SERVER, failure("x", "no"))


def _stream(call: Conversation) -> None:
    call.ask("sum", "x", [1]).send(SERVER, response("x", 1, last=False))
    call.answer("x", 2)


def _lose_the_reply(call: Conversation) -> None:
    call.ask("sum", "x", [1])


def _tell_a_secret(call: Conversation) -> None:
    call.ask("sum", "x", {"PassWord": "x"}).answer("x", 2)


def _answer_with_a_secret(call: Conversation) -> None:
    call.ask("sum", "x", [1]).answer("x", {"accessToken": "x"})


def _answer_without_a_value(call: Conversation) -> None:
    call.ask("sum", "x", [1]).send(SERVER, response("x"))


def _answer_with_more(call: Conversation) -> None:
    extra = {"trace": JsonText(b"1")}
    reply = Response("x", JsonText(b"3"), is_disposed=True, extra=extra)
    call.ask("sum", "x", [1]).send(SERVER, reply)


def _use_an_id_twice(call: Conversation) -> None:
    call.ask("sum", "x", [1]).ask("sum", "x", [1]).answer("x", 2).answer("x", 2)


def _answer_twice(call: Conversation) -> None:
    call.ask("sum", "x", [1]).answer("x", 2).answer("x", 2)


def _number_the_id(call: Conversation) -> None:
    call.ask("sum", 7, [1]).answer(7, 2)


def _emit_a_call(call: Conversation) -> None:
    call.emit("sum", [1])


def _ask_for_something_new(call: Conversation) -> None:
    call.ask("new", "x", [1]).answer("x", 2)


def _carry_much(call: Conversation) -> None:
    call.ask("sum", "x", ["x" * 700]).answer("x", "y" * 700)


def _bloat_the_request_beside_a_longer_reply(call: Conversation) -> None:
    binary = "".join(chr(65 + place * 7 % 26) + str(place % 10) for place in range(600))
    call.ask("sum", "x", [binary]).answer("x", "plain text " * 120)


@pytest.mark.parametrize(
    ("disturb", "more"),
    [
        (_fail, 1),
        (_stream, 1),
        (_lose_the_reply, 1),
        (_tell_a_secret, 1),
        (_answer_with_a_secret, 1),
        (_answer_without_a_value, 1),
        (_answer_with_more, 1),
        (_use_an_id_twice, 2),
        (_number_the_id, 1),
        (_emit_a_call, 1),
        (_bloat_the_request_beside_a_longer_reply, 1),
        (_ask_for_something_new, 1),
    ],
    ids=lambda each: each.__name__[1:] if callable(each) else "",
)
def test_what_is_not_plain_is_an_exchange_and_what_follows_is_plain_again(
    disturb: Callable[[Conversation], None], more: int
) -> None:
    wire, call = _warmed()
    before = _made(wire)
    call.ask("sum", "beside", [1])  # which waits while the other goes its way
    disturb(call)
    call.answer("beside", 2)
    made = _made(wire)
    call.ask("sum", "after", [1]).answer("after", 2)

    assert before + more <= made <= before + more + 1  # that beside it, if it had to
    assert _made(wire) == made


@pytest.mark.parametrize("disturb", [_answer_twice, _carry_much])
def test_what_is_plain_but_for_what_surrounds_it_is_told_alike(
    disturb: Callable[[Conversation], None],
) -> None:
    wire, call = _warmed()
    disturb(call)
    call.ask("sum", "after", [1]).answer("after", 2)

    _made(wire)


def test_a_call_that_takes_longer_than_any_before_is_an_exchange() -> None:
    wire, call = _warmed()
    before = _made(wire)
    call.ask("sum", "slow", [1])
    wire.wait(60 * MILLISECOND)
    call.answer("slow", 2)

    assert _made(wire) == before + 1


def test_calls_that_wait_when_bytes_are_missing_are_in_doubt() -> None:
    wire, call = _warmed()
    call.ask("sum", "a", [1]).ask("sum", "b", [1])
    call.send(CLIENT, request("sum", "lost", [1]), captured=False)
    call.ask("sum", "c", [1]).answer("a", 2).answer("b", 2).answer("c", 2)

    _made(wire)


def test_frames_that_travel_together_are_exchanges() -> None:
    wire, call = _warmed()
    call.send(CLIENT, request("sum", "a", [1]), request("sum", "b", [1]))
    call.answer("a", 2).answer("b", 2)

    _made(wire)
