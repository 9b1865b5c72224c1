from __future__ import annotations

import pytest

from captures.brokers import NatsServer
from tests.inspector.conversation import Wire, inspected
from tests.inspector.over_nats import Broker, called, publish
from tests.inspector.recorded import Dialogue, recorded
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences


def _said(line: bytes = b"") -> Wire:
    """Return a call, and a line of its caller after it."""
    broker = Broker()
    worker, caller = broker.worker("sum"), broker.peer()
    called(caller, worker)
    if line:
        caller.say(line)
    called(caller, worker)
    return broker.wire


TRACE = Trace(lambda: _said(b"FOO bar\r\n"), _said)


def test_what_it_says() -> None:
    assert said_of(TRACE, "nats-protocol") == Sentences(
        message="the client sent a line, and it begins with 'F'",
        headline="1 line that NATS cannot read",
        cause=(
            "The client sent such a line: it begins with 'F'. A server answers with an "
            "error, and closes the connection. Packet 21."
        ),
        hint=(
            "look at what writes to this connection: a library for NATS counts bytes "
            "and ends each line with CR LF"
        ),
    )


def test_a_line_with_a_word_too_many_has_a_subject_with_a_blank() -> None:
    wire = _said(publish("two words", b"{}", "replies"))
    said = sentences(group_in(wire, "nats-protocol"))

    assert "As a rule a subject has a blank" in said.cause
    assert said.hint.startswith("use a pattern without blanks")


@pytest.mark.parametrize("version", [10, 11])
def test_calls_of_nest_with_a_blank_in_their_pattern_are_calls(version: int) -> None:
    found = recorded(f"nats-spaces-nest{version}.pcap")

    assert "nats-protocol" not in found.codes
    assert found.codes.count("illegal-channel") == 3  # an object, a text, an event


def test_a_real_broker_closes_a_connection_with_such_a_line_without_a_word() -> None:
    wire = Wire()
    body = b'{"pattern":"sum","id":"1"}'
    with NatsServer() as server:
        with Dialogue(wire, server.port) as caller:
            caller.say(b"SUB _INBOX.q 1\r\n" + publish("sum", body, "_INBOX.q"))
            caller.hear(b"503\r\n\r\n\r\n")
        with Dialogue(wire, server.port) as caller:
            caller.flush().say(publish("two words", body, "replies")).end()

    codes = inspected(wire.records).codes
    assert sorted(codes) == ["nats-protocol", "nobody-subscribed"]
