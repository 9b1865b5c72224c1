from __future__ import annotations

import pytest

from inspector.calls.steps import LEAST_AHEAD_NS, LEAST_BACK_NS
from inspector.sources.files import read_capture
from inspector.sources.records import PacketRecord
from tests.inspector.captures import ROOT
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    STEP,
    Inspected,
    Wire,
    inspected,
    response,
)
from tests.inspector.scenes import Sentences, Trace, said_of

_IDS = [f"7733{number}d425834" for number in range(4)]
_REAL = str(ROOT / "captures" / "seed-nest12.pcap")


def _set(by_ns: int) -> Wire:
    """Return calls, of which one is pending when the clock is set."""
    wire = Wire()
    call = wire.connect()
    call.ask("sum", _IDS[0]).answer(_IDS[0], 1).ack(CLIENT).ask("sum", _IDS[1])
    wire.wait(by_ns)
    call.answer(_IDS[1], 2).ack(CLIENT).ask("sum", _IDS[2]).answer(_IDS[2], 3)
    call.ack(CLIENT).close()
    return wire


TRACE = Trace(lambda: _set(-5 * SECOND), lambda: _set(0))


def test_what_it_says() -> None:
    assert said_of(TRACE, "clock-step") == Sentences(
        message=(
            "the clock of the capture was set back by at least 5.00 s before packet 8, "
            "with 1 call pending"
        ),
        headline="the clock of the capture was set back by at least 5.00 s",
        cause=(
            "Between packets 7 and 8 the time goes from 11:06:40.000 to 11:06:35.000 "
            "UTC, although the records are in the order in which they were sent. 1 "
            "call was pending then (#2); how long it took is unknown and not counted. "
            "Packet 8."
        ),
        hint=(
            "let the time service of the host that captures slew its clock (chrony "
            "without makestep, ntpd -x), and do not set it while a capture runs"
        ),
    )


def _latencies(seen: Inspected) -> list[int | None]:
    return [line["latency_ns"] for line in seen.lines]


@pytest.mark.parametrize(
    ("by_ns", "latency_ns", "codes"),
    [
        (0, STEP, []),
        (-STEP, 0, []),
        (-STEP - 1, None, []),  # records may be out of order by so little
        (-LEAST_BACK_NS - STEP + 1, None, []),
        (-LEAST_BACK_NS - STEP, None, ["clock-step"]),
        (-3600 * SECOND, None, ["clock-step"]),
        (LEAST_AHEAD_NS - STEP - 1, LEAST_AHEAD_NS - 1, ["slow-call"]),
        (LEAST_AHEAD_NS - STEP, None, ["clock-step"]),
    ],
)
def test_the_border(by_ns: int, latency_ns: int | None, codes: list[str]) -> None:
    seen = inspected(_set(by_ns).records)

    assert _latencies(seen) == [STEP, latency_ns, STEP]
    assert [line["outcome"] for line in seen.lines] == ["completed"] * 3
    assert seen.codes == codes


def test_a_call_that_was_acknowledged_may_have_taken_hours() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", _IDS[0]).answer(_IDS[0], 1).ack(CLIENT)
    call.ask("report", _IDS[1]).ack(SERVER)
    wire.wait(LEAST_AHEAD_NS)
    call.answer(_IDS[1], 2).ack(CLIENT).close()

    assert inspected(wire.records).codes == ["slow-call"]


def test_all_calls_that_waited_are_named_also_those_that_end_later() -> None:
    wire = Wire()
    slow = wire.connect(client="10.0.0.1:40001").ask("slow", _IDS[3])
    fast = wire.connect().ask("sum", _IDS[0]).answer(_IDS[0], 1).ack(CLIENT)
    fast.ask("sum", _IDS[1])
    wire.wait(-SECOND)
    other = wire.connect(client="10.0.0.1:40002").ask("new", _IDS[2])
    fast.answer(_IDS[1], 2).ack(CLIENT)
    other.answer(_IDS[2], 3).ack(CLIENT)
    wire.wait(2 * SECOND)  # so that the times alone do not show it
    slow.answer(_IDS[3], 4).ack(CLIENT).close()
    seen = inspected(wire.linger().records)
    (group,) = seen.report.findings.values()

    # In the order of the requests: slow, sum, sum, new.
    assert _latencies(seen) == [None, STEP, None, 3 * STEP]
    assert (group.count, group.size, group.exchanges()) == (1, 2, "#1 #3")
    assert sum(row.latencies.count for row in seen.report.patterns.values()) == 2


