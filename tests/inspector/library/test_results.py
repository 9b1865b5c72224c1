from __future__ import annotations

import io
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest

from inspector.errors import AlreadyReadError
from inspector.library.given import Captures, given
from inspector.library.results import Results
from inspector.pipeline import Options
from tests.inspector.captures import SEED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.errors import InspectorError
    from inspector.library.results import Wanted
    from inspector.sources.reading import Reading
    from inspector.sources.records import PacketRecord


class _Counted(Captures):
    """A capture that counts how often it is read."""

    def __init__(self) -> None:
        super().__init__([str(SEED)])
        self.times = 0

    def records(
        self, problems: list[InspectorError], reading: Reading
    ) -> Iterator[PacketRecord]:
        self.times += 1
        return super().records(problems, reading)


def _nothing_to_raise() -> None:
    pass


@pytest.fixture
def capture() -> _Counted:
    return _Counted()


@pytest.fixture
def results(capture: _Counted) -> Results:
    return Results(capture, Options())


def _once() -> Results:
    return Results(given(io.BytesIO(SEED.read_bytes())), Options())


def test_nothing_is_read_before_something_is_asked_for(
    results: Results, capture: _Counted
) -> None:
    results.exchanges(_nothing_to_raise)
    results.items(_nothing_to_raise)

    assert capture.times == 0
    assert results.kept.problems is None


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("problems", {"problems", "report"}),
        ("report", {"problems", "report"}),
        ("findings", {"problems", "report", "findings"}),
        ("exchanges", {"problems", "report", "findings", "exchanges"}),
    ],
)
def test_one_pass_keeps_what_is_wanted_and_what_costs_nothing(
    results: Results, capture: _Counted, wanted: Wanted, kept: set[str]
) -> None:
    for _ in range(2):
        found = results.whole(wanted)
        assert {
            name
            for name in ("problems", "report", "findings", "exchanges")
            if getattr(found, name) is not None
        } == kept
    assert capture.times == 1


def test_a_further_wish_takes_one_more_pass(
    results: Results, capture: _Counted
) -> None:
    results.whole("report")
    findings = results.whole("findings").findings
    results.whole("exchanges")

    assert capture.times == 3
    assert findings is not None
    assert results.whole("findings").findings == findings
    assert capture.times == 3


def test_a_stream_of_items_leaves_the_report(
    results: Results, capture: _Counted
) -> None:
    items = list(results.items(_nothing_to_raise))

    assert len(items) == 14
    report = results.whole("report").report
    assert report is not None
    assert (report.messages, capture.times) == (5, 1)
    assert (results.kept.findings, results.kept.exchanges) == (None, None)


def test_a_stream_of_exchanges_leaves_what_could_not_be_read(
    results: Results, capture: _Counted
) -> None:
    assert len(list(results.exchanges(_nothing_to_raise))) == 10

    assert results.kept.problems == ()
    assert results.kept.report is None
    assert capture.times == 1


def test_of_what_is_read_once_a_stream_leaves_the_report_and_a_whole_the_findings() -> (
    None
):
    streamed, whole = _once(), _once()
    assert len(list(streamed.exchanges(_nothing_to_raise))) == 10
    report = streamed.whole("report").report
    assert report is not None
    assert report.messages == 5
    assert whole.whole("report").findings == whole.whole("findings").findings
    assert len(whole.whole("findings").findings or ()) == 4


def test_what_is_read_once_is_not_read_again() -> None:
    results = _once()
    next(results.exchanges(_nothing_to_raise))

    with pytest.raises(AlreadyReadError, match="the open file: can be read only once"):
        results.exchanges(_nothing_to_raise)
    with pytest.raises(AlreadyReadError):
        results.items(_nothing_to_raise)
    with pytest.raises(AlreadyReadError):
        results.whole("report")


def test_a_check_comes_at_the_end_and_sees_what_is_kept(results: Results) -> None:
    seen: list[object] = []
    items = results.exchanges(lambda: seen.append(results.kept.problems))
    next(items)
    assert seen == []
    assert len(list(items)) == 9
    assert seen == [()]


def test_several_threads_read_once(results: Results, capture: _Counted) -> None:
    together = Barrier(4)
    reports: list[object] = []

    def ask() -> None:
        together.wait(60)
        reports.append(results.whole("report").report)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert capture.times == 1
    assert len(reports) == 4
    assert all(report is reports[0] for report in reports)


def test_close_ends_the_streams_that_go_on(results: Results) -> None:
    exchanges = results.exchanges(_nothing_to_raise)
    items = results.items(_nothing_to_raise)
    next(exchanges)
    results.close()

    assert list(exchanges) == list(items) == []
    assert results.kept.problems is None


def test_what_could_not_be_read_besides_stands_in_the_notes() -> None:
    results = Results(Captures(["no.pcap", "nor.pcap"]), Options())
    problems = results.whole("problems").problems

    assert problems is not None
    assert [each.subject for each in problems] == ["no.pcap", "nor.pcap"]
    assert problems[0].__notes__ == ["nor.pcap: no such file"]
