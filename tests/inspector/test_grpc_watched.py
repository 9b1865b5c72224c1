"""What ``live`` and ``proxy`` show of gRPC is what Nest saw, and a file shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from captures.gateway_stage import free_port
from captures.grpc_scenarios import ENDS, FORMS, SUM
from captures.grpc_stage import PROTO, GrpcStage
from captures.processes import compile_applications, find_node
from tests.inspector.command import run
from tests.inspector.grpc_evidence import found, told, whoever_ends
from tests.inspector.watched import Watched, watched

if TYPE_CHECKING:
    from pathlib import Path

_NEST = "v12"
_PROTO = ("--proto", str(PROTO))


def test_a_proxy_and_a_live_capture_after_it(tmp_path: Path) -> None:
    node = find_node()
    compile_applications(node, {_NEST})
    stage = GrpcStage(node, _NEST, tmp_path)
    stage.port = free_port()
    own = ["--carrier", f"grpc:{stage.port}", "--where", f'server ~ ":{stage.port}$"']
    files = tmp_path / "proxy.pcapng", tmp_path / "live.pcapng"
    ahead = "proxy", "0", f"127.0.0.1:{stage.port}", *_PROTO
    beside = "live", "-i", "lo", *own, *_PROTO
    with (
        stage.service(),
        watched(*ahead, "--json", "--write", str(files[0])) as proxy,
        watched(*beside, "--json", "--write", str(files[1])) as live,
    ):
        stage.caller(*FORMS, *ENDS, SUM, PORT=str(proxy.ports[0]))
        ledger = json.loads((tmp_path / "caller.json").read_bytes())
        for each in (proxy, live):
            _end(each, len(ledger["calls"]))

    for watch, written, chosen in ((proxy, files[0], []), (live, files[1], own)):
        shown = whoever_ends(found(watch.exchanges))
        assert shown == whoever_ends(told(ledger))
        again = run("exchanges", written, "--json", *_PROTO, *chosen).lines
        assert again == sorted(watch.exchanges, key=lambda line: int(line["number"]))


def _end(watch: Watched, calls: int) -> None:
    watch.until(lambda: watch.exchange_count >= calls)
    assert watch.interrupt() == 0
