"""A whole run: what is read, chosen, sent at its time, and counted.

Recordings are read in a thread, some ahead of those that are due, so that a run takes
the same memory whatever the length of its file.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from servers.recorded.json_paths import JsonPaths
from servers.server.threads import DaemonThreads

from .ahead import Ahead
from .choosing import Choice
from .figures import Figures
from .pacing import Pace, Schedule
from .sending import Answer, send

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from servers.client import Client
    from servers.recorded.recordings import Recording

_TURN = 32  # calls that are due before their replies are looked at


class Plan(NamedTuple):
    """How a run is made.

    Attributes:
        choice: What is sent.
        pace: How fast.
        concurrency: How many calls may wait for their answers at a time.
        ignored: What of answers is not compared.
    """

    choice: Choice = Choice()
    pace: Pace = Pace()
    concurrency: int = 256
    ignored: JsonPaths = JsonPaths()


class Run:
    """One run.

    Args:
        recorded: What was recorded.
        plan: How the run is made.
        client: Calls the service; it is connected.
        show: Receives what came of each recording that was sent.

    Attributes:
        figures: What came of it so far.
        interrupted: Whether it was cancelled.
    """

    def __init__(
        self,
        recorded: Iterator[Recording],
        plan: Plan,
        client: Client,
        show: Callable[[Answer], None] = lambda _: None,
    ) -> None:
        self.figures = Figures()
        self.interrupted = False
        self._recorded, self._plan, self._client = recorded, plan, client
        self._show = show
        self._schedule = Schedule(plan.pace)
        self._begun = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._room: asyncio.Future[None] | None = None
        self._failure: BaseException | None = None  # of what shows answers

    async def run(self) -> None:
        """Send what is to be sent, and wait for the answers.

        To be cancelled is to be interrupted: calls in flight are given up.

        Raises:
            UsageError: A line cannot be read; the answers to those before it were
                waited for.
            OSError: An answer cannot be shown.
        """
        try:
            try:
                await self._send_all()
            except Exception:
                await self._settled()
                raise
            await self._settled()
        except asyncio.CancelledError:
            self.interrupted = True
            await self._give_up()
        self.figures.taken_s = self._elapsed() if self.figures.sent else 0.0

    async def _send_all(self) -> None:
        choice, figures = self._plan.choice, self.figures
        count = 0
        async for recording in self._read():
            if not choice.is_meant(recording):
                figures.skipped += 1
            elif (reason := choice.refusal(recording)) is not None:
                figures.refuse(reason, recording.route)
            else:
                count += 1
                await self._wait_until_due(recording, count)
                self._begin(recording)

    async def _read(self) -> AsyncIterator[Recording]:
        loop, threads = asyncio.get_running_loop(), DaemonThreads(2)
        ahead = Ahead(self._recorded)
        loop.run_in_executor(threads, ahead.read)
        while chunk := await loop.run_in_executor(threads, ahead.take):
            for recording in chunk:
                yield recording
        ahead.check()

    async def _wait_until_due(self, recording: Recording, count: int) -> None:
        due = self._schedule.due(recording.time_ns)
        if count == 1:
            self._begun = asyncio.get_running_loop().time()
        early = due - self._elapsed()
        if early > 0 or count % _TURN == 0:
            await asyncio.sleep(max(early, 0.0))
        while len(self._tasks) >= self._plan.concurrency and not self._failure:
            self._room = asyncio.get_running_loop().create_future()
            await self._room
        self._check()
        figures, late = self.figures, self._elapsed() - due
        figures.due_s, figures.late_s = due, late
        figures.latest_s = max(figures.latest_s, late)

    def _begin(self, recording: Recording) -> None:
        if recording.server:
            self.figures.note_server(recording.server[0])
        task = asyncio.get_running_loop().create_task(self._send(recording))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _send(self, recording: Recording) -> None:
        answer = await send(self._client, recording, self._plan.ignored)
        self.figures.add(answer)
        self._show(answer)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            failure = task.exception()  # asked of each, or asyncio tells of it
            self._failure = self._failure or failure
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    async def _settled(self) -> None:
        """Wait for the answers that are still to come.

        Raises:
            OSError: The output cannot be written.
        """
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def _give_up(self) -> None:
        tasks = [each for each in self._tasks if not each.done()]
        self.figures.unfinished = len(tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _elapsed(self) -> float:
        """Return seconds since the first was sent."""
        return asyncio.get_running_loop().time() - self._begun
