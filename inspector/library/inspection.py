"""``inspect()``, and what it returns."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from inspector.errors import DamagedCaptureError
from protocol import NEWEST

from .advice import Findings
from .given import given
from .options import checked_options
from .results import Results

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping
    from types import TracebackType

    from inspector.columnar.arrays import Table
    from inspector.errors import InspectorError
    from inspector.limits import Limits

    from .advice import Finding
    from .exchange import Exchange
    from .given import Source
    from .options import Keylog, Where
    from .overview import Report
    from .results import Kept, Wanted


def inspect(  # noqa: PLR0913 — all but the source by their names
    source: Source,
    *,
    where: Where = None,
    ports: Iterable[int] = (),
    nest: str = NEWEST.major,
    limits: Limits | None = None,
    carriers: Mapping[int, str] = MappingProxyType({}),
    names: Mapping[str, str] = MappingProxyType({}),
    same_brokers: Iterable[Iterable[str]] = (),
    protos: Iterable[str] = (),
    keylog: Keylog = (),
) -> Inspection:
    """Inspect a capture; it is read when something of it is asked for.

    Args:
        source: A path, several paths (read in time order), a binary file that is open,
            or an iterable of :class:`PacketRecord`. Compressed captures are read too.
        where: Which exchanges are meant: an expression as in ``docs/filters.md``, or
            a function of an :class:`Exchange`. Findings and figures are of those.
        ports: TCP ports whose connections are taken for Nest whatever they carry.
        nest: The version of Nest by which findings are judged: ``"10"`` to ``"12"``.
        limits: What may be kept of connections while they are read.
        carriers: Port → name of the carrier that its connections are taken for, where
            their bytes do not show it.
        names: What people call addresses and ports, as with ``--name``:
            ``{"10.0.0.7": "gateway", ":8888": "calc"}``.
        same_brokers: Brokers that are one, as in a cluster, group by group:
            ``[("10.0.0.1:4222", "10.0.0.2:4222")]``.
        protos: ``.proto`` files or descriptor sets that name the fields of gRPC's
            messages.
        keylog: A key log (SSLKEYLOGFILE), or several, by which TLS is decrypted; see
            ``docs/tls.md``.

    Raises:
        ExpressionError: ``where`` has no meaning.
        TypeError: An argument is of a type that it cannot have.
        ValueError: The file is closed, or there is no such port, version of Nest,
            carrier, or place that has a name, or a file does not describe messages.
        InspectorError: A key log cannot be read, or the extra ``tls`` is not installed.
    """
    return Inspection(
        Results(
            given(source),
            checked_options(
                where,
                ports,
                nest,
                limits,
                carriers,
                names,
                same_brokers,
                protos,
                keylog,
            ),
        )
    )


class Inspection:
    """What a capture holds.

    Iterating yields its exchanges in the order of their requests, and holds none of
    them. Every iteration reads the capture anew; so does :meth:`items`. The properties
    read it when they are first asked for, and keep what they return.

    Of what can be read only once (an open file, a pipe, an iterator) the findings are
    kept with the report.

    All of them raise, in the same way:
        UnreadableCaptureError: There is no such file, or it is not a capture.
        DamagedCaptureError: The capture ends too early or is damaged. An iteration has
            yielded before all that could be read; for the properties, see
            :attr:`partial`. The notes of the error name other captures, if several
            could not be read.
        AlreadyReadError: It can be read only once, and was.

    An inspection may be used by several threads, an iterator of it by one at a time.
    As a context manager it ends, on leaving, the iterations that are going on.
    """

    def __init__(self, results: Results, *, partial: bool = False) -> None:
        self._results = results
        self._partial = partial
        self._caused: dict[int, list[Exchange]] | None = None  # by parent

    def __iter__(self) -> Iterator[Exchange]:
        return self._results.exchanges(self._check)

    def items(self) -> Generator[Exchange | Finding, None, None]:
        """Yield exchanges in the order of their requests, and findings once certain.

        Nothing is held of them. After the last, the report is known without another
        pass.
        """
        return self._results.items(self._check)

    @property
    def exchanges(self) -> list[Exchange]:
        """All exchanges, in the order of their requests."""
        return self._whole("exchanges").exchanges or []

    def children(self, exchange: Exchange | int) -> list[Exchange]:
        """Return the exchanges made for the sake of another, in order.

        They are those of :attr:`exchanges` whose ``parent`` it is; see
        ``docs/chains.md``.

        Args:
            exchange: The exchange, or its number.
        """
        if self._caused is None:
            caused: dict[int, list[Exchange]] = {}
            for each in self.exchanges:
                if isinstance(each.parent, int):
                    caused.setdefault(each.parent, []).append(each)
            self._caused = caused
        number = exchange if isinstance(exchange, int) else exchange.number
        return list(self._caused.get(number, ()))

    def to_arrow(self, *, payloads: bool = False) -> Table:
        """Return the exchanges as a table of Arrow, for pandas, Polars or DuckDB.

        Its columns are those of files that ``exchanges --parquet`` writes; they are in
        ``docs/queries.md``, and their units in the metadata of the fields. Nothing is
        hidden in it. It needs the extra ``parquet`` (pyarrow).

        Args:
            payloads: Whether it has payloads, patterns and ids, as texts of JSON.

        Raises:
            ImportError: pyarrow is not installed.
            AlreadyReadError: The source can be read only once, and was.
            UnreadableCaptureError: It cannot be read, or only in part.
        """
        from inspector.columnar.arrays import Rows, table_of  # noqa: PLC0415 — an extra
        from inspector.columnar.folders import source_of  # noqa: PLC0415

        source = source_of(self._results.given.name.split(", "))
        rows = Rows(source, payloads=payloads, hides=False)
        return table_of(self._results.observed(self._check), rows)

    @property
    def findings(self) -> Findings:
        """All findings, in the order in which they were certain; no exchange is held.

        Its ``repr`` has a line for each: ``assert not seen.findings, seen.findings``.
        """
        return self._whole("findings").findings or Findings()

    @property
    def report(self) -> Report:
        """The figures of the whole, in memory that does not grow with the capture."""
        report = self._whole("report").report
        assert report is not None
        return report

    @property
    def problems(self) -> tuple[InspectorError, ...]:
        """What could not be read, or only in part; does not raise it."""
        return self._results.whole("problems").problems or ()

    @property
    def partial(self) -> Inspection:
        """The same, taking a damaged capture for one that ends there.

        It raises no DamagedCaptureError, and shares all that was read already:
        ``seen.partial.report`` is that of the part that could be read.
        """
        return Inspection(self._results, partial=True)

    def close(self) -> None:
        """End the iterations that are going on, and close what they read.

        A file that the caller opened stays open.
        """
        self._results.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _whole(self, wanted: Wanted) -> Kept:
        kept = self._results.whole(wanted)
        self._check()
        return kept

    # decision 56
    def _check(self) -> None:
        """Raise the first problem of the last pass that is not to be passed over."""
        for problem in self._results.kept.problems or ():
            if not (self._partial and isinstance(problem, DamagedCaptureError)):
                raise problem.with_traceback(None)

    def __repr__(self) -> str:
        report = self._results.kept.report
        found = "not read yet" if report is None else report
        return f"<Inspection of {self._results.given.name}: {found}>"
