"""A capture that is written without its secrets still says all the rest."""

from __future__ import annotations

from collections import Counter
from itertools import starmap
from typing import TYPE_CHECKING, Any

import pytest

from inspector.carriers.base import Span, Transfer
from inspector.sources.files import read_capture
from protocol import encode_packet
from tests.inspector.captures import CAPTURES, ROOT, name_of, pcap_bytes
from tests.inspector.carriers.lines import Lines, LinesTalk
from tests.inspector.carriers.pigeons import fly, perch, pigeons
from tests.inspector.carriers.plugged import plugged
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, event, request, response
from tests.inspector.over_nats import Broker, called, publish

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.carriers.base import Concealment, Talk, Unit

AUTH = ROOT / "captures" / "auth-gateway-nest12.pcap"
each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=name_of)


def told(capture: Path, *options: str) -> list[dict[str, Any]]:
    """Return the exchanges of a capture without what a subset numbers anew."""
    lines = run("exchanges", capture, "--json", *options).lines
    for line in lines:
        for key in (
            "number",
            "connection",
            "request_packets",
            "reply_packets",
            "shared_packets",
        ):
            line.pop(key)
    return lines


def written_from(capture: Path, tmp_path: Path, *options: str) -> Path:
    written = tmp_path / "written.pcapng"
    outcome = run("exchanges", capture, "--write", written, *options)
    assert (outcome.code, outcome.err) == (0, "")
    return written


@each_capture
def test_without_a_choice_all_exchanges_are_written(
    capture: Path, tmp_path: Path
) -> None:
    assert told(written_from(capture, tmp_path)) == told(capture)


@each_capture
def test_what_is_written_redacted_decodes_to_what_is_told_redacted(
    capture: Path, tmp_path: Path
) -> None:
    hidden = ["--redact", "data", "--redact", "response", "--redact", "err"]
    written = written_from(capture, tmp_path, *hidden)

    assert told(written) == told(capture, *hidden)


@each_capture
def test_the_packets_keep_their_times_and_lengths(
    capture: Path, tmp_path: Path
) -> None:
    written = written_from(
        capture, tmp_path, "--redact", "data", "--redact", "response"
    )
    before = {record.time_ns: record for record in read_capture(str(capture))}
    for record in read_capture(str(written)):
        original = before[record.time_ns]
        assert (record.length, len(record.data)) == (
            original.length,
            len(original.data),
        )


def test_only_the_packets_of_the_chosen_exchanges_are_written(tmp_path: Path) -> None:
    written = written_from(AUTH, tmp_path, "--where", 'route == "get_user"')
    kept = [line for line in told(AUTH) if line["route"] == "get_user"]
    packets = run("packets", written, "--json").lines

    assert told(written) == kept
    assert Counter(line["kind"] for line in packets)["data"] == 2 * len(kept)


def test_secrets_are_in_no_byte_of_the_file(tmp_path: Path) -> None:
    assert b"correct horse" in AUTH.read_bytes()
    written = written_from(AUTH, tmp_path, "--redact", "auto").read_bytes()

    for secret in ("correct horse", "battery staple"):
        assert secret.encode() not in written
    assert "作者".encode() in written


