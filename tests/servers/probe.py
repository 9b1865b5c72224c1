"""The application that Nest's own behaviour was measured with, in Python."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from protocol import Json  # noqa: TC001 — a handler's types must be known
from servers import UNDEFINED, Context, RpcError, Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


class _WithoutA(msgspec.Struct):
    """``{a: undefined, b: 1}``."""

    a: Json = UNDEFINED
    b: int = 1


VALUES: dict[str, Json] = {
    "007": "s007",
    '{"k":1,"l":2}': "sjson-sorted",
    "undef": UNDEFINED,
    "nul": None,
    "zero": 0,
    "fals": False,
    "empty": "",
    "map": {},
    "undefProp": _WithoutA(),
    "lone": "\ud83d",
    "emoji": "😀求",
}
ERRORS: dict[str, Callable[[], BaseException]] = {
    "rpcStr": lambda: RpcError("boom"),
    "rpcObj": lambda: RpcError({"code": 42, "message": "m", "nested": {"x": 1}}),
    "rpcEmpty": lambda: RpcError(""),
    "rpcNum": lambda: RpcError(7),
    "rpcArr": lambda: RpcError(["a", "b"]),
    "rpcNull": lambda: RpcError(None),
    "err": lambda: ValueError("secret"),
    "http": lambda: LookupError("bad input"),
    "throwStr": lambda: Exception("plain"),
    "throwUndef": Exception,
    "rxRaw": lambda: Exception("raw"),
    "rxRpc": lambda: RpcError("rx"),
}
OBJECTS: list[tuple[Json, str]] = [
    ({"b": 1, "a": {"d": "x", "c": 2}}, "nested-ok"),
    ({"q": 'a"b'}, "quote-ok"),
    ({"t": True, "n": None}, "objbool-ok"),
    ({"d1": {"d2": {"d3": {"d4": {"d5": {"d6": {"d7": "deep"}}}}}}}, "deep-ok"),
    (["arrA", "arrB"], "arr"),
    (1, "num1"),
    ("2", "str2"),
]


def make_probe(say: Callable[[dict[str, Json]], None], pace: float = 1) -> Service:
    """Return the service.

    Args:
        say: Called with what its handlers see.
        pace: Times as long as asked that "slow" takes.
    """
    service = Service()
    _constants(service, say)
    _messages(service, say, pace)
    _streams(service)
    _events(service, say)
    _shared_routes(service, say)
    return service


def _constants(service: Service, say: Callable[[dict[str, Json]], None]) -> None:
    told = {"nested-ok": "nested", "num1": "num1", "str2": "str2"}

    def giving(value: Json) -> Callable[[], Json]:
        def answer() -> Json:
            if isinstance(value, str) and value in told:
                say({"h": told[value]})
            return value

        return answer

    def failing(make: Callable[[], BaseException]) -> Callable[[], None]:
        def fail() -> None:
            raise make()

        return fail

    for name, value in VALUES.items():
        service.message(name)(giving(value))
    for name, make in ERRORS.items():
        service.message(name)(failing(make))
    for pattern, value in OBJECTS:
        service.message(pattern)(giving(value))


def _messages(
    service: Service, say: Callable[[dict[str, Json]], None], pace: float
) -> None:
    @service.message("sum")
    def total(numbers: list[int]) -> int:
        say({"h": "sum", "d": numbers})
        return sum(numbers)

    @service.message({"cmd": "sum"})
    def object_total(numbers: list[int]) -> int:
        say({"h": "{cmd:sum}"})
        return sum(numbers)

    @service.message("slow")
    async def slow(milliseconds: int) -> str:
        say({"h": "slow", "ms": milliseconds})
        await asyncio.sleep(pace * milliseconds / 1000)
        say({"h": "slow-done", "ms": milliseconds})
        return f"slow {milliseconds}"

    @service.message("echo")
    def echo(data: Json) -> Json:
        return data

    @service.message("asyncErr")
    async def fail() -> None:
        raise TypeError("secret")

    @service.message("payloadType")
    def payload_type(data: Json) -> dict[str, str]:
        names = {type(None): "null", list: "array", dict: "object", str: "string"}
        return {"type": names[type(data)]}

    @service.message({"ctx": 1})
    def context_of(context: Context) -> dict[str, str]:
        return {"pattern": context.pattern_text, "patternType": "string"}

    @service.message("rawSocket")
    def push(context: Context) -> str:
        context.respondent.send(b'{"custom":"push"}')
        return "after-push"


def _streams(service: Service) -> None:
    @service.message("stream5")
    def five() -> Iterator[int]:
        yield from range(1, 6)

    @service.message("stream5async")
    async def five_later() -> AsyncIterator[int]:
        for value in range(5):
            await asyncio.sleep(0.01)
            yield value

    @service.message("stream1async")
    async def one_later() -> AsyncIterator[int]:
        await asyncio.sleep(0.01)
        yield 0

    @service.message("stream0")
    def nothing() -> Iterator[int]:
        yield from ()

    def holed(hole: Json) -> Callable[[], AsyncIterator[Json]]:
        async def values() -> AsyncIterator[Json]:
            for value in (0, hole, 2):
                await asyncio.sleep(0.005)
                yield value

        return values

    service.message("streamUndef")(holed(UNDEFINED))
    service.message("streamNull")(holed(None))

    _failing_streams(service)


def _failing_streams(service: Service) -> None:
    @service.message("streamErr")
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise RpcError("mid")

    @service.message("streamErrAsync")
    async def broken_later() -> AsyncIterator[int]:
        for value in range(2):
            await asyncio.sleep(0.005)
            yield value
        raise RpcError("mid")

    @service.message("streamLateEnd")
    async def late_end() -> AsyncIterator[str]:
        yield "v"
        await asyncio.sleep(0.04)

    @service.message("streamTwoThenLateErr")
    async def late_error() -> AsyncIterator[str]:
        yield "v"
        await asyncio.sleep(0.04)
        raise RpcError("late")

    @service.message("promiseObs")
    async def promised() -> Iterator[str]:
        await asyncio.sleep(0)
        return iter_of("a", "b")


def iter_of(*values: Json) -> Iterator[Json]:
    yield from values


def _events(service: Service, say: Callable[[dict[str, Json]], None]) -> None:
    def logging(name: str) -> Callable[[Json], Json]:
        def log(data: Json) -> Json:
            say({"h": name, "d": data})
            return UNDEFINED

        return log

    service.event("log")(logging("log#1"))
    service.event("log")(logging("log#2"))

    @service.event("logOne")
    def log_one(data: Json) -> str:
        say({"h": "logOne", "d": data})
        return "event-return"

    @service.event({"ev": "obj"})
    def of_object(data: Json, context: Context) -> None:
        say({"h": "evObj", "d": data, "pattern": context.pattern_text})

    @service.event("evThrow")
    def throw() -> None:
        say({"h": "evThrow"})
        raise ValueError("ev-secret")

    @service.event("evRpcThrow")
    def throw_rpc() -> None:
        say({"h": "evRpcThrow"})
        raise RpcError("ev-rpc")

    @service.event("evStream")
    def stream() -> Iterator[int]:
        for value in (1, 2):
            say({"h": "evStream", "x": value})
            yield value


def _shared_routes(service: Service, say: Callable[[dict[str, Json]], None]) -> None:
    def answering(name: str, value: str) -> Callable[[], str]:
        def answer() -> str:
            say({"h": name})
            return value

        return answer

    service.message("bothME")(answering("bothME:M", "M"))
    service.event("bothME")(answering("bothME:E", "E"))
    service.event("bothEM")(answering("bothEM:E", "E"))
    service.message("bothEM")(answering("bothEM:M", "M"))
    service.message("dup")(lambda: "dup1")
    service.message("dup", replace=True)(lambda: "dup2")
