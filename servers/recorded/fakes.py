"""A service that answers as recorded, in place of the one that did.

::

    fake = Fake(recordings(lines, "answers.jsonl"), "answers.jsonl")
    fake.service.run("127.0.0.1", 8888)

What is asked that nobody recorded is answered with an error that shows the nearest
recording. Events are taken and counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from contextlib import asynccontextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from protocol import UNDEFINED, Json, dumps
from servers.errors import PatternError, RpcError, UnknownPatternError, UsageError
from servers.logs import logger_of
from servers.server import Context, Service

from .books import Book, How
from .differences import shown
from .json_paths import JsonPaths

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from servers.server.middleware import ServerProceed

    from .books import Found
    from .recordings import RecordedReply, Recording

Latency: TypeAlias = Literal["recorded", "none"] | float
"""How long answers take: as recorded, no time, or seconds until the first reply."""

logger = logger_of("recorded")

_MOST_NAMES = 1_000
"""Routes and events whose names are kept; a peer can invent any number."""
_OTHERS = "(others)"
_OFFERED = 0.3
"""How alike a name must be to be shown as the nearest, from 0 to 1."""


class RecordedError(RpcError):
    """An error as it was recorded, which travels as it is."""

    @property
    def err(self) -> Json:
        """The value of ``err`` in the reply."""
        return self.error


class Fake:
    """A service of recordings.

    Args:
        recorded: What was recorded.
        name: What errors call it: the name of its file.
        ignored: What of the data of requests does not matter.
        latency: How long answers take.
        strict: Whether data that was not recorded is answered with an error, and not
            as the nearest data was.

    Attributes:
        service: The service, which is run as any other.
        answered: How a recording was found → how many requests it answered.
        unknown: How many requests had no recording.
        events: Route → how many events came.

    Raises:
        UsageError: There are no recordings.
    """

    def __init__(
        self,
        recorded: Iterable[Recording],
        name: str,
        *,
        ignored: JsonPaths | None = None,
        latency: Latency = "recorded",
        strict: bool = False,
    ) -> None:
        self.name = name
        self.answered: Counter[How] = Counter()
        self.unknown = 0
        self.events: Counter[str] = Counter()
        self._latency, self._strict = latency, strict
        self._books: dict[str, Book] = {}
        self._refused: set[str] = set()  # what was recorded to have no handler
        self.service = Service(lifespan=self._lifespan)
        self._register(recorded, ignored or JsonPaths())
        self.service.use(self._answer_unknown, unknown=True)

    @property
    def recordings(self) -> int:
        """How many recordings answer."""
        return sum(map(len, self._books.values()))

    def summary(self) -> str:
        """Return what it has done so far, in words."""
        nearest, total = self.answered[How.NEAREST], self.answered.total()
        words = f"{_count(total, 'request')} answered as recorded"
        if nearest:
            words += f", {nearest:,} of them by the nearest data"
        if self.unknown:
            words += f"; {self.unknown:,} without a recording"
        taken = ", ".join(f"{each} {n:,}" for each, n in self.events.most_common(8))
        events = f"; {_count(self.events.total(), 'event')} taken"
        return f"{words}{events} ({taken})" if taken else words + events

    def _register(self, recorded: Iterable[Recording], ignored: JsonPaths) -> None:
        first: dict[str, Recording] = {}
        for each in recorded:
            if each.kind == "event":
                first.setdefault(each.route, each)
            elif each.had_no_handler:
                self._refused.add(each.route)
            elif each.replies or not each.is_answered:
                first.setdefault(each.route, each)
                self._books.setdefault(each.route, Book(ignored)).add(each)
        if not first and not self._refused:
            raise UsageError(f"{self.name} has no recordings that could answer")
        for route, recording in first.items():
            # Its events had no handler either: they are counted all the same.
            if route in self._books or route not in self._refused:
                self._register_route(route, recording)

    def _register_route(self, route: str, recording: Recording) -> None:
        """Answer a pattern, unless no handler ever could: clients may send anything."""
        register = self.service.event
        if route in self._books:
            register = self.service.message
            recording = self._books[route].first
        try:
            register(recording.pattern)(self._answer)
        except PatternError as error:
            self._books.pop(route, None)
            where = f"{self.name}: {recording.name}"
            logger.warning("%s: not answered: %s", where, error)

    def _answer(self, context: Context) -> Any:  # noqa: ANN401 — a value or a stream
        if context.is_event:
            return self._take(context)
        messages = getattr(context.carrier, "stream", None)  # of gRPC alone
        if messages is not None:
            return self._answer_stream(context, messages)
        return self._answer_to(context, context.data)

    async def _answer_stream(
        self, context: Context, messages: AsyncIterator[Json]
    ) -> Any:  # noqa: ANN401 — likewise
        """Answer a stream of the client, once it has ended: all of it is the data."""
        answer = self._answer_to(context, [each async for each in messages])
        return await answer if isinstance(answer, Awaitable) else answer

    def _answer_to(self, context: Context, data: Json) -> Any:  # noqa: ANN401
        book = self._books.get(context.route)
        if book is None:
            raise self._unrecorded(context)
        found = book.find(data)
        if found.how is How.NEAREST and self._strict:
            raise self._unrecorded(context, found)
        self.answered[found.how] += 1
        if found.how is How.NEAREST:
            logger.warning(
                "%s: answered as %s of %s, the nearest: %s",
                context.route,
                found.recording.name,
                self.name,
                found.difference or "nothing else differs",
            )
        return self._replies(found.recording)

    def _take(self, context: Context) -> None:
        route = context.route or context.pattern_text
        if route not in self.events and len(self.events) >= _MOST_NAMES:
            route = _OTHERS
        self.events[route] += 1

    def _replies(self, recording: Recording) -> Any:  # noqa: ANN401 — likewise
        if len(recording.replies) == 1:
            return self._one(recording.replies[0])
        return self._several(recording.replies)

    async def _one(self, reply: RecordedReply) -> Json:
        await self._pause(0.0, reply, first=True)
        return _value_of(reply)

    async def _several(self, replies: tuple[RecordedReply, ...]) -> AsyncIterator[Json]:
        if not replies:  # nobody answered, and nobody does
            await asyncio.get_running_loop().create_future()
        before = 0.0
        for place, reply in enumerate(replies):
            await self._pause(before, reply, first=not place)
            before = reply.after_ms or before
            value = _value_of(reply)
            is_end = reply.isDisposed and value is UNDEFINED
            if not is_end:
                yield value

    async def _pause(self, before: float, reply: RecordedReply, *, first: bool) -> None:
        """Wait as long as was waited for a reply after the one before it."""
        if self._latency == "none":
            return
        if first and not isinstance(self._latency, str):
            await asyncio.sleep(self._latency)
            return
        seconds = ((reply.after_ms or before) - before) / 1_000
        # Even no time is a turn of the event loop: an end by itself stays one.
        await asyncio.sleep(max(seconds, 0.0))

    async def _answer_unknown(self, context: Context, proceed: ServerProceed) -> Json:
        try:
            return await proceed()
        except UnknownPatternError:
            if context.is_event:
                return self._take(context)
            if context.pattern_text in self._refused:
                raise
            raise self._unrecorded(context) from None

    def _unrecorded(self, context: Context, found: Found | None = None) -> RpcError:
        """Return the error for what nobody recorded, with the nearest recording."""
        self.unknown += 1
        pattern, near = context.pattern_text, None if found is None else found.recording
        if near is None:
            message = f"{self.name} has no recording of {pattern}"
            near = self._nearest(pattern)
        else:
            assert found is not None
            message = f"{self.name} has no recording of {pattern} with this data"
            message += f": {found.difference}" if found.difference else ""
        error: dict[str, Json] = {"status": "error", "message": message}
        if near is not None:
            error["nearest"] = _shown_recording(near)
            message += f"; the nearest is {near.route} ({near.name})"
        logger.warning("%s", message)
        return RecordedError(error)

    def _nearest(self, pattern: str) -> Recording | None:
        routes = list(self._books)[:_MOST_NAMES]
        near = [each for each in routes if pattern in each or each in pattern]
        near = near or get_close_matches(pattern, routes, n=1, cutoff=_OFFERED)
        return self._books[near[0]].first if near else None

    @asynccontextmanager
    async def _lifespan(self, _: Service) -> AsyncIterator[None]:
        logger.info(
            "%s of %s in %s",
            _count(self.recordings, "recorded answer"),
            _count(len(self._books), "pattern"),
            self.name,
        )
        try:
            yield
        finally:
            if self.answered or self.unknown or self.events:
                logger.info("%s", self.summary())


def _value_of(reply: RecordedReply) -> Json:
    """Return the value of a reply.

    Raises:
        RecordedError: It is an error.
    """
    if reply.err is not UNDEFINED:
        raise RecordedError(reply.err)
    return reply.response


def _shown_recording(recording: Recording) -> dict[str, Json]:
    shown_of: dict[str, Json] = {"pattern": recording.pattern, "at": recording.name}
    if recording.data is not UNDEFINED:
        small = len(dumps(recording.data)) <= _LARGE
        shown_of["data"] = recording.data if small else shown(recording.data)
    return shown_of


_LARGE = 2_000
"""Bytes of data that an error shows whole."""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
