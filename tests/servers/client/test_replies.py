from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator  # noqa: TC003 — a service evaluates it
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import GenericAlias
from typing import Annotated, Any, TypedDict

import msgspec
import pytest

from protocol import UNDEFINED, Json, JsonText
from servers import (
    Buffer,
    CallError,
    Client,
    ClientProceed,
    Hooks,
    InvalidReplyError,
    Outgoing,
    RemoteError,
    Server,
    Service,
    UsageError,
)
from servers.client.replies import plain, reading
from servers.testing import connected
from tests.patience import PATIENCE


class _Struct(msgspec.Struct):
    total: int


@dataclass
class _Data:
    total: int


class _Typed(TypedDict):
    total: int


class _Colour(StrEnum):
    RED = "red"


class _Plain:
    pass


class _Outcomes(Hooks):
    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def call_finished(self, *call: object) -> None:
        self.outcomes.append(str(call[3]))


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    service.message("nothing")(lambda: UNDEFINED)

    @service.message("stream")
    async def stream(values: list[Json]) -> AsyncIterator[Json]:
        for value in values:
            yield value

    return service


@asynccontextmanager
async def _over_tcp(service: Service) -> AsyncIterator[tuple[Client, Server]]:
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, timeout=PATIENCE) as nest,
    ):
        yield nest, server


_NODE = {"type": "Buffer", "data": [0, 255]}
_TYPES: list[tuple[Any, Json, object]] = [
    (_Struct, {"total": 1}, _Struct(1)),
    (_Data, {"total": 1}, _Data(1)),
    (_Typed, {"total": 1, "more": 2}, {"total": 1}),
    (_Colour, "red", _Colour.RED),
    (Buffer, _NODE, Buffer(b"\x00\xff")),
    (bytes, "AP8=", b"\x00\xff"),
    (date, "2026-01-02", date(2026, 1, 2)),
    (Decimal, "1.10", Decimal("1.10")),
    (_Struct | None, None, None),
    (int | str, "a", "a"),
    (dict[int, str], {"1": "a"}, {1: "a"}),
    (Annotated[int, msgspec.Meta(gt=0)], 7, 7),
    (msgspec.Raw, {"a": 1}, JsonText(b'{"a":1}')),
    (object, {"a": 1}, {"a": 1}),
    (Any, {"a": 1}, {"a": 1}),
]


@pytest.mark.parametrize(("returns", "sent", "value"), _TYPES)
async def test_a_reply_has_the_type_that_its_caller_expects(
    returns: Any,  # noqa: ANN401
    sent: Json,
    value: object,
) -> None:
    service = _service()
    service.message("no value")(lambda: None)
    async with _over_tcp(service) as (nest, _):
        pattern = "no value" if sent is None else "echo"
        found = await nest.send(pattern, sent or 0, returns=returns)
        values = [each async for each in nest.stream("stream", [sent], returns=returns)]

    assert found == value
    assert type(found) is type(value)
    assert values == [value]


async def test_classes_of_attrs_are_read_as_well() -> None:
    attrs: Any = pytest.importorskip("attrs")
    kind: Any = attrs.make_class("Order", {"total": attrs.field(type=int)})
    async with connected(_service()) as nest:
        assert await nest.send("echo", {"total": 1}, returns=kind) == kind(1)


async def test_models_of_pydantic_are_read_as_well() -> None:
    pydantic: Any = pytest.importorskip("pydantic")
    kind: Any = pydantic.create_model("Order", total=(int, ...))
    several: Any = GenericAlias(list, (kind,))
    positive: Any = Annotated[int, pydantic.Field(gt=0)]
    async with connected(_service()) as nest:
        order = await nest.send("echo", {"total": "1"}, returns=kind)
        orders = await nest.send("echo", [{"total": 1}], returns=several)
        assert await nest.send("echo", 7, returns=positive) == 7
        with pytest.raises(InvalidReplyError) as raised:
            await nest.send("echo", {"total": "x"}, returns=kind)

    assert order == kind(total=1)
    assert orders == [order]
    assert raised.value.reason.endswith("as an integer - at `$.total`")


