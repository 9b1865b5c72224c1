"""Values of Python's types are what JavaScript takes for its own, and come back."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from ipaddress import IPv6Address
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from protocol import JsonText, loads
from servers import Buffer, Client, InvalidReplyError
from servers.payloads import to_text
from servers.readers import reader_of
from tests.interop.application import Types
from tests.interop.pairs import WE_ARE_CALLED, WE_CALL, Pair

if TYPE_CHECKING:
    from tests.interop.nests import Nests

_TYPES = Types(
    when=datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC),
    buffer=Buffer(b"\x00\x7f\xff"),
    base64=b"\x00\x7f\xff\xfe",
    path=PurePosixPath("/a/求"),
    address=IPv6Address("2001:db8::1"),
    words=deque(["a", "😀"]),
)


async def test_values_come_back_as_they_were(pair: Pair) -> None:
    data: Any = _TYPES if pair.we_call else loads(to_text(_TYPES))
    async with pair.connected() as caller:
        (kind, value), end = await caller.observe("types", data)

    assert (kind, end) == ("value", ["end"])
    decode, *_ = reader_of(Types, "value")
    assert decode(JsonText(to_text(value))) == _TYPES


@pytest.mark.parametrize("name", WE_CALL)
async def test_javascript_makes_its_own_of_them(name: str, nests: Nests) -> None:
    nest = Pair.of(name, nests).nest
    async with Client("127.0.0.1", await nest.port()) as client:
        value: Any = await client.send("types", _TYPES)

    assert value["when"] == "2026-01-02T03:04:05.678Z"  # what toJSON of a Date gives
    assert value["buffer"] == {"type": "Buffer", "data": [0, 127, 255]}


@pytest.mark.parametrize("name", WE_CALL)
async def test_replies_of_nest_have_the_types_that_are_expected(
    name: str, nests: Nests
) -> None:
    nest = Pair.of(name, nests).nest
    async with Client("127.0.0.1", await nest.port()) as client:
        assert await client.send("types", _TYPES, returns=Types) == _TYPES
        numbers = [n async for n in client.stream("stream.many", 3, returns=float)]
        with pytest.raises(InvalidReplyError) as absent:
            await client.send("value.undef", 0, returns=int)
        with pytest.raises(InvalidReplyError) as other:
            await client.send("value.object", 0, returns=list[int])

    assert [(type(each), each) for each in numbers] == [(float, n) for n in range(3)]
    assert absent.value.reason == "there is no value"
    assert (other.value.value, other.value.pattern) == ({"b": 1}, "value.object")


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_mistake_in_the_data_is_told_to_nest(name: str, nests: Nests) -> None:
    pair = Pair.of(name, nests)
    data = loads(to_text(_TYPES)) | {"address": "nowhere"}
    async with pair.connected() as caller:
        (kind, error), *_ = await caller.observe("types", data)

    assert kind == "error"
    assert error["message"].startswith("Invalid data: ")
    assert error["message"].endswith("`$.address`")
