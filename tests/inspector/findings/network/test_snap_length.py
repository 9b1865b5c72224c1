from __future__ import annotations

from msgspec.structs import replace

from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.scenes import Sentences, Trace, begun, said_of

_HEADERS = 14 + 20 + 20


def _cut(wire: Wire, kept: int) -> Wire:
    """Return a capture that keeps so many bytes of each packet."""
    wire.records = [replace(record, data=record.data[:kept]) for record in wire.records]
    return wire


def _kept(payload: int) -> Wire:
    """Return a large call and a small event, and so many bytes of each payload."""
    wire, call = begun()
    call.ask("sum", "1", "x" * 100).answer("1", "y" * 100).ack(CLIENT).emit("log", 1)
    call.ack(SERVER)
    return _cut(wire, _HEADERS + payload)


def _cut_once() -> Wire:
    wire, call = begun()
    call.ask("sum", "1", [1]).answer("1", "y" * 100).ack(CLIENT).close()
    return _cut(wire, _HEADERS + 60)


TRACE = Trace(_cut_once, lambda: _kept(1_000), frozenset({"in-doubt"}))


def test_what_it_says() -> None:
    assert said_of(TRACE, "snap-length") == Sentences(
        message="the capture truncated packets of the server by 86 B",
        headline="packets truncated by 86 B",
        cause=(
            "The capture keeps only the beginning of each packet (its snap length): "
            "86 B were sent and not kept, in 1 hole. Calls around a hole are in doubt. "
            "Packet 5."
        ),
        hint="capture whole packets: tcpdump -s 0",
    )


def test_calls_that_were_cut_are_in_doubt_and_whole_events_are_read() -> None:
    seen = inspected(_kept(60).records)

    assert [each.route for each in seen.exchanges] == ["log"]
    assert set(seen.codes) == {"snap-length"}
    assert seen.summary["gap_bytes"] > 0


def test_it_is_told_where_nothing_is_left_of_any_payload() -> None:
    wire = Wire()
    call = wire.connect()
    call.ask("sum", "1").answer("1", 1).close()
    _cut(wire, _HEADERS)
    seen = inspected(wire.records)
    size = len(call.written[CLIENT] + call.written[SERVER])

    assert set(seen.codes) == {"snap-length"}
    assert sum(each.size for each in seen.findings) == size


def test_other_traffic_that_is_cut_beside_nests_is_nobodys() -> None:
    wire, call = begun()
    call.ask("sum", "1").answer("1", 1).ack(CLIENT)
    for server in ("10.0.0.2:5432", "10.0.0.2:8888"):
        other = wire.connect(client="10.0.0.1:50000", server=server)
        other.send(CLIENT, b"a query").close()
        number = other.records[3] - 1
        record = wire.records[number]
        wire.records[number] = replace(record, data=record.data[:_HEADERS])
    seen = inspected(wire.records)

    ends = [each.connection.server_text for each in seen.findings]
    assert ends == ["10.0.0.2:8888"]
