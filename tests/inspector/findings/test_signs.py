from __future__ import annotations

from typing import Any

import pytest

from inspector.findings.habits import Habits
from inspector.findings.signs import (
    BARE,
    EXTRA,
    FAILED,
    HELD,
    JOINED,
    NEW,
    ORPHAN,
    TEXT,
    Look,
    Signs,
)
from protocol import UNDEFINED, JsonText, Response
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    failure,
    inspected,
    response,
)
from tests.inspector.scenes import NOBODY, replies


def _signs(wire: Wire, looks: Any = ()) -> list[int]:  # noqa: ANN401
    """Return the signs of the exchanges of a capture, all of whose habits are known."""
    exchanges = inspected(wire.records).exchanges
    habits = Habits()
    for exchange in exchanges:
        list(habits.learn(exchange))
    signs = Signs(habits, [Look(*look) for look in looks])
    return [signs.of(exchange) for exchange in exchanges]


def test_nearly_every_exchange_shows_none() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1", [1, 2]).answer("1", 3).emit("log", 1)

    assert _signs(wire) == [0, 0]


@pytest.mark.parametrize(
    ("reply", "signs"),
    [
        (NOBODY, FAILED | BARE | NEW),
        (response("1"), BARE | NEW),
        (Response("1", JsonText(b"3"), is_disposed=True, extra={"a": JsonText(b"1")}),
         EXTRA),
    ],
)  # fmt: skip
def test_a_reply_shows_what_is_wrong_with_it(reply: Response, signs: int) -> None:
    assert _signs(replies(reply)()) == [signs]


def test_no_reply_and_no_request_are_signs() -> None:
    wire = Wire()
    wire.join().answer("1", 2).ask("sum", "2")

    orphan, unanswered = _signs(wire)
    assert orphan == ORPHAN | NEW
    assert unanswered == FAILED | NEW


@pytest.mark.parametrize("late", ["request", "reply"])
def test_a_packet_that_waited_is_a_sign_in_either_direction(late: str) -> None:
    wire = Wire()
    call = wire.connect()
    if late == "request":
        call.emit("log", 1)
        wire.wait(41 * MILLISECOND)
        call.ack(SERVER).ask("sum", "1").answer("1", 2)
    else:
        call.emit("log", 1).ack(SERVER).ask("sum", "1")
        call.send(SERVER, response("1", 1, last=False))
        wire.wait(41 * MILLISECOND)
        call.ack(CLIENT).answer("1", 2)

    assert _signs(wire) == [0, HELD]


def test_a_pattern_that_is_not_known_is_a_sign_once() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 3).ask("sum", "2").answer("2", 3)
    first, second = inspected(wire.records).exchanges
    habits = Habits()
    signs = Signs(habits, [])

    assert signs.of(first) == NEW
    list(habits.learn(first))
    assert signs.of(second) == 0


@pytest.mark.parametrize(
    ("asked", "answered", "sign"),
    [
        (UNDEFINED, 1, 0),
        ("needle", 1, TEXT),
        (1, {"a": "needle"}, TEXT),
        ("x" * 2 * JOINED, "needle", TEXT),
        ("needle" + "x" * 2 * JOINED, 1, TEXT),
        (["needle"] * JOINED, ["straw"] * JOINED, TEXT),
        (["straw"] * JOINED, ["straw"] * JOINED, 0),
    ],
)
def test_a_look_is_given_to_every_payload(
    asked: object, answered: object, sign: int
) -> None:
    wire = Wire()
    wire.connect().ask("find", "1", asked).answer("1", answered)

    assert _signs(wire, [(6, lambda text: "needle" in text)]) == [sign]


def test_a_look_is_spared_texts_that_are_too_short_for_it() -> None:
    wire = Wire()
    looked: list[str] = []
    wire.connect().ask("find", "1", "x" * 50).answer("1", "y" * (JOINED + 50))
    _signs(wire, [(JOINED, looked.append), (100, lambda _: False)])

    assert [text[1] for text in looked] == ["y"]


def test_each_sign_is_one_bit_of_its_own() -> None:
    signs = [HELD, TEXT, FAILED, ORPHAN, EXTRA, BARE, NEW]

    assert signs == [1 << place for place in range(len(signs))]
    assert JOINED == 1_000


def test_signs_add_up() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    wire.wait(41 * MILLISECOND)
    call.ack(SERVER).ask("sum", "1").send(SERVER, failure("1", "no"))

    assert _signs(wire) == [0, HELD | FAILED | BARE | NEW]


def test_what_has_no_long_string_is_for_none_where_keys_are_numbers() -> None:
    looks = [
        Look(1_000, lambda _: True, (), 900),
        Look(10, lambda _: True, ("token",)),
    ]
    assert (signs := Signs(Habits(), looks)).long == 900
    assert signs.vast > signs.large == 1_000
    other = Signs(Habits(), [*looks, Look(50, lambda _: True)])
    assert (other.large, other.long, other.vast) == (50, 900, 50)
