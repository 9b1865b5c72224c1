"""What callers observe is the same, whichever side is Python and whichever Nest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.interop.application import PATTERNS
from tests.interop.pairs import Theirs

if TYPE_CHECKING:
    from protocol import Json
    from tests.interop.pairs import Notes, Pair

_MASKED = {"status": "error", "message": "Internal server error"}
_NO_HANDLER = "There is no matching message handler defined in the remote service."

_DATA: list[Json] = [
    "😀",
    "求和1111 é #12#{} \u2028 \x00 \x7f 𝒳",
    {"😀": ["🧨", {"é": "\U0010ffff"}]},
    ["\ud83d", "\ude00", "\ude00\ud83d"],
    "",
    0,
    False,
    True,
    [],
    {},
    [None, [None]],
    -0.5,
    1e21,
    2**53,
    5e-324,
    [[[[[[[[[[]]]]]]]]]],
]
_VALUES: dict[str, Notes] = {
    "undef": [["end"]],
    "null": [["value", None], ["end"]],
    "zero": [["value", 0], ["end"]],
    "false": [["value", False], ["end"]],
    "empty": [["value", ""], ["end"]],
    "lone": [["value", "\ud83d"], ["end"]],
    "object": [["value", {"b": 1}], ["end"]],
}
_ERRORS: dict[str, Json] = {
    "text": {"status": "error", "message": "boom 😀"},
    "object": {"code": 42, "message": "m", "nested": {"x": [1]}},
    "list": ["a", "b"],
    "number": {"status": "error", "message": 7},
    "null": {"status": "error", "message": None},
    "empty": {"status": "error", "message": ""},
    "other": _MASKED,
    "http": _MASKED,
    "undefined": _MASKED,
    "thrown": _MASKED,
}
_OTHER_SPELLINGS: list[tuple[Json, int]] = [
    ("1", 2),
    (2, 3),
    ({"a": {"c": 2, "d": "x"}, "b": 1}, 6),
    ({"n": None, "list": [1, "two"], "t": True}, 7),
    ({"9": 6, "_": 4, "e": 3, "10": 5, "E": 2, "é": 1, "求": "😀"}, 9),
]
_BY_PATTERN = ("tcp", "rabbitmq")  # where the pattern in the packet decides
_UNKNOWN: list[Json] = ["unknown 😀", "TEXT", "text ", 3, {"cmd": "sun"}, {"cmd": 1}]
_STREAMS: dict[str, tuple[Json, Notes]] = {
    "none": (0, [["end"]]),
    "one": (0, [["value", "only"], ["end"]]),
    "many": (2_000, [*(["value", n] for n in range(2_000)), ["end"]]),
    "slow": (5, [*(["value", n] for n in range(5)), ["end"]]),
    "late": (0, [["value", "v"], ["value", 0], ["end"]]),
    "items": ("null", [["value", 0], ["value", None], ["value", 2], ["end"]]),
    "fails": (
        0,
        [["value", 1], ["value", 2], ["error", {"status": "error", "message": "mid"}]],
    ),
    "fails late": (0, [["value", 0], ["value", 1], ["error", _MASKED]]),
    "promised": (0, [["value", "a"], ["value", "b"], ["end"]]),
}


def _text(value: object) -> str:
    """Return JSON, which keeps 0 and false apart."""
    return json.dumps(value, indent=0, sort_keys=True)


async def test_data_of_every_kind_comes_back_as_it_was(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = [await caller.observe("echo", data) for data in _DATA]

    assert _text(seen) == _text([[["value", data], ["end"]] for data in _DATA])


async def test_the_other_side_counts_what_javascript_counts(pair: Pair) -> None:
    text = "aé求😀" * 3
    async with pair.connected() as caller:
        seen = await caller.observe("echo length", text)

    units = 15 if pair.we_call else 12  # len() counts characters
    assert seen == [["value", units], ["end"]]


async def test_values_that_are_nearly_nothing_are_kept_apart(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = {name: await caller.observe(f"value.{name}", 0) for name in _VALUES}

    assert _text(seen) == _text(_VALUES)


async def test_errors_of_every_shape_cross(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = {name: await caller.observe(f"error.{name}", 0) for name in _ERRORS}

    assert _text(seen) == _text({name: [["error", e]] for name, e in _ERRORS.items()})


async def test_patterns_of_every_form_are_found(pair: Pair) -> None:
    asked = [(pattern, index) for index, pattern in enumerate(PATTERNS[:-1])]
    asked += [("one of two", 10), ({"two": "of two"}, 10), *_OTHER_SPELLINGS]
    if pair.over in _BY_PATTERN:  # else a text is the channel as it is
        asked.append(('{"cmd": "sum"}', 5))
    elif pair.nest.version == "v10":  # it leaves quotes in channels as they are
        asked = [each for each in asked if each[1] != 8]
    async with pair.connected() as caller:
        seen = [await caller.observe(pattern, "x") for pattern, _ in asked]

    assert seen == [[["value", [index, "x"]], ["end"]] for _, index in asked]


async def test_a_pattern_that_nobody_handles_is_an_error(pair: Pair) -> None:
    async with pair.connected() as caller:
        if pair.over in ("redis", "mqtt") and isinstance(caller, Theirs):
            # A client of Nest waits for ever.
            ((kind, said),) = await caller.observe("TEXT", 0, within=200)
            assert (kind, said) == ("error", "Timeout has occurred")
            return
        seen = [await caller.observe(pattern, 0) for pattern in _UNKNOWN]

    if pair.over in _BY_PATTERN:
        assert seen == [[["error", _NO_HANDLER]]] * len(_UNKNOWN)
    elif pair.we_call:
        assert seen == [[["error", "nobody is subscribed"]]] * len(_UNKNOWN)
    else:
        for ((kind, said),) in seen:
            assert kind == "error"
            assert said.startswith("Empty response. There are no subscribers")


async def test_events_are_heard_in_order_by_all_and_answered_by_none(
    pair: Pair,
) -> None:
    told: list[tuple[Json, Json]] = [
        ("event", "求和1111"),
        ("astral event 😀", {"😀": 1}),
        (77, False),
        ("77", 0),
        ({"a": {"y": [2], "z": 1}, "on": "event"}, ""),
        ("nobody hears this", 1),
        ("text", "a message handler hears it, and answers nobody"),
    ]
    async with pair.connected() as caller:
        for pattern, data in told:
            await caller.emit(pattern, data)
        heard = await caller.observe("heard", 0)

    expected: Json = [[0, "求和1111"], ["again", "求和1111"], [1, {"😀": 1}]]
    expected += [[2, False], [2, 0], [3, ""]]
    assert _text(heard) == _text([["value", expected], ["end"]])


async def test_streams_bring_every_value_and_their_end(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = {
            name: await caller.observe(f"stream.{name}", data)
            for name, (data, _) in _STREAMS.items()
        }

    assert _text(seen) == _text({name: notes for name, (_, notes) in _STREAMS.items()})


async def test_an_undefined_value_inside_a_stream(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = await caller.observe("stream.items", "undefined")

    if pair.we_call and pair.over == "rabbitmq":
        # Nest says {}, without an id: its own clients, too, take that for the value.
        assert seen == [["value", 0], ["value", {}], ["end"]]
    elif pair.we_call or pair.nest.version == "v12":
        assert seen == [["value", 0], ["undefined"], ["value", 2], ["end"]]
    else:  # clients up to Nest 11 take the packet itself for the last value
        zero, packet, end = seen
        assert (zero, end) == (["value", 0], ["end"])
        assert packet[0] == "value"
        assert set(packet[1]) == {"id"}


async def test_a_handler_sees_the_pattern_as_a_text(pair: Pair) -> None:
    async with pair.connected() as caller:
        assert await caller.observe("pattern", 0) == [["value", "pattern"], ["end"]]
