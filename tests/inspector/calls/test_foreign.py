from __future__ import annotations

import pytest

from inspector.calls.foreign import ForeignTraffic
from tests.inspector.carriers.pigeons import PORT, perch, pigeons
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_nats import Broker, called

_HELLO = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(64)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (_HELLO, "TLS"),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2"),
        (b"SSH-2.0-x\r\n", "SSH"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_another_protocol_on_a_port_of_nest_is_named(
    data: bytes, name: str, *, before: bool
) -> None:
    wire = Wire()
    call = wire.connect()
    other = wire.connect(client="10.0.0.3:50000")
    if before:
        other.send(CLIENT, data)
    call.ask("sum", "1").answer("1", 1)
    if not before:
        other.send(CLIENT, data)
    (finding,) = inspected(wire.records).findings

    assert (finding.code, finding.subject) == ("foreign-protocol", name)
    assert finding.packet == (7 if before else 9)
    assert (finding.sender, finding.connection.number) == ("client", 2)
    assert (finding.connection.carrier, finding.carrier) == ("", "tcp")


@pytest.mark.parametrize("before", [True, False])
def test_it_is_told_with_the_carrier_that_the_port_is_known_to_speak(
    *, before: bool
) -> None:
    wire = Wire()
    if not before:
        perch(wire)
    wire.connect(client="10.0.0.3:50000", server=f"10.0.0.2:{PORT}").close()
    if before:
        perch(wire)
    with pigeons():
        (finding,) = inspected(wire.records).findings

    assert (finding.code, finding.carrier) == ("empty-connection", "pigeon")


def test_a_client_that_has_nothing_to_say_yet_is_no_probe() -> None:
    wire = Wire()
    wire.connect(client="10.0.0.3:50000")
    wire.connect().ask("sum", "1").answer("1", 1)

    assert inspected(wire.records).findings == []


def test_probes_are_counted_together() -> None:
    wire = Wire()
    for number in range(3):
        wire.connect(client=f"10.0.0.3:5000{number}").close()
    wire.connect().ask("sum", "1").answer("1", 1)
    for number in range(3, 6):
        wire.connect(client=f"10.0.0.3:5000{number}").close()
    (fold,) = inspected(wire.records).report.findings.values()

    assert (fold.first.code, fold.count) == ("empty-connection", 6)


def test_only_so_many_wait_for_their_port_to_be_nests() -> None:
    wire = Wire()
    for number in range(5):
        wire.connect(client=f"10.0.0.3:5000{number}").close()
    wire.connect().ask("sum", "1").answer("1", 1)
    connections = [each.connection for each in inspected(wire.records).findings]
    traffic = ForeignTraffic(most_waiting=2)

    assert [traffic.on_empty(each) for each in connections] == [[]] * 5
    assert len(traffic.on_nest(connections[0])) == 2
    assert len(traffic.on_empty(connections[4])) == 1


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("nest", [True, False])
def test_what_a_broker_refuses_counts_where_others_speak_nest(
    *, before: bool, nest: bool
) -> None:
    broker = Broker()

    def refuse() -> None:
        stranger = broker.peer()
        stranger.hear(b"-ERR 'Authorization Violation'\r\n")
        stranger.line.finish(SERVER).finish(CLIENT)

    if before:
        refuse()
    if nest:
        called(broker.peer(), broker.worker("sum"))
    if not before:
        refuse()
    findings = inspected(broker.wire.records).findings

    assert [each.code for each in findings] == ["broker-error"] * nest
    assert all(each.carrier == "nats" for each in findings)