@pytest.mark.parametrize(
    ("returns", "sent", "reason"),
    [
        (_Struct, {"total": "1"}, "Expected `int`, got `str` - at `$.total`"),
        (_Colour, "blue", "Invalid enum value 'blue'"),
        (Annotated[int, msgspec.Meta(gt=0)], -1, "Expected `int` >= 1"),
    ],
)
async def test_a_reply_that_does_not_fit_says_where_and_why(
    returns: Any,  # noqa: ANN401
    sent: Json,
    reason: str,
) -> None:
    hooks = _Outcomes()
    async with connected(_service(), hooks=hooks) as nest:
        with pytest.raises(InvalidReplyError) as raised:
            await nest.send("echo", sent, returns=returns)
        with pytest.raises(InvalidReplyError) as of_stream:
            await anext(nest.stream("stream", [sent, sent], returns=returns))

    for error, pattern in ((raised.value, "echo"), (of_stream.value, "stream")):
        assert reason in error.reason
        assert (error.value, error.pattern) == (sent, pattern)
        where = f"({pattern} at memory:server)"
        assert str(error) == f"invalid reply: {error.reason} {where}"
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 — our own
        assert (str(again), vars(again)) == (str(error), vars(error))
        assert isinstance(error, CallError)
    assert hooks.outcomes[0] == "error"


async def test_a_stream_fails_with_the_first_value_that_does_not_fit() -> None:
    service, hooks = _service(), _Outcomes()

    @service.message("endless")
    async def endless() -> AsyncIterator[int]:
        yield 1
        await asyncio.Event().wait()

    async with connected(service, grace=0, hooks=hooks) as nest:
        with pytest.raises(InvalidReplyError):
            await anext(nest.stream("endless", 0, returns=str))
        assert nest.pending == 0

    assert hooks.outcomes == ["error"]


async def test_a_value_may_be_left_out_only_where_the_type_says_so() -> None:
    async with connected(_service()) as nest:
        with pytest.raises(InvalidReplyError, match="there is no value") as raised:
            await nest.send("nothing", 0, returns=int)
        absent = await nest.send("nothing", 0, returns=int | msgspec.UnsetType)
        last = await nest.send("stream", [1, 2, 3], returns=int)
        with pytest.raises(RemoteError):
            await nest.send("unknown", 0, returns=int)

    assert raised.value.value is UNDEFINED
    assert absent is UNDEFINED
    assert last == 3


async def test_a_type_that_cannot_be_read_is_refused_before_anything_is_sent() -> None:
    async with _over_tcp(_service()) as (nest, server):
        for returns in (_Plain, list[_Plain], complex):
            with pytest.raises(UsageError, match="can be made from JSON"):
                _ = nest.send("echo", 1, returns=returns)
            with pytest.raises(UsageError, match="a reply cannot be read"):
                nest.stream("echo", 1, returns=returns)
        assert server.accepted == 0


async def test_middleware_sees_what_is_expected_and_may_expect_something_else() -> None:
    async with connected(_service()) as nest:

        @nest.use
        async def as_text(outgoing: Outgoing, proceed: ClientProceed) -> object:
            assert outgoing.returns is int
            return await proceed(outgoing.replace(returns=str))

        with pytest.raises(InvalidReplyError, match="Expected `str`, got `int`"):
            await nest.send("echo", 1, returns=int)


def test_the_reader_of_a_type_is_made_once() -> None:
    assert reading(None) is reading(Any) is plain
    assert reading(_Struct) is reading(_Struct)
    assert reading(list[_Struct]) is reading(list[_Struct])
    # These are equal, but pydantic tries their members in their order.
    assert reading(int | str) is not reading(str | int)


def test_a_type_that_has_no_hash_is_read_as_well() -> None:
    returns = Annotated[int, msgspec.Meta(extra={"a": []}), ["no hash"]]

    assert reading(returns)(JsonText(b"1")) == 1
