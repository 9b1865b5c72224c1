"""What our server and our client say, as the packets on the loopback show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from captures.processes import capturing, check_tcpdump
from servers import Client
from tests.inspector.command import run
from tests.servers.peers import until
from tests.servers.probe import make_probe

if TYPE_CHECKING:
    from pathlib import Path

_TIMES = 10


async def _inspected(pcap: Path) -> list[dict[str, Any]]:
    """Emit, then send, ten times; return what the inspector tells of it."""
    async with make_probe(lambda _: None).listen("127.0.0.1", 0) as server:
        with capturing(f"tcp port {server.port}", pcap) as closing_lines:
            async with Client("127.0.0.1", server.port) as nest:
                for number in range(_TIMES):
                    await nest.emit("logOne", number)
                    assert await nest.send("sum", [number, 1]) == number + 1
                values = [value async for value in nest.stream("stream5async", 0)]
                assert values == [*range(5)]
            await until(lambda: not server.connections)
    check_tcpdump(closing_lines)
    return run(pcap, "--json").lines


async def test_a_message_takes_two_packets_an_event_one_and_nothing_stalls(
    tmp_path: Path,
) -> None:
    *told, summary = await _inspected(tmp_path / "ours.pcap")
    exchanges = [line for line in told if line["type"] == "exchange"]
    findings = [line["code"] for line in told if line["type"] == "finding"]
    by_pattern = {
        name: [line for line in exchanges if line["pattern"] == name]
        for name in ("logOne", "sum", "stream5async")
    }

    assert [line["packets"] for line in by_pattern["sum"]] == [2] * _TIMES
    assert [line["packets"] for line in by_pattern["logOne"]] == [1] * _TIMES
    assert [line["outcome"] for line in by_pattern["sum"]] == ["completed"] * _TIMES
    assert summary["packets_per_message"]["2"] == _TIMES
    assert summary["packets_per_event"] == {"1": _TIMES}
    assert summary["unanswered"] == summary["orphans"] == summary["gap_bytes"] == 0
    assert "nagle-stall" not in findings
    (stream,) = by_pattern["stream5async"]
    assert [reply["response"] for reply in stream["replies"]] == [*range(5)]
