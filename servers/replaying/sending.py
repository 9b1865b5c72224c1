"""One recording: sent again, and its answer compared with the recorded one."""

from __future__ import annotations

import asyncio
import time
from types import NoneType
from typing import TYPE_CHECKING, NamedTuple

from protocol import UNDEFINED, EncodeError, Json
from servers.errors import CallError, NoHandlerError, RemoteError, UsageError
from servers.recorded.differences import differences
from servers.recorded.json_paths import JsonPaths

if TYPE_CHECKING:
    from servers.client import Client
    from servers.recorded.json_paths import Place
    from servers.recorded.recordings import Recording

_MOST = 20
"""Differences of one answer that are named."""
_NOTHING = JsonPaths()
_SCALARS = frozenset({bool, int, float, str, NoneType, type(UNDEFINED)})
"""Types of values that differ from each other as a whole, or not at all."""


class Answer(NamedTuple):
    """What came of a recording that was sent.

    Attributes:
        recording: What was sent.
        differences: How the answer differs from the recorded one, in words.
        latency_ns: From sending to the first reply; None if there was none.
        hidden: How many recorded values were redacted, and so not compared.
        failure: What kept the call from an answer; empty for nothing.
    """

    recording: Recording
    differences: tuple[str, ...] = ()
    latency_ns: int | None = None
    hidden: int = 0
    failure: str = ""


async def send(
    client: Client, recording: Recording, ignored: JsonPaths = _NOTHING
) -> Answer:
    """Send a recording again; return how its answer compares.

    Args:
        client: Calls the service.
        recording: A message with data, or an event.
        ignored: What is not compared of values and errors.
    """
    if recording.kind == "event":
        return await _emit(client, recording)
    compared = _Comparison(recording, ignored)
    latency_ns: int | None = None
    failure = ""
    begun = time.perf_counter_ns()
    try:
        async for value in client.stream(
            recording.pattern, recording.data, metadata=recording.metadata
        ):
            if latency_ns is None:
                latency_ns = time.perf_counter_ns() - begun
            compared.value(value)
        compared.end(UNDEFINED)
    except NoHandlerError as error:
        # Each carrier says so in words of its own.
        compared.end(recording.err if recording.had_no_handler else error.err)
    except RemoteError as error:
        compared.end(error.err)
    except (CallError, EncodeError, UsageError) as error:
        failure = str(error)
        compared.fail(failure)
    if latency_ns is None and not failure:
        latency_ns = time.perf_counter_ns() - begun
    return compared.answer(latency_ns, failure)


async def _emit(client: Client, recording: Recording) -> Answer:
    try:
        await client.emit(
            recording.pattern, recording.data, metadata=recording.metadata
        )
        await asyncio.sleep(0)  # events are written at the end of a turn
    except (CallError, EncodeError, UsageError) as error:
        return Answer(recording, (f"not sent: {error}",), failure=str(error))
    return Answer(recording)


class _Comparison:
    """An answer that comes value by value, beside the recorded one."""

    def __init__(self, recording: Recording, ignored: JsonPaths) -> None:
        self._recording, self._ignored = recording, ignored
        self._values = recording.values
        self._place = 0
        self._hidden: list[Place] = []
        self._found: list[str] = []

    def value(self, now: Json) -> None:
        """Compare the next value; UNDEFINED is none."""
        if now is UNDEFINED or not self._recording.is_answered:
            return
        place, self._place = self._place, self._place + 1
        if place < len(self._values):
            self._compare(self._where(place), self._values[place], now)

    def end(self, err: Json) -> None:
        """Compare how the answer ends: with an error, or UNDEFINED for none."""
        recording = self._recording
        if not recording.is_answered:
            return
        before = recording.err
        # A path is about what is in an error: that there is one is compared always.
        both = before is not UNDEFINED and err is not UNDEFINED
        self._compare("error ", before, err, self._ignored if both else _NOTHING)
        recorded, now = len(self._values), self._place
        if recorded != now:
            self._add(f"{_count(recorded)} recorded, {now:,} now")

    def fail(self, failure: str) -> None:
        """Take a failure for a difference, if there was an answer."""
        if self._recording.is_answered:
            self._add(failure)

    def answer(self, latency_ns: int | None, failure: str) -> Answer:
        """Return what came of it."""
        return Answer(
            self._recording, tuple(self._found), latency_ns, len(self._hidden), failure
        )

    def _where(self, place: int) -> str:
        return f"value {place + 1:,} " if len(self._values) > 1 else ""

    def _compare(
        self, where: str, before: Json, now: Json, ignored: JsonPaths | None = None
    ) -> None:
        if type(before) is type(now) and type(before) in _SCALARS and before == now:
            return
        paths = self._ignored if ignored is None else ignored
        for each in differences(before, now, paths, self._hidden):
            self._add(f"{where}{each}")

    def _add(self, words: str) -> None:
        if len(self._found) < _MOST:
            self._found.append(words)


def _count(number: int) -> str:
    return f"{number:,} value{'s' * (number != 1)}"
