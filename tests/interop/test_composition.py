"""Guards, handlers of exceptions and classes beside those of Nest, seen by its client.

Where we differ on purpose, ``docs/services.md`` says so; both sides are written here.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import servers
from servers import UNDEFINED, Context, ForbiddenError, Router, RpcError, Service
from tests.interop.nests import NEST, VERSIONS, node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers import Guard, ServerProceed

_PROGRAM = Path(__file__).with_name("composed.mjs")
_PATIENCE = 60  # seconds for Node to do what it is asked

_FORBIDDEN = [["error", {"status": "error", "message": "Forbidden resource"}]]
_INTERNAL = [["error", {"status": "error", "message": "Internal server error"}]]
_NO_HANDLER = [
    ["error", "There is no matching message handler defined in the remote service."]
]


def _value(*values: object) -> list[object]:
    return [*(["value", value] for value in values), ["end"]]


_SAME = {
    "guard true": _value(1),
    "guard false": _FORBIDDEN,
    "guard later": _FORBIDDEN,
    "guard undefined": _FORBIDDEN,
    "guard zero": _FORBIDDEN,
    "guard raises": [["error", {"code": 401}]],
    "guard fails": _INTERNAL,
    "guard of a stream": _FORBIDDEN,
    "filter": _value("odd"),
    "filter raises": [["error", {"code": 404}]],
    "filter of another": _INTERNAL,
    "filter of a stream": _value(1, 2, "odd"),
    "filter ends a stream": _value(1, 2),
    "filter of a guard": _value("refused"),
    "base before derived": _value("very odd"),
    "kept": _value("base"),
}
_DIFFERENT = {  # what Nest gives, and what we give
    "derived before base": (_value("odd"), _value("very odd")),
    "overridden": (_NO_HANDLER, _value("derived")),
    "order": (
        _value(["guard", "interceptor", "handler"]),
        _value(["middleware", "guard", "handler"]),
    ),
}
# Of two filters for one type Nest takes the last; here the second is refused.
_IN_NEST_ALONE = {"two for one type": _value("second")}


class OddError(Exception):
    pass


class VeryOddError(OddError):
    pass


def _fail() -> None:
    raise VeryOddError("secret")


def _failing() -> Iterator[int]:
    yield 1
    yield 2
    raise VeryOddError("secret")


async def _false_later(_: Context) -> bool:
    return False


def _raises(error: Exception) -> Callable[..., Any]:
    def function(*_: object) -> None:
        raise error

    return function


def _guarded(service: Service) -> None:
    guards: dict[str, Callable[..., Any]] = {
        "true": lambda _: True,
        "false": lambda _: False,
        "later": _false_later,
        "undefined": lambda _: None,
        "zero": lambda _: 0,
        "raises": _raises(RpcError({"code": 401})),
        "fails": _raises(OSError("secret")),
    }
    for name, guard in guards.items():
        service.message(f"guard {name}", guards=[guard])(lambda: 1)
    stream = service.message("guard of a stream", guards=[guards["false"]])
    stream(lambda: iter([1, 2]))


def _caught(
    service: Service,
    pattern: str,
    function: Callable[..., Any],
    *catchers: tuple[type[Exception], Callable[..., Any]],
    guards: tuple[Guard, ...] = (),
) -> None:
    router = Router()
    for kind, catcher in catchers:
        router.exception(kind)(catcher)
    router.message(pattern, guards=guards)(function)
    service.include(router)


def _gives(value: object) -> Callable[..., Any]:
    return lambda _context, _error: value


def _catching(service: Service) -> None:
    odd = (OddError, _gives("odd"))
    very_odd = (VeryOddError, _gives("very odd"))
    refused = (ForbiddenError, _gives("refused"))
    no = (lambda _: False,)
    raises = (OddError, _raises(RpcError({"code": 404})))
    _caught(service, "filter", _fail, odd)
    _caught(service, "filter raises", _fail, raises)
    _caught(service, "filter of another", _fail, (LookupError, _gives("range")))
    _caught(service, "filter of a stream", _failing, odd)
    _caught(service, "filter ends a stream", _failing, (OddError, _gives(UNDEFINED)))
    _caught(service, "filter of a guard", lambda: 1, refused, guards=no)
    _caught(service, "base before derived", _fail, odd, very_odd)
    _caught(service, "derived before base", _fail, very_odd, odd)


def _ordered(service: Service) -> None:
    order = list[str]()
    router = Router()

    @router.use
    async def around(_: Context, proceed: ServerProceed) -> object:
        order.append("middleware")
        return await proceed()

    def guard(_: Context) -> bool:
        order.append("guard")
        return True

    @router.message("order", guards=[guard])
    def answer() -> list[str]:
        return [*order, "handler"]

    service.include(router)


class _Base:
    @servers.message("kept")
    def kept(self) -> str:
        return "base"

    @servers.message("overridden")
    def overridden(self) -> str:
        return "base"


class _Derived(_Base):
    def overridden(self) -> str:
        return "derived"


def _service() -> Service:
    service = Service()
    _guarded(service)
    _catching(service)
    _ordered(service)
    service.include(_Derived())
    return service


async def _told(version: str, patterns: list[str], *port: str) -> dict[str, object]:
    """Return what Nest's client sees of a Nest, or of what listens at a port."""
    asked = json.dumps(patterns)
    process = await asyncio.create_subprocess_exec(
        node(),
        _PROGRAM,
        NEST / version,
        asked,
        *port,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(_PATIENCE):
        told, _ = await process.communicate()
    return dict(zip(patterns, json.loads(told), strict=True))


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_nest_gives_what_is_written_here(version: str) -> None:
    different = {pattern: nests for pattern, (nests, _) in _DIFFERENT.items()}
    expected = {**_SAME, **different, **_IN_NEST_ALONE}

    assert await _told(version, [*expected]) == expected


@pytest.mark.parametrize("version", VERSIONS)
async def test_we_give_the_same_besides_what_is_different_on_purpose(
    version: str,
) -> None:
    expected = {**_SAME, **{pattern: ours for pattern, (_, ours) in _DIFFERENT.items()}}
    async with _service().listen("127.0.0.1", 0) as server:
        assert await _told(version, [*expected], str(server.port)) == expected
