"""What a report notes of calls besides their figures: long ones, streams, failures."""

from __future__ import annotations

from msgspec.structs import replace

from inspector.calls.exchanges import Outcome
from inspector.figures.report import Report
from tests.inspector.conversation import (
    MILLISECOND,
    SERVER,
    Wire,
    failure,
    inspected,
    response,
)

_CLIENT, _SERVER, _OTHER = "10.0.0.1:40000", "10.0.0.2:8888", "10.0.0.3:8888"
_STEP = MILLISECOND // 10  # between two packets


def _row(report: Report, route: str = "sum"):  # type: ignore[no-untyped-def]  # noqa: ANN202 — of a private type
    return report.patterns["tcp", route, next(iter(report.kinds))]


def _called(*waits_ms: float) -> Report:
    """Return the report of calls that take so long, one after the other."""
    return inspected(_calls(*waits_ms).records).report


def _calls(*waits_ms: float) -> Wire:
    wire = Wire()
    talk = wire.connect(client=_CLIENT, server=_SERVER)
    for number, wait_ms in enumerate(waits_ms):
        talk.ask("sum", str(number), number)
        wire.wait(int(wait_ms * MILLISECOND) - _STEP)
        talk.answer(str(number), number)
    return wire


def test_the_slowest_are_answered_messages_alone() -> None:
    wire = Wire()
    talk = wire.connect()
    talk.emit("log", 1)
    talk.ask("never", "1")
    for number in range(2, 9):
        talk.ask("sum", str(number))
        wire.wait(number * MILLISECOND)
        talk.answer(str(number), 1)
    report = inspected(wire.records).report

    assert [each.number for each in report.slowest] == [9, 8, 7, 6, 5]


def test_the_first_call_without_a_wait_is_among_the_slowest() -> None:
    report = _called(0.1)

    assert [each.latency_ns for each in report.slowest] == [_STEP]


def test_the_longest_call_of_a_pattern_is_noted_from_a_millisecond_on() -> None:
    quick, just, longer = _called(0.9), _called(1), _called(2, 5, 3)

    assert (_row(quick).longest_ns, _row(quick).longest) == (900_000, None)
    assert _row(just).longest_ns == MILLISECOND
    assert _row(just).longest is not None
    assert _row(longer).longest_ns == 5 * MILLISECOND
    assert _row(longer).longest.place.exchange == 2


def test_of_two_that_take_as_long_the_first_is_noted() -> None:
    assert _row(_called(3, 3)).longest.place.exchange == 1
    assert _row(_called(200, 200)).longest.place.exchange == 1


def test_what_was_answered_meanwhile_is_noted_with_the_longest() -> None:
    wire = Wire()
    one = wire.connect(client=_CLIENT, server=_SERVER)
    two = wire.connect(client="10.0.0.1:40001", server=_SERVER)
    other = wire.connect(client="10.0.0.1:40002", server=_OTHER)
    one.ask("slow", "0")
    for number, talk in enumerate((one, two, two, other), start=1):
        talk.ask("sum", str(number))
        talk.answer(str(number), 1)
    wire.wait(20 * MILLISECOND)
    one.answer("0", 1)
    longest = _row(inspected(wire.records).report, "slow").longest

    assert (longest.completed, longest.beside, longest.whole) == (3, 1, True)


def _turns(report: Report) -> tuple[list[str], list[str]]:
    """Return the servers of which a long wait, and those of which a stream is noted."""
    return list(report.turns._together), list(report.turns._streams)  # noqa: SLF001


def _unjudged(*waits_ms: float) -> Report:
    """Return the report of calls before its end, when waits are judged."""
    report = Report()
    for exchange in inspected(_calls(*waits_ms).records).exchanges:
        report.add_exchange(exchange)
    return report


def test_long_waits_are_noted_by_server_and_short_ones_are_not() -> None:
    assert _turns(_unjudged(1, 99)) == ([], [])
    assert _turns(_unjudged(100)) == ([_SERVER], [])
    assert _turns(_unjudged(1, 500, 1)) == ([_SERVER], [])


def test_a_wait_need_not_be_the_longest_of_its_pattern() -> None:
    _, (wait,) = _unjudged(200, 100).turns._together[_SERVER]  # noqa: SLF001

    assert wait.answered_ns - wait.asked_ns == 100 * MILLISECOND


def _streamed(*replies: object) -> Report:
    wire = Wire()
    talk = wire.connect(client=_CLIENT, server=_SERVER).ask("sum", "1")
    for reply in replies:
        wire.wait(200 * MILLISECOND)
        talk.send(SERVER, reply)  # type: ignore[arg-type]
    return inspected(wire.records).report


def test_streams_are_noted_with_their_times_and_are_no_long_waits() -> None:
    report = _streamed(
        response("1", 1, last=False), response("1", 2, last=False), response("1")
    )
    first_ns, last_ns = report.turns._streams[_SERVER][0]  # noqa: SLF001

    assert _turns(report) == ([], [_SERVER])
    assert last_ns - first_ns == 400 * MILLISECOND + 2 * _STEP
    assert _row(report).streams == 1


def test_streams_have_more_values_than_one() -> None:
    one, end = response("1", 1, last=False), response("1")

    assert _row(_streamed(response("1", 1))).streams == 0
    assert _row(_streamed(one, response("1", 2))).streams == 1
    assert _row(_streamed(one, one, end)).streams == 1


