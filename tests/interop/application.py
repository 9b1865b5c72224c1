"""The application of ``nest.mjs`` in Python, handler by handler."""

from __future__ import annotations

import asyncio
from collections import deque  # noqa: TC003 — msgspec reads the fields of Types
from datetime import datetime  # noqa: TC003
from ipaddress import IPv6Address  # noqa: TC003
from pathlib import PurePosixPath  # noqa: TC003
from typing import TYPE_CHECKING

import msgspec

from protocol import UNDEFINED, Json
from servers import Buffer, Context, Limits, RpcError, Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


class Types(msgspec.Struct):
    """What JavaScript has classes for, and what it takes as text."""

    when: datetime
    buffer: Buffer
    base64: bytes
    path: PurePosixPath
    address: IPv6Address
    words: deque[str]


class _WithoutA(msgspec.Struct):
    """``{a: undefined, b: 1}``."""

    a: Json = UNDEFINED
    b: int = 1


VALUES: dict[str, Json] = {
    "undef": UNDEFINED,
    "null": None,
    "zero": 0,
    "false": False,
    "empty": "",
    "lone": "\ud83d",
    "object": _WithoutA(),
}
ERRORS: dict[str, Callable[[], BaseException]] = {
    "text": lambda: RpcError("boom 😀"),
    "object": lambda: RpcError({"code": 42, "message": "m", "nested": {"x": [1]}}),
    "list": lambda: RpcError(["a", "b"]),
    "number": lambda: RpcError(7),
    "null": lambda: RpcError(None),
    "empty": lambda: RpcError(""),
    "other": lambda: ValueError("secret"),
    "http": lambda: PermissionError("secret"),
    "undefined": Exception,
    "thrown": lambda: BaseException("secret"),
}
PATTERNS: list[Json] = [
    "text",
    "astral 😀求#1#",
    1,
    "2",
    "007",
    {"cmd": "sum"},
    {"b": 1, "a": {"d": "x", "c": 2}},
    {"t": True, "n": None, "list": [1, "two"]},
    {"q": 'a"b\\c'},
    {"求": "😀", "é": 1, "E": 2, "e": 3, "_": 4, "10": 5, "9": 6},
    ["one of two", {"two": "of two"}],
]
EVENTS: list[Json] = [
    "event",
    "astral event 😀",
    77,
    {"on": "event", "a": {"z": 1, "y": [2]}},
]


