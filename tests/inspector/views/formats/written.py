"""Formats that write to memory."""

from __future__ import annotations

from collections import deque
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from inspector.calls.exchanges import Exchange
from inspector.pipeline import Pipeline
from inspector.views.clock import Times
from inspector.views.console import THEME
from inspector.views.format_registry import format_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inspector.figures.report import Report
    from inspector.filters.conditions import Gate
    from inspector.findings.finding import Finding
    from inspector.sources.records import PacketRecord
    from inspector.views.output_format import Format


class Written:
    """What a format has written, as bytes or on a screen."""

    def __init__(self, *, terminal: bool = False) -> None:
        self._bytes, self._screen = BytesIO(), StringIO()
        self._terminal = terminal

    @property
    def text(self) -> str:
        """All of it."""
        return self._bytes.getvalue().decode() + self._screen.getvalue()

    def write(self, data: bytes) -> None:
        self._bytes.write(data)

    def screen(self, *, endless: bool = False) -> Console:  # noqa: ARG002 — it shows all
        return Console(
            file=self._screen, width=80, theme=THEME, force_terminal=self._terminal
        )

    def plot(self, draw: Callable[[str], str]) -> None:
        """Draw nothing: no picture is asked for."""


class Read:
    """Records that are read as a command reads its captures."""

    captures: Sequence[str] = ("calls.pcap",)
    times = Times.RELATIVE
    repeated: Sequence[str] = ()

    def __init__(
        self, records: Sequence[PacketRecord], gates: Sequence[Gate] = ()
    ) -> None:
        self._records, self._inspection = records, Pipeline()
        self._gates = gates

    def gates(self) -> Sequence[Gate]:
        return self._gates

    def items(self, *, quiet: bool = False) -> Iterator[Exchange | Finding]:  # noqa: ARG002
        return self._inspection.inspect(self._records)

    def read(self) -> None:
        deque(self.items(), maxlen=0)

    def report(self) -> Report:
        return self._inspection.report()

    def exchanges(self) -> Iterator[Exchange]:
        return (item for item in self.items() if isinstance(item, Exchange))


def opened(name: str, *, terminal: bool = False) -> tuple[Format, Written]:
    """Return a format, and what it will have written."""
    written = Written(terminal=terminal)
    return format_named(name)(written), written
