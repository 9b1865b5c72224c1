"""The calls of the command: replies to one output, reports to another."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

from protocol import UNDEFINED, EncodeError, Json, dumps, duration, route
from servers.client import Client
from servers.errors import (
    CallError,
    ConnectError,
    ConnectionLostError,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    UsageError,
)
from servers.hooks import Hooks
from servers.locating import broker_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.hooks import Side

    from .question import Question

DONE, REFUSED, USAGE, UNREACHABLE, TIMEOUT = 0, 1, 2, 3, 4


class _Counter(Hooks):
    """Count the packets and bytes of one call."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.sent = self.received = self.bytes_out = self.bytes_in = 0

    def packets_sent(self, side: Side, count: int) -> None:
        del side
        self.sent += count

    def packets_received(self, side: Side, count: int) -> None:
        del side
        self.received += count

    def bytes_sent(self, side: Side, count: int) -> None:
        del side
        self.bytes_out += count

    def bytes_received(self, side: Side, count: int) -> None:
        del side
        self.bytes_in += count

    def __str__(self) -> str:
        plural = "s" * (self.sent != 1)
        return (
            f"{self.sent} packet{plural} out ({self.bytes_out:,} bytes), "
            f"{self.received} in ({self.bytes_in:,} bytes)"
        )


class Answer(NamedTuple):
    """How a call ended.

    Attributes:
        code: The exit code.
        known: Whether a handler has answered, or an event has been sent.
        words: What happened.
        elapsed_ns: How long it took.
        traffic: Packets and bytes; empty if nothing was sent.
    """

    code: int
    known: bool
    words: str
    elapsed_ns: int
    traffic: str

    def __str__(self) -> str:
        if self.code == USAGE:  # of what was asked, however long that took
            return self.words
        report = f"{self.words} after {duration(self.elapsed_ns)}"
        return f"{report}, {self.traffic}" if self.traffic else report


class Asker:
    """Make calls on one connection.

    Args:
        question: Says to which server, and how to connect.

    Attributes:
        client: The client that makes the calls.
    """

    def __init__(self, question: Question) -> None:
        self._counter = _Counter()
        self.client = client_of(question, self._counter)

    async def ask(self, question: Question, write: Callable[[bytes], None]) -> Answer:
        """Make a call.

        Args:
            question: The call.
            write: Receives each value of the reply, as JSON text.
        """
        self._counter.clear()
        self.client.timeout = question.timeout
        begun = time.perf_counter_ns()
        code, known, words = await _outcome(self.client, question, write)
        elapsed_ns = time.perf_counter_ns() - begun
        traffic = str(self._counter) if self._counter.sent else ""
        return Answer(code, known, words, elapsed_ns, traffic)


def client_of(question: Question, hooks: Hooks | None = None) -> Client:
    """Return a client of the server that a call is for, and of no other.

    Args:
        question: Says to which server, how to connect, and how long to wait.
        hooks: Callbacks for what the client does.
    """
    if question.server.url:
        return Client(
            broker_at(question.server.url), timeout=question.timeout, hooks=hooks
        )
    return Client(
        addresses=[question.server.target],
        timeout=question.timeout,
        tls=question.tls,
        server_hostname=question.server_hostname,
        hooks=hooks,
    )


async def ask(
    question: Question,
    write: Callable[[bytes], None],
    say: Callable[[str], None],
    seen: Callable[[Json], None] = lambda _: None,
) -> int:
    """Make the calls; return the exit code of the first one that failed.

    Args:
        question: The call.
        write: Receives each reply, as JSON text.
        say: Receives the report, a line at a time.
        seen: Receives the pattern once a handler has answered, or an event is sent.
    """
    times: list[int] = []
    code = DONE
    asker = Asker(question)
    async with asker.client:
        for _ in range(question.repeat):
            answer = await asker.ask(question, write)
            say(f"{name_of(question)}: {answer}")
            if answer.known:
                seen(question.pattern)
            code = code or answer.code
            times.append(answer.elapsed_ns)
            if answer.code == USAGE:
                break
    if len(times) > 1:
        say(_summary(times))
    return code


def name_of(question: Question) -> str:
    """Return the name of the call in reports: its route."""
    pattern = question.pattern
    return pattern if isinstance(pattern, str) else route(pattern)


async def _outcome(
    client: Client, question: Question, write: Callable[[bytes], None]
) -> tuple[int, bool, str]:
    """Return the exit code, whether there is a handler, and what happened."""
    try:
        return DONE, True, await _call(client, question, write)
    except RemoteError as error:
        known = not isinstance(error, NoHandlerError)
        return REFUSED, known, f"error {dumps(error.err).decode()}"
    except RequestTimeoutError as error:
        return TIMEOUT, False, str(error)
    except (ConnectError, ConnectionLostError) as error:
        return UNREACHABLE, False, str(error)
    except (CallError, UsageError, EncodeError) as error:
        return USAGE, False, str(error)


async def _call(
    client: Client, question: Question, write: Callable[[bytes], None]
) -> str:
    """Make the call; return the words for its success.

    Raises:
        CallError: The call failed.
    """
    pattern, data, metadata = question.pattern, question.data, question.metadata
    if question.kind == "event":
        await client.emit(pattern, data, metadata=metadata)
        await asyncio.sleep(0)  # events are written at the end of a turn
        return "event sent"
    if question.kind == "stream":
        count = 0
        async for value in client.stream(pattern, data, metadata=metadata):
            count += 1
            write(dumps(None if value is UNDEFINED else value))
        return f"end of {count} value{'s' * (count != 1)}"
    value = await client.send(pattern, data, metadata=metadata)
    if value is UNDEFINED:
        return "reply without a value"
    write(dumps(value))
    return "reply"


def _summary(times: list[int]) -> str:
    median = round(statistics.median(times))
    return (
        f"{len(times)} calls: fastest {duration(min(times))}, "
        f"median {duration(median)}, slowest {duration(max(times))}"
    )
