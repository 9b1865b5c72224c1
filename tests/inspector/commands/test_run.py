from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.commands.run import Run
from inspector.commands.run_options import RunOptions
from tests.inspector.captures import ROOT, SEED, pcap_bytes
from tests.inspector.carriers.websocket.written import (
    OPEN,
    packet,
    said,
    switched,
    upgrade,
)
from tests.inspector.command import run as command
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from pathlib import Path


def _run(*captures: Path) -> Run:
    form, _ = opened("json")
    return Run(RunOptions(form, tuple(map(str, captures))))


def test_a_run_yields_what_a_capture_holds_and_ends_quietly(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = _run(SEED)
    exchanges = [item for item in run.items() if isinstance(item, Exchange)]
    run.finish()

    assert len(exchanges) == 10
    assert run.report().packet_records == 86
    assert capsys.readouterr() == ("", "")


def test_what_cannot_be_read_is_told_at_the_end_and_decides_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(SEED.read_bytes()[:-7])
    run = _run(cut, tmp_path / "nope.pcap")
    for _ in run.items():
        assert capsys.readouterr().err == ""

    with pytest.raises(SystemExit) as end:
        run.finish()

    said = capsys.readouterr().err.splitlines()
    assert end.value.code == 3
    assert len(said) == 2
    assert run.report().packet_records == 85


def test_a_capture_without_nest_is_told_with_what_it_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = Wire()
    wire.connect(server="10.0.0.2:3000").send(CLIENT, b"GET / HTTP/1.1\r\n\r\n")
    wire.add(b"\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x06" + bytes(28))
    capture = tmp_path / "web.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    run = _run(capture)
    assert list(run.items()) == []
    run.finish()

    assert capsys.readouterr().err == (
        "protocol-inspect: web.pcap: no Nest traffic in 5 packets of 1 TCP connection "
        "(HTTP on :3000); 1 not IP; use --port to treat a port as Nest anyway\n"
    )


def test_of_tls_that_cannot_be_read_what_reads_it_is_told() -> None:
    outcome = command(ROOT / "tests" / "data" / "cases" / "s05_tls.pcap")

    what = "TLS is read with the key log of a side (--keylog), see docs/tls.md"
    assert outcome.err.endswith(f"; {what}\n")


def test_of_clients_of_socket_io_2_what_reads_them_is_told(tmp_path: Path) -> None:
    wire = Wire()
    link = wire.connect(client="10.0.0.1:50001", server="10.0.0.9:3000")
    link.send(CLIENT, upgrade("/socket.io/?EIO=3&transport=websocket"))
    link.send(SERVER, switched() + said(SERVER, OPEN) + said(SERVER, "40"))
    link.send(CLIENT, said(CLIENT, packet("2", "sum", [1, 2], number=0)))
    link.send(SERVER, said(SERVER, packet("3", 3, number=0)))
    link.close()
    capture = tmp_path / "old.pcap"
    capture.write_bytes(pcap_bytes(wire.records))

    assert command(capture).err == (
        "protocol-inspect: old.pcap: no Nest traffic in 10 packets of 1 TCP connection "
        "(Engine.IO 3 on :3000); clients of Socket.IO 2 speak it; what they say over "
        "WebSocket, --carrier socketio:3000 reads\n"
    )
    outcome = command(capture, "--carrier", "socketio:3000")
    assert "Over Socket.IO every message call took 2 packets." in outcome.out
