"""tshark, with our dissector, shows requests of HTTP as chains begin with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.inspector.captures import ROOT
from tests.inspector.carriers.http.written import EVENTS, asked, began
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.dissected import tshark_layers
from tests.inspector.over_http import server
from tests.inspector.wireshark.altered import altered, in_pieces, with_losses
from tests.inspector.wireshark.hops import merged
from tests.inspector.wireshark.nats_units import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.inspector.dissected import Dissected

FOLDER = ROOT / "captures"
ANY_PORT = ("--carrier", "http:1")  # reads all that begins as HTTP
NAMES = ("pattern", "route", "data", "metadata")


def _ours(capture: Path, before: int) -> Iterator[dict[str, Any]]:
    """Yield the requests of a capture, as our lines have them."""
    for line in run("exchanges", capture, "--json", *ANY_PORT).lines:
        if line.get("carrier") != "http":
            continue
        replies = [
            {name: reply[name] for name in ("response", "err") if name in reply}
            for reply in line["replies"]
        ]
        yield {
            "packet": before + (line["request_packets"] or line["reply_packets"])[-1],
            "number": line["id"],
            **{name: line[name] for name in NAMES if line.get(name) is not None},
            "replies": replies,
            "statuses": {
                each["status"] for each in line["replies"] if "status" in each
            },
            "last": [before + each for each in line["reply_packets"][-1:]],
            "latency_ns": line["latency_ns"],
        }


def _theirs(layers: list[Dissected]) -> Iterator[dict[str, Any]]:
    """Yield the same as tshark shows it."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for layer in layers:
        said = {
            name: layer.field(f"nest.http.{name}")
            for name in (
                *NAMES,
                "number",
                "method",
                "response",
                "err",
                "status",
                "time",
            )
        }
        asked = layer.field("nest.http.request_in") or str(layer.number)
        key = asked, said["number"]
        if said["method"]:
            names = {name: said[name] for name in ("pattern", "route")}
            values = _values(said, "data", "metadata")
            found[key] = {**_call(layer, said), **names, **values}
            continue
        call = found.setdefault(key, _call(layer, said))
        call["replies"].append(_values(said, "response", "err"))
        call["statuses"].add(int(said["status"]))
        call["last"] = [layer.number]
        if call["latency_ns"] is None and said["time"]:
            call["latency_ns"] = int(said["time"].replace(".", ""))
    yield from found.values()


def _call(layer: Dissected, said: dict[str, str]) -> dict[str, Any]:
    """Return what is known of a call by its first layer, whatever that is."""
    return {
        "packet": layer.number,
        "number": int(said["number"]),
        "replies": [],
        "statuses": set(),
        "last": [],
        "latency_ns": None,
    }


def _values(said: dict[str, str], *names: str) -> dict[str, Any]:
    return {name: json.loads(said[name]) for name in names if said[name]}


def test_the_requests_are_those_of_our_json_lines(script: Path, tmp_path: Path) -> None:
    captures = [
        FOLDER / "web-nest12.pcap",
        FOLDER / "auth-gateway-nest12.pcap",
        altered(FOLDER / "auth-gateway-mixed.pcap", with_losses, tmp_path),
        altered(FOLDER / "web-nest12.pcap", in_pieces, tmp_path),
    ]
    whole, before = merged(captures[:-1], tmp_path)
    (tmp_path / "alone").mkdir()
    alone, _ = merged(captures[-1:], tmp_path / "alone")
    options = ("-2", "-j", "nest.http")
    layers = tshark_layers(script, whole, *options, where="nest.http")
    pieces = tshark_layers(script, alone, *options, where="nest.http")
    pairs = zip(captures[:-1], before, strict=False)
    ours = [each for capture, first in pairs for each in _ours(capture, first)]

    assert len(ours) > 15
    assert list(_theirs(layers)) == sorted(ours, key=lambda each: each["packet"])
    assert list(_theirs(pieces)) == list(_ours(captures[-1], 0))


def test_a_request_is_shown_if_anything_of_nest_is(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    page = wire.connect(client="10.0.0.1:40004", server="10.0.0.8:80")
    page.send(CLIENT, b"GET /users/7?a=%C3%A9+1 HTTP/1.1\r\nHost: a\r\n\r\n")
    (tmp_path / "alone").mkdir()
    alone = tshark_layers(script, written(wire, tmp_path / "alone"), where="nest.http")
    page.send(SERVER, b"HTTP/1.1 204 No Content\r\n\r\n")
    wire.connect().ask("sum", "1")
    shown = tshark_layers(script, written(wire, tmp_path), "-2", where="nest.http")

    assert alone == []
    assert [
        [
            each.field(f"nest.http.{name}")
            for name in ("path", "route", "data", "status")
        ]
        for each in shown
    ] == [
        ["/users/7", "GET /users/:id", '{"a":"é 1"}', ""],
        ["", "GET /users/:id", "", "204"],
    ]


def test_an_event_that_is_too_long_is_passed_over_however_it_comes(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    events = ["1", "x" * 65_536, "2", "y" * 99_999, "3"]
    for port, end in ((50_001, "\n"), (50_003, "\r\n")):
        page = server(wire, port)
        page.send(CLIENT, asked("GET", "/feed"))
        page.send(SERVER, began("200 OK", EVENTS))
        data = "".join(f"data: {each}{end}{end}" for each in events).encode()
        size = len(data) // 7 if end == "\n" else 50_000
        for first in range(0, len(data), size):
            page.send(SERVER, data[first : first + size])
    wire.connect().ask("sum", "1")
    capture = written(wire, tmp_path)
    shown = tshark_layers(script, capture, "-2", where="nest.http.response")

    assert [each.field("nest.http.response") for each in shown] == ["1", "2", "3"] * 2
