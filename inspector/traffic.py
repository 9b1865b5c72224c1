"""What passes while a block of a program runs: for tests, and for measurements.

::

    with Traffic(port=8888) as seen:
        ...                             # clients connect to seen.port
    assert seen["sum"].p99_ms < 50

::

    proxy or interface ─► thread ─► a capture in a temporary folder ─► inspect()

What passed is on the disk, so memory does not grow with it, and every question is
answered by the library, as of any other capture.
"""

from __future__ import annotations

import io
import shutil
import threading
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Protocol, Self

from inspector.library.inspection import inspect
from inspector.shorthand import found_by, short
from inspector.sources.writing import PcapngWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from inspector.library.advice import Findings
    from inspector.library.exchange import Exchange
    from inspector.library.inspection import Inspection
    from inspector.library.overview import Pattern, Report
    from inspector.sources.records import PacketRecord

_LOOPBACK = "127.0.0.1"
_LOOKS = 2
"""How often a source asks whether to go on until all that had passed is written."""
_MOST_LINES = 200  # of a ladder


class Source(Protocol):
    """Where records come from while they pass."""

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        """Yield them as they come, until ``idle`` says that it is enough."""

    def close(self) -> None:
        """Listen no more."""


# decision 192: What a test sees is a capture on the disk
class Traffic:
    """The traffic of one port, from the beginning of a block to its end.

    Inside the block it is what has passed until now. After the block nothing is
    listened to; the capture is kept until :meth:`discard`. If the block cannot begin,
    nothing is kept.

    Args:
        port: Where the service listens, which must be so when the block begins.
        interface: The interface to listen to, such as ``lo``, as far as the system
            permits; if it is None, a proxy is before the service.
        host: Where the service is, if a proxy is before it.

    Attributes:
        port: Where clients connect: to the proxy, or to the service itself.

    Raises:
        InspectorError: On entering: the interface cannot be listened to, or no port.
    """

    def __init__(
        self, port: int, *, interface: str | None = None, host: str = _LOOPBACK
    ) -> None:
        self.port = self._service = port
        self._interface, self._host = interface, host
        self._folder = Path(mkdtemp(prefix="nest-traffic-"))
        self._file = self._folder / "traffic.pcapng"
        self._writer = PcapngWriter(self._file.open("wb", buffering=0))
        self._writer.flush()
        self._looked = threading.Condition()
        self._looks = 0
        self._stopped = False
        self._problem: Exception | None = None
        self._thread: threading.Thread | None = None
        self._inspected: tuple[int, Inspection] | None = None

    def __enter__(self) -> Self:
        try:
            source = self._open()
        except BaseException:
            self.discard()
            raise
        self._thread = threading.Thread(target=self._record, args=(source,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._problem is not None and error is None:
            raise self._problem

    def __getitem__(self, name: str) -> Pattern:
        """Return what happened under a route, or its short form, such as ``cmd:sum``.

        Raises:
            KeyError: Nothing passed under that name; the message says what did.
        """
        patterns = self.report.patterns
        for route, pattern in patterns.items():
            if found_by(name, [route]):
                return pattern
        passed = ", ".join(map(short, patterns)) or "nothing"
        raise KeyError(f"no exchange of {name} passed; what passed: {passed}")

    @property
    def exchanges(self) -> list[Exchange]:
        """All exchanges, in the order of their requests."""
        return self._inspect().exchanges

    @property
    def findings(self) -> Findings:
        """All findings; ``assert not seen.findings, seen.findings`` shows them."""
        return self._inspect().findings

    @property
    def report(self) -> Report:
        """The figures of the whole."""
        return self._inspect().report

    def ladder(self) -> str:
        """Return what passed as ``protocol-inspect ladder`` draws it.

        Of a long one these are the last lines.
        """
        from inspector.cli import main  # noqa: PLC0415 — when a test has failed

        self._settle()
        stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
        with redirect_stdout(stream):
            main(["ladder", str(self._file)])
        stream.flush()
        written = stream.buffer
        assert isinstance(written, io.BytesIO)
        lines = written.getvalue().decode().rstrip().splitlines()
        more = len(lines) - _MOST_LINES
        head = [f"… {more:,} lines before"] if more > 0 else []
        return "\n".join([*head, *lines[-_MOST_LINES:]])

    def save(self, file: str | Path) -> None:
        """Write what has passed as a pcapng file.

        Raises:
            OSError: It cannot be written.
        """
        self._settle()
        shutil.copyfile(self._file, file)

    def stop(self) -> None:
        """Listen no more; what passed is kept."""
        self._settle()
        self._stopped = True
        if self._thread is not None:
            self._thread.join()
        self._writer.close()

    def discard(self) -> None:
        """Stop, and remove the capture."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self) -> Source:
        if self._interface is not None:
            from inspector.sources.live import LiveCapture  # noqa: PLC0415 — an extra

            return LiveCapture(self._interface, [self._service])
        from inspector.sources.proxy import Proxy, Route  # noqa: PLC0415
        from inspector.streams.endpoints import Endpoint  # noqa: PLC0415

        target = Endpoint(self._host, self._service)
        proxy = Proxy([Route(Endpoint(_LOOPBACK, 0), target)])
        self.port = proxy.endpoints[0].port
        return proxy

    def _record(self, source: Source) -> None:
        """Write what passes, until the block ends."""
        try:
            for record in source.records(self._go_on):
                self._writer.write(record)
        except Exception as error:  # noqa: BLE001 — raised where the block ends
            self._problem = error
        finally:
            source.close()
            with self._looked:
                self._stopped = True
                self._looked.notify_all()

    def _go_on(self) -> bool:
        self._writer.flush()
        with self._looked:
            self._looks += 1
            self._looked.notify_all()
        return not self._stopped

    def _settle(self) -> None:
        """Wait until what has passed is in the file."""
        if self._thread is None:
            return
        with self._looked:
            enough = self._looks + _LOOKS
            self._looked.wait_for(lambda: self._stopped or self._looks >= enough)

    def _inspect(self) -> Inspection:
        self._settle()
        size = self._file.stat().st_size
        if self._inspected is None or self._inspected[0] != size:
            self._inspected = (size, inspect(self._file))
        return self._inspected[1]

    def __repr__(self) -> str:
        return f"<Traffic of port {self._service}: {self.report}>"
