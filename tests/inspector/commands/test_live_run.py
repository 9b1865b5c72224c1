"""A live run ends when it is told to, with all it saw, and with the right code."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange, Outcome
from inspector.commands import live_run
from inspector.commands.live_run import Bounds, LiveRun
from inspector.commands.run_options import RunOptions
from inspector.errors import UnreadableCaptureError
from inspector.sources.files import read_capture
from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.sources.records import PacketRecord
    from inspector.views.live_status import LiveStatus

_SECOND = 1_000_000_000
_BOUNDS = Bounds(None, None, _SECOND)


def _options() -> RunOptions:
    return RunOptions(opened("json")[0])


class Source:
    """The records of a capture, and what comes then."""

    name = "a source"

    def __init__(
        self,
        records: Sequence[PacketRecord],
        *,
        then: Callable[[], object] = lambda: None,
        missed: int = 0,
    ) -> None:
        self._records, self._then, self._missed = records, then, missed
        self.closed = 0

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        for record in self._records:
            yield record
            if not idle():
                return
        self._then()
        while idle():
            pass

    def dropped(self) -> int:
        return self._missed

    def close(self) -> None:
        self.closed += 1


class View:
    """Keeps what it is shown; ends by itself after some ticks."""

    def __init__(self, ticks: int = 10_000) -> None:
        self.exchanges: list[Exchange] = []
        self.waiting: list[tuple[int, int]] = []
        self.statuses: deque[LiveStatus] = deque(maxlen=1)
        self.report: Report | None = None
        self.closed = 0
        self._ticks = ticks

    def show(self, item: Exchange | Finding) -> None:
        if isinstance(item, Exchange):
            self.exchanges.append(item)

    def show_plain(self, plain: PlainExchange) -> None:
        self.show(plain.exchange())

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        self.waiting.append((exchange.number, waited_ns))

    def notice(self, words: str) -> bool:
        raise AssertionError(words)

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        self._ticks -= 1
        self.statuses.append(status())
        return self._ticks > 0

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        assert self.closed == 1
        assert not files
        self.report = report
        self.statuses.append(status)

    def close(self) -> None:
        self.closed += 1


def records(capture: object = SEED) -> list[PacketRecord]:
    return list(read_capture(str(capture)))


def test_a_view_that_has_enough_ends_it() -> None:
    view, source = View(200), Source(records())
    LiveRun(source, view, _BOUNDS, _options()).run()

    assert len(view.exchanges) == 10
    assert view.report is not None
    assert view.report.packet_records == 86
    assert (source.closed, view.closed) == (1, 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_the_report(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    view = View()
    source = Source(records(), then=lambda: os.kill(os.getpid(), number))
    LiveRun(source, view, _BOUNDS, _options()).run()

    assert len(view.exchanges) == 10
    assert view.report is not None
    assert signal.getsignal(number) is before


def test_it_ends_after_so_many_exchanges() -> None:
    view = View()
    LiveRun(Source(records()), view, Bounds(None, 3, _SECOND), _options()).run()

    assert len(view.exchanges) == 3
    assert view.report is not None
    assert view.report.packet_records < 86


def test_it_ends_after_a_time() -> None:
    view = View()
    LiveRun(Source([]), view, Bounds(1_000_000, None, _SECOND), _options()).run()

    assert view.report is not None
    assert view.statuses[0].running_ns >= 1_000_000


def test_a_source_that_fails_is_told_behind_the_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        raise UnreadableCaptureError("a source", "went away")

    view = View()
    with pytest.raises(SystemExit) as ended:
        LiveRun(Source(records(), then=fail), view, _BOUNDS, _options()).run()

    assert ended.value.code == 3
    assert len(view.exchanges) == 10
    assert view.report is not None
    assert capsys.readouterr().err == "protocol-inspect: a source: went away\n"


def test_what_was_dropped_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    view = View(200)
    LiveRun(Source(records(), missed=3), view, _BOUNDS, _options()).run()

    assert view.statuses[0].dropped == 3
    assert capsys.readouterr().err == (
        "protocol-inspect: a source: 3 packets found no room in the kernel's "
        "buffer; the figures are incomplete\n"
    )


def test_what_waits_is_in_flight_and_told_once_and_unanswered_at_the_end() -> None:
    """Of the capture all packets that the server sent back are left out."""
    requests = [
        each
        for each in records(SHOWCASE)
        if (each.data[36:38] == (8900).to_bytes(2) or each.number <= 3)
    ]
    view = View(len(requests) + 50)
    LiveRun(Source(requests), view, Bounds(None, None, 1), _options()).run()

    ended = [e for e in view.exchanges if e.outcome is Outcome.UNANSWERED]
    assert len(ended) > 50
    told = [number for number, _ in view.waiting]
    assert len(told) == len(set(told))
    assert set(told) <= {each.number for each in ended}
    assert min(waited for _, waited in view.waiting) >= 1


def test_what_has_no_reply_has_waited_until_the_end_of_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock goes on for a minute after the last packet, a request."""
    requests = [each for each in records(SHOWCASE) if each.number <= 4]
    later = 0
    clock = SimpleNamespace(monotonic_ns=lambda: later, time_ns=time.time_ns)
    monkeypatch.setattr(live_run, "time", clock)

    def pass_a_minute() -> None:
        nonlocal later
        later += 60 * _SECOND

    view = View(20)
    source = Source(requests, then=pass_a_minute)
    LiveRun(source, view, _BOUNDS, _options()).run()

    (call,) = view.exchanges
    assert call.outcome is Outcome.UNANSWERED
    assert call.ended_ns - call.asked_ns == 60 * _SECOND


def test_nothing_waits_when_all_was_answered() -> None:
    view = View(200)
    LiveRun(Source(records()), view, Bounds(None, None, 60 * _SECOND), _options()).run()

    assert view.waiting == []
    assert view.statuses[0].waiting == []
