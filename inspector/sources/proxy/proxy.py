"""The loop that serves all routes, between two records.

The event loop runs inside the generator of records. Bytes are passed on at once; their
records wait a moment, so that a call passes in both directions before anybody looks at
it. So there is one thread, and looking costs a call hardly any time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from .listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from inspector.sources.records import PacketRecord
    from inspector.streams.endpoints import Endpoint

    from .routes import Route

_WAIT_S = 0.05
# decision 59: The proxy looks at bytes after it has passed them on, a moment later
_LOOK_AT = 64  # records that wait at most


class Proxy:
    """Relay connections, and report them as records.

    Args:
        routes: What to listen for, and where it goes.
        notify: Called with a sentence when a target goes away or comes back.
        hold_s: How long records wait before they are looked at.

    Raises:
        InspectorError: A port cannot be listened on.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        notify: Callable[[str], None] = lambda _: None,
        *,
        hold_s: float = 0.005,
    ) -> None:
        self._hold_s = hold_s
        self._closed = False
        self._records: deque[PacketRecord] = deque()
        self._number = 0
        self._look: asyncio.TimerHandle | None = None
        self._listeners: list[Listener] = []
        self._loop = asyncio.new_event_loop()
        try:
            for route in routes:
                listener = Listener(route, self._loop, self._take, notify)
                self._listeners.append(listener)
                self._loop.run_until_complete(listener.start())
        except BaseException:
            self.close()
            raise

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where the routes listen; a port that was 0 is the one that was got."""
        return [listener.endpoint for listener in self._listeners]

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        """Serve, and yield what passes as records.

        Args:
            idle: Is called some twenty times a second, whether bytes come or not; it
                answers whether to go on.
        """
        while idle():
            timer = self._loop.call_later(_WAIT_S, self._loop.stop)
            self._loop.run_forever()
            timer.cancel()
            self._look_no_more()
            while self._records:
                yield self._records.popleft()

    @property
    def name(self) -> str:
        """The routes: ``127.0.0.1:8888 → 127.0.0.1:8889``."""
        targets = [listener.target for listener in self._listeners]
        pairs = zip(self.endpoints, targets, strict=True)
        return ", ".join(f"{where} → {target}" for where, target in pairs)

    def dropped(self) -> None:
        """Return nothing: a proxy misses none."""

    def close(self) -> None:
        """End all connections and stop listening."""
        self._closed = True  # what still passes would stop the loop, to be looked at
        self._look_no_more()
        for listener in self._listeners:
            listener.close()
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        if pending:
            self._loop.run_until_complete(asyncio.wait(pending))
        # What was aborted is closed in the next round of the loop.
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _look_no_more(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _take(self, records: Iterable[PacketRecord]) -> None:
        if self._closed:
            return
        for record in records:
            self._number += 1
            record.number = self._number
            self._records.append(record)
        if len(self._records) >= _LOOK_AT:
            self._loop.stop()
        elif self._look is None:
            self._look = self._loop.call_later(self._hold_s, self._loop.stop)
