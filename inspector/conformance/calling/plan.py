"""The steps of a client's card, in the order in which it is asked to take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.card import Check
from protocol import NO_MESSAGE_HANDLER, dumps, encode_frame

from .steps import (
    LOST,
    Call,
    Close,
    Step,
    Write,
    at_once,
    failed,
    in_pieces,
    last,
    reply,
    values,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol import Json

    from .steps import Action, Script

_BYTE_PAUSE_S = 0.0005
_PAUSE_S = 0.03
_MANY = 50
_LARGE = "é" + "x" * (96 << 10)  # more than one read of most programs
_BMP, _ASTRAL = "é求和", "😀 and 😀"
_ERROR: dict[str, Json] = {"status": "error", "message": "as planned"}
_FALSY: list[Json] = [0, False, "", [], {}]
_NUMBERS: list[Json] = [-1, 0.1, 1.5e300, 2**53 - 1]
_NESTED: Json = {"a": [1, [2, {"b": None}]], "quotes": '" \\ / \n \u2028', "": "#"}
_UNIT = "counts UTF-16 code units, as JavaScript's strings do"
_BY_ID = "looks up the id of each reply, exactly"


def _one(  # noqa: PLR0913, PLR0917 — a table reads best so
    name: str,
    claim: str,
    passage: str,
    nest: str,
    script: Script,
    expected: dict[str, Json] | str,
) -> Step:
    """Return the step of one call."""
    return Step(Check(name, claim, passage, nest), [Call()], script, [expected])


def _echo(name: str, claim: str, passage: str, nest: str, *data: Json) -> Step:
    """Return the step of calls whose payloads come back, as the client wrote them.

    The client that writes a payload wrong is found out by what we read; so what comes
    back is what was planned.
    """
    calls = [Call(each) for each in data]
    expected = [values(each) for each in data]

    def script(ids: Sequence[Json]) -> list[Action]:
        pairs = zip(ids, data, strict=True)
        return [Write([(at, last(*each))]) for at, each in enumerate(pairs)]

    return Step(Check(name, claim, passage, nest), calls, script, expected)


def _chunk(ids: Sequence[Json]) -> list[Action]:
    return [Write([(at, last(each, at)) for at, each in enumerate(ids)])]


def _reverse(ids: Sequence[Json]) -> list[Action]:
    return [Write([(at, last(ids[at], at))]) for at in reversed(range(len(ids)))]


def _interleaved(ids: Sequence[Json]) -> list[Action]:
    rounds = [
        Write([(at, reply(each, response=[at, number])) for at, each in enumerate(ids)])
        for number in range(2)
    ]
    ends = Write([(at, reply(each, isDisposed=True)) for at, each in enumerate(ids)])
    return [*rounds, ends]


def _every_byte(ids: Sequence[Json]) -> list[Action]:
    frame = last(ids[0], "byte by byte")
    return in_pieces([frame[at : at + 1] for at in range(len(frame))], _BYTE_PAUSE_S)


def _in_character(ids: Sequence[Json]) -> list[Action]:
    frame = last(ids[0], _ASTRAL)
    place = frame.index("😀".encode()) + 2
    return in_pieces([frame[:place], frame[place:]], _PAUSE_S)


def _in_length(ids: Sequence[Json]) -> list[Action]:
    frame = last(ids[0], "in two")
    return in_pieces([frame[:1], frame[1:]], _PAUSE_S)


def _frame_and_a_half(ids: Sequence[Json]) -> list[Action]:
    first, second = reply(ids[0], response=1), last(ids[0], 2)
    return in_pieces([first + second[:9], second[9:]], _PAUSE_S)


def _other_order(ids: Sequence[Json]) -> list[Action]:
    packet = {"id": ids[0], "isDisposed": True, "response": "reversed"}
    return at_once([encode_frame(dumps(packet))])


def _spaced(ids: Sequence[Json]) -> list[Action]:
    body = b'\n{ "response" : "spaced",\t"isDisposed": true, "id" : %b }\r\n'
    return at_once([encode_frame(body % dumps(ids[0]))])


def _unknown_ids(ids: Sequence[Json]) -> list[Action]:
    own = ids[0]
    others: list[Json] = ["nobody's", 0]
    if isinstance(own, str):
        others += [own[:-1], f"{own}0", own.upper() if own.upper() != own else ""]
    foreign = [last(each, "wrong") for each in others]
    return at_once([*foreign, last(own, "right")])


def _steps_of_replies() -> list[Step]:
    return [
        _one(
            "value", "Takes a value and the end of the call in one packet",
            "5-replies", "gives the value, and completes",
            lambda ids: at_once([last(ids[0], "one")]), values("one"),
        ),
        _one(
            "end-apart", "Takes the end of a call in a packet of its own",
            "5-replies", "gives the value at once, and completes with the end",
            lambda ids: [
                Write([(0, reply(ids[0], response=1))], _PAUSE_S),
                Write([(0, reply(ids[0], isDisposed=True))]),
            ], values(1),
        ),
        _one(
            "no-value", "Takes a call that ends without a value",
            "5-replies", "completes without a value",
            lambda ids: at_once([reply(ids[0], isDisposed=True)]), values(),
        ),
        _one(
            "null-value", "Takes null for a value",
            "5-replies", "gives null, which is not the same as no value",
            lambda ids: at_once([last(ids[0], None)]), values(None),
        ),
        _one(
            "stream", "Takes the values of a stream, the end with the last",
            "5-replies", "gives each value, in order",
            lambda ids: at_once(
                [reply(ids[0], response=1), reply(ids[0], response=2), last(ids[0], 3)]
            ), values(1, 2, 3),
        ),
    ]  # fmt: skip


def _steps_of_ends() -> list[Step]:
    return [
        _one(
            "is-disposed-false", "Goes on after isDisposed: false",
            "5-replies", "ends a call only when isDisposed is truthy",
            lambda ids: at_once(
                [reply(ids[0], response=1, isDisposed=False), last(ids[0], 2)]
            ), values(1, 2),
        ),
        _one(
            "after-the-end", "Passes over replies to a call that has ended",
            "5-replies", "forgets the id when the call ends",
            lambda ids: at_once([last(ids[0], 1), last(ids[0], 2)]), values(1),
        ),
        Step(
            Check(
                "streams-together", "Takes two streams at once on one connection",
                "5-replies", _BY_ID,
            ),
            [Call(1), Call(2)], _interleaved,
            [values([0, 0], [0, 1]), values([1, 0], [1, 1])],
        ),
        Step(
            Check(
                "out-of-order", "Takes replies in another order than its requests",
                "5-replies", _BY_ID,
            ),
            [Call(1), Call(2), Call(3)], _reverse, [values(0), values(1), values(2)],
        ),
    ]  # fmt: skip


def _steps_of_packets() -> list[Step]:
    return [
        _one(
            "unknown-id", "Passes over replies with an id that it did not send",
            "3-packets", f"{_BY_ID}, and ignores others", _unknown_ids, values("right"),
        ),
        _one(
            "push-without-id", "Passes over packets without an id",
            "3-packets", "ignores it",
            lambda ids: at_once(
                [encode_frame(b'{"custom":"push"}'), last(ids[0], "right")]
            ), values("right"),
        ),
        _one(
            "reply-key-order", "Reads a reply whose keys come in another order",
            "3-packets", "reads members by name", _other_order, values("reversed"),
        ),
        _one(
            "reply-white-space", "Reads a reply with white space around its tokens",
            "3-packets", "reads any JSON text", _spaced, values("spaced"),
        ),
    ]  # fmt: skip


def _steps_of_framing() -> list[Step]:
    return [
        _one(
            "reply-length-bmp", "Reads a length that counts é and 求 as one unit each",
            "the-unit", _UNIT, lambda ids: at_once([last(ids[0], _BMP)]), values(_BMP),
        ),
        _one(
            "reply-length-astral", "Reads a length that counts an emoji as two units",
            "the-unit", _UNIT,
            lambda ids: at_once([last(ids[0], _ASTRAL)]), values(_ASTRAL),
        ),
        _one(
            "cut-at-every-byte", "Reads a frame whose bytes come one by one",
            "reading", "keeps bytes until a body is complete",
            _every_byte, values("byte by byte"),
        ),
        _one(
            "cut-in-length", "Reads a length whose digits come in two pieces",
            "reading", "keeps digits until # comes", _in_length, values("in two"),
        ),
        _one(
            "cut-in-character", "Reads a character whose bytes come in two pieces",
            "reading", "decodes UTF-8 across chunks", _in_character, values(_ASTRAL),
        ),
    ]  # fmt: skip


def _steps_of_many_frames() -> list[Step]:
    return [
        _one(
            "frame-and-a-half", "Reads a frame and the beginning of another in a chunk",
            "reading", "keeps what follows a complete frame",
            _frame_and_a_half, values(1, 2),
        ),
        _one(
            "reply-hash-in-body", "Reads a body that holds # and digits",
            "reading", "takes only the first # for the delimiter",
            lambda ids: at_once([last(ids[0], '3#{"}#12#')]), values('3#{"}#12#'),
        ),
        Step(
            Check(
                "many-at-once", f"Takes {_MANY} replies that come in one chunk",
                "reading", "reads all frames of a chunk",
            ),
            [Call(each + 1) for each in range(_MANY)], _chunk,
            [values(each) for each in range(_MANY)],
        ),
        _one(
            "large-reply", "Reads a reply of 96 KiB, and writes as much",
            "8-limits", "buffers up to 134,217,728 code units",
            lambda ids: at_once([last(ids[0], _LARGE)]), values(_LARGE),
        ),
    ]  # fmt: skip


def _steps_of_errors() -> list[Step]:
    def error(value: Json, **more: Json) -> Script:
        return lambda ids: at_once([reply(ids[0], err=value, **more)])

    return [
        _one(
            "error-object", "Takes err, an object, for the error of the call",
            "6-errors", "ends the call with err itself as the error",
            error(_ERROR, isDisposed=True), failed(_ERROR),
        ),
        _one(
            "error-text", "Takes err, a string, for the error of the call",
            "6-errors", "ends the call with err itself as the error",
            error("text", isDisposed=True), failed("text"),
        ),
        _one(
            "no-handler", "Ends a call with err that has no isDisposed",
            "3-packets", "ends a call when err is truthy",
            error(NO_MESSAGE_HANDLER, status="error"), failed(NO_MESSAGE_HANDLER),
        ),
        _one(
            "error-after-values", "Takes an error after values of a stream",
            "6-errors", "gives the values, then the error",
            lambda ids: at_once(
                [reply(ids[0], response=1), reply(ids[0], err="late", isDisposed=True)]
            ), failed("late", 1),
        ),
        _one(
            "error-wins", "Takes a reply with err and response for an error",
            "5-replies", "looks at err first",
            error("first", response=1, isDisposed=True), failed("first"),
        ),
        _one(
            "falsy-err", "Takes err: null for no error",
            "5-replies", "takes only a truthy err for one",
            error(None, response=1, isDisposed=True), values(1),
        ),
    ]  # fmt: skip


def _steps_of_losses() -> list[Step]:
    return [
        _one(
            "connection-lost", "Fails pending calls when the connection is closed",
            "7-lifecycle", "fails each with “Connection closed”, and connects again",
            lambda _: [Close()], LOST,
        ),
        _one(
            "corrupt-reply", "Fails pending calls when a length is not a number",
            "after-an-error", "closes the connection, and fails each",
            lambda _: [Write([(0, b"abc#{}")], _PAUSE_S)], LOST,
        ),
    ]  # fmt: skip


def _steps_of_requests() -> list[Step]:
    return [
        _echo(
            "data-falsy", "Sends 0, false and an empty string, list and object as data",
            "3-packets", "sends each as it is", *_FALSY,
        ),
        _echo(
            "data-numbers", "Sends fractions, exponents and integers up to 2^53 - 1",
            "3-packets", "writes numbers as JSON.stringify does", *_NUMBERS,
        ),
        _echo(
            "data-nested", "Sends nested objects and escaped characters as data",
            "3-packets", "writes JSON", _NESTED,
        ),
        _echo(
            "length-bmp", "Writes a length that counts é and 求 as one unit each",
            "the-unit", _UNIT, _BMP,
        ),
        _echo(
            "length-astral", "Writes a length that counts an emoji as two units",
            "the-unit", _UNIT, _ASTRAL,
        ),
        Step(
            Check(
                "pattern-object", "Sends an object as a pattern",
                "4-patterns", "sends the object, or its route as a string",
            ),
            [Call(1, {"of": "conformance", "cmd": {"b": 2, "a": "1"}})],
            _chunk, [values(0)],
        ),
        Step(
            Check(
                "event", "Sends an event, without an id", "3-packets",
                "sends pattern and data alone, and waits for nothing",
            ),
            [Call("event", kind="emit")], lambda _: [], [values()],
        ),
    ]  # fmt: skip


STEPS = [
    *_steps_of_replies(),
    *_steps_of_ends(),
    *_steps_of_packets(),
    *_steps_of_framing(),
    *_steps_of_many_frames(),
    *_steps_of_requests(),
    *_steps_of_errors(),
    *_steps_of_losses(),
]
"""In the order of the plan: what ends connections comes last."""
