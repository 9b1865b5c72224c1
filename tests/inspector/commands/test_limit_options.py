from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import SEED, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, Wire

if TYPE_CHECKING:
    from pathlib import Path

_LARGE = b"59993#" + b'"' + b"x" * 59_991 + b'"'
_PER_MEBIBYTE = (1 << 20) // len(_LARGE)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A capture of two connections, of which one lacks a packet before 1.5 MiB."""
    wire = Wire()
    call, other = wire.connect(), wire.connect(client="10.0.0.1:40001")
    call.ask("sum", "1").answer("1", 2)
    other.ask("sum", "2").answer("2", 3)
    call.send(CLIENT, b'8#"lost!"', captured=False)
    for _ in range(_PER_MEBIBYTE * 3 // 2):
        call.send(CLIENT, _LARGE)
    path = tmp_path / "lossy.pcap"
    path.write_bytes(pcap_bytes(wire.records))
    return path


@pytest.mark.parametrize(
    ("arguments", "limits"),
    [
        ([], []),
        (["--max-connection-memory", "1"], ["connection memory"]),
        (["--max-connection-memory", "2"], []),
        (["--max-memory", "1"], ["memory"]),
        (["--max-memory", "2"], []),
        (["--max-connections", "1"], ["connections"] * 4),
        (["--max-connections", "2"], []),
    ],
    ids=" ".join,
)
def test_reaching_a_limit_is_a_finding(
    capture: Path, arguments: list[str], limits: list[str]
) -> None:
    done = run("--json", *arguments, capture)

    assert done.code == 0
    found = [line for line in done.lines if line.get("code") == "analysis-limit"]
    assert [line["message"] for line in found] == [
        f"the inspection reached its limit for {limit}" for limit in limits
    ]


@pytest.mark.parametrize(
    "option", ["--max-connection-memory", "--max-memory", "--max-connections"]
)
@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_a_limit_is_a_number_above_zero(option: str, value: str) -> None:
    assert run("exchanges", option, value, SEED).code == 2