def test_a_stream_over_which_the_clock_is_set_has_no_duration() -> None:
    wire = Wire()
    call = wire.connect().ask("ticks", _IDS[0])
    call.send(SERVER, response(_IDS[0], 1, last=False)).ack(CLIENT)
    wire.wait(-SECOND)
    call.answer(_IDS[0], 2).ack(CLIENT).close()
    seen = inspected(wire.records)
    (line,) = seen.lines

    assert (line["latency_ns"], line["duration_ns"]) == (None, None)
    assert seen.codes == ["clock-step"]


def test_values_that_are_out_of_order_by_little_leave_the_duration() -> None:
    wire = Wire()
    call = wire.connect().ask("ticks", _IDS[0])
    call.send(SERVER, response(_IDS[0], 1, last=False)).ack(CLIENT)
    wire.wait(-3 * STEP)
    call.answer(_IDS[0], 2).ack(CLIENT).close()
    seen = inspected(wire.records)
    (line,) = seen.lines

    assert (line["latency_ns"], line["duration_ns"]) == (STEP, STEP)
    assert seen.codes == []


def test_an_unanswered_call_is_not_in_flight_because_the_clock_was_set_back() -> None:
    wire = Wire()
    lost = wire.connect(client="10.0.0.1:40001").ask("lost", _IDS[3])
    call = wire.connect().ask("sum", _IDS[0])
    wire.wait(-3600 * SECOND)
    call.answer(_IDS[0], 1).ack(CLIENT)
    seen = inspected(wire.linger().records)

    assert lost.records
    assert seen.codes == ["clock-step", "unanswered"]
    assert "later" not in seen.findings[1].message  # nobody knows how long it waited


@pytest.mark.parametrize("by_ns", [-SECOND, SECOND])
def test_files_of_two_directions_with_clocks_that_differ_are_out_of_order(
    by_ns: int,
) -> None:
    wire = Wire()
    call = wire.connect()
    for number, identity in enumerate(_IDS):
        call.ask("sum", identity).answer(identity, number).ack(CLIENT)
    asked = [each for each in wire.records if _from_client(each)]
    answered = [each for each in wire.records if not _from_client(each)]
    for record in answered:
        record.time_ns += by_ns
    together = [*asked, *answered]
    for number, record in enumerate(together, start=1):
        record.number = number
    seen = inspected(together)

    assert ("out-of-order-capture" in seen.codes) is (by_ns < 0)
    assert "clock-step" not in seen.codes
    assert all(each is None or each > 0 for each in _latencies(seen))


def _from_client(record: PacketRecord) -> bool:
    return record.data[26:30] == bytes([10, 0, 0, 1])


def _real(first: int, by_ns: int) -> Inspected:
    """Inspect a capture of Nest with the times set from a record on."""
    return inspected(
        PacketRecord(
            each.number,
            each.time_ns + by_ns * (each.number >= first),
            each.link_type,
            each.data,
            each.length,
        )
        for each in read_capture(_REAL)
    )


@pytest.mark.parametrize("first", [44, 45])  # the ACK of request 43, and its reply
def test_a_capture_of_nest_over_which_the_clock_is_set_back(first: int) -> None:
    seen, before = _real(first, -5 * SECOND), _real(first, 0)
    expected = _latencies(before)
    expected[5] = None

    assert _latencies(seen) == expected
    assert sorted({*seen.codes} - {*before.codes}) == ["clock-step"]
    assert seen.report.last_ns - (seen.report.first_ns or 0) == 504_497_000
    stalls = [each.duration_ns for each in seen.findings if each.code == "nagle-stall"]
    assert min(stalls) > 0


@pytest.mark.parametrize(
    ("first", "known"),
    [(44, True), (45, False)],  # the ACK of request 43, and its reply
)
def test_a_capture_of_nest_over_which_the_clock_is_set_ahead(
    first: int, *, known: bool
) -> None:
    seen = _real(first, 7200 * SECOND)

    assert ("clock-step" in seen.codes) is known
    assert ("slow-call" in seen.codes) is not known
    assert "out-of-order-capture" not in seen.codes
