"""tshark, with our dissector, reads Nest's packets over NATS."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from inspector.sources.files import read_capture
from protocol import dumps, route
from tests.inspector.captures import ROOT, name_of
from tests.inspector.conversation import CLIENT, SERVER, Side, Wire, cut
from tests.inspector.dissected import tshark_layers, tshark_text, tshark_transfers
from tests.inspector.wireshark.nats_reader import read_transfers
from tests.inspector.wireshark.nats_units import (
    BROKER,
    CONNECT,
    INFO,
    answered,
    asked,
    called,
    msg,
    nats,
    nest,
    nobody,
    opened,
    parties,
    pub,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {"pass": "s3cretA", "auth_token": "s3cretB", "jwt": "s3cretC", "Sig": "s3cD"}


RECORDED = sorted((ROOT / "captures" / "nats").glob("*.pcap*"))
each_recorded = pytest.mark.parametrize("capture", RECORDED, ids=name_of)


def conversation() -> Wire:
    """Return a capture with every kind of message."""
    wire = Wire()
    caller, handler = parties(wire)
    called(wire, caller, handler, "a1")
    event = {"pattern": "log", "data": "求和 😀"}
    caller.send(CLIENT, pub("log", event, headers="trace: 1\r\n"))
    handler.send(SERVER, msg("log", "8", event, headers="trace: 1\r\n"))
    pattern = {"v": 1, "cmd": "echo"}
    name = '{"cmd":"echo","v":1}'
    caller.send(CLIENT, pub(name, asked("b2", pattern), "_INBOX.b2").lower())
    handler.send(SERVER, msg(name, "9", asked("b2", pattern), "_INBOX.b2"))
    for value in range(3):
        handler.send(CLIENT, pub("_INBOX.b2", {"response": value, "id": "b2"}))
    handler.send(CLIENT, pub("_INBOX.b2", {"isDisposed": True, "id": "b2"}))
    caller.send(SERVER, msg("_INBOX.b2", "2", {"id": "b2"}))
    caller.send(CLIENT, pub("orders", b"plain"), pub("orders", {"total": 1}))
    return wire


def test_the_packets_are_those_of_another_reader(script: Path, tmp_path: Path) -> None:
    wire = conversation()
    seen = tshark_transfers(script, written(wire, tmp_path))

    assert seen == read_transfers(wire.records)
    assert Counter(each.kind for each in seen) == {"request": 4, "reply": 7, "event": 2}
    assert {each.route for each in seen} == {"sum", "log", '{"cmd":"echo","v":1}'}


def test_real_nest_was_recorded_over_nats() -> None:
    assert len(RECORDED) > 10


@each_recorded
def test_the_packets_of_real_nest_are_those_of_another_reader(
    capture: Path, script: Path
) -> None:
    seen = tshark_transfers(script, capture)

    assert seen
    assert seen == read_transfers(read_capture(str(capture)))


@each_recorded
def test_no_secret_of_a_capture_is_shown(capture: Path, script: Path) -> None:
    text = tshark_text(script, capture, "-V")

    assert "NATS, CONNECT" in text
    assert [word for word in nats_manifest(capture)["secrets"] if word in text] == []


@pytest.mark.parametrize("version", [10, 11, 12])
def test_what_callers_of_real_nest_received_is_seen(version: int, script: Path) -> None:
    capture = ROOT / "captures" / "nats" / f"nats-nest{version}.pcap"
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for layer in nest(tshark_layers(script, capture)):
        if layer.field("nest.kind") == "reply" and layer.field("nest.way") == "out":
            inbox = layer.field("nest.route"), layer.field("nest.channel")
            values[inbox] += [layer.field("nest.response")]
    seen = Counter((name, *filter(None, got)) for (name, _), got in values.items())
    received = Counter(
        (route(call["pattern"]), *(dumps(value).decode() for value in call["values"]))
        for application in nats_manifest(capture)["applications"]
        for call in application["calls"]
        if call["kind"] == "message" and call["values"] and None not in call["values"]
        # To Nest 10 and 11 a reply without its value is a value itself.
        if call["pattern"] != "holes"
    )

    assert received.total() > 30
    assert received - seen == Counter()


def nats_manifest(capture: Path) -> dict[str, Any]:
    """Return what the applications saw while a capture was made."""
    name = capture.name.partition(".")[0] + ".json"
    manifest: dict[str, Any] = json.loads(capture.with_name(name).read_bytes())
    return manifest


def test_a_control_line_is_shown_with_its_arguments(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    talk = opened(wire, 40_001)
    talk.send(CLIENT, b"sub\tsum  workers 7\r\nSUB log 8\r\nUNSUB 8 5\r\nUNSUB 7\r\n")
    talk.send(CLIENT, pub("sum", asked("1"), "_INBOX.x", "a: b\r\nc: d\r\n"))
    talk.send(SERVER, b"+OK\r\n", msg("sum", "7", b"\x00\xff", "_INBOX.x"))
    units = nats(tshark_layers(script, written(wire, tmp_path)))
    shown = [
        {
            name.removeprefix("nest.nats."): values
            for name, values in unit.fields.items()
            if name.startswith("nest.nats.") and not name.endswith(("options", "size"))
        }
        for unit in units[4:]
    ]

    assert [unit.field("nest.nats.verb") for unit in units[:4]] == [
        "INFO",
        "CONNECT",
        "PING",
        "PONG",
    ]
    assert units[0].field("nest.nats.options") == INFO.decode()[5:].strip()
    assert shown == [
        {"verb": ["SUB"], "subject": ["sum"], "queue_group": ["workers"], "sid": ["7"]},
        {"verb": ["SUB"], "subject": ["log"], "sid": ["8"]},
        {"verb": ["UNSUB"], "sid": ["8"], "max_messages": ["5"]},
        {"verb": ["UNSUB"], "sid": ["7"]},
        {
            "verb": ["HPUB"],
            "subject": ["sum"],
            "reply_to": ["_INBOX.x"],
            "header": ["a: b", "c: d"],
        },
        {"verb": ["+OK"]},
        {
            "verb": ["MSG"],
            "subject": ["sum"],
            "sid": ["7"],
            "reply_to": ["_INBOX.x"],
            "payload": ["00:ff"],
        },
    ]


def test_no_field_shows_a_secret(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect(server=BROKER).send(SERVER, INFO)
    members = [f'"{key}":"{value}"' for key, value in SECRETS.items()]
    members = ['"user":"ann"', *members, '"pass":"s3cretE"', '"lang":"go"']
    talk.send(CLIENT, f"CONNECT {{{','.join(members)}}}\r\n".encode())
    talk.send(CLIENT, b'CONNECT {"pass":"s3cretF", broken}\r\n')
    capture = written(wire, tmp_path)
    layers = tshark_layers(script, capture)
    text = tshark_text(script, capture, "-V", "-P")

    assert '"user":"ann"' in layers[1].field("nest.nats.options")
    assert '"lang":"go"' in text
    assert text.count('"(hidden)"') == len(SECRETS)
    assert "s3c" not in text + str(layers)


def test_no_field_holds_the_bytes_of_a_secret(script: Path, tmp_path: Path) -> None:
    """In PDML each field has its bytes, in hexadecimal."""
    wire = Wire()
    wire.connect(server=BROKER).send(CLIENT, b'CONNECT {"pass":"s3cret"}\r\n')
    only = ("-T", "pdml", "-J", "nest nest.nats")
    printed = tshark_text(script, written(wire, tmp_path), *only)

    assert "(hidden)" in printed
    assert b"s3cret".hex() not in printed


@pytest.mark.parametrize("side", [CLIENT, SERVER], ids=["peer", "broker"])
def test_a_stream_may_be_cut_anywhere(side: Side, script: Path, tmp_path: Path) -> None:
    """One connection for each place, also inside a verb, a size and a line break."""
    data = [
        CONNECT
        + pub("sum", asked("1"), "_INBOX.x", "a: b\r\n")
        + pub("log", asked("2")),
        INFO + msg("sum", "7", asked("1"), "_INBOX.x") + msg("log", "8", asked("2")),
    ][side]
    wire = Wire()
    for place in range(2, len(data)):
        talk = wire.connect(client=f"10.0.0.1:{40_000 + place}", server=BROKER)
        for piece in cut(data, place):
            talk.send(side, piece)
    found = tshark_transfers(script, written(wire, tmp_path))

    assert len(found) == 2 * (len(data) - 2)
    assert found == read_transfers(wire.records)


@pytest.mark.parametrize("options", [(), ("-2",)], ids=["one pass", "two passes"])
def test_a_large_message_is_put_together_in_any_pass(
    options: tuple[str, ...], script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    caller = opened(wire, 40_001)
    large = pub("sum", asked("1", "sum", "x" * 60_000 + "求" * 9_000), "_INBOX.x")
    caller.split(CLIENT, large, *range(900, len(large), 1_400))
    last = len(wire.records)
    caller.send(SERVER, msg("_INBOX.x", "1", answered("1")))
    layers = nest(tshark_layers(script, written(wire, tmp_path), *options))

    assert [(each.number, each.field("nest.kind")) for each in layers] == [
        (last, "request"),
        (last + 1, "reply"),
    ]
    assert layers[1].field("nest.request_in") == str(last)
    assert layers[0].field("nest.response_in") == (str(last + 1) if options else "")


@pytest.mark.parametrize("side", [CLIENT, SERVER], ids=["peer", "broker"])
def test_a_capture_may_begin_in_the_middle(
    side: Side, script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    talk = wire.join(server=BROKER)
    unit = pub if side == CLIENT else lambda *words: msg(words[0], "1", *words[1:])
    talk.send(side, b'rest of a message"}\r\n' + unit("sum", asked("1"), "_INBOX.x"))
    talk.send(side, unit("sum", asked("2"), "_INBOX.y"))
    talk.send(side, unit("sum", asked("3"), "_INBOX.z"), captured=False)
    talk.send(side, b'"id":"4"}\r\nPING\r\n' + unit("sum", asked("5"), "_INBOX.w"))
    layers = tshark_layers(script, written(wire, tmp_path))

    assert [each.field("nest.id") for each in nest(layers)] == ["1", "2", "5"]
    assert sum(each.experts != [] for each in layers) == 2


def test_a_subscription_alone_shows_what_a_connection_is(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    wire.join(server=BROKER).send(CLIENT, b"UNSUB 4\r\n").send(SERVER, b"PING\r\n")
    layers = tshark_layers(script, written(wire, tmp_path))

    assert [each.field("nest.nats.verb") for each in layers] == ["UNSUB", "PING"]


def test_tls_after_the_greeting_is_left_to_others(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect(server=BROKER).send(SERVER, INFO)
    hello = bytes.fromhex("16030100050100000100")
    talk.send(CLIENT, hello).send(SERVER, bytes.fromhex("1503030002022f"))
    capture = written(wire, tmp_path)

    assert [each.number for each in tshark_layers(script, capture)] == [4]
    assert len(tshark_text(script, capture, "-Y", "tls").splitlines()) == 2


def test_other_protocols_are_left_alone(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    for index, (said, heard) in enumerate(
        [
            (b"PING\r\n", b"+PONG\r\n"),
            (b"*1\r\n$4\r\nPING\r\n", b"+OK\r\n-ERR unknown command\r\n"),
            (b"CONNECT example.org:443 HTTP/1.1\r\n\r\n", b"INFO is a word\r\n"),
            (b"SUB AX BX\r\nMSG one two three\r\n", b"PUB closes at 11\r\n"),
        ]
    ):
        talk = wire.connect(client=f"10.0.0.1:{index + 1}", server="10.0.0.2:7777")
        talk.send(CLIENT, said).send(SERVER, heard)

    assert tshark_layers(script, written(wire, tmp_path)) == []


def test_a_port_of_another_dissector_can_be_given_to_nats(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    opened(wire, 40_001, broker="10.0.0.9:80").send(CLIENT, pub("sum", asked("1")))
    capture = written(wire, tmp_path)

    assert tshark_layers(script, capture) == []
    named = tshark_layers(script, capture, "-o", "nest.nats_ports:80")
    assert [each.field("nest.id") for each in nest(named)] == ["1"]


def test_no_bytes_break_the_dissector(script: Path, tmp_path: Path) -> None:
    """A hundred connections whose bytes were changed, dropped and cut at random."""
    chance = random.Random(7)  # noqa: S311 — not a secret
    whole = b"".join(
        [
            CONNECT,
            pub("sum", asked("1"), "_INBOX.x", "a: b\r\n"),
            msg("sum", "7", asked("1"), "_INBOX.x"),
            nobody("_INBOX.x", "1"),
            b"-ERR 'x'\r\nUNSUB 1\r\n",
        ]
    )
    wire = Wire()
    for index in range(100):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(4)] = chance.randbytes(
                chance.randrange(3)
            )
        talk = wire.connect(client=f"10.0.0.1:{40_000 + index}", server=BROKER)
        places = sorted(chance.sample(range(1, len(data)), 3))
        for piece in cut(CONNECT + bytes(data), *places):
            talk.send(CLIENT, piece)
    capture = written(wire, tmp_path)
    faults = tshark_layers(script, capture, where="_ws.lua.error")

    assert faults == []
    assert len(tshark_layers(script, capture, "-2")) > 300


def test_the_lean_peer_of_the_benchmarks_reads_as_much(tmp_path: Path) -> None:
    wire = Wire()
    talk = opened(wire, 40_001, broker="10.0.0.9:4222")
    large = pub("sum", b"x" * 5_000, "_INBOX.x", "a: b\r\n")
    talk.split(CLIENT, large + b"PING\r\n" + pub("log", b"y"), 9, 30, 1_500, 4_000)
    talk.send(SERVER, b"+OK\r\n", msg("sum", "7", "é", "_INBOX.x"))
    lean = ROOT / "benchmarks" / "nats.lua"
    words = ["-Y", "nats_lean", "-T", "fields"]
    words += ["-e", "nats_lean.subject", "-e", "nats_lean.body"]
    printed = tshark_text(lean, written(wire, tmp_path), *words)

    assert printed.splitlines() == [f"sum,log\t{'x' * 5_000},y", 'sum\t"é"']
