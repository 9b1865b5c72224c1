"""A capture that is written without names in its channels still joins by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from inspector.sources.files import read_capture
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT
from tests.inspector.nats_evidence import FOLDER
from tests.inspector.over_nats import Broker, Peer, called, emitted

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = (
    "kind",
    "outcome",
    "pattern",
    "route",
    "channel",
    "reply_channel",
    "data",
    "replies",
    "packets",
    "handlers",
)


def _told(capture: Path, *options: str) -> list[dict[str, Any]]:
    lines = run("exchanges", capture, "--json", *options).lines
    kept = [{key: each.get(key) for key in _KEYS} for each in lines]
    for line, each in zip(lines, kept, strict=True):
        each["hops"] = [(hop["way"], hop["channel"]) for hop in line["hops"]]
    return kept


def _written(capture: Path, folder: Path, *options: str) -> Path:
    file = folder / "written.pcapng"
    outcome = run("exchanges", capture, "--write", file, *options)
    assert (outcome.code, outcome.err) == (0, "")
    return file


@pytest.mark.parametrize("name", ["nest10", "nest12", "spaces-nest10", "auth-nest12"])
@pytest.mark.parametrize("channel", [">", "w.*"])
def test_what_is_written_decodes_to_what_is_told(
    name: str, channel: str, tmp_path: Path
) -> None:
    capture = FOLDER / f"nats-{name}.pcap"
    options = ["--redact-channel", channel]
    written = _written(capture, tmp_path, *options)

    assert _told(written) == _told(capture, *options)
    sizes = {each.time_ns: len(each.data) for each in read_capture(str(capture))}
    for record in read_capture(str(written)):
        assert len(record.data) == sizes[record.time_ns]


def _named() -> Broker:
    """Return calls and events whose subjects have names of people in them."""
    broker = Broker(numbered=True)
    worker, caller = broker.worker("users.*", "mail.*.sent"), broker.peer()
    for pattern in ("users.alice", "users.carol", "users.alice"):
        worker.numbers[pattern] = worker.numbers["users.*"]
        called(caller, worker, pattern=pattern, data=1, value=2)
    worker.numbers["mail.alice.sent"] = worker.numbers["mail.*.sent"]
    emitted(caller, worker, pattern="mail.alice.sent")
    caller.emit("mail.alice.lost", 1)
    refused = caller.ask("users.alice.gone")
    caller.refused(refused).leave(refused)
    _retransmit(caller)
    return broker


def _retransmit(peer: Peer) -> None:
    peer.say(b"-ERR\r\n")
    peer.line.send(CLIENT, b"PUB users.alice 99\r\n{")  # which is not complete


def test_names_are_in_no_output_and_the_same_has_the_same(tmp_path: Path) -> None:
    capture = tmp_path / "named.pcap"
    capture.write_bytes(pcap_bytes(_named().wire.linger().records))
    options = [f"--redact-channel={each}" for each in ("users.>", "mail.*.>")]
    lines = _told(capture, *options)

    assert [line["channel"] for line in lines] == [
        "users.xxxx1",
        "users.xxxx2",
        "users.xxxx1",
        "mail.xxxx1.xxx1",
        "mail.xxxx1.xxx2",
        "users.xxxx1.xxx3",
    ]
    assert [line["route"] for line in lines] == [line["channel"] for line in lines]
    assert [line["outcome"] for line in lines] == [
        *["completed"] * 3,
        "sent",
        "undelivered",
        "no_handler",
    ]
    for command in ("report", "exchanges", "packets", "ladder", "timeline", "services"):
        for form in ([], ["--json"]):
            outcome = run(command, capture, *options, *form)
            assert not re.search("alice|carol|gone", outcome.out + outcome.err)
    for command, number in (("follow", "2"), ("show", "1")):
        shown = run(command, capture, number, *options).out
        assert not re.search("alice|carol", shown)


def test_names_are_in_no_byte_of_what_is_written(tmp_path: Path) -> None:
    capture = tmp_path / "named.pcap"
    capture.write_bytes(pcap_bytes(_named().wire.linger().records))
    options = [f"--redact-channel={each}" for each in ("users.>", "mail.*.>")]
    written = _written(capture, tmp_path, *options)
    data = written.read_bytes()

    assert capture.read_bytes().count(b"alice") > 10
    assert not re.search(rb"alice|carol|gone", data)
    assert b"SUB users.* 1\r\n" in data
    told = _told(capture, *options)
    assert _told(written) == told