def test_retransmissions_pieces_and_rubbish_are_hidden_too(tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect()
    secret = request("login", "1", {"password": "hunter2 求😀 hunter2"})
    data = encode_packet(secret)
    talk.split(CLIENT, data, 20, data.index("求".encode()) + 1)
    for number in (4, 5, 6):
        talk.resend(number)
    talk.send(SERVER, response("1", "ok"))
    talk.send(CLIENT, b'99#{"pattern":"login","data":{"password":"hunter2')
    capture = tmp_path / "talk.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    written = written_from(capture, tmp_path, "--redact", "auto")

    assert capture.read_bytes().count(b"hunter2") == 5
    assert b"hunter2" not in written.read_bytes()
    (line,) = told(written)
    assert line["data"] == {"password": "xxxxxxxx※𝑥xxxxxxxx"}
    assert line["outcome"] == "completed"


def test_what_is_no_frame_is_blanked_in_a_packet_that_is_written(
    tmp_path: Path,
) -> None:
    wire = Wire()
    whole = encode_packet(event("a", "shown"))
    wire.connect().send(CLIENT, whole + b'99#{"password":"hunter2')
    capture = tmp_path / "talk.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    written = written_from(capture, tmp_path, "--redact", "auto").read_bytes()

    assert b"hunter2" in capture.read_bytes()
    assert b"hunter2" not in written
    assert whole + b"x" * 23 in written


def test_foreign_connections_are_not_written(tmp_path: Path) -> None:
    written = written_from(AUTH, tmp_path, "--redact", "auto")

    assert b"HTTP/1.1" in AUTH.read_bytes()
    assert b"HTTP/1.1" not in written.read_bytes()


def test_what_a_carrier_shows_is_written_and_the_rest_of_its_lines_as_it_is_read(
    tmp_path: Path,
) -> None:
    wire = Wire()
    fly(perch(wire)).send(CLIENT, b"smudge 12\n").send(CLIENT, b"tell end 1\n")
    capture = tmp_path / "pigeons.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    with pigeons():
        written = written_from(capture, tmp_path, "--redact", "password")
        assert told(written) == told(capture, "--redact", "password")
        assert run("follow", written).out.count("ping") == 2
    data = written.read_bytes()

    for shown in (b"pigeon 1 ring xxxx\n", b"ask 7 sum [1,2]\n", b"heard 7\n"):
        assert shown in data
    assert b'tell login {"user":"ann","password":"xxxxxxxx"}\n' in data
    assert b"feathers" not in data
    assert b"pigeon 1 ring 4711\n" in capture.read_bytes()
    assert b"smudge" not in data


def test_what_belongs_to_another_connection_is_not_written(tmp_path: Path) -> None:
    wire = Wire()
    fly(perch(wire))
    perch(wire, "10.0.0.9:41000").send(CLIENT, b"ping\n")
    capture = tmp_path / "pigeons.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    with pigeons():
        written = written_from(capture, tmp_path)

    assert len(list(read_capture(str(written)))) == 11


def test_the_acks_of_an_errand_are_written_with_its_exchange(tmp_path: Path) -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ask 7 sum 1\n").send(SERVER, b"heard 7\n")
    call.ack(CLIENT).send(SERVER, b"say 7 1\n").send(CLIENT, b"ping\n").ack(SERVER)
    capture = tmp_path / "pigeons.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    with pigeons():
        written = written_from(capture, tmp_path)

    times = [record.time_ns for record in read_capture(str(written))]
    assert times == [
        record.time_ns for record in wire.records if record.number not in {3, 11}
    ]


class _SecretTalk(LinesTalk):
    """Reads ``!name``, of which some letters are secret, and shows the name as dots."""

    secret: tuple[Span, ...] = ()
    shown: bytes | None = None

    def unit(self, side: int, begin: int, end: int, line: bytes) -> Unit:
        unit = super().unit(side, begin, end, line)
        assert isinstance(unit, Transfer)
        unit.secret = tuple(
            Span(begin + low, begin + high) for low, high in self.secret
        )
        unit.body, unit.body_begin = line[1:], begin + 1
        if self.shown is not None:
            unit.body, unit.original = self.shown, unit.body
        return unit


class _Secrets(Lines):
    def __init__(self, secret: list[tuple[int, int]], shown: bytes | None) -> None:
        self._secret, self._shown = tuple(starmap(Span, secret)), shown

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        talk = _SecretTalk()
        talk.secret, talk.shown = self._secret, self._shown
        return talk


@pytest.mark.parametrize(
    ("secret", "shown", "written"),
    [
        ([], None, b"!abcdefgh\n"),
        ([(0, 2)], None, b"xxbcdefgh\n"),
        ([(7, 10)], None, b"!abcdefxxx"),
        ([(5, 7), (2, 3), (6, 8)], None, b"!axcdxxxh\n"),
        ([(3, 3)], None, b"!abcdefgh\n"),
        ([], b"........", b"!........\n"),
        ([(0, 3), (8, 10)], b"........", b"xxx.....xx"),
    ],
)
def test_of_a_unit_its_secrets_are_written_as_so_many_x(
    secret: list[tuple[int, int]], shown: bytes | None, written: bytes, tmp_path: Path
) -> None:
    wire, line = Wire(), b"!abcdefgh\n"
    wire.connect().send(CLIENT, line + line[:4]).send(CLIENT, line[4:])
    capture = tmp_path / "lines.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    with plugged(_Secrets(secret, shown)):
        file = written_from(capture, tmp_path, "--redact", "auto")
        first, second = list(read_capture(str(file)))[-2:]

    assert first.data.endswith(written + written[:4])
    assert second.data.endswith(written[4:])


def test_over_a_broker_the_handshakes_of_all_connections_are_written(
    tmp_path: Path,
) -> None:
    broker = Broker()
    worker = broker.worker("sum", group="workers", auth_token="a-token-of-nats")  # noqa: S106
    caller = broker.peer(pass_="a-password")  # noqa: S106
    called(caller, worker, value={"token": "in-reply"})
    capture = tmp_path / "nats.pcap"
    capture.write_bytes(pcap_bytes(broker.wire.records))
    written = written_from(capture, tmp_path, "--redact", "auto")
    data = written.read_bytes()

    (before,), (after,) = told(capture, "--redact", "auto"), told(written)
    assert len(before.pop("hops")) == len(after.pop("hops")) == 4
    for line in (before, after):
        line.pop("errands")
        line.pop("errand_packets")
    assert before == after
    assert b"SUB sum workers 1" in data
    for secret in (b"a-token-of-nats", b"a-password", b"in-reply"):
        assert secret in capture.read_bytes()
        assert secret not in data


def test_a_packet_is_shown_at_its_place_though_what_is_unread_holds_the_same(
    tmp_path: Path,
) -> None:
    broker, body = Broker(), b'{"pattern":"log"}'
    peer = broker.peer()
    unread = b"PUB log 9\r\npassword is hunter2 %b\r\n" % body  # its size is wrong
    peer.say(unread, publish("log", body)).say(publish("log", body))
    capture = tmp_path / "nats.pcap"
    capture.write_bytes(pcap_bytes(broker.wire.records))
    written = written_from(capture, tmp_path, "--redact", "auto")
    shown = [record.data for record in read_capture(str(written))]

    blank = b"x" * len(unread)
    assert shown[-2].endswith(blank + publish("log", body))
    assert shown[-1].endswith(publish("log", body))
