from __future__ import annotations

from inspector.sources.files import read_capture
from tests.inspector.carriers.mqtt.written import connack, connect
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.mqtt_evidence import FOLDER
from tests.inspector.over_mqtt import ENDPOINT, called, peer, worker
from tests.inspector.scenes import Sentences, Trace, said_of


def _two(*, same: bool = True) -> Wire:
    """Return two callers, the second of which may have the name of the first."""
    wire = Wire()
    first, handler = peer(wire), worker(wire, "sum")
    called(first, handler)
    second = wire.connect(client="10.0.0.1:50009", server=ENDPOINT)
    second.send(CLIENT, connect(client="peer-50001" if same else "another"))
    second.send(SERVER, connack())
    first.finish(SERVER).finish(CLIENT).ack(SERVER)
    called(second, handler, identity="2")
    return wire


TRACE = Trace(_two, lambda: _two(same=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "session-taken-over") == Sentences(
        message=(
            "10.0.0.1:50009 took over “peer-50001”, the session of 10.0.0.1:50001"
        ),
        headline="1 client ended for another of the same name",
        cause=(
            "A client connected as “peer-50001”, the client identifier of another, and "
            "MQTT ended that one's connection (packet 26). Each connects again "
            "and ends the other; calls that wait meanwhile have no reply. Packet 24."
        ),
        hint="give each process a clientId of its own, or none",
    )


def test_two_callers_of_a_real_nest_with_one_name_end_each_other() -> None:
    capture = str(FOLDER / "mqtt-take-over-nest12.pcap")
    found = inspected(read_capture(capture)).findings
    taken = [each for each in found if each.code == "session-taken-over"]
    assert [each.subject for each in taken] == ["“same-name”"] * 3
