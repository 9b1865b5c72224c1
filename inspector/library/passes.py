"""One pass over what was given: what the command and the library have in common.

::

    given ─► records ─► pipeline ─► exchanges and findings, the report
      └────► problems: what could not be read, or only in part
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inspector.pipeline import Pipeline
from inspector.sources.reading import Reading
from protocol import NEWEST, NestVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from inspector.calls.exchanges import Exchange
    from inspector.carriers.base import Concealment
    from inspector.errors import InspectorError
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.limits import Limits
    from inspector.pipeline import Tap

    from .given import Given


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a pass besides the capture.

    Attributes:
        where: Which exchanges are meant; None for all.
        ports: TCP ports whose connections are taken for Nest whatever they carry.
        nest: The version of Nest by which findings are judged.
        limits: What may be kept of connections; None for the usual.
        carriers: Port → name of the carrier that its connections are taken for.
        conceal: What hides secrets in all that is read; None where nothing is hidden.
    """

    where: Callable[[Exchange], bool] | None = None
    ports: frozenset[int] = frozenset()
    nest: NestVersion = NEWEST
    limits: Limits | None = None
    carriers: Mapping[int, str] = field(default_factory=dict)
    conceal: Concealment | None = None


class Pass:
    """One inspection of what was given.

    Args:
        given: What to read.
        options: What is asked for.
        taps: What listens between the stages of the inspection.
        exchanges_only: Whether no findings are wanted, and no figures of exchanges in
            the report.

    Attributes:
        problems: What could not be read, or only in part.
        complete: Whether findings and figures are wanted too.
    """

    def __init__(
        self,
        given: Given,
        options: Options,
        taps: Iterable[Tap] = (),
        *,
        exchanges_only: bool = False,
    ) -> None:
        self.problems: list[InspectorError] = []
        self.complete = not exchanges_only
        self._given = given
        self._pipeline = Pipeline(
            options.ports,
            options.where,
            taps,
            options.nest,
            options.limits,
            carriers=options.carriers,
            conceal=options.conceal,
        )
        self._pipeline.exchanges_only = exchanges_only

    def items(self, reading: Reading | None = None) -> Iterator[Exchange | Finding]:
        """Return what is found, in the order in which it is certain.

        Args:
            reading: To watch and to stop it; where it stops is no problem.
        """
        records = self._given.records(self.problems, reading or Reading())
        return self._pipeline.inspect(records)

    def report(self) -> Report:
        """Return the figures of what was inspected so far."""
        return self._pipeline.report()
