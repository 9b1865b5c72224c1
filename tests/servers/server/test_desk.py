from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    Event,
    InvalidJsonError,
    Json,
    JsonText,
    Request,
    Response,
    UnknownPacketError,
)
from servers import Context, Hooks, RpcError
from servers.server.desk import Desk
from servers.server.registry import Registry
from tests.servers.respondents import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from protocol import Packet, PacketError

_MASKED = {"status": "error", "message": "Internal server error"}


class _Notes(Hooks):
    """Keep what is reported of calls."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []
        self.finished: list[tuple[str, ...]] = []
        self.seconds: list[float] = []

    def call_started(self, side: str, route: str) -> None:
        self.started.append((side, route))

    def call_finished(
        self, side: str, route: str, kind: str, outcome: str, seconds: float
    ) -> None:
        self.finished.append((side, route, kind, outcome))
        self.seconds.append(seconds)


def _desk(**messages: Callable[..., Any]) -> Desk:
    registry = Registry()
    for name, function in messages.items():
        registry.message(name)(function)
    return Desk(registry.handlers)


def _receive(
    desk: Desk, packet: Packet | PacketError, recorder: Recorder | None = None
) -> Recorder:
    recorder = recorder or Recorder()
    desk.receive(packet, recorder)
    return recorder


def test_a_plain_function_replies_at_once_with_its_value() -> None:
    desk = _desk(double=lambda data: 2 * data)

    recorder = _receive(desk, Request("double", "1", JsonText(b"21")))

    assert recorder.bodies == ['{"response":42,"isDisposed":true,"id":"1"}']
    assert not recorder.tasks


def test_ids_of_every_kind_are_repeated() -> None:
    desk = _desk(a=lambda: 1, b=lambda: (1,), c=lambda context: context)

    for identity in ("1", "", 5, None):
        for pattern in ("a", "b", "unknown"):
            (reply,) = _receive(desk, Request(pattern, identity)).replies
            assert reply["id"] == identity


def test_an_exception_of_a_plain_function_is_an_error() -> None:
    def fail() -> None:
        raise ValueError("secret")

    def refuse() -> None:
        raise RpcError({"code": 1})

    desk = _desk(fail=fail, refuse=refuse)

    (reply,) = _receive(desk, Request("fail", "1")).replies
    assert reply == {"err": _MASKED, "isDisposed": True, "id": "1"}
    (reply,) = _receive(desk, Request("refuse", "2")).replies
    assert reply == {"err": {"code": 1}, "isDisposed": True, "id": "2"}


def test_what_a_plain_function_returns_may_need_a_closer_look() -> None:
    desk = _desk(nan=lambda: float("nan"), undefined=lambda: UNDEFINED)

    (reply,) = _receive(desk, Request("nan", "1")).replies
    assert reply == {"err": _MASKED, "isDisposed": True, "id": "1"}
    (reply,) = _receive(desk, Request("undefined", "1")).replies
    assert reply == {"isDisposed": True, "id": "1"}


async def test_what_a_plain_function_returns_may_have_to_be_awaited() -> None:
    def stream() -> Iterator[int]:
        yield from range(2)

    desk = _desk(stream=stream, later=lambda: asyncio.sleep(0, 5))
    recorder = _receive(desk, Request("later", "1"))
    _receive(desk, Request("stream", "2"), recorder)
    await recorder.until_done()

    assert recorder.streams == 1
    assert sorted(recorder.replies, key=lambda reply: reply["id"]) == [
        {"response": 5, "isDisposed": True, "id": "1"},
        {"response": 0, "id": "2"},
        {"response": 1, "isDisposed": True, "id": "2"},
    ]


def test_a_request_without_a_handler_is_an_error_that_hooks_see() -> None:
    notes = _Notes()

    recorder = _receive(_desk(), Request("unknown", "1"), Recorder(notes))

    assert recorder.replies == [
        {"id": "1", "status": "error", "err": NO_MESSAGE_HANDLER}
    ]
    assert notes.started == [("server", "")]
    assert notes.finished == [("server", "", "message", "no_handler")]
    assert notes.seconds == [0.0]


def test_hooks_see_every_call_of_a_plain_function() -> None:
    notes, desk = _Notes(), _desk(a=lambda: 1)
    recorder = Recorder(notes)

    _receive(desk, Request("a", "1"), recorder)
    _receive(desk, Event("a"), recorder)

    assert len(recorder.bodies) == 1
    assert notes.started == [("server", "a")] * 2
    assert notes.finished == [
        ("server", "a", "message", "completed"),
        ("server", "a", "event", "completed"),
    ]


@pytest.mark.parametrize(
    "packet",
    [
        Response("1", response=JsonText(b"1")),
        UnknownPacketError("neither"),
        InvalidJsonError("nonsense"),
    ],
)
def test_what_is_neither_request_nor_event_is_an_event_without_a_pattern(
    packet: Packet | PacketError,
) -> None:
    recorder = _receive(_desk(undefined=lambda: 1), packet)

    assert recorder.ignored == [UNDEFINED]
    assert not recorder.bodies


def test_an_event_without_a_handler_is_reported() -> None:
    notes = _Notes()

    recorder = _receive(_desk(a=lambda: 1), Event({"b": 1}), Recorder(notes))

    assert recorder.ignored == [{"b": 1}]
    assert not recorder.bodies
    assert not notes.started


def test_an_event_reaches_every_event_handler_in_order() -> None:
    registry, seen = Registry(), list[Json]()
    registry.event("e")(lambda data: seen.append(["one", data]))

    @registry.event("e")
    def two(context: Context, data: int) -> None:
        seen.append([context.id, context.is_event, data])

    registry.event("e")(lambda: seen.append("three"))

    recorder = _receive(Desk(registry.handlers), Event("e", JsonText(b"5")))

    assert seen == [["one", 5], [UNDEFINED, True, 5], "three"]
    assert not recorder.bodies


def test_an_event_reaches_a_message_handler_alone() -> None:
    registry, seen = Registry(), list[str]()
    registry.message("e")(lambda: seen.append("message"))
    registry.event("e")(lambda: seen.append("event"))

    recorder = _receive(Desk(registry.handlers), Event("e"))

    assert seen == ["message"]
    assert not recorder.bodies


async def test_a_request_reaches_event_handlers_which_reply_together() -> None:
    registry = Registry()
    registry.event("one")(lambda: 1)
    registry.event("two")(lambda data: data)
    registry.event("two")(lambda context: [context])

    desk = Desk(registry.handlers)
    recorder = _receive(desk, Request("one", "1"))
    _receive(desk, Request("two", "2", JsonText(b"3")), recorder)
    await recorder.until_done()

    assert recorder.replies == [
        {"response": 1, "isDisposed": True, "id": "1"},
        {"response": {"current": 3, "next": [3]}, "isDisposed": True, "id": "2"},
    ]


def test_the_context_describes_the_packet() -> None:
    seen: list[Context] = []

    def note(context: Context) -> None:
        seen.append(context)

    desk, recorder = _desk(a=note), Recorder()
    _receive(desk, Request('"a"', "1", JsonText(b"2"), JsonText(b"[3]")), recorder)
    _receive(desk, Event("a"), recorder)

    message, event = seen
    assert (message.pattern, message.route, message.id) == ('"a"', "a", "1")
    assert (message.data, message.metadata) == (2, [3])
    assert (message.peer, message.connection_id) == ("recorder:1", 7)
    assert message.respondent is recorder
    assert (event.id, event.data, event.metadata) == (UNDEFINED,) * 3


async def test_a_plain_function_waits_for_tasks_that_have_not_run() -> None:
    seen: list[str] = []
    registry = Registry()
    registry.message("plain")(lambda: seen.append("plain"))
    registry.event("heard")(lambda: seen.append("heard"))
    desk, recorder = Desk(registry.handlers), Recorder()

    recorder.starting = True
    _receive(desk, Request("plain", "1"), recorder)
    _receive(desk, Event("heard"), recorder)
    assert not seen
    await asyncio.sleep(0)
    assert seen == ["plain", "heard"]
    assert recorder.replies == [{"response": None, "isDisposed": True, "id": "1"}]

    recorder.starting = False
    _receive(desk, Request("plain", "2"), recorder)
    _receive(desk, Event("heard"), recorder)
    assert seen == ["plain", "heard", "plain", "heard"]


async def test_a_coroutine_is_started_at_once_after_others() -> None:
    async def later() -> int:
        return 1

    desk, recorder = _desk(later=later), Recorder()
    recorder.starting = True
    _receive(desk, Request("later", "1"), recorder)

    assert len(recorder.tasks) == 1
    await recorder.until_done()
    assert recorder.replies == [{"response": 1, "isDisposed": True, "id": "1"}]
