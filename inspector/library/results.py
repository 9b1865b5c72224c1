"""What passes over one source found, as values, kept as far as it was asked for."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar
from weakref import WeakSet

import msgspec
from msgspec.structs import replace

from inspector.calls.chains.sought import with_possible_parents
from inspector.calls.exchanges import Exchange as Observed
from inspector.errors import AlreadyReadError, InspectorError

from .advice import Finding, Findings
from .exchange import Exchange, observed_of
from .overview import Report
from .passes import Pass

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from inspector.pipeline import Options

    from .given import Given

    Check: TypeAlias = Callable[[], None]
    Exchanges: TypeAlias = Generator[Exchange, None, None]
    Items: TypeAlias = Generator[Exchange | Finding, None, None]
    Iterated = TypeVar("Iterated", Exchanges, Items)

Wanted: TypeAlias = Literal["problems", "report", "findings", "exchanges"]


class Kept(msgspec.Struct, frozen=True):
    """What is kept of passes that came to their end; None for what is not.

    Attributes:
        problems: What could not be read, or only in part.
        report: The figures.
        findings: All findings.
        exchanges: All exchanges, in the order of their requests.
    """

    problems: tuple[InspectorError, ...] | None = None
    report: Report | None = None
    findings: Findings | None = None
    exchanges: list[Exchange] | None = None


class Results:
    """What can be known of a source, by one pass or several.

    Args:
        given: What to read.
        options: What is asked for.

    Attributes:
        given: The same.
        kept: What is known so far.
    """

    def __init__(self, given: Given, options: Options) -> None:
        self.given = given
        self.kept = Kept()
        self._options = options
        self._begun = False
        self._iterators: WeakSet[Generator[Any, None, None]] = WeakSet()
        self._lock = RLock()  # what several threads ask for is read once

    # decision 57: An iteration over a file looks for no findings
    def exchanges(self, check: Check) -> Exchanges:
        """Begin a pass that yields exchanges, and keeps none of them.

        What can be read again is read in less time so, and without a report.

        Args:
            check: Called at its end; raises what the problems amount to.

        Raises:
            AlreadyReadError: The source can be read only once, and was.
        """
        begun = self._begin(exchanges_only=self.given.again)
        return self._running(self._exchanges_of(begun, check))

    def observed(self, check: Check) -> Iterator[Observed]:
        """Return exchanges as they were seen: those that are kept, or by a pass.

        Args:
            check: Called at the end of a pass; raises what the problems amount to.

        Raises:
            AlreadyReadError: The source can be read only once, and was.
        """
        kept = self.kept.exchanges
        if kept is not None:
            return map(observed_of, kept)
        begun = self._begin(exchanges_only=self.given.again)
        return self._observed_of(begun, check)

    def items(self, check: Check) -> Items:
        """Begin a pass that yields exchanges and findings, and keeps the report.

        Args:
            check: Called at its end; raises what the problems amount to.

        Raises:
            AlreadyReadError: The source can be read only once, and was.
        """
        return self._running(self._items_of(self._begin(), check))

    def whole(self, wanted: Wanted) -> Kept:
        """Return what is kept, after a pass if what is wanted is not there yet.

        Raises:
            AlreadyReadError: The source can be read only once, and was.
        """
        with self._lock:
            if getattr(self.kept, wanted) is None:
                self._read(wanted)
            return self.kept

    def close(self) -> None:
        """End all passes that are going on."""
        for iterator in list(self._iterators):
            iterator.close()

    def _begin(self, *, exchanges_only: bool = False) -> Pass:
        with self._lock:
            if self._begun and not self.given.again:
                raise AlreadyReadError(self.given.name, _READ_ONCE)
            self._begun = True
            options = replace(self._options, exchanges_only=exchanges_only)
            return Pass(self.given, options)

    def _running(self, iterator: Iterated) -> Iterated:
        self._iterators.add(iterator)
        return iterator

    def _exchanges_of(self, begun: Pass, check: Check) -> Exchanges:
        yield from map(Exchange, self._observed_of(begun, check))

    def _observed_of(self, begun: Pass, check: Check) -> Iterator[Observed]:
        for item in with_possible_parents(begun.items()):
            if isinstance(item, Observed):
                yield item
        self._keep(begun)
        check()

    def _items_of(self, begun: Pass, check: Check) -> Items:
        for item in with_possible_parents(begun.items()):
            yield Exchange(item) if isinstance(item, Observed) else Finding.of(item)
        self._keep(begun)
        check()

    def _read(self, wanted: Wanted) -> None:
        begun = self._begin()
        exchanges: list[Exchange] | None = [] if wanted == "exchanges" else None
        # They may be many: a report alone is had in bounded memory, where those who
        # ask for the findings afterwards can have them by another pass.
        bounded = wanted in {"problems", "report"} and self.given.again
        findings = None if bounded else Findings()
        items = begun.items(figures_only=exchanges is None)
        for item in items if exchanges is None else with_possible_parents(items):
            if not isinstance(item, Observed):
                if findings is not None:
                    findings.append(Finding.of(item))
            elif exchanges is not None:
                exchanges.append(Exchange(item))
        self._keep(begun, findings, exchanges)

    def _keep(
        self,
        ended: Pass,
        findings: Findings | None = None,
        exchanges: list[Exchange] | None = None,
    ) -> None:
        for other in ended.problems[1:]:
            ended.problems[0].add_note(str(other))
        with self._lock:
            before = self.kept
            self.kept = replace(
                before,
                problems=tuple(ended.problems),
                report=Report.of(ended.report()) if ended.complete else before.report,
                findings=before.findings if findings is None else findings,
                exchanges=before.exchanges if exchanges is None else exchanges,
            )


_READ_ONCE = (
    "can be read only once, and was; items() yields exchanges and findings in one pass"
)
