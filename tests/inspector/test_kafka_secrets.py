"""No password over Kafka is in what is shown or written with ``--redact``."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from inspector.carriers.kafka.batches import CRC_FROM, CRC_PLACE, checksum
from inspector.carriers.kafka.requests import read_head, read_produce
from inspector.sources.files import read_capture
from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.carriers.kafka.written import (
    ANSWERS,
    ASKS,
    record,
    request,
    response,
    text,
    zipped,
)
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER
from tests.inspector.kafka_evidence import KAFKA, evidence
from tests.inspector.over_kafka import Broker, Peer
from tests.inspector.planted import HIDDEN, Planter, check_that_none_is_shown_or_written

if TYPE_CHECKING:
    from pathlib import Path

_PEERS, _CALLS, _DEEP = 2, 15, 340


def _token(name: str, word: str) -> bytes:
    said = f"\0{name}\0{word}".encode()
    return struct.pack(">i", len(said)) + said


def _prove(peer: Peer, secret: Planter) -> None:
    """Let a client prove by SCRAM that it knows its password, and the broker, too.

    Of what is said salt, proof and signature are enough to try passwords.

    Source: RFC 5802, section 3.
    """
    named = request(17, 1, 93, text("SCRAM-SHA-256"))
    answer = struct.pack(">hi", 0, 1) + text("SCRAM-SHA-256")
    peer.say(peer.asks, named, response(93, answer))
    turns = (
        ("n,,n=me,r=fyko", f"r=fyko3rfc,s={secret()},i=4096"),
        (f"c=biws,r=fyko3rfc,p={secret()}", f"v={secret()}"),
    )
    for number, (asked, told) in enumerate(turns):
        token = struct.pack(">i", len(told)) + told.encode()
        said = struct.pack(">h", 0) + text(None) + token + struct.pack(">q", 0)
        peer.say(
            peer.asks,
            request(36, 1, 94 + number, struct.pack(">i", len(asked)) + asked.encode()),
            response(94 + number, said),
        )


def _planted(broker: Broker) -> int:
    """Plant passwords wherever Kafka has a place for one; return how many."""
    secret = Planter()
    for _ in range(_PEERS):
        caller, handler = broker.peer("sum.reply"), broker.peer("sum")
        caller.asks.send(CLIENT, request(17, 1, 90, text("PLAIN")))
        caller.asks.send(SERVER, response(90, struct.pack(">hi", 0, 1) + text("PLAIN")))
        caller.asks.send(CLIENT, request(36, 1, 91, _token("me", secret())))
        said = struct.pack(">h", 0) + text(None) + struct.pack(">iq", 0, 0)
        caller.asks.send(SERVER, response(91, said))
        _prove(caller, secret)
        caller.asks.send(CLIENT, request(17, 0, 92, text("PLAIN")))
        caller.asks.send(SERVER, response(92, struct.pack(">hi", 0, 1) + text("PLAIN")))
        caller.asks.send(CLIENT, _token("me", secret()))
        caller.asks.send(SERVER, struct.pack(">i", 0))
        for _ in range(_CALLS):
            deep = [{"token": secret()} for _ in range(_DEEP)]
            said = dumps({"password": secret(), "deep": deep})
            call = {"kafka_correlationId": f"{secret.planted}"}
            asks = ASKS | call | {"authorization": secret()}
            broker.pass_on(caller, handler, "sum", record(said, asks))
            err = dumps({"code": 1, "password": secret()})
            answers = ANSWERS | call | {"kafka_nest-err": err.decode()}
            broker.pass_on(handler, caller, "sum.reply", record(None, answers))
    return secret.planted


def test_none_that_was_planted_is_shown_or_written(tmp_path: Path) -> None:
    broker = Broker()
    planted = _planted(broker)

    assert planted > 10_000
    written = check_that_none_is_shown_or_written(broker.wire, planted, tmp_path)
    lines = [
        line for line in run("exchanges", written, "--json").lines if "outcome" in line
    ]
    assert len(lines) == _PEERS * _CALLS
    assert {line["outcome"] for line in lines} == {"error"}


def _sums(capture: Path) -> list[bool]:
    """Return of each batch that a capture has whether its checksum is right."""
    found = []
    for packet in read_capture(str(capture)):
        data = packet.data[54:]
        if data[4:8] != b"\0\0\0\7":  # a Produce
            continue
        for part in read_produce(data, read_head(data)).parts:
            (crc,) = struct.unpack_from(">I", data, part.begin + CRC_PLACE)
            found.append(crc == checksum(data[part.begin + CRC_FROM : part.end]))
    return found


def test_a_batch_that_hides_something_has_a_checksum_of_its_own(tmp_path: Path) -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("log")
    for word in ("a", "planted"):
        broker.pass_on(caller, handler, "log", record(dumps({"password": word})))
    written, capture = tmp_path / "written.pcap", tmp_path / "read.pcap"
    capture.write_bytes(pcap_bytes(broker.wire.records))
    run("exchanges", capture, "--write", written, *HIDDEN)

    assert b"planted" not in written.read_bytes()
    assert _sums(written) == [True, True]


def test_compressed_records_are_shown_without_secrets_and_not_written(
    tmp_path: Path,
) -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("log")
    said = record('{"password":"planted","n":1}')
    broker.produce(caller, "log", said, data=zipped(said))
    broker.hand(handler, "log", said, data=zipped(said))
    written, capture = tmp_path / "written.pcap", tmp_path / "read.pcap"
    capture.write_bytes(pcap_bytes(broker.wire.records))
    outcome = run("exchanges", capture, "--json", "--write", written, *HIDDEN)
    (line,) = (line for line in outcome.lines if line["type"] == "exchange")

    assert line["data"] == {"password": "xxxxxxx", "n": 1}
    assert len(line["handlers"]) == 1
    data = written.read_bytes()
    assert zipped(said)[61:] not in data
    assert b"x" * 40 in data


def test_a_topic_that_is_hidden_is_nowhere(tmp_path: Path) -> None:
    broker = Broker()
    caller, handler = broker.peer("users.alice.reply"), broker.peer("users.alice")
    broker.poll(handler, "users.alice")
    broker.call(caller, handler, topic="users.alice")
    written, capture = tmp_path / "written.pcap", tmp_path / "read.pcap"
    capture.write_bytes(pcap_bytes(broker.wire.records))
    options = "--redact-channel", "users.*", *HIDDEN
    outcome = run("exchanges", capture, "--json", "--write", written, *options)
    (line,) = (line for line in outcome.lines if line["type"] == "exchange")

    assert "alice" not in outcome.out
    assert b"alice" not in written.read_bytes()
    assert line["outcome"] == "completed"
    assert line["packets"] == 12


@pytest.mark.parametrize(
    "capture",
    [each for each in KAFKA if evidence(each).secrets],
    ids=lambda each: each.stem,
)
def test_passwords_of_a_real_nest_are_not_written(
    capture: Path, tmp_path: Path
) -> None:
    written = tmp_path / "written.pcapng"
    run("exchanges", capture, "--write", written, *HIDDEN)
    before, after = capture.read_bytes(), written.read_bytes()

    for secret in evidence(capture).secrets:
        assert secret.encode() in before
        assert secret.encode() not in after
