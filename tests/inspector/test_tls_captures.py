"""Real Nest over TLS, decrypted by its key logs, says what it says without TLS."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from shutil import which
from string import hexdigits
from typing import TYPE_CHECKING

import pytest

from inspector import InspectorError, inspect
from inspector.calls.exchanges import Exchange as Call
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from inspector.tcp.reassembly import Reassembler
from inspector.tcp.segments import SegmentDecoder
from inspector.tls.decryption import Decryption
from inspector.tls.keylog import KeyLog
from protocol import dumps
from tests.inspector.command import run
from tests.inspector.tls_talk import CLIENT, SERVER, Talk, keylog_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inspector import Exchange, PacketRecord

FOLDER = Path(__file__).parents[2] / "captures" / "tls"
WHOLE = ("tls12", "tls13", "tls12-resumed", "tls13-resumed")
_EDITCAP = which("editcap") or "editcap"
BY_HAND = ("tls13-key-update", "tls12-renegotiated")


def capture(name: str) -> str:
    return str(FOLDER / f"{name}-nest12.pcap")


def keys(name: str) -> str:
    return str(FOLDER / f"{name}-nest12.keys")


def said(seen: Iterable[Exchange]) -> list[tuple[object, ...]]:
    return [
        (e.route, str(e.outcome), dumps(e.data), [str(r) for r in e.replies])
        for e in seen
    ]


@pytest.mark.parametrize("name", WHOLE)
def test_the_exchanges_are_those_without_tls(name: str) -> None:
    seen = inspect(capture(name), keylog=keys(name))

    connections = 2 if "resumed" in name else 1
    assert said(seen) == said(inspect(capture("plain"))) * connections
    plain = inspect(capture("plain")).report
    for field in ("packets_per_event", "packets_per_message"):
        own, without = getattr(seen.report, field), getattr(plain, field)
        assert {size: each * connections for size, each in without.items()} == own


def test_keys_that_are_updated_or_negotiated_anew_change_nothing() -> None:
    for name in BY_HAND:
        seen = inspect(capture(name), keylog=[keys(name)])
        assert [(e.route, e.data, e.replies[0].response) for e in seen] == [
            ("sum", [1, 2], 3),
            ("sum", [2, 2], 4),
            ("sum", [3, 2], 5),
        ]


def test_over_nats_each_connection_has_its_session_and_either_side_a_key_log() -> None:
    both = [keys("nats-tls"), keys("nats-tls").replace(".keys", ".service.keys")]
    seen = inspect(capture("nats-tls"), keylog=both)

    assert said(seen) == said(inspect(capture("plain")))
    assert all(each.handlers for each in seen)
    half = inspect(capture("nats-tls"), keylog=both[:1])
    assert said(half) == said(seen)
    assert "undecrypted-tls" in {each.code for each in half.findings}


@pytest.mark.parametrize("name", BY_HAND)
def test_what_is_read_is_what_tshark_reads(name: str) -> None:
    options = ["-o", f"tls.keylog_file:{keys(name)}", "-d", "tcp.port==42420,tls"]
    command = ["tshark", "-r", capture(name), *options, "-q", "-z", "follow,tls,raw,0"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in shown.splitlines() if set(line) <= set("\t" + hexdigits)]
    theirs = [
        b"".join(bytes.fromhex(line) for line in lines if line[:1].isspace() == side)
        for side in (False, True)
    ]

    decoder, decryption = SegmentDecoder(), Decryption(KeyLog([keys(name)]))
    segments = decoder.decode(read_capture(capture(name)))
    items = list(decryption.read(Reassembler().reassemble(segments)))

    ours = [plain(items, CLIENT), plain(items, SERVER)]
    assert sorted(ours) == sorted(theirs)
    assert b"response" in ours[1]


def test_every_command_takes_a_key_log_and_the_packets_add_up() -> None:
    name = "tls13"
    given = (capture(name), "--keylog", keys(name))
    for command in ("exchanges", "ladder", "timeline", "follow"):
        done = run(command, *given)
        assert done.code == 0, done.out + done.err
        assert "sum" in done.out
    packets = run("packets", *given).out
    for words in (
        "TLS handshake: client hello",
        "TLS handshake: finished",
        "TLS session ticket",
        "TLS close notify",
        "33 packets = ",
    ):
        assert words in packets
    report = run(*given).out
    assert "TLS   1 connection decrypted\n" in report
    assert "= 33 packets" in report
    summary = run(*given, "--json").lines[-1]
    assert summary["tls"] == {"decrypted": 1, "undecrypted": {}}
    assert f"show {capture(name)} --keylog {keys(name)} 5" in report.replace("\n", "")


def test_secrets_are_hidden_as_without_tls() -> None:
    given = (capture("tls13"), "--keylog", keys("tls13"))
    for command in ("exchanges", "packets", "follow"):
        done = run(command, *given, "--redact", "data", "--redact", "response")
        assert done.code == 0
        assert "[1,2,3]" not in (done.out + done.err)
    refused = run("exchanges", *given, "--write", "part.pcapng")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "--write: " in refused.err


def test_conditions_hold_of_what_was_decrypted() -> None:
    given = (capture("tls13"), "--keylog", keys("tls13"))

    assert run(*given, "--fail-on", "errors > 0").code == 1
    assert run(*given, "--fail-on", "errors > 1").code == 0
    assert run(given[0], "--fail-on", "errors > 1").code == 1


def test_a_key_log_that_lacks_the_session_or_is_none_is_told(tmp_path: Path) -> None:
    other = run(capture("tls13"), "--keylog", keys("tls12"))
    assert other.code == 0
    assert "1 not: the key log lacks its session" in other.out
    bad = tmp_path / "keys.log"
    bad.write_bytes(b"nothing\n")
    refused = run(capture("tls13"), "--keylog", str(bad))
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    bad.write_bytes(Path(keys("tls13")).read_bytes() + b"nothing\n")
    warned = run(capture("tls13"), "--keylog", str(bad))
    assert warned.code == 0
    assert f"{bad}:6: not a line of a key log; 1 line passed over" in warned.err
    with pytest.raises(InspectorError, match="no such file"):
        inspect(capture("tls13"), keylog=tmp_path / "none")
    assert "--keylog" in run(capture("tls13")).err


def test_a_capture_may_hold_its_secrets_itself(tmp_path: Path) -> None:
    own = tmp_path / "own.pcapng"
    secrets = f"tls,{keys('tls13')}"
    subprocess.run(
        [_EDITCAP, "--inject-secrets", secrets, capture("tls13"), own], check=True
    )

    assert said(inspect(own)) == said(inspect(capture("plain")))
    assert run("exchanges", str(own), "--write", "part.pcapng").code == 2


def test_what_came_before_its_secrets_is_read_while_no_record_comes(
    tmp_path: Path,
) -> None:
    file = tmp_path / "keys.log"
    keylog = KeyLog([str(file)], grows=True)
    pipeline = Pipeline(Options(keylog=keylog))
    records = list(read_capture(capture("tls13")))
    before: list[object] = []
    late: list[object] = []

    def arriving() -> Iterator[PacketRecord]:
        yield from records[:-6]  # up to the close
        before.extend(pipeline.elapse(records[-7].time_ns))
        file.write_bytes(Path(keys("tls13")).read_bytes())
        late.extend(pipeline.elapse(records[-7].time_ns))
        yield from records[-6:]

    rest = list(pipeline.inspect(arriving()))

    assert before == []
    assert sum(isinstance(each, Call) for each in late) == 11
    assert not any(isinstance(each, Call) for each in rest)


def _mutated(source: random.Random, data: bytes) -> bytes:
    """Return bytes with some changed, left out or repeated."""
    changed = bytearray(data)
    for _ in range(source.randrange(4)):
        place = source.randrange(len(changed))
        changed[place] = source.randrange(256)
    if source.random() < 0.2:
        place = source.randrange(len(changed))
        del changed[place : place + source.randrange(40)]
    return bytes(changed)


def _records(source: random.Random, name: str) -> Sequence[PacketRecord]:
    records = list(read_capture(capture(name)))
    for record in records:
        head = record.data[:66]  # Ethernet, IPv4 and TCP with its timestamps
        if source.random() < 0.15 and len(record.data) > len(head):
            record.data = head + _mutated(source, record.data[66:])
    return [record for record in records if source.random() > 0.05]


def test_no_traffic_and_no_key_log_is_too_bad(tmp_path: Path) -> None:
    source = random.Random(20_261_129)  # noqa: S311
    file = tmp_path / "keys.log"
    for turn in range(32):
        name = (*BY_HAND, "tls13", "tls12")[turn % 4]
        text = Path(keys(name)).read_bytes()
        file.write_bytes(text + (_mutated(source, text) if turn % 3 else b""))
        seen = inspect(_records(source, name), keylog=str(file))
        assert len(seen.exchanges) < 40
        assert repr(seen.findings)


def test_an_empty_key_log_knows_nothing(tmp_path: Path) -> None:
    file = tmp_path / "keys.log"
    file.touch()

    assert len(KeyLog([str(file)])) == 0
    assert len(keylog_of(Talk().keylog)) == 1
    assert not list(inspect(capture("tls13"), keylog=file))
