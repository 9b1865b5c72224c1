from __future__ import annotations

from itertools import repeat
from typing import Any

import pytest

from inspector.carriers.base import (
    Cost,
    Errand,
    Idle,
    Recognition,
    Remark,
    Skipped,
    Transfer,
    Trouble,
    Unit,
)
from inspector.carriers.checking import (
    check_packet,
    checked_cost,
    checked_place,
    checked_units,
)
from protocol import UNDEFINED, Event, JsonText, Request, Response

_NOT_JSON, _SAID = JsonText(b"[1"), JsonText(b"1")
_OBJECT: Any = object()
_WHOLE: list[Unit] = [
    Transfer(side=0, begin=0, end=4, packet=Event("a"), body=b"{}", facts={"a": [1]}),
    Errand(side=0, begin=1, end=3, verb="ack", about=("a", 1), value={"a": 1}),
    Idle(side=0, begin=4, end=4, verb="ping"),
    Skipped(side=0, begin=4, end=5),
    Trouble(side=0, begin=4, end=5, code="x", detail="y", lost=3, about=("a",)),
    Remark(side=0, begin=4, end=5, code="x", size=1, packet=Event("a")),
]


def _changed(number: int, **parts: Any) -> Unit:  # noqa: ANN401 — of any type
    unit = _WHOLE[number]
    whole = {name: getattr(unit, name) for name in unit.__struct_fields__}
    return type(unit)(**{**whole, **parts})


def test_units_that_can_be_are_returned_though_they_overlap() -> None:
    assert checked_units(iter(_WHOLE), 0, 5, 5) == _WHOLE


@pytest.mark.parametrize(
    ("number", "part", "value"),
    [
        *((0, part, 5) for part in ("body", "original", "channel", "reply_channel")),
        *((0, part, 5) for part in ("packet", "destination", "facts")),
        *((0, part, []) for part in ("correlation", "subscription", "tag", "exact")),
        *((0, part, 1.5) for part in ("begin", "end", "body_begin")),
        *((1, part, 5) for part in ("verb", "about", "channels", "text")),
        (1, "channels", "a.reply"),
        (2, "channels", "a"),
        (1, "about", ["a"]),
        (1, "about", ([],)),
        *((2, part, None) for part in ("verb", "text")),
        *((3, part, "x") for part in ("begin", "end")),
        *((4, part, 5) for part in ("code", "detail", "about")),
        *((4, "lost", lost) for lost in ("x", 1.5, None)),
        *((5, part, 5) for part in ("code", "subject", "detail", "packet")),
        *((5, part, "x") for part in ("size", "duration_ns")),
    ],
)
def test_a_part_of_another_type_is_refused(
    number: int, part: str, value: object
) -> None:
    with pytest.raises(TypeError):
        checked_units([_changed(number, **{part: value})], 0, 5, 5)


@pytest.mark.parametrize(
    ("number", "part", "value"),
    [
        *((0, "facts", {"a": _OBJECT}), (1, "value", _OBJECT), (4, "lost", -1)),
        *((5, "size", -1), (5, "duration_ns", -1), (0, "end", 6), (0, "side", 1)),
    ],
)
def test_what_cannot_be_is_refused(number: int, part: str, value: object) -> None:
    with pytest.raises(Exception, match=r"is negative|not JSON|a unit at"):
        checked_units([_changed(number, **{part: value})], 0, 5, 5)


def test_units_without_an_end_are_refused() -> None:
    many = repeat(_WHOLE[2], 5 * 4 + 64)
    assert len(checked_units(many, 0, 5, 5)) == 84
    with pytest.raises(ValueError, match="more than 84 units of 5 bytes"):
        checked_units(repeat(_WHOLE[2]), 0, 5, 5)


@pytest.mark.parametrize("place", [-1, 3, 1.5, None])
def test_a_place_is_one_in_the_bytes(place: Any) -> None:  # noqa: ANN401
    assert checked_place(Recognition(2), b"abc") == Recognition(2)
    with pytest.raises((TypeError, ValueError)):
        checked_place(Recognition(place), b"abc")


@pytest.mark.parametrize(
    "cost", [5, Cost(-1, "x"), Cost(_OBJECT, "x"), Cost(1, _OBJECT)]
)
def test_a_cost_is_a_number_of_packets_and_words(cost: Any) -> None:  # noqa: ANN401
    assert checked_cost(None) is None
    assert checked_cost(Cost(0, "")) == Cost(0, "")
    with pytest.raises((TypeError, ValueError)):
        checked_cost(cost)


@pytest.mark.parametrize(
    "packet",
    [
        "sum",
        Event(_OBJECT),
        Request("a", _OBJECT),
        Event("a", _NOT_JSON),
        Event("a", _SAID, _NOT_JSON),
        Event("a", extra=[_SAID]),  # type: ignore[arg-type]
        Event("a", extra={"b": b"1"}),  # type: ignore[dict-item]
        Response(1, _NOT_JSON),
        Response(1, err=_NOT_JSON),
        Response(1, status=_NOT_JSON),
    ],
)
def test_a_packet_can_be_shown(packet: object) -> None:
    check_packet(Request(UNDEFINED, {"a": 1}, JsonText(b"1"), extra={"b": _SAID}))
    with pytest.raises(Exception, match=r"JSON|Json|packet|mapping|the text ends"):
        check_packet(packet)
