"""What an output format is: what it writes for the commands that it serves.

A format is one file in :mod:`inspector.views.formats`, named as ``--format`` names it:

::

    @registered("a table in Org mode")
    class Org(Format):
        def exchanges(self, exchanges, found, columns): ...

It serves the commands whose method it has; the others refuse it, and say which do not.
``CONTRIBUTING.md`` says what else a new one takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console

    from inspector.calls.chains.trees import Node
    from inspector.calls.exchanges import Exchange
    from inspector.calls.links import Link
    from inspector.calls.plain import PlainExchange
    from inspector.comparing.comparison import Comparison
    from inspector.contracts.checking import Checking
    from inspector.contracts.document import Contract
    from inspector.explain.explanation import Explanation
    from inspector.figures.report import Report
    from inspector.figures.services import Service
    from inspector.figures.timeline import Timeline
    from inspector.figures.worst import Worst
    from inspector.filters.conditions import Gate
    from inspector.filters.projection import Column
    from inspector.findings.finding import Finding
    from inspector.journal import CapturedPacket

    from .clock import Times
    from .closeup import Closeup
    from .live_status import LiveStatus

    Decorator: TypeAlias = Callable[[type["Format"]], type["Format"]]


class Output(Protocol):
    """Where a format writes: to stdout, as bytes or as a view for people."""

    def write(self, data: bytes) -> None:
        """Write bytes."""

    def screen(self, *, endless: bool = False) -> Console:
        """Return the console of a view; ``--svg`` saves what is shown there.

        Args:
            endless: Whether it goes on for as long as it likes: of such a view, a
                picture has only what is shown once the console records.
        """

    def plot(self, draw: Callable[[str], str]) -> None:
        """Let a view have a picture of its own, and not that of its lines.

        Args:
            draw: Returns it as SVG, given its title, if it is to be saved.
        """


class Found(Protocol):
    """What a command reads: exchanges and findings as they come, then the report."""

    @property
    def captures(self) -> Sequence[str]:
        """The names of the captures."""

    @property
    def times(self) -> Times:
        """What the times of tables say."""

    @property
    def repeated(self) -> Sequence[str]:
        """Words of the command line that a next command needs as well."""

    def items(self, *, quiet: bool = False) -> Iterator[Exchange | Finding]:
        """Read the captures, and yield what they hold.

        Args:
            quiet: Whether nothing is written before all is read, so that a bar may
                show how far that is.
        """

    def read(self) -> None:
        """Read the captures for the report alone."""

    def report(self) -> Report:
        """Return the totals of what was read so far."""

    def gates(self) -> Sequence[Gate]:
        """Return the conditions of ``--fail-on``, and which of them fail the run."""


class LiveView(Protocol):
    """What shows traffic while it passes."""

    def show(self, item: Exchange | Finding) -> None:
        """Show what has just ended, or was just found."""

    def show_plain(self, plain: PlainExchange) -> None:
        """Show what has just ended, and is an exchange only for whoever looks at it."""

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Show that an exchange waits for longer than it should."""

    def notice(self, words: str) -> bool:
        """Show what happened to the source itself; answer whether there is room."""

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        """Draw, if it is time to; answer whether to go on."""

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Show the report."""

    def close(self) -> None:
        """Leave the screen as it was."""


class LadderOptions(msgspec.Struct, frozen=True):
    """How a ladder is drawn.

    Attributes:
        unfolded: Whether every frame has a row of its own.
        acks: Whether pure ACKs have one.
        errands: Whether what a carrier does for the sake of an exchange has one.
        worst: Which of the exchanges that are drawn deserves a look first; None where
            nobody asked.
        links: Number of an exchange → what is known of its parent, where chains are
            drawn.
    """

    unfolded: bool = False
    acks: bool = False
    errands: bool = False
    worst: Worst | None = None
    links: Mapping[int, Link] = msgspec.field(default_factory=dict)


class ShowOptions(msgspec.Struct, frozen=True):
    """How one exchange is shown.

    Attributes:
        captures: The names of the captures, as they were given.
        full: Whether payloads are written whole, and all packets.
        raw: Whether frames are written as they were sent.
        again: Whether the data is that of the call, with which it can be made again.
    """

    captures: Sequence[str] = ()
    full: bool = False
    raw: bool = False
    again: bool = True


class Format:
    """What ``--format NAME`` writes.

    A subclass has a method for each command that it serves, with the parameters of the
    one here. What it is given can be iterated over once, while the capture is read:
    write as it comes, and a capture may be of any length.

    Args:
        output: Where it writes.

    Attributes:
        name: As ``--format`` names it.
        title: What it writes, in the help text: ``JSON lines``.
        drawn: Whether it is a view for people, which ``--svg`` can save.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    drawn: ClassVar[bool] = False

    def __init__(self, output: Output) -> None:
        self.output = output

    def report(self, found: Found) -> None:
        """Write the report on what is found."""
        raise NotImplementedError

    def exchanges(
        self,
        exchanges: Iterator[Exchange],
        found: Found,
        columns: Sequence[Column] | None,
    ) -> None:
        """Write exchanges.

        Args:
            exchanges: In the order of their requests.
            found: Where they come from: the report knows when the capture began.
            columns: What ``--fields`` names, each with what reads it; None for all.
        """
        raise NotImplementedError

    def show(self, closeup: Closeup, found: Found, options: ShowOptions) -> None:
        """Write one exchange, and what is around it.

        Args:
            closeup: The exchange; all of the captures has been read.
            found: Where it comes from.
            options: How it is written.
        """
        raise NotImplementedError

    def chain(self, chains: Iterator[Node], found: Found, number: int | None) -> None:
        """Write requests with what they caused, as they are complete.

        Args:
            chains: Each by its root; at least one.
            found: Where they come from.
            number: Of the exchange whose chain is asked for; None for all.
        """
        raise NotImplementedError

    def timeline(self, timeline: Timeline, found: Found) -> None:
        """Write calls over time; all of the captures has been read."""
        raise NotImplementedError

    def services(self, services: Sequence[Service], found: Found) -> None:
        """Write who asks whom, the worst first; all of the captures has been read."""
        raise NotImplementedError

    def contract(self, contract: Contract, found: Found) -> None:
        """Write what the payloads of each pattern are; all has been read."""
        raise NotImplementedError

    def check(self, checking: Checking, found: Found) -> None:
        """Write where traffic is not as a contract says, as it comes."""
        raise NotImplementedError

    def diff(self, comparison: Comparison, found: Sequence[Found]) -> None:
        """Write what differs between two captures; both have been read."""
        raise NotImplementedError

    def packets(
        self, packets: Iterator[CapturedPacket], found: Found, *, whole: bool
    ) -> None:
        """Write captured packets.

        Args:
            packets: In the order of capture.
            found: Where they come from.
            whole: Whether they are all, so that they add up to the report.
        """
        raise NotImplementedError

    def ladder(
        self, packets: Iterator[CapturedPacket], found: Found, options: LadderOptions
    ) -> None:
        """Write what passed between clients and servers."""
        raise NotImplementedError

    def follow(self, packets: Iterator[CapturedPacket], *, full: bool) -> None:
        """Write frames.

        Args:
            packets: Those that carried them, in the order of capture.
            full: Whether long strings are written whole.
        """
        raise NotImplementedError

    def explain(self, explanations: Sequence[Explanation]) -> None:
        """Write what is found out about frames."""
        raise NotImplementedError

    def live(self, source: str, slow_ns: int) -> LiveView:
        """Return what shows the traffic that passes.

        Args:
            source: The name of the source.
            slow_ns: From when on an exchange that waits needs attention.
        """
        raise NotImplementedError

    def write_line(self, line: bytes) -> None:
        """Write a line; its end is added."""
        self.output.write(line + b"\n")

    @classmethod
    def served(cls) -> list[str]:
        """Return the commands that it serves: ``live`` stands for ``proxy`` too."""
        return [name for name in COMMANDS if name in _methods(cls)]

    @classmethod
    def described(cls) -> str:
        """Return its name and what it writes, and for what unless that is all."""
        served = cls.served()
        only = "" if served == COMMANDS else f"; for {', '.join(served)}"
        return f"{cls.name} ({cls.title}{only})"


COMMANDS = [
    "report",
    "exchanges",
    "show",
    "chain",
    "timeline",
    "services",
    "contract",
    "check",
    "diff",
    "packets",
    "ladder",
    "follow",
    "explain",
    "live",
]
"""Commands whose output has a format, each a method of :class:`Format`."""


def _methods(cls: type[Format]) -> set[str]:
    """Return the names that a format defines, or one that it derives from."""
    bases = cls.__mro__[: cls.__mro__.index(Format)]
    return {name for base in bases for name in vars(base)}


known: dict[str, type[Format]] = {}
"""Name → format, of those whose file was loaded."""


def registered(title: str, *, drawn: bool = False) -> Decorator:
    """Return the decorator of a format; it is named as its module is.

    Args:
        title: What it writes, as the help text says it: ``JSON lines``.
        drawn: Whether it is a view for people, which ``--svg`` can save.
    """

    def register(made: type[Format]) -> type[Format]:
        made.name = made.__module__.rpartition(".")[2]
        made.title, made.drawn = title, drawn
        known[made.name] = made
        return made

    return register
