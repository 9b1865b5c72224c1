from __future__ import annotations

from typing import TYPE_CHECKING

from servers.recorded.json_paths import JsonPaths
from servers.replaying.sending import send
from servers.testing import connected
from tests.servers.replaying.replayed import Counted, recording

if TYPE_CHECKING:
    from servers.recorded.recordings import Recording

_USER = {"name": "reader", "at": 2, "token": "secret"}


async def _differences(sent: Recording, *ignored: str) -> list[str]:
    async with connected(Counted().service, timeout=60) as nest:
        answer = await send(nest, sent, JsonPaths(ignored))
    return list(answer.differences)


async def test_answers_that_are_the_same_have_no_differences() -> None:
    for sent in (
        recording("get.double", 4, 8),
        recording("get.double", 4, 8.0),
        recording("count", 3, 1, 2, 3),
        recording("count", 0),
        recording("get.user", 0, _USER),
        recording("get.user", 1, err={"code": 404, "at": 2}, outcome="error"),
        recording("get.user", 0, {**_USER, "token": "xxxxxx"}),
    ):
        assert await _differences(sent) == []


async def test_differences_are_named() -> None:
    assert await _differences(recording("get.double", 4, 9)) == ["$: 9 → 8"]
    assert await _differences(recording("count", 2, 1, 3, 2)) == [
        "value 2 $: 3 → 2",
        "3 values recorded, 2 now",
    ]
    refused = await _differences(recording("get.user", 1, _USER))
    assert refused == ['error $: {"code":404,"at":2} is new', "1 value recorded, 0 now"]
    gone = recording("get.user", 0, err={"code": 404}, outcome="error")
    assert (await _differences(gone))[0] == 'error $: {"code":404} is gone'


async def test_what_is_ignored_is_ignored_in_values_and_errors() -> None:
    user = recording("get.user", 0, {**_USER, "at": 1})
    error = recording("get.user", 1, err={"code": 404, "at": 1}, outcome="error")

    assert await _differences(user) == ["$.at: 1 → 2"]
    assert await _differences(user, "$.at") == []
    assert await _differences(error, "$..at") == []


async def test_what_has_no_recorded_answer_is_not_compared() -> None:
    sent = recording("get.double", 4, outcome="unanswered")
    async with connected(Counted().service, timeout=60) as nest:
        answer = await send(nest, sent)

    assert answer.differences == ()
    assert answer.latency_ns is not None


async def test_events_are_sent_and_what_fails_is_said() -> None:
    counted = Counted()
    async with connected(counted.service, timeout=60) as nest:
        assert (await send(nest, recording("log", "x", kind="event"))).differences == ()
        hidden = await send(nest, recording("get.user", 0, {**_USER, "token": "xx"}))
        nobody = await send(nest, recording("nobody", 1, 1))
    closed = await send(nest, recording("get.double", 1, 2))

    assert counted.events == ["x"]
    assert hidden.hidden == 1
    assert "no matching message handler" in nobody.differences[0]
    assert closed.failure == closed.differences[0] == "the client is closed"
