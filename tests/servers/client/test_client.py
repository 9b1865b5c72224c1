from __future__ import annotations

import math

import pytest

from protocol import NO_MESSAGE_HANDLER, UNDEFINED, EncodeError, Json
from servers import (
    Client,
    ClientClosedError,
    InvalidMessageError,
    NoHandlerError,
    PatternError,
    RemoteError,
    UsageError,
)
from servers.testing import connected
from tests.patience import PATIENCE
from tests.servers.peers import until
from tests.servers.probe import make_probe


@pytest.mark.parametrize(
    ("pattern", "data", "value"),
    [
        ("sum", [1, 2, 3], 6),
        ({"cmd": "sum"}, [1, 2], 3),
        ('{ "cmd": "sum" }', [1, 2], 3),
        (1, 0, "num1"),
        ("1.0", 0, "num1"),
        ("undef", 0, UNDEFINED),
        ("nul", 0, None),
        ("zero", 0, 0),
        ("fals", 0, False),
        ("empty", 0, ""),
        ("emoji", 0, "😀求"),
        ("lone", 0, "\ud83d"),
        ("echo", "#1#2", "#1#2"),
        ("echo", "\ud83d", "\ud83d"),
        ("stream5", 0, 5),
        ("stream0", 0, UNDEFINED),
        ("streamLateEnd", 0, "v"),
    ],
)
async def test_a_message_gives_its_value(
    pattern: Json, data: Json, value: Json
) -> None:
    async with connected(make_probe(lambda _: None)) as nest:
        found = await nest.send(pattern, data)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("pattern", "err"),
    [
        ("rpcStr", {"status": "error", "message": "boom"}),
        ("rpcObj", {"code": 42, "message": "m", "nested": {"x": 1}}),
        ("rpcArr", ["a", "b"]),
        ("rpcNull", {"status": "error", "message": None}),
        ("streamErr", {"status": "error", "message": "mid"}),
    ],
)
async def test_an_error_is_raised_with_what_came(pattern: str, err: Json) -> None:
    async with connected(make_probe(lambda _: None)) as nest:
        with pytest.raises(RemoteError) as raised:
            await nest.send(pattern, 0)
        with pytest.raises(NoHandlerError):
            await nest.send("unknown", 0)

    assert raised.value.err == err


async def test_an_event_reaches_every_handler() -> None:
    told: list[Json] = []
    async with connected(make_probe(told.append)) as nest:
        await nest.emit("log", "x")
        await nest.emit({"ev": "obj"}, 1)
        await nest.send("echo", 0)

    assert told == [
        {"h": "log#1", "d": "x"},
        {"h": "log#2", "d": "x"},
        {"h": "evObj", "d": 1, "pattern": '{"ev":"obj"}'},
    ]


@pytest.mark.parametrize(
    ("pattern", "data", "error"),
    [
        ("a", None, InvalidMessageError),
        ("a", UNDEFINED, InvalidMessageError),
        (None, 1, InvalidMessageError),
        (b"a", 1, PatternError),
        ("a", math.nan, EncodeError),
        ("a", [math.inf], EncodeError),
        ("a", object(), EncodeError),
    ],
)
async def test_misuse_is_an_error_before_anything_is_sent(
    pattern: Json, data: Json, error: type[Exception]
) -> None:
    service = make_probe(lambda _: None)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for call in (nest.send(pattern, data), nest.emit(pattern, data)):
            with pytest.raises(error):
                await call
        with pytest.raises(error):
            await anext(nest.stream(pattern, data))
        assert server.accepted == 0


@pytest.mark.parametrize("address", [("", 1), ("a", 0), ("a", 65_536), ("a", -1)])
def test_what_is_not_an_address_is_refused_at_once(address: tuple[str, int]) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        Client(*address)


async def test_a_closed_client_calls_nobody() -> None:
    async with connected(make_probe(lambda _: None)) as nest:
        await nest.send("echo", 1)
        await nest.aclose()
        await nest.aclose()
        for call in (nest.send("echo", 1), nest.emit("echo", 1), nest.connect()):
            with pytest.raises(ClientClosedError):
                await call


async def test_what_is_emitted_leaves_before_the_end() -> None:
    told: list[Json] = []
    async with make_probe(told.append).listen("127.0.0.1", 0) as server:
        async with Client("127.0.0.1", server.port) as nest:
            for number in range(1_000):
                await nest.emit("logOne", number)
        await until(lambda: len(told) == 1_000)

    assert [each["d"] for each in told] == [*range(1_000)]


async def test_an_error_names_the_pattern_and_the_server() -> None:
    async with (
        make_probe(lambda _: None).listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, timeout=PATIENCE) as nest,
    ):
        await _errors_name(nest, f"127.0.0.1:{server.port}")
    async with connected(make_probe(lambda _: None)) as nest:
        await _errors_name(nest, "memory:server")


async def _errors_name(nest: Client, address: str) -> None:
    named: list[tuple[Json, str]] = [
        ("rpcStr", "boom (rpcStr"),
        ({"cmd": "unknown"}, f'{NO_MESSAGE_HANDLER} ({{"cmd":"unknown"}}'),
    ]
    for pattern, text in named:
        with pytest.raises(RemoteError) as raised:
            await nest.send(pattern, 0)
        with pytest.raises(RemoteError) as of_stream:
            await anext(nest.stream(pattern, 0))
        for error in (raised.value, of_stream.value):
            assert (error.pattern, error.address) == (pattern, address)
            assert str(error) == f"{text} at {address})"
