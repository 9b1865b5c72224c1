"""A state is published when somebody looks, once a second, if anything changed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from inspector.pipeline import Options, Pipeline
from inspector.views.live_status import LiveStatus
from inspector.web.board import Board
from inspector.web.live_page import LivePage
from inspector.web.watching import WatchedView
from tests.inspector.conversation import Wire
from tests.inspector.plainly import Kept, mostly_plain
from tests.inspector.views.silent import Silent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class _Run:
    """A run whose clock a test moves."""

    def __init__(self) -> None:
        self.board, self.now, self.asked = Board(), 0.0, 0
        self.view = Silent()
        page = LivePage("live", redacted=True).named("lo")
        self.said: list[str] = []
        self.watch(page)
        self.pipeline = Pipeline(Options())

    def watch(self, page: LivePage) -> None:
        self.watched = WatchedView(
            self.view, self.board, page, self.said.append, lambda: self.now
        )

    def status(self) -> LiveStatus:
        self.asked += 1
        return LiveStatus(0, 1, None, [], self.pipeline.report())

    def tick(self, seconds: float) -> None:
        self.now += seconds
        assert self.watched.tick(self.status)

    def pass_by(self) -> None:
        wire = Wire()
        wire.connect().ask("sum", 1).answer(1, 3)
        for item in self.pipeline.inspect(iter(wire.records)):
            self.watched.show(item)


def test_nothing_is_made_while_nobody_looks_and_then_once_a_second() -> None:
    async def look() -> list[Any]:
        run = _Run()
        run.board.serve_on(asyncio.get_running_loop())
        run.tick(5)
        assert run.asked == 0
        run.board.enter()
        return [message async for message in _published(run)]

    first, second, last = asyncio.run(look())
    assert (first[0], first[1]["seen"]) == ("state", 0)
    assert second[0] == "change"
    assert second[1]["set"]["seen"] == 1
    assert last[1]["set"]["live"]["ended"]


async def _published(run: _Run) -> AsyncIterator[Any]:
    async def message(seen: int) -> Any:  # noqa: ANN401
        await asyncio.sleep(0)
        found = await run.board.after(seen)
        assert found is not None
        return found.kind, json.loads(found.data)

    run.tick(0)
    yield await message(0)
    run.pass_by()
    run.tick(0.5)
    assert run.asked == 1
    run.tick(0.5)
    yield await message(1)
    run.tick(5)
    run.tick(5)  # nothing has changed
    assert run.asked == 4
    report = run.pipeline.report()
    assert not run.watched.notice("words")
    run.watched.finish(run.status(), report, ())
    yield await message(2)
    run.watched.close()
    assert run.view.seen == ["show", "notice", "finish", "close"]


def test_a_page_that_fails_is_said_once_and_the_run_goes_on() -> None:
    class _Broken(LivePage):
        def add(self, _item: object) -> None:
            raise IndexError("add")

        def state(self, *_: object, **__: object) -> Any:  # noqa: ANN401
            raise IndexError("state")

    run = _Run()
    run.watch(_Broken("live", redacted=True))
    run.board.enter()

    run.pass_by()
    run.tick(5)
    run.watched.finish(run.status(), run.pipeline.report(), ())

    assert run.view.seen == ["notice", "show", "finish"]
    assert run.said == ["web: a fault of the page: IndexError: add"]


def test_a_page_that_takes_long_is_made_less_often() -> None:
    async def look() -> list[int]:
        run = _Run()
        run.board.serve_on(asyncio.get_running_loop())
        run.board.enter()
        status = run.status

        def late() -> LiveStatus:
            run.now += 2  # seconds that it took
            return status()

        run.status = late  # type: ignore[method-assign]
        run.tick(0)
        await asyncio.sleep(0)  # in which the board takes the state
        asked = []
        for _ in range(4):
            run.tick(6)
            asked.append(run.asked)
        return asked

    assert asyncio.run(look()) == [1, 1, 2, 2]  # after nine times as long


def test_a_page_that_fails_with_what_is_plain_is_said_once_too() -> None:
    run, plain = _Run(), Kept(mostly_plain()).plain
    broken = LivePage("live", redacted=True)
    del broken._gathered  # noqa: SLF001 — a fault, wherever it is
    run.watch(broken)

    for each in plain:
        run.watched.show_plain(each)

    assert len(run.said) == 1
    assert "a fault of the page" in run.said[0]
    assert run.view.seen.count("show") == len(plain)
