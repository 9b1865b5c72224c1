from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

import pytest

from protocol import EncodeError, JsonText
from protocol.javascript import MAX_SAFE_INTEGER as LAST
from servers import Client, RemoteError, RpcError, Service, UsageError
from servers.integers import Integers, unsafe_integer
from servers.logs import logger_of
from servers.payloads import to_text
from servers.server.calls import INTERNAL_ERROR
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from protocol import Json
    from servers.integers import UnsafeIntegers


class _Large(IntEnum):
    ID = LAST + 2


@dataclass
class _User:
    id: int


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (LAST + 1, "data"),
        (-LAST - 1, "data"),
        (10**400, "data"),
        ({"user": {"ids": [1, 2, LAST + 2]}}, "data.user.ids[2]"),
        ({"a b": {"求": LAST + 1}}, 'data["a b"]["求"]'),
        ({"first": [LAST + 1], "second": LAST + 1}, "data.first[0]"),
        ([_User(1), _User(LAST + 1)], "data[1].id"),
        ({"of": _Large.ID}, "data.of"),
        ((each for each in (1, LAST + 1)), "data[1]"),
        (JsonText(b'{"a": [ -9007199254740993 ]}'), "data.a[0]"),
    ],
)
def test_the_first_integer_that_javascript_rounds_is_named(
    value: Json, path: str
) -> None:
    assert unsafe_integer(to_text(value), "data") == path


@pytest.mark.parametrize(
    "value",
    [
        LAST,
        -LAST,
        1e300,
        float(2**60),
        0.30000000000000004,
        True,
        "9007199254740993",
        {"text": '": 9007199254740993,'},
        {9007199254740993: "a key is text"},
        Decimal(2**60),
        _User(LAST),
    ],
)
def test_what_javascript_holds_exactly_is_not(value: Json) -> None:
    assert unsafe_integer(to_text(value), "data") is None


def test_a_path_is_cut_and_obeyed_by_no_terminal() -> None:
    deep = "[" * 50_000 + str(LAST + 1) + "]" * 50_000
    assert unsafe_integer(deep.encode(), "data") == f"data{'[0]' * 26}[…"
    path = unsafe_integer(json.dumps({"\x1b[2J\u202e": LAST + 1}).encode(), "data")
    assert path == 'data["\\u001b[2J\\u202e"]'


def _service(choice: UnsafeIntegers) -> Service:
    service = Service(unsafe_integers=choice)
    service.message("plain")(lambda data: {"user": {"id": data}})

    @service.message("later")
    async def later(data: int) -> _User:
        return _User(data)

    @service.message("stream")
    async def stream(data: int) -> AsyncIterator[int]:
        yield 1
        yield data

    @service.message("iterator")
    def iterator(data: int) -> Iterator[int]:
        return iter((1, data))

    @service.message("error")
    def error(data: int) -> None:
        raise RpcError({"code": data})

    return service


_PATHS = {
    "plain": "reply.user.id",
    "later": "reply.id",
    "stream": "reply",
    "iterator": "reply",
    "error": "reply.code",
}


@pytest.mark.parametrize("pattern", _PATHS)
async def test_a_server_replies_with_an_error_and_logs_the_path(
    pattern: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        _service("refuse").listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        with pytest.raises(RemoteError) as refused:
            await nest.send(pattern, LAST + 2)
        if pattern != "error":
            await nest.send(pattern, LAST)

    assert refused.value.err == INTERNAL_ERROR
    problem = f"{_PATHS[pattern]} is beyond 2^53 - 1: JavaScript rounds it"
    said = [each.getMessage() for each in caplog.records]
    assert sum(problem in each for each in said) == 1
    assert all(f"handler of {pattern!r} failed" in each for each in said)


@pytest.mark.parametrize("pattern", ["plain", "later", "stream", "iterator"])
async def test_a_server_warns_of_them_and_sends_them(
    pattern: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        _service("warn").listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for _ in range(9):
            assert str(LAST + 2) in str(await nest.send(pattern, LAST + 2))

    said = [each.getMessage() for each in caplog.records]
    begins = f"{pattern}: {_PATHS[pattern]} is beyond 2^53 - 1: JavaScript rounds it"
    assert said == [f"{begins} ({count} such so far)" for count in (1, 2, 4, 8)]
    assert caplog.records[0].levelno == logging.WARNING
    assert caplog.records[0].__dict__["route"] == pattern


async def test_the_id_of_a_request_is_no_matter_of_the_handler() -> None:
    service = _service("refuse")
    async with connected(service) as nest:
        assert await nest.send("later", 1) == {"id": 1}


def test_without_the_option_a_handler_is_answered_the_quick_way() -> None:
    handlers = {each.route: each for each in _service("send").handlers}

    assert handlers["plain"].plain
    assert all(each.write is to_text for each in handlers.values())
    assert not any(each.plain for each in _service("warn").handlers)


def test_a_warning_counts_so_many_routes_by_themselves(
    caplog: pytest.LogCaptureFixture,
) -> None:
    integers = Integers("warn", logger_of("client"))
    for number in range(3_000):
        integers.text_of(LAST + 1, f"route {number}", "data")

    assert len(caplog.records) == 1_000 + 11  # 1, 2, 4, … 1,024 of the others


def test_what_is_refused_is_an_error_of_encoding() -> None:
    with pytest.raises(EncodeError, match=r"^data\[0\] is beyond 2\^53 - 1"):
        Integers("refuse", logger_of("client")).text_of([LAST + 1], "a", "data")


@pytest.mark.parametrize("kind", [Service, Client])
def test_another_choice_is_refused(kind: type[Service | Client]) -> None:
    with pytest.raises(UsageError, match="unsafe_integers is one of 'send', 'warn'"):
        kind(unsafe_integers="exact")  # type: ignore[arg-type]