def test_a_server_that_answered_is_remembered_with_its_time() -> None:
    wire = _calls(2)
    wire.connect(client="10.0.0.1:40001", server=_SERVER).emit("log", 1)
    report = inspected(wire.records).report
    ((connection, server, time_ns),) = report._completed  # noqa: SLF001

    assert (connection, server) == (1, _SERVER)
    assert time_ns == report.slowest._kept[0].latency_ns + _asked_ns(report)  # noqa: SLF001


def test_a_reply_at_the_time_of_its_request_took_no_time() -> None:
    records = _calls(2).records
    at_once = [replace(each, time_ns=records[0].time_ns) for each in records]
    report = inspected(at_once).report

    assert [each.latency_ns for each in report.slowest] == [0]
    assert len(report._completed) == 1  # noqa: SLF001


def _asked_ns(report: Report) -> int:
    asked_ns: int = _row(report).longest.asked_ns
    return asked_ns


def test_calls_are_compared_from_the_first_failure_on() -> None:
    wire = Wire()
    talk = wire.connect()
    for number, fails in enumerate([False, True, False, True, False, False]):
        talk.ask("sum", str(number), {"bad": 1} if fails else {"good": 1})
        if fails:
            talk.send(SERVER, failure(str(number), "no"))
        else:
            talk.answer(str(number), 1)
    (failed,) = inspected(wire.records).report.sharing.failed.values()

    assert (failed.before, failed.failed, failed.others) == (True, 2, 3)
    assert failed.shared() == ["data.bad"]


def test_a_failure_that_is_the_first_of_all_has_none_before() -> None:
    wire = Wire()
    talk = wire.connect().ask("sum", "1", {"bad": 1})
    talk.send(SERVER, failure("1", "no"))
    (failed,) = inspected(wire.records).report.sharing.failed.values()

    assert (failed.before, failed.failed, failed.others) == (False, 1, 0)


def test_nothing_is_compared_without_a_failure() -> None:
    assert not _called(1, 2).sharing.failed


def test_an_orphan_counts_by_its_packets_and_has_no_pattern() -> None:
    wire = Wire()
    talk = wire.connect().ask("sum", "1").answer("1", 1)
    talk.answer("2", 1)
    report = inspected(wire.records).report

    assert {key[1:]: row.exchanges for key, row in report.packet_rows.items()} == {
        ("message", 2): 1,
        ("orphan", 1): 1,
    }
    assert list(report.patterns) == [("tcp", "sum", "message")]


def test_calls_of_one_pattern_count_in_the_row_of_their_packets() -> None:
    wire = Wire()
    talk = wire.connect()
    for number in range(3):
        talk.ask("sum", str(number))
        if number == 1:
            talk.send(SERVER, response("1", 1, last=False))
        talk.answer(str(number), 1)
    report = inspected(wire.records).report

    assert {key[2]: row.exchanges for key, row in report.packet_rows.items()} == {
        2: 2,
        3: 1,
    }
    assert report.packets_per(next(iter(report.kinds))) == {2: 2, 3: 1}


def test_calls_in_flight_are_of_no_outcome() -> None:
    wire = Wire()
    talk = wire.connect()
    talk.ask("sum", "1").answer("1", 1)
    talk.ask("sum", "2").ask("sum", "3")
    report = inspected(wire.records).report

    assert (report.in_flight, report.outcomes) == (2, {Outcome.COMPLETED: 1})


def test_calls_inside_others_are_noted_where_a_service_is_asked_and_asks() -> None:
    wire = Wire()
    outer = wire.connect(client=_CLIENT, server=_SERVER)
    inner = wire.connect(client="10.0.0.2:40001", server=_OTHER)
    outer.ask("outer", "1", "Ada")
    inner.ask("inner", "1", "Ada")
    wire.wait(2 * MILLISECOND)
    inner.answer("1", 1)
    outer.answer("1", 1)
    report, later = (inspected(wire.records).report for _ in range(2))
    nested = report.nesting.of(1)

    assert nested is not None
    assert nested.inner is not None
    assert nested.inner.number == 2
    report.merge(later)
    assert report.nesting.of(3) is not None


def test_calls_inside_others_need_not_be_the_longest_of_their_pattern() -> None:
    wire = Wire()
    outer = wire.connect(client=_CLIENT, server=_SERVER)
    inner = wire.connect(client="10.0.0.2:40001", server=_OTHER)
    for number, wait_ms in enumerate([4, 2]):
        outer.ask("outer", str(number), "Ada")
        inner.ask("inner", str(number), "Ada")
        wire.wait(wait_ms * MILLISECOND)
        inner.answer(str(number), 1)
        outer.answer(str(number), 1)
    nested = inspected(wire.records).report.nesting.of(3)

    assert nested is not None
    assert nested.inner is not None
    assert nested.inner.number == 4


def test_a_limit_of_one_part_is_that_of_both() -> None:
    for own, others, both in ((None, 5, 5), (7, 5, 7), (7, None, 7)):
        report, other = Report(), Report()
        report.slow_ns, other.slow_ns = own, others
        report.merge(other)
        assert report.slow_ns == both


def test_connections_that_are_long_over_are_merged() -> None:
    report, other = _called(1), _called(1)
    other.forgotten.add(other.nest.pop())
    report.merge(other)

    assert report.connections == 2


def test_each_carrier_has_its_figures() -> None:
    wire = Wire()
    talk = wire.connect()
    talk.ask("sum", "1").answer("1", 1)
    talk.emit("log", 1)
    (own,) = inspected(wire.records).report.summary().carriers.values()

    assert (own.connections, own.messages, own.events) == (1, 1, 1)
    assert (own.packets_per_message, own.packets_per_event) == ({2: 1}, {1: 1})
    assert (own.transfers, own.errands, own.idle_units) == (3, 0, 0)
