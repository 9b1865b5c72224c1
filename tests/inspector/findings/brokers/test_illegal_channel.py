from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from captures.brokers import NatsServer
from tests.inspector.conversation import Wire, inspected
from tests.inspector.over_nats import Broker, publish
from tests.inspector.recorded import Dialogue, recorded
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from protocol import Json


def _emitted(pattern: Json, subject: str) -> Wire:
    """Return an event whose packet has a pattern, sent to a subject."""
    broker = Broker()
    sender = broker.peer()
    sender.say(publish(subject, b'{"pattern":"%b","data":1}' % str(pattern).encode()))
    return broker.wire


TRACE = Trace(lambda: _emitted("a..b", "a..b"), lambda: _emitted("a.b", "a.b"))


def test_what_it_says() -> None:
    assert said_of(TRACE, "illegal-channel") == Sentences(
        message="a subject with an empty token: “a..b”",
        headline="1 packet to a subject with an empty token",
        cause=(
            "Nobody can subscribe to such a subject: NATS refuses that with “Invalid "
            "Subject”, but takes what is sent to it, and says nothing: a..b (#1). "
            "Packet 8."
        ),
        hint=(
            "use a pattern without an empty part: no dot at its ends, nor two together"
        ),
    )


@pytest.mark.parametrize("subject", [".a", "a.", "a.*", "*", ">", "a.>", "a.*.b"])
def test_empty_tokens_and_wildcards_are_found(subject: str) -> None:
    assert inspected(_emitted(subject, subject).records).codes == ["illegal-channel"]


@pytest.mark.parametrize("subject", ["a*", "a>", "a.>b", "*b", "a.b*c"])
def test_a_star_within_a_token_is_none(subject: str) -> None:
    assert not inspected(_emitted(subject, subject).records).codes


def test_a_wildcard_is_a_warning() -> None:
    (finding,) = inspected(_emitted("a.*", "a.*").records).findings

    assert finding.severity == "warning"
    assert finding.hint.startswith("send to a subject in full")


def test_nobody_is_said_to_have_to_subscribe_to_such_a_subject() -> None:
    broker = Broker()
    caller = broker.peer()
    passing = caller.ask("a..b")
    caller.refused(passing).leave(passing)

    assert inspected(broker.wire.records).codes == ["illegal-channel"]


def test_an_event_of_nest_10_with_a_blank_went_elsewhere() -> None:
    found = recorded("nats-spaces-nest10.pcap")
    said = [each.message for each in found.findings if each.code == "illegal-channel"]

    assert said == [
        (
            'a subject with a blank: “{"cmd":"two words"}”, for which NATS closes the '
            "connection"
        ),
        "a subject with a blank: “two words”, for which NATS closes the connection",
        "a subject with a blank: “two words” was sent to “two”",
    ]
    assert "channel-mismatch" not in found.codes


def test_a_real_broker_lets_nobody_subscribe_to_an_empty_token() -> None:
    wire = Wire()
    body = b'{"pattern":"a..b","id":"1"}'
    with NatsServer() as server, Dialogue(wire, server.port) as caller:
        caller.say(b"SUB a..b 1\r\n").hear(b"-ERR 'Invalid Subject'\r\n")
        caller.say(b"SUB _INBOX.abc 2\r\n" + publish("a..b", body, "_INBOX.abc"))
        caller.hear(b"503\r\n\r\n\r\n")

    assert inspected(wire.records).codes == ["broker-error", "illegal-channel"]


def test_a_real_broker_hands_a_wildcard_to_wildcards_alone() -> None:
    wire = Wire()
    with (
        NatsServer() as server,
        Dialogue(wire, server.port) as plain,
        Dialogue(wire, server.port) as listener,
        Dialogue(wire, server.port) as sender,
    ):
        plain.say(b"SUB a.b 1\r\n").flush()
        listener.say(b"SUB a.* 1\r\n").flush()
        sender.say(publish("a.*", b'{"pattern":"a.*","data":1}')).flush()
        listener.hear(b"MSG a.* 1 26\r\n")
        plain.say(b"PING\r\n").hear(b"PONG\r\n")
        group = group_in(wire, "illegal-channel")

    assert "reaches nobody but who has subscribed" in sentences(group).cause
    (event,) = inspected(wire.records).exchanges
    assert event.passage is not None
    assert len(event.passage.handlers) == 1
