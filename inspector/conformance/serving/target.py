"""The server that is graded: what it can be asked, and how it answers as a rule."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING

from inspector.conformance.card import FailedError, Transcript, UntriedError
from inspector.conformance.matching import same
from inspector.errors import InspectorError
from inspector.streams.endpoints import Endpoint
from protocol import UNDEFINED, dumps, route, truthy
from protocol.named_tuple import NamedTuple

from .line import Line

if TYPE_CHECKING:
    from protocol import Json

UNKNOWN = "protocol-inspect:no-such-pattern"
"""What no server has a handler for, we hope."""


class Subject(NamedTuple):
    """Something that a server can be asked.

    Attributes:
        pattern: The pattern.
        data: The payload; UNDEFINED for none.
    """

    pattern: Json
    data: Json = UNDEFINED

    def members(self) -> dict[str, Json]:
        """Return the members of a packet, without an id."""
        members = {"pattern": self.pattern}
        if self.data is not UNDEFINED:
            members["data"] = self.data
        return members


class Subjects(NamedTuple):
    """What is known of a server; None for what is not.

    Attributes:
        call: A pattern that is answered with one value.
        echo: One that is answered with its payload.
        stream: One that is answered with several values.
        error: One whose handler fails.
        event: One that is sent as an event.
        slow: One that takes longer than ``call``.
    """

    call: Subject | None = None
    echo: Subject | None = None
    stream: Subject | None = None
    error: Subject | None = None
    event: Subject | None = None
    slow: Subject | None = None


class Target:
    """A server that is graded.

    Args:
        address: Host and port.
        subjects: What it can be asked.
        patience_s: Seconds to wait for what has to come.

    Attributes:
        transcript: Takes what passes on the next lines.
        lines: All connections so far, for what holds of every frame.
        learnt: The value of the first call; UNDEFINED where it is another each time.
        silent: Why the first call was not answered; empty if it was.
    """

    def __init__(
        self, address: tuple[str, int], subjects: Subjects, patience_s: float
    ) -> None:
        self.address, self.subjects, self.patience_s = address, subjects, patience_s
        self.transcript = Transcript()
        self.lines: list[Line] = []
        self.learnt: Json = UNDEFINED
        self.silent = ""
        self._known = False
        self._numbers = itertools.count(1)

    @property
    def pause_s(self) -> float:
        """How long to wait for what should not come."""
        return min(0.15, self.patience_s)

    def line(self) -> Line:
        """Return a new connection; close it."""
        line = Line(self.address, self.patience_s, self.transcript)
        self.lines.append(line)
        return line

    def check_reachable(self) -> None:
        """Make sure that somebody listens.

        Raises:
            InspectorError: Nobody does.
        """
        try:
            socket.create_connection(self.address, self.patience_s).close()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            where = str(Endpoint(*self.address))
            raise InspectorError(where, f"cannot connect: {reason}") from None

    def new_id(self) -> str:
        """Return an id as Nest makes them: 21 hexadecimal digits."""
        return f"{next(self._numbers):021x}"

    @property
    def subject(self) -> Subject:
        """What most checks ask: the call, or else what nobody handles."""
        return self.subjects.call or Subject(UNKNOWN, 1)

    @property
    def answers(self) -> bool:
        """Whether it is known that a call is answered."""
        return self._known

    def needed(self, what: str) -> Subject:
        """Return a subject that was given.

        Raises:
            UntriedError: It was not.
        """
        found: Subject | None = getattr(self.subjects, what)
        if found is None:
            raise UntriedError(f"needs --{'' if what == 'call' else f'{what}-'}pattern")
        return found

    def request(self, call_id: Json, subject: Subject | None = None) -> bytes:
        """Return a request as Nest's clients write it."""
        return dumps({**(subject or self.subject).members(), "id": call_id})

    def learn(self) -> None:
        """Ask twice, to know how the server answers as a rule; but not again.

        Raises:
            FailedError: It does not.
        """
        if self._known:
            return
        try:
            values = [self._first_value() for _ in range(2)]
        except FailedError as error:
            self.silent = str(error)
            raise
        self.learnt = values[0] if same(*values) else UNDEFINED
        self._known = True

    def _first_value(self) -> Json:
        with self.line() as line:
            call_id = self.new_id()
            line.send(self.request(call_id))
            return line.replies(call_id)[-1].members.get("response", UNDEFINED)

    def check_answered(self, line: Line, call_id: Json) -> None:
        """Make sure that a request for the subject is answered as a rule.

        Raises:
            FailedError: It is not.
        """
        last = line.replies(call_id)[-1].members
        if self.subjects.call is None:
            if not truthy(last.get("err")):
                raise FailedError("an unknown pattern is answered without an error")
            return
        if truthy(last.get("err")):
            raise FailedError(f"is answered with an error: {_text(last['err'])}")
        value = last.get("response", UNDEFINED)
        if self.learnt is not UNDEFINED and not same(value, self.learnt):
            raise FailedError(f"is answered with {_text(value)}, not as before")

    def check_alive(self) -> None:
        """Make sure that the server answers on a new connection.

        Raises:
            FailedError: It does not.
        """
        with self.line() as line:
            call_id = self.new_id()
            line.send(self.request(call_id))
            try:
                self.check_answered(line, call_id)
            except FailedError as error:
                raise FailedError(f"afterwards, on a new connection: {error}") from None

    def ask(self, *ids: Json, subject: Subject | None = None) -> None:
        """Send requests in one write on a new connection, and check all answers."""
        with self.line() as line:
            line.send(*(self.request(each, subject) for each in ids))
            for each in ids:
                self.check_answered(line, each)


def route_of(subject: Subject) -> str:
    """Return the name under which a Nest server looks for the handler."""
    return route(subject.pattern)


def _text(value: Json) -> str:
    return "nothing" if value is UNDEFINED else dumps(value).decode()[:80]
