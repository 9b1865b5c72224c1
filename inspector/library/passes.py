"""One pass over what was given: what the command and the library have in common.

::

    given ─► records ─► pipeline ─► exchanges and findings, the report
      └────► problems: what could not be read, or only in part
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.pipeline import Pipeline
from inspector.sources.reading import Reading
from inspector.sources.scanning import scan
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.errors import InspectorError
    from inspector.express.kept_exchanges import Keeper
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.listening import Tap
    from inspector.pipeline import Options
    from inspector.sources.reading import Scan
    from inspector.tls.opening import can_decrypt, open_keylog

    from .given import Given
else:  # decision 158
    can_decrypt = on_demand("inspector.tls.opening:can_decrypt")
    open_keylog = on_demand("inspector.tls.opening:open_keylog")


class Pass:
    """One inspection of what was given.

    Args:
        given: What to read.
        options: What is asked for.
        taps: What listens between the stages of the inspection.
        scan: What scans blocks of a capture, where records may come in batches; None
            for records one by one.

    Attributes:
        problems: What could not be read, or only in part.
        complete: Whether findings and figures are wanted too.
        decrypts: Whether there are secrets, so that TLS is decrypted.
    """

    def __init__(
        self,
        given: Given,
        options: Options,
        taps: Iterable[Tap] = (),
        *,
        scan: Scan | None = scan,
    ) -> None:
        self.problems: list[InspectorError] = []
        self.complete = not options.exchanges_only
        self._given = given
        self._scan = scan
        self._keylog = options.keylog
        if self._keylog is None and given.holds_secrets and can_decrypt():
            self._keylog = open_keylog(())
            options = replace(options, keylog=self._keylog)
        self.decrypts = self._keylog is not None
        self._pipeline = Pipeline(options, taps=taps)

    def items(
        self,
        reading: Reading | None = None,
        *,
        figures_only: bool = False,
        keeper: Keeper | None = None,
    ) -> Iterator[Exchange | Finding]:
        """Return what is found, in the order in which it is certain.

        Args:
            reading: To follow and to stop it; to be stopped is not an error.
            figures_only: Whether exchanges are not wanted; nearly all are left out.
            keeper: What is given nearly all of them instead.
        """
        reading = reading or Reading()
        self._pipeline.omissions = reading.omissions
        if self._keylog is not None:
            self._keylog.follow(reading.secrets)
        if self._pipeline.takes_batches:
            reading.scan, reading.words = self._scan, self._pipeline.words
        records = self._given.records(self.problems, reading)
        return self._pipeline.inspect(records, figures_only=figures_only, keeper=keeper)

    def report(self) -> Report:
        """Return the figures of what was inspected so far."""
        report = self._pipeline.report()
        report.clocks = self._given.clocks
        return report
