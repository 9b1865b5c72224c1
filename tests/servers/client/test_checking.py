from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from protocol import UNDEFINED, EncodeError
from protocol.javascript import MAX_SAFE_INTEGER as LAST
from servers import Client, Context, InvalidMessageError, PatternError, Service
from servers.client.caller import Caller
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def _service(heard: list[Any]) -> Service:
    service = Service()

    @service.message(["echo", {"cmd": "echo"}])
    def echo(data: Any, context: Context) -> Any:  # noqa: ANN401
        heard.append(context.metadata)
        return data

    @service.message("stream")
    async def stream(data: Any) -> AsyncIterator[Any]:  # noqa: ANN401
        yield data

    service.event("log")(heard.append)
    return service


async def test_refused_before_anything_is_sent() -> None:
    async with (
        _service([]).listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, unsafe_integers="refuse") as nest,
    ):
        for call in (
            nest.send("echo", {"id": LAST + 1}),
            nest.send("echo", 1, metadata={"data": {"id": LAST + 1}}),
            nest.send({"id": LAST + 1}, 1),
            nest.send("echo", LAST + 1, returns=int),
            nest.emit("log", [LAST + 1]),
            anext(nest.stream("stream", LAST + 1)),
        ):
            with pytest.raises(EncodeError, match="JavaScript rounds it"):
                await call
        assert server.accepted == 0


async def test_each_of_many_is_looked_at_once() -> None:
    heard: list[Any] = []
    async with connected(_service(heard), unsafe_integers="refuse") as nest:
        for _ in range(2):
            payloads = [iter([1]), iter([1, LAST + 1]), [2]]
            replies = nest.send_many("echo", payloads, return_exceptions=True)
            first, refused, last = [each async for each in replies]
            assert (first, type(refused), last) == ([1], EncodeError, [2])


async def test_the_error_names_what_and_where() -> None:
    async with connected(_service([]), unsafe_integers="refuse") as nest:
        with pytest.raises(EncodeError, match=r"^data\.user\.ids\[1\] is beyond"):
            await nest.send("echo", {"user": {"ids": [1, LAST + 1]}})
        with pytest.raises(EncodeError, match=r"^metadata\.n is beyond"):
            await nest.send("echo", 1, metadata={"n": -LAST - 1})


async def test_everything_else_is_sent_as_it_is() -> None:
    heard: list[Any] = []
    async with connected(_service([]), unsafe_integers="refuse") as nest:
        assert await nest.send("echo", "1", returns=str) == "1"
    async with connected(_service(heard), unsafe_integers="refuse") as nest:
        assert await nest.send("echo", LAST) == LAST
        assert await nest.send({"cmd": "echo"}, {"a": None}, metadata=None) == {
            "a": None
        }
        assert await nest.send("echo", iter([1, 2]), metadata={"m": 1}) == [1, 2]
        assert [each async for each in nest.stream("stream", {1})] == [[1]]
        await nest.emit("log", (3,))
        await nest.send("echo", 0)

    assert heard == [UNDEFINED, None, {"m": 1}, [3], UNDEFINED]


async def test_what_is_wrong_otherwise_stays_so() -> None:
    async with connected(_service([]), unsafe_integers="refuse") as nest:
        for pattern, data, error in (
            (None, 1, InvalidMessageError),
            ("echo", None, InvalidMessageError),
            ("echo", UNDEFINED, InvalidMessageError),
            (object(), 1, PatternError),
            ({"a": float("nan")}, 1, PatternError),
            ("echo", float("nan"), EncodeError),
        ):
            with pytest.raises(error):
                await nest.send(pattern, data)


async def test_a_warning_names_route_and_path_and_all_is_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with connected(_service([]), unsafe_integers="warn") as nest:
        for _ in range(5):
            assert await nest.send({"cmd": "echo"}, {"id": LAST + 2}) == {
                "id": LAST + 2
            }

    begins = '{"cmd":"echo"}: data.id is beyond 2^53 - 1: JavaScript rounds it'
    said = [each.getMessage() for each in caplog.records]
    assert said == [f"{begins} ({count} such so far)" for count in (1, 2, 4)]
    assert caplog.records[0].name == "servers.client"


async def test_without_the_option_calls_take_the_usual_way() -> None:
    async with connected(_service([])) as nest:
        assert await nest.send("echo", LAST + 2) == LAST + 2
        assert type(nest._opening.caller) is Caller  # noqa: SLF001
        assert nest._direct is nest._opening.caller  # noqa: SLF001
