"""A conversation with servers: statements to calls, on a connection that stays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import click

from protocol import UNDEFINED, Json, dumps
from servers.errors import CallError

from .asking import DONE, USAGE, Answer, Asker, name_of
from .options import read_data, read_pattern
from .statements import COMMANDS, OFF, Statement, StatementError, parse_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from servers import ConnectionEvent
    from servers.hooks import Kind

    from .addresses import Address
    from .history import History
    from .question import Question

_KINDS: dict[str, Kind] = {"send": "message", "emit": "event", "stream": "stream"}


class Ways(NamedTuple):
    """Where a conversation gets and gives what.

    Attributes:
        question_at: Returns the way to a server, by its name or its address.
        names: The names that servers have.
        write: Receives each value of a reply, as JSON text.
        say: Receives what there is to say, a line at a time.
        report: Receives how a call ended.
    """

    question_at: Callable[[str], Question]
    names: Sequence[str]
    write: Callable[[bytes], None]
    say: Callable[[str], None]
    report: Callable[[str, Answer], None]


class Conversation:
    """Do what statements say.

    Args:
        name: Of the server, as it was typed.
        metadata: For the handlers' contexts; UNDEFINED for none.
        ways: Where it gets and gives what.
        history: Keeps the patterns.

    Attributes:
        name: Of the server.
        history: As above.

    Raises:
        click.UsageError: There is no such server.
    """

    def __init__(self, name: str, metadata: Json, ways: Ways, history: History) -> None:
        self.name, self.history = name, history
        self._metadata, self._ways = metadata, ways
        self._timeout: float | None = None  # that was typed
        self._question = ways.question_at(name)
        self._was_connected = False
        self._quiet: Callable[[], None] = lambda: None  # no more notices
        self._asker = self._new_asker()

    @property
    def server(self) -> Address:
        """The address of the server."""
        return self._question.server

    def names(self) -> list[str]:
        """Return the names and the addresses of servers that are known."""
        return [*self._ways.names, *map(str, self.history.servers())]

    async def connect(self) -> None:
        """Connect now, and say whether that failed."""
        try:
            await self._asker.client.connect()
        except CallError as error:
            self._ways.say(str(error))

    async def close(self) -> None:
        """Close the connection."""
        quiet, self._quiet = self._quiet, lambda: None
        quiet()
        await self._asker.client.aclose()

    async def obey(self, text: str) -> int | None:
        """Do what a statement says; return its exit code, None to leave.

        Args:
            text: What was typed.
        """
        try:
            statement = parse_statement(text)
            if statement is None:
                return DONE
            if statement.command == "exit":
                return None
            return await self._obey(statement)
        except (StatementError, click.ClickException) as error:
            message = getattr(error, "message", str(error))
            self._ways.say(message)
            return USAGE

    async def _obey(self, statement: Statement) -> int:
        if statement.command in _KINDS:
            return await self._call(statement)
        if statement.command == "use":
            await self._use(statement.word)
        elif statement.command == "metadata":
            self._set_metadata(statement.word)
        elif statement.command == "timeout":
            self._set_timeout(statement.word)
        else:
            self._help()
        return DONE

    async def _call(self, statement: Statement) -> int:
        data = statement.data
        if data == "-":
            raise StatementError("data from stdin is for the command line")
        question = self._question._replace(
            kind=_KINDS[statement.command],
            pattern=read_pattern(statement.word),
            data={} if data is None else read_data(data),
            metadata=self._metadata,
        )
        answer = await self._asker.ask(question, self._ways.write)
        if answer.known:
            self.history.add(self.server, question.pattern)
        self._ways.report(name_of(question), answer)
        return answer.code

    async def _use(self, name: str) -> None:
        if not name:
            self._ways.say(f"using {self.name} ({self.server})")
            return
        question = self._ways.question_at(name)
        await self.close()
        self.name, self._question = name, self._timed(question)
        self._asker, self._was_connected = self._new_asker(), False
        await self.connect()

    def _set_metadata(self, text: str) -> None:
        if text:
            self._metadata = UNDEFINED if text == OFF else read_data(text)
        none = self._metadata is UNDEFINED
        self._ways.say(f"metadata {OFF if none else dumps(self._metadata).decode()}")

    def _set_timeout(self, text: str) -> None:
        if text:
            self._timeout = 0.0 if text == OFF else _seconds(text)
            self._question = self._timed(self._question)
        seconds = self._question.timeout
        self._ways.say(f"timeout {OFF if seconds is None else f'{seconds:g} s'}")

    def _timed(self, question: Question) -> Question:
        if self._timeout is None:
            return question
        return question._replace(timeout=self._timeout or None)

    def _help(self) -> None:
        for command, (words, what) in COMMANDS.items():
            self._ways.say(f"{f'{command} {words}':<24} {what}")

    def _new_asker(self) -> Asker:
        asker = Asker(self._question)
        self._quiet = asker.client.subscribe(self._notice)
        return asker

    def _notice(self, event: ConnectionEvent) -> None:
        """Say that the connection was lost, and that there is one again."""
        if event.kind == "connected":
            again = " again" * self._was_connected
            self._was_connected = True
            self._ways.say(f"connected to {event.address}{again}")
        elif event.kind == "disconnected":
            why = f": {event.error}" if event.error is not None else ""
            self._ways.say(
                f"the connection to {event.address} was closed{why}; "
                "the next call connects again"
            )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise StatementError(f"{text!r} is no number of seconds")
    return seconds
