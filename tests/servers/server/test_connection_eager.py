"""A handler sees no difference between a task that begins at once and one that waits.

From Python 3.12 on tasks begin at once, unless the application has set a factory.
"""

from __future__ import annotations

import asyncio
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from servers import Client, Context, Hooks, RemoteError, RpcError, Service
from tests.patience import PATIENCE
from tests.servers.ends import begin_tasks_later
from tests.servers.peers import Peer, request, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from servers.hooks import Kind, Outcome, Side

_WHO: ContextVar[str] = ContextVar("who", default="nobody")

at_once_and_later = pytest.mark.parametrize("later", [False, True])
with_and_without_hooks = pytest.mark.parametrize("hooked", [False, True])


class _Outcomes(Hooks):
    """Keep how calls ended."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[str, Outcome]] = []

    def call_finished(
        self, side: Side, route: str, kind: Kind, outcome: Outcome, seconds: float
    ) -> None:
        del side, kind, seconds
        self.outcomes.append((route, outcome))


async def _seen_of_its_task() -> list[Any]:
    """Tell what a handler can ask asyncio before it waits for anything."""
    task = asyncio.current_task()
    assert task is not None
    assert task in asyncio.all_tasks()
    assert task.get_loop() is asyncio.get_running_loop()
    return [task.get_name().split()[:2], task.cancelling(), task.done()]


async def _limited_in_time() -> list[str]:
    """End one block in time, and another one late."""
    seen = ["in time"]
    async with asyncio.timeout(PATIENCE):
        await asyncio.sleep(0)
    try:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()
    except TimeoutError:
        seen.append("late")
    return seen


async def _grouped() -> list[int]:
    """Wait for children, of which the first steps come after that of their parent."""
    seen: list[int] = []

    async def child(number: int) -> None:
        seen.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(child(number))
        seen.append(-1)
    return seen


async def _grouped_by_anyio() -> list[Any]:
    """Do the same with anyio, and leave a scope that is cancelled."""
    seen: list[Any] = [str(anyio.get_current_task().name).split()[:2]]
    with anyio.move_on_after(0) as scope:
        await anyio.sleep_forever()
    seen.append(scope.cancelled_caught)
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0)
        group.cancel_scope.cancel()
    return seen


async def _whom_it_sees(who: str) -> str:
    seen = _WHO.get()
    token = _WHO.set(who)
    if seen == who:
        _WHO.reset(token)
    return seen


async def _refuses() -> None:
    raise RpcError("no")


async def _fails() -> None:
    raise LookupError("a secret")


async def _is_cancelled_but_returns() -> int:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    return 1


async def _counts(context: Context) -> list[int]:
    before = context.server.in_flight
    await asyncio.sleep(0)
    return [before, context.server.in_flight]


async def _streams() -> AsyncIterator[int]:
    async def values() -> AsyncIterator[int]:
        for value in range(3):
            yield value
            await asyncio.sleep(0)

    return values()


async def _streams_without_a_wait() -> Iterator[int]:
    return iter(range(3))


_EXPECTED: dict[str, tuple[Any, Any]] = {
    "task": (_seen_of_its_task, [["call", "of"], 0, False]),
    "timeout": (_limited_in_time, ["in time", "late"]),
    "group": (_grouped, [-1, 0, 1, 2]),
    "anyio": (_grouped_by_anyio, [["call", "of"], True]),
    "context": (_whom_it_sees, "nobody"),
    "refuses": (_refuses, {"status": "error", "message": "no"}),
    "fails": (_fails, {"status": "error", "message": "Internal server error"}),
    "cancelled": (_is_cancelled_but_returns, 1),
    "counts": (_counts, [1, 1]),
    "streams": (_streams, 2),
    "streams at once": (_streams_without_a_wait, 2),
}


def _service(hooks: Hooks | None = None) -> Service:
    service = Service(hooks=hooks)
    for name, (function, _) in _EXPECTED.items():
        service.message(name)(function)
    return service


async def _answer(nest: Client, name: str) -> Any:  # noqa: ANN401
    try:
        return await nest.send(name, "ada")
    except RemoteError as error:
        return error.err


@at_once_and_later
@with_and_without_hooks
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
async def test_a_handler_sees_what_it_sees_in_any_task(
    later: bool,  # noqa: FBT001
    hooked: bool,  # noqa: FBT001
) -> None:
    if later:
        begin_tasks_later()
    async with (
        _service(Hooks() if hooked else None).listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for _ in range(2):
            for name, (_, expected) in _EXPECTED.items():
                assert await _answer(nest, name) == expected, name
        answers = await asyncio.gather(
            *(_answer(nest, name) for name in _EXPECTED if name != "counts")
        )
        wanted = [each for name, (_, each) in _EXPECTED.items() if name != "counts"]
        assert answers == wanted
        await until(lambda: server.in_flight == 0)
        (connection,) = server._connections  # noqa: SLF001
        assert not connection._streams  # noqa: SLF001


@at_once_and_later
async def test_a_handler_that_is_cancelled_while_it_waits_gets_no_reply(
    later: bool,  # noqa: FBT001
) -> None:
    if later:
        begin_tasks_later()
    hooks = _Outcomes()
    service = Service(hooks=hooks)

    @service.message("cancel")
    async def cancel() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        peer.write(request("cancel"))
        await until(lambda: hooks.outcomes)
        assert hooks.outcomes == [("cancel", "cancelled")]
        await until(lambda: server.in_flight == 0)
        assert not peer.bodies
        await peer.aclose()


@at_once_and_later
async def test_a_handler_that_stops_its_server_is_one_of_those_in_flight(
    later: bool,  # noqa: FBT001
) -> None:
    if later:
        begin_tasks_later()
    hooks = _Outcomes()
    service = Service(hooks=hooks)
    async with service.listen("127.0.0.1", 0) as server:

        @service.message("stop")
        async def stop() -> None:
            await server.stop(grace=0.01)

        peer = await Peer.connect(server.port)
        peer.write(request("stop"))
        await until(lambda: hooks.outcomes)
        assert hooks.outcomes == [("stop", "cancelled")]
        assert server.cut == 1
        await peer.aclose()


@at_once_and_later
async def test_handlers_begin_in_the_order_of_their_requests(
    later: bool,  # noqa: FBT001
) -> None:
    if later:
        begin_tasks_later()
    seen: list[str] = []
    service = Service()

    @service.message("coroutine")
    async def coroutine(name: str) -> None:
        seen.append(name)

    @service.message("stream")
    async def stream(name: str) -> AsyncIterator[int]:
        seen.append(name)
        yield 1

    service.message("plain")(seen.append)
    service.event("event")(seen.append)
    kinds = ["coroutine", "plain", "event", "plain", "coroutine"]
    if sys.version_info >= (3, 12) and not later:
        kinds += ["stream", "plain", "stream", "event"]
    names = [f"{number} {kind}" for number, kind in enumerate(kinds)]
    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        peer.write(b"".join(map(request, kinds, names)))
        await until(lambda: len(seen) == len(names))
        assert seen == names
        await peer.aclose()


async def test_a_coroutine_that_does_not_wait_is_answered_where_it_is_read() -> None:
    """Python 3.11 starts no task at once: there the turn of the loop comes first."""
    seen: list[str] = []
    service = Service()

    @service.message("plain")
    def plain() -> None:
        asyncio.get_running_loop().call_soon(seen.append, "turn")

    @service.message("coroutine")
    async def coroutine() -> None:
        seen.append("coroutine")

    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        await peer.ask(request("plain") + request("coroutine") * 2, replies=3)
        at_once = ["coroutine", "coroutine", "turn"]
        later = ["turn", "coroutine", "coroutine"]
        assert seen == (at_once if sys.version_info >= (3, 12) else later)
        await peer.aclose()


async def test_an_eager_factory_of_the_application_changes_nothing() -> None:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(getattr(asyncio, "eager_task_factory", None))
    async with (
        _service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("task", "ada") == _EXPECTED["task"][1]
        assert await nest.send("counts", "ada") == [1, 1]
        assert server.in_flight == 0