class Application:
    """The service, and what its handlers have seen.

    Args:
        limits: How much peers may make the service hold.
        space: What stands for each space in a pattern.

    Attributes:
        streaming: Endless streams that are being sent.
        gate: Holds back the slow stream while it is cleared.
    """

    def __init__(self, limits: Limits | None = None, space: str = " ") -> None:
        self.service = _Spelling(limits, space)
        self.streaming = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._heard: list[Json] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._constants()
        self._patterns()
        self._broadcast()
        self._sums()
        self._messages()
        self._streams()
        self._unusual_streams()

    def _constants(self) -> None:
        for name, value in VALUES.items():
            self.service.message(f"value.{name}")(_giving(value))
        for name, make in ERRORS.items():
            self.service.message(f"error.{name}")(_failing(make))

    def _patterns(self) -> None:
        for index, pattern in enumerate(PATTERNS):
            self.service.message(pattern)(_indexed(index))
        for index, pattern in enumerate(EVENTS):
            self.service.event(pattern)(self._hearing(index))
        self.service.event("event")(self._hearing("again"))

    def _hearing(self, index: Json) -> Callable[[Json], None]:
        return lambda data: self._heard.append([index, data])

    def _broadcast(self) -> None:
        event, heard = self.service.event, self._heard

        @event("broadcast")
        def value(data: Json) -> int:
            heard.append(["value", data])
            return 1

        @event("broadcast")
        async def promise(data: Json) -> int:
            heard.append(["promise", data])
            return 2

        @event("broadcast")
        def observable(data: Json) -> Iterator[int]:
            heard.append(["observable", data])
            yield from (3, 4)

        event("broadcast to some who fail")(_failing(lambda: ValueError("secret")))
        event("broadcast to some who fail")(self._hearing("other"))

        @event("with metadata")
        def with_metadata(data: Json, context: Context) -> None:
            heard.append([data, _metadata(context)])

    def _sums(self) -> None:
        message = self.service.message
        message({"sum": "value"})(sum)

        @message({"sum": "promise"})
        async def promise(numbers: list[int]) -> int:
            return sum(numbers)

        @message({"sum": "observable"})
        def observable(numbers: list[int]) -> Iterator[int]:
            yield sum(numbers)

        @message({"sum": "stream"})
        def stream(numbers: list[int]) -> Iterator[int]:
            yield from numbers

        @message("payload and context")
        def both(data: Json, context: Context) -> Json:
            return [data, context.pattern_text]

    def _messages(self) -> None:
        message = self.service.message

        @message("heard")
        def heard() -> list[Json]:
            told = self._heard.copy()
            self._heard.clear()
            return told

        @message("reversed")
        async def reversed_replies(data: dict[str, int]) -> int:
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(mine)
            if len(self._waiting) == data["all"]:
                for each in reversed(self._waiting):
                    each.set_result(None)
                self._waiting.clear()
            await mine
            return data["mine"]

        @message("wait")
        async def wait() -> None:
            await asyncio.Event().wait()

        @message("large")
        async def large(length: int) -> str:
            await asyncio.sleep(0)  # all begin before the first is done, as in Nest
            return "x" * length

        message("echo")(lambda data: data)
        message("echo length")(len)
        message("types")(_same)
        message("pattern")(_pattern)
        message("headers")(_headers)
        message("metadata")(_metadata)

    def _streams(self) -> None:
        message = self.service.message

        @message("stream.none")
        def none() -> Iterator[Json]:
            yield from ()

        @message("stream.one")
        def one() -> Iterator[str]:
            yield "only"

        @message("stream.many")
        def many(count: int) -> Iterator[int]:
            yield from range(count)

        @message("stream.slow")
        async def slow(count: int) -> AsyncIterator[int]:
            await self.gate.wait()
            for value in range(count):
                await asyncio.sleep(0.005)
                yield value

        @message("stream.promised")
        async def promised() -> Iterator[str]:
            return (letter for letter in "ab")

    def _unusual_streams(self) -> None:
        message = self.service.message

        @message("stream.late")
        async def late() -> AsyncIterator[Json]:
            yield "v"
            await asyncio.sleep(0.03)
            yield 0

        @message("stream.items")
        async def items(item: str) -> AsyncIterator[Json]:
            for value in (0, UNDEFINED if item == "undefined" else None, 2):
                await asyncio.sleep(0.005)
                yield value

        @message("stream.fails")
        def fails() -> Iterator[int]:
            yield from (1, 2)
            raise RpcError("mid")

        @message("stream.fails late")
        async def fails_late() -> AsyncIterator[int]:
            for value in range(2):
                await asyncio.sleep(0.005)
                yield value
            raise ValueError("secret")

        @message("stream.silent")
        async def silent() -> AsyncIterator[str]:
            yield "first"
            await asyncio.Event().wait()

        message("stream.endless")(self._endless)

    async def _endless(self) -> AsyncIterator[int]:
        self.streaming += 1
        try:
            value = 0
            while True:
                await asyncio.sleep(0.002)
                yield value
                value += 1
        finally:
            self.streaming -= 1


class _Spelling(Service):
    """A service with something else for the spaces in its patterns."""

    def __init__(self, limits: Limits | None, space: str) -> None:
        super().__init__(limits=limits)
        self._space = space

    if not TYPE_CHECKING:  # where they are those of a service

        def message(self, pattern, **options):  # noqa: ANN001, ANN003, ANN202
            return super().message(spelled(pattern, self._space), **options)

        def event(self, pattern, **options):  # noqa: ANN001, ANN003, ANN202
            return super().event(spelled(pattern, self._space), **options)


def spelled(pattern: Json, space: str) -> Json:
    """Return a pattern with something else for its spaces."""
    if isinstance(pattern, list):
        return [spelled(each, space) for each in pattern]
    if isinstance(pattern, dict):
        return {
            str(spelled(key, space)): spelled(value, space)
            for key, value in pattern.items()
        }
    if isinstance(pattern, str) and space != " ":
        return pattern.replace(" ", space).replace("#", space)
    return pattern


def _headers(context: Context) -> Json:
    assert context.carrier is not None
    return dict(context.carrier.headers)


def _giving(value: Json) -> Callable[[], Json]:
    return lambda: value


def _failing(make: Callable[[], BaseException]) -> Callable[[], None]:
    def fail() -> None:
        raise make()

    return fail


def _indexed(index: int) -> Callable[[Json], Json]:
    return lambda data: [index, data]


def _pattern(context: Context) -> str:
    return context.pattern_text


def _metadata(context: Context) -> Json:
    metadata = context.metadata
    return None if metadata is UNDEFINED else metadata


def _same(data: Types) -> Types:
    return data
