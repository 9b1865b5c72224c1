"""What a service has of its topics: partitions, how far they are done, rebalances.

::

    begin ─► join ─► given partitions ─► poll ─► lanes ─► commit …  ─► end
                     ▲                    │
                     └── taken away ◄─────┘  what is begun may end, what waits is
                                             left to others

A group that has never read a topic begins where the service has begun: that is
committed at once, or what comes before its first commit would be lost with a rebalance.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from servers.errors import ConnectError
from servers.logs import logger_of

from .connecting import reason
from .lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterable

    from servers.server.endpoints import Reception

    from .connecting import Link, Settings
    from .topics import Topics

logger = logger_of("server")

_AT_ONCE = 500  # messages that are taken together
_POLL = 1_000  # milliseconds until it is looked again whether to go on
_PAUSE = 0.1  # seconds between two commits
_LOOK = 0.02  # seconds until it is looked again whether handlers have ended
_NEW_TOPICS = 30_000  # milliseconds until a topic that an expression matches is found


class Consumer(Protocol):
    """What handles messages: a service."""

    name: str
    reception: Reception

    def pump(self, lane: Lane) -> None:
        """Handle what waits in a partition."""

    def spoilt(self, error: Exception) -> None:
        """Note that consuming has failed for good."""


class Consumption:
    """What a service has of its topics.

    Args:
        settings: Where the brokers are, and the name of the group.
        topics: What is subscribed to.
        service: What handles messages.
    """

    def __init__(self, settings: Settings, topics: Topics, service: Consumer) -> None:
        self._settings = settings
        self._topics = topics
        self._service = service
        self._consumer: Any = None  # of aiokafka, which has no types
        self._lanes: dict[Any, Lane] = {}
        self._held: set[Any] = set()  # partitions that are not read for a time
        self._given = asyncio.Event()
        self._due = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._settling: asyncio.Task[None] | None = None
        self._polling: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    @property
    def lanes(self) -> Iterable[Lane]:
        """The partitions."""
        return [*self._lanes.values()]

    async def begin(self, link: Link) -> None:
        """Join the group, and wait for partitions.

        Raises:
            ConnectError: No broker can be reached, or it refuses.
        """
        options = self._settings.options
        session = round(options.session * 1_000)
        more = {"metadata_max_age_ms": _NEW_TOPICS} if self._topics.expressions else {}
        self._consumer = await link.consume(
            options.suffix,
            self._subscribe,
            group_id=self._settings.group,
            auto_offset_reset=options.start,
            session_timeout_ms=session,
            heartbeat_interval_ms=session // 4,
            fetch_max_wait_ms=round(options.wait * 1_000),
            **more,
        )
        loop = asyncio.get_running_loop()
        self._polling = loop.create_task(self._poll())
        self._tasks = [self._polling, loop.create_task(self._commit())]
        await self.resumed()

    def _subscribe(self, consumer: Any) -> None:  # noqa: ANN401 — of aiokafka
        from aiokafka import ConsumerRebalanceListener  # noqa: PLC0415 — an extra

        consumption = self

        class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
            async def on_partitions_revoked(self, revoked: Collection[Any]) -> None:
                await consumption.taken_away(revoked)

            async def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
                consumption.given(assigned)

        self._consumer = consumer
        pattern = self._topics.pattern
        if pattern is None:
            consumer.subscribe(topics=self._topics.names, listener=Listener())
        else:
            consumer.subscribe(pattern=pattern, listener=Listener())

    async def resumed(self) -> None:
        """Wait until the group has given partitions, and takes commits.

        Raises:
            ConnectError: It does not.
        """
        await self._given.wait()
        for lane in self._lanes.values():
            lane.committed = -1  # whether the group takes it, shows whether we are in
        await self.commit()
        if self._failure is not None:
            raise ConnectError(f"{self._service.name}: {reason(self._failure)}")

    # What the group says.

    async def taken_away(self, _: Collection[Any]) -> None:
        """Leave what waits to others; let what is begun end, for a time."""
        self._given.clear()
        for lane in self._lanes.values():
            lane.drop_waiting()
        patience = self._settings.options.session / 2
        with suppress(TimeoutError, ConnectError):
            async with asyncio.timeout(patience):
                # Nothing tells that the handlers of all partitions have ended.
                while not all(lane.quiet for lane in self._lanes.values()):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK)
            await self.commit()

    def given(self, assigned: Collection[Any]) -> None:
        """Read partitions from where the group is."""
        kept = {tp: lane for tp, lane in self._lanes.items() if tp in assigned}
        for lane in kept.values():
            lane.committed = -1
        self._lanes = kept
        self._held.clear()
        if self._settling is not None:
            self._settling.cancel()
        settling = self._settle([*assigned])
        self._settling = asyncio.get_running_loop().create_task(settling)

    async def _settle(self, partitions: list[Any]) -> None:
        """Find out where partitions begin, before anybody relies on it."""
        with suppress(ConnectError):
            for each in partitions:
                position = await self._trying(self._consumer.position(each))
                self._lane(each, position)
            await self.commit()
            self._given.set()

    def _lane(self, partition: Any, position: int) -> Lane:  # noqa: ANN401 — of aiokafka
        lane = self._lanes.get(partition)
        if lane is None:
            ordered = self._settings.options.ordered
            lane = self._lanes[partition] = Lane(position, ordered=ordered)
        return lane

    # What is read.

    async def _poll(self) -> None:
        from aiokafka.errors import ConsumerStoppedError, KafkaError  # noqa: PLC0415

        try:
            while True:
                taken = await self._consumer.getmany(
                    timeout_ms=_POLL, max_records=_AT_ONCE
                )
                for partition, records in taken.items():
                    self._take(partition, records)
                await asyncio.sleep(0)
        except ConsumerStoppedError:
            pass
        except KafkaError as error:
            self._failure = error
            self._given.set()
            for task in self._tasks[1:]:  # those beside this one
                task.cancel()
            self._service.spoilt(error)

    def _take(self, partition: Any, records: list[Any]) -> None:  # noqa: ANN401
        lane = self._lane(partition, records[0].offset)
        lane.take(records)
        self._service.pump(lane)
        most = self._service.reception.limits.buffered // max(len(self._lanes), 1)
        if lane.size > most or lane.waiting > _AT_ONCE:
            self._held.add(partition)
            self._consumer.pause(partition)

    def relieve(self, lane: Lane) -> None:
        """Read on in a partition where little waits."""
        if not self._held or lane.waiting > _AT_ONCE // 2:
            return
        most = self._service.reception.limits.buffered // max(len(self._lanes), 1)
        if lane.size > most // 2:
            return
        for partition in [each for each in self._held if self._lanes.get(each) is lane]:
            self._held.discard(partition)
            self._consumer.resume(partition)

    # What is done.

    def commit_soon(self) -> None:
        """Tell the group how far it is, some time from now."""
        self._due.set()

    async def _commit(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            with suppress(ConnectError):  # what is not known to be done is done again
                await self.commit()
            await asyncio.sleep(_PAUSE)

    async def commit(self) -> None:
        """Tell the group how far its partitions are done.

        Raises:
            ConnectError: It does not take that: it has given them to others.
        """
        done = {tp: lane.done for tp, lane in self._lanes.items() if lane.advanced}
        assigned = self._consumer.assignment()
        done = {tp: offset for tp, offset in done.items() if tp in assigned}
        if not done:
            return
        await self._trying(self._consumer.commit(done))
        for partition, offset in done.items():
            lane = self._lanes.get(partition)
            if lane is not None:
                lane.committed = max(lane.committed, offset)

    async def hold(self) -> None:
        """Read nothing more, and leave what waits to others."""
        if self._polling is not None:
            self._polling.cancel()
            with suppress(asyncio.CancelledError):
                await self._polling
        for lane in self._lanes.values():
            lane.drop_waiting()

    async def end(self) -> None:
        """Tell the group how far it is, for the last time.

        Raises:
            ConnectError: It does not take that.
        """
        settling = [] if self._settling is None else [self._settling]
        for task in (*self._tasks, *settling):
            task.cancel()
        await asyncio.gather(*self._tasks, *settling, return_exceptions=True)
        if self._consumer is not None and self._failure is None:
            async with asyncio.timeout(self._settings.options.session):
                await self.commit()

    async def _trying(self, attempt: Awaitable[Any]) -> Any:  # noqa: ANN401
        """Return what an attempt gives.

        Raises:
            ConnectError: It failed.
        """
        from aiokafka.errors import KafkaError  # noqa: PLC0415 — an extra

        try:
            return await attempt
        except (OSError, KafkaError) as error:
            raise ConnectError(f"{self._service.name}: {reason(error)}") from error
