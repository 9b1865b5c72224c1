"""Real Nest, and we, get a card on which all is passed: servers and clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from inspector.conformance.calling.desk import Desk, Until
from inspector.conformance.card import Outcome
from inspector.conformance.serving.grading import grade_server
from inspector.conformance.serving.target import Subject, Subjects, Target
from servers import Client
from tests.interop.listeners import SIDES, listening
from tests.interop.pairs import Ours, opened
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from inspector.conformance.card import Card
    from protocol import Json
    from tests.interop.nests import Nests
    from tests.interop.pairs import Caller, Notes

_SUBJECTS = Subjects(
    call=Subject({"b": 1, "a": {"d": "x", "c": 2}}, 3),
    echo=Subject("echo", 3),
    stream=Subject("stream.many", 3),
    error=Subject("error.text", 3),
    event=Subject("event", 3),
    slow=Subject("stream.slow", 3),
)
_NUMBER = Subjects(call=Subject(1, 3))


def _unpassed(card: Card) -> dict[str, str]:
    return {
        each.check.name: f"{each.outcome}: {each.reason}"
        for each in card.results
        if each.outcome is not Outcome.PASSED
    }


@pytest.mark.parametrize("side", SIDES)
async def test_a_server_passes_every_check(side: str, nests: Nests) -> None:
    async with listening(side, nests) as port:
        address = ("127.0.0.1", port)
        target = Target(address, _SUBJECTS, PATIENCE)
        card = await asyncio.to_thread(grade_server, target)
        by_number = Target(address, _NUMBER, PATIENCE)
        other = await asyncio.to_thread(grade_server, by_number, ["pattern-number"])
        async with Client(*address) as client:
            heard = await client.send("heard", 0)  # which the next test begins without

    assert [0, 3] in heard
    assert _unpassed(card) == {
        "pattern-number": "not tried: needs --pattern with a number"
    }
    assert _unpassed(other) == {}


@pytest.mark.parametrize("side", SIDES)
async def test_a_client_passes_every_check(side: str, nests: Nests) -> None:
    listens: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    desk = Desk("127.0.0.1", 0, Until(PATIENCE), listens.set_result)
    grading = asyncio.create_task(desk.serve())
    port = await listens
    if side == "python":
        async with Client("127.0.0.1", port) as client:
            await _take_steps(Ours(client))
    else:
        async with opened(nests[side], port) as caller:
            await _take_steps(caller)

    assert _unpassed(await grading) == {}


async def _take_steps(caller: Caller) -> None:
    ((_, plan), _) = await caller.observe("conformance.plan", {})
    for step in plan:
        got = await asyncio.gather(*(_done(caller, each) for each in step["calls"]))
        report = {"check": step["check"], "got": got}
        await caller.observe("conformance.got", report)


async def _done(caller: Caller, call: dict[str, Json]) -> dict[str, Json]:
    if call["kind"] == "emit":
        await caller.emit(call["pattern"], call["data"])
        return {}
    return _reported(await caller.observe(call["pattern"], call["data"]))


def _reported(notes: Notes) -> dict[str, Json]:
    values: list[Json] = [note[1] for note in notes if note[0] == "value"]
    errors = [note[1] for note in notes if note[0] == "error"]
    return {"values": values, **({"error": errors[0]} if errors else {})}
