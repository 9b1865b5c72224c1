"""Over gRPC, every call is as its client saw it, with every message of its handler."""

from __future__ import annotations

import subprocess
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH

from captures.grpc_stage import PROTO
from inspector.calls.exchanges import Exchange, Kind
from inspector.carriers.grpc.calls import UNNAMED
from inspector.findings.finding import Finding
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from protocol import UNDEFINED
from tests.inspector.command import run
from tests.inspector.evidence import exchanges_in, manifest_of, name_of
from tests.inspector.grpc_evidence import GRPC, called, found, handled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_WHOLE = next(each for each in GRPC if name_of(each) == "grpc-nest12")
_WITH_PASSWORD = "/calc.Calculator/Describe"  # noqa: S105 — a path
_PORT = manifest_of(_WHOLE)["port"]

each_capture = pytest.mark.parametrize("capture", GRPC, ids=name_of)


@each_capture
def test_each_call_is_as_its_client_saw_it(capture: Path) -> None:
    assert found(exchanges_in(capture, "--proto", str(PROTO))) == called(capture)


def test_what_is_measured_does_not_depend_on_names() -> None:
    plain = exchanges_in(_WHOLE)
    named = exchanges_in(_WHOLE, "--proto", str(PROTO))
    said = {"data", "replies"}  # which names make longer
    for one, other in zip(plain, named, strict=True):
        assert {key: one[key] for key in one.keys() - said} == {
            key: other[key] for key in other.keys() - said
        }


@each_capture
def test_handlers_had_every_message_that_is_shown(capture: Path) -> None:
    shown: Counter[str] = Counter()
    for line in exchanges_in(capture):
        data = line.get("data", [])
        shown[line["route"]] += len(data) if isinstance(data, list) else 1
    del shown["/calc.Calculator/Missing"]
    seen = handled(capture)
    for route in {*shown, *seen} - {"/calc.Calculator/Fail"}:
        assert shown[route] == seen[route], route


@each_capture
def test_no_exchange_of_a_complete_capture_is_in_doubt(capture: Path) -> None:
    exchanges = _exchanges(read_capture(str(capture)))
    assert exchanges
    assert not [each.number for each in exchanges if each.gapped]


@each_capture
def test_every_packet_is_in_one_row(capture: Path) -> None:
    lines = run(str(capture), "--json").lines
    summary = next(line for line in lines if line["type"] == "summary")
    assert summary["carriers"]["grpc"]["connections"] >= 1
    assert not summary["unread_bytes"]
    text = run(str(capture)).out
    total = sum(1 for _ in read_capture(str(capture)))
    assert f"= {total} packets" in text


def test_wherever_a_capture_begins_nothing_wrong_is_said() -> None:
    records = list(read_capture(str(_WHOLE)))
    whole = {_gist(each) for each in _exchanges(records)}
    usual = {each.code for each in _found(records) if isinstance(each, Finding)}
    named = 0
    for first in range(1, len(records), 5):
        found = _found(records[first:])  # by its bytes alone
        codes = {each.code for each in found if isinstance(each, Finding)}
        assert codes <= usual | {"orphan-reply", "unread-status"}, first
        for each in found:
            if not isinstance(each, Exchange):
                continue
            if each.kind is Kind.ORPHAN or each.route == UNNAMED:
                continue
            named += 1
            assert each.gapped or _gist(each) in whole, first
    assert named > 5 * len(whole)


def test_whatever_is_lost_nothing_wrong_is_said() -> None:
    records = list(read_capture(str(_WHOLE)))
    whole = {_gist(each) for each in _exchanges(records)}
    random = Random(1)  # noqa: S311 — of packets
    for _ in range(25):
        missing = set(random.sample(range(4, len(records)), 3))
        for each in _exchanges(r for n, r in enumerate(records) if n not in missing):
            doubt = each.gapped or each.kind is Kind.ORPHAN or each.route == UNNAMED
            doubt = doubt or each.cause == "left"  # of which a value may be missing
            assert doubt or _gist(each) in whole, (missing, each.number)


@pytest.mark.parametrize("proto", [(), ("--proto", str(PROTO))])
def test_no_secret_is_shown_or_written(tmp_path: Path, proto: tuple[str, ...]) -> None:
    target, hidden = tmp_path / "written.pcap", ("--redact", "auto")
    shown = run("exchanges", _WHOLE, "--json", *hidden, *proto, "--write", target)
    again = run("exchanges", target, "--json", *proto)
    for secret in manifest_of(_WHOLE)["secrets"]:
        for data in (shown.out, again.out):
            assert secret not in data
        assert secret.encode() not in target.read_bytes()
        assert _encoded(secret) not in target.read_bytes()
    assert len(shown.lines) == len(again.lines)
    for before, after in zip(shown.lines, again.lines, strict=True):
        for key in ("route", "outcome", "id", "packets"):
            assert before[key] == after[key]
        assert len(before["replies"]) == len(after["replies"])
        if proto and before["route"] != _WITH_PASSWORD:
            assert before.get("data") == after.get("data")


@pytest.mark.parametrize("path", ["message", "err.message", "err"])
def test_what_a_call_failed_with_is_hidden_like_anything_else(
    tmp_path: Path, path: str
) -> None:
    target, hidden = tmp_path / "written.pcap", ("--redact", path)
    plain = run("exchanges", _WHOLE, "--json").out
    shown = run("exchanges", _WHOLE, "--json", *hidden, "--write", target).out
    again = run("exchanges", target, "--json").out

    assert "no such cat" in plain
    assert "no such cat" not in shown
    assert "no such cat" not in again


def _found(records: Iterable[PacketRecord]) -> list[object]:
    return list(Pipeline(Options()).inspect(iter(records)))


def _exchanges(records: Iterable[PacketRecord]) -> list[Exchange]:
    found = Pipeline(Options(carriers={_PORT: "grpc"})).inspect(iter(records))
    return [each for each in found if isinstance(each, Exchange)]


def _gist(exchange: Exchange) -> tuple[object, ...]:
    payloads = [exchange.data]
    for reply in exchange.replies:
        payloads += [reply.response, reply.err]
    said = [None if each is UNDEFINED else bytes(each) for each in payloads]
    return exchange.route, exchange.outcome, *said


def _encoded(secret: str) -> bytes:
    """Return a text in Huffman's code, without its last bits."""
    code = HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH)
    return bytes(code.encode(secret.encode())[:-1])


@each_capture
def test_tshark_finds_the_same_messages(capture: Path) -> None:
    port = manifest_of(capture)["port"]
    command = ["tshark", "-r", str(capture), "-d", f"tcp.port=={port},http2"]
    command += ["-Y", "grpc", "-T", "fields", "-e", "grpc.message_length"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lengths = [each for line in shown.splitlines() for each in line.split(",") if each]
    messages = 0
    for line in exchanges_in(capture):
        data = line.get("data")
        messages += 0 if data is None else len(data) if isinstance(data, list) else 1
        messages += sum("response" in each for each in line["replies"])
    assert messages == len(lengths)
