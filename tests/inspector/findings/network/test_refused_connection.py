from __future__ import annotations

import pytest

from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Conversation,
    Wire,
    inspected,
)
from tests.inspector.scenes import Sentences, Trace, said_of, sentences
from tests.inspector.scenes import group_in as group

_OTHER = "10.0.0.2:8889"


def _asked(*, refused: bool, times: int = 1) -> Wire:
    wire = Wire()
    call = wire.join()
    for _ in range(times):
        call.segment(CLIENT, flags="S", seq=call.isns[0])
    if refused:
        call.segment(SERVER, flags="RA", seq=0)
    return wire


def _came_about() -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1).ack(CLIENT).close()
    return wire


def _beside_nest(asking: str, *, before: bytes = b"") -> Wire:
    """Return a call, and a connection that another port refuses."""
    wire = _came_about()
    if before:
        wire.connect(client="10.0.0.9:1", server=_OTHER).send(CLIENT, before).close()
    other = wire.join(client=asking, server=_OTHER)
    other.segment(CLIENT, flags="S", seq=1).segment(SERVER, flags="RA", seq=0)
    return wire


TRACE = Trace(lambda: _asked(refused=True), _came_about)


def test_what_it_says() -> None:
    assert said_of(TRACE, "refused-connection") == Sentences(
        message="10.0.0.2:8888 refused the connection: it answered with an RST",
        headline="1 connection refused",
        cause=(
            "An RST from 10.0.0.2:8888 answered each SYN: no process listens on that "
            "port, or only on another address of its host. Each call of a client of "
            "Nest fails with ECONNREFUSED. Packet 2."
        ),
        hint=(
            "start the service, compare host and port on both sides; in a container it "
            "has to listen on 0.0.0.0, not on localhost"
        ),
    )


def test_what_it_says_where_nobody_answered() -> None:
    wire = _asked(refused=False, times=3)

    assert sentences(group(wire, "refused-connection")) == Sentences(
        message="10.0.0.2:8888 did not answer a SYN, sent 3 times, for 200 µs",
        headline="1 connection without an answer",
        cause=(
            "No packet came from 10.0.0.2:8888 within 200 µs: the host is down, the "
            "address is wrong, or a firewall drops the packets. Packet 1."
        ),
        hint=(
            "check address and port, and the firewalls, security groups and network "
            "policies on the way"
        ),
    )


def test_a_syn_may_wait_for_its_answer_until_it_would_be_sent_again() -> None:
    wire = _asked(refused=False)
    assert inspected(wire.records).codes == []

    wire.wait(SECOND)
    wire.add(b"")

    assert inspected(wire.records).codes == ["refused-connection"]


@pytest.mark.parametrize("times", [1, 6])
def test_many_servers_are_named_in_part(times: int) -> None:
    wire = Wire()
    for number in range(times):
        call = Conversation(wire, server=f"10.0.0.2:{5000 + number}")
        call.segment(CLIENT, flags="S", seq=1).segment(SERVER, flags="RA", seq=0)
    cause = sentences(group(wire, "refused-connection")).cause

    assert "10.0.0.2:5000" in cause
    assert ("10.0.0.2:5003 and 2 more answered" in cause) == (times > 1)


def test_a_port_that_may_be_anybodys_is_told_where_a_host_of_nests_asked() -> None:
    own, strange = "10.0.0.1:40001", "10.0.0.7:40001"

    assert inspected(_beside_nest(own).records).codes == ["refused-connection"]
    assert inspected(_beside_nest(strange).records).codes == []
    forced = inspected(_beside_nest(strange).records, ports=[8889])
    assert forced.codes == ["refused-connection"]
    assert [each.carrier for each in forced.findings] == ["tcp"]


def test_a_port_of_another_protocol_is_nobody_of_nests() -> None:
    wire = _beside_nest("10.0.0.1:40001", before=b"GET / HTTP/1.1\r\n\r\n")

    assert inspected(wire.records).codes == []


def test_a_reset_of_a_connection_that_came_about_is_no_refusal() -> None:
    wire = Wire()
    wire.connect().reset(SERVER)

    assert inspected(wire.records).codes == []
    assert inspected(wire.records, ports=[8888]).codes == ["empty-connection"]
