from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from protocol import NO_MESSAGE_HANDLER, UNDEFINED
from servers.errors import NoHandlerError, RemoteError, UsageError
from servers.recorded.books import How
from servers.recorded.fakes import Fake
from servers.recorded.recordings import recordings
from servers.testing import connected
from tests.servers.recorded.recorded import line, value

if TYPE_CHECKING:
    from servers.recorded.fakes import Latency

_REFUSAL = {"status": "error", "message": "no such user"}
_LINES = [
    line("sum", [1, 2], value(3)),
    line({"cmd": "user"}, {"id": 7}, {"err": _REFUSAL, "isDisposed": True}),
    line("plain", {}, {"err": "as it is", "isDisposed": True}),
    line("gone", {}, {"err": NO_MESSAGE_HANDLER, "status": "error"}),
    line("empty", {}, {"isDisposed": True}),
    line("count", {}, {"response": 1}, {"response": 2}, {"isDisposed": True}),
    line("fails", {}, {"response": 1}, {"err": "late", "isDisposed": True}),
    line("log", "x", type="event"),
]


def _fake(*lines: bytes, latency: Latency = "none", strict: bool = False) -> Fake:
    found = recordings(lines or _LINES, "answers.jsonl")
    return Fake(found, "answers.jsonl", latency=latency, strict=strict)


async def test_a_request_is_answered_as_recorded() -> None:
    fake = _fake()
    async with connected(fake.service, timeout=60) as nest:
        assert await nest.send("sum", [1, 2]) == 3
        assert await nest.send("empty", {}) is UNDEFINED
        assert [each async for each in nest.stream("count", {})] == [1, 2]
        for pattern, err in [({"cmd": "user"}, _REFUSAL), ("plain", "as it is")]:
            with pytest.raises(RemoteError) as caught:
                await nest.send(pattern, {"id": 7} if err is _REFUSAL else {})
            assert caught.value.err == err
        with pytest.raises(NoHandlerError):
            await nest.send("gone", {})
        failing = nest.stream("fails", {})
        assert await anext(failing) == 1
        with pytest.raises(RemoteError, match="late"):
            await anext(failing)
        await nest.emit("log", "y")
        await nest.emit("never recorded", "y")
        await nest.send("sum", [1, 2])  # the events came before it

    assert fake.events == {"log": 1, "never recorded": 1}
    assert (fake.answered[How.EXACT], fake.unknown) == (7, 0)
    assert fake.summary().startswith("7 requests answered as recorded; 2 events taken")


async def test_what_nobody_recorded_is_an_error_with_the_nearest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = _fake()
    async with connected(fake.service, timeout=60) as nest:
        with pytest.raises(RemoteError) as caught:
            await nest.send("summ", [1])
        assert await nest.send("sum", [1, 5]) == 3

    err = caught.value.err
    assert err["message"] == "answers.jsonl has no recording of summ"
    assert err["nearest"] == {"pattern": "sum", "at": "line 1", "data": [1, 2]}
    told = [each.getMessage() for each in caplog.records if each.levelno > logging.INFO]
    assert told == [
        "answers.jsonl has no recording of summ; the nearest is sum (line 1)",
        "sum: answered as line 1 of answers.jsonl, the nearest: $[1]: 2 → 5",
    ]
    assert "1 without a recording" in fake.summary()


async def test_a_strict_fake_refuses_other_data() -> None:
    async with connected(_fake(strict=True).service, timeout=60) as nest:
        with pytest.raises(RemoteError) as caught:
            await nest.send("sum", [1, 5])

    assert "with this data: $[1]: 2 → 5" in caught.value.err["message"]


@pytest.mark.parametrize(
    ("latency", "waits"),
    [("recorded", [0.03, 0.02, 0.05]), ("none", []), (0.007, [0.007, 0.02, 0.05])],
)
async def test_answers_take_as_long_as_they_are_to(
    latency: Latency, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        slept.append(round(seconds, 6))
        await sleep(0)

    timed = line(
        *(
            "ticks",
            {},
            {"response": 1, "after_ms": 30},
            {"response": 2, "after_ms": 50},
        ),
        {"isDisposed": True, "after_ms": 100},
    )
    monkeypatch.setattr("servers.recorded.fakes.asyncio.sleep", noted)
    async with connected(_fake(timed, latency=latency).service, timeout=60) as nest:
        assert [each async for each in nest.stream("ticks", {})] == [1, 2]

    assert [each for each in slept if each] == waits


async def test_a_call_that_had_no_answer_has_none_again() -> None:
    async with connected(_fake(line("hang", {})).service, grace=0) as nest:
        await nest.connect()
        with pytest.raises(TimeoutError):
            await nest.send("hang", {}, timeout=0.1)


def test_a_file_without_answers_is_refused() -> None:
    with pytest.raises(UsageError, match="no recordings that could answer"):
        Fake([], "empty.jsonl")


def test_a_pattern_that_nests_deep_is_left_out_with_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    deep = b'{"pattern":%b,"replies":[{"response":1}]}' % (b"[" * 3_000 + b"]" * 3_000)
    fake = _fake(deep, line("a", {}, value(2)))

    (told,) = caplog.messages
    assert told.startswith("answers.jsonl: line 1: not answered: [[[")
    assert len(told) < 200
    assert fake.recordings == 1


async def test_a_pattern_that_no_handler_can_have_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = _fake(line("null", {}, value(1)), line("a", {}, value(2)))

    (told,) = caplog.messages
    assert told.startswith(
        "answers.jsonl: line 1: not answered: no packet can reach 'null'"
    )
    async with connected(fake.service, timeout=60) as nest:
        assert await nest.send("a", {}) == 2
    assert fake.recordings == 1
