"""tshark finds the same requests of HTTP, with the same responses and times."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pytest

from inspector.calls.exchanges import Exchange
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from protocol import UNDEFINED, JsonText, loads
from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.carriers.http.written import (
    CHUNKED,
    JSON,
    answered,
    asked,
    began,
    chunks,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.over_http import called, server
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_FIELDS = (
    "frame.number",
    "tcp.stream",
    "http.request.method",
    "http.request.uri",
    "http.response.code",
    "http.time",
    "http.request_in",
)


class Answered(NamedTuple):
    """A request with its response, by the numbers of their last records."""

    request: int
    method: str
    path: str
    response: int
    code: int


def _generated() -> Wire:
    """Return what our captures lack: bodies in pieces, HEAD, 204, two connections."""
    wire = Wire()
    called(wire)
    one, other = server(wire), server(wire, 50_002)
    one.split(CLIENT, asked("POST", "/a", '{"text":"in pieces"}', JSON), 20, 90)
    other.send(CLIENT, asked("HEAD", "/b"))
    one.split(SERVER, began("201 Created", CHUNKED) + chunks("[1,", "2]"), 30, 60)
    other.send(SERVER, began("200 OK", "Content-Length: 99"))
    other.send(CLIENT, asked("DELETE", "/c?force=1"))
    other.send(SERVER, began("204 No Content"))
    one.send(CLIENT, asked("GET", "/d"), asked("GET", "/e"))
    one.send(SERVER, answered("[4]"), answered('{"message":"no"}', "503 Too Busy"))
    return wire


def _ours(capture: Path) -> tuple[list[Answered], dict[int, int]]:
    """Return what was answered, and how long each took by its response."""
    pipeline = Pipeline(Options(beginnings=True))
    found, times = [], {}
    for each in pipeline.inspect(read_capture(str(capture))):
        if not isinstance(each, Exchange) or each.carrier != "http":
            continue
        method, path = str(each.pattern).split(" ")[:2]
        first, last = each.request_packets[-1].number, each.reply_packets[-1].number
        status = each.replies[0].status
        code = loads(status) if isinstance(status, JsonText) else UNDEFINED
        assert isinstance(code, int)
        found.append(Answered(first, method, path, last, code))
        times[last] = each.duration_ns or 0
    return found, times


def _theirs(capture: Path) -> tuple[list[Answered], dict[int, tuple[int, int]]]:
    """Return what was answered; by response, to which request and how long it took."""
    words = ["tshark", "-n", "-r", str(capture), "-d", "tcp.port==3000,http"]
    words += ["-Y", "http", "-T", "fields"]
    words += [word for field in _FIELDS for word in ("-e", field)]
    printed = subprocess.run(
        words, check=True, capture_output=True, encoding="utf-8", timeout=PATIENCE
    ).stdout
    waiting: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    found, known = [], {}
    for line in printed.splitlines():
        frame, stream, methods, uris, codes, time, request = line.split("\t")
        for method, uri in zip(methods.split(","), _uris(uris), strict=False):
            if method:
                path = uri.partition("?")[0]
                waiting[stream].append((int(frame), method, path))
        for code in filter(None, codes.split(",")):
            asked_in = waiting[stream].pop(0)
            found.append(Answered(*asked_in, int(frame), int(code)))
        if request and "," not in request:
            known[int(frame)] = int(request), round(float(time) * 1e9)
    return found, known


def _uris(uris: str) -> list[str]:
    """Return targets that are joined by commas, which they may contain."""
    return [f"/{each}".rstrip(",") for each in uris.split("/", 1)[-1].split(",/")]


@pytest.mark.parametrize("name", ["web-nest12", "seed-nest12", "generated"])
def test_tshark_finds_the_same_requests_and_responses(
    name: str, tmp_path: Path
) -> None:
    capture = ROOT / "captures" / f"{name}.pcap"
    if name == "generated":
        capture = tmp_path / "generated.pcap"
        capture.write_bytes(pcap_bytes(_generated().records))
    ours, times = _ours(capture)
    theirs, known = _theirs(capture)

    assert sorted(ours) == sorted(theirs)
    assert len(known) >= 3  # of what is sent together, tshark times the first alone
    for response, (request, time_ns) in known.items():
        mine = [each.request for each in ours if each.response == response]
        assert request in mine
        assert abs(times[response] - time_ns) < 1_000 or len(mine) > 1
