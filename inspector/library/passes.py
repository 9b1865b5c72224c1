"""One pass over what was given: what the command and the library have in common.

::

    given ─► records ─► pipeline ─► exchanges and findings, the report
      └────► problems: what could not be read, or only in part
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.pipeline import Pipeline
from inspector.sources.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.errors import InspectorError
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.pipeline import Options, Tap

    from .given import Given


class Pass:
    """One inspection of what was given.

    Args:
        given: What to read.
        options: What is asked for.
        taps: What listens between the stages of the inspection.

    Attributes:
        problems: What could not be read, or only in part.
        complete: Whether findings and figures are wanted too.
    """

    def __init__(
        self, given: Given, options: Options, taps: Iterable[Tap] = ()
    ) -> None:
        self.problems: list[InspectorError] = []
        self.complete = not options.exchanges_only
        self._given = given
        self._pipeline = Pipeline(options, taps=taps)

    def items(self, reading: Reading | None = None) -> Iterator[Exchange | Finding]:
        """Return what is found, in the order in which it is certain.

        Args:
            reading: To follow and to stop it; to be stopped is not an error.
        """
        reading = reading or Reading()
        self._pipeline.omissions = reading.omissions
        records = self._given.records(self.problems, reading)
        return self._pipeline.inspect(records)

    def report(self) -> Report:
        """Return the figures of what was inspected so far."""
        report = self._pipeline.report()
        report.clocks = self._given.clocks
        return report
