"""The fixture, in a run of pytest that finds the plugin by its entry point alone."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TESTS = """
import pytest
from servers import BlockingClient, RpcError, Service
from servers.testing import serving

service = Service()


@service.message("sum")
def total(numbers: list[int]) -> int:
    return sum(numbers)


@service.message({"cmd": "refuse"})
def refuse() -> None:
    raise RpcError("no")


@pytest.fixture
def port():
    with serving(service) as server:
        yield server.port


def test_what_passes_is_seen(nest_traffic, port, tmp_path):
    with nest_traffic(port=port) as seen:
        assert seen.port != port
        assert seen.exchanges == []
        with BlockingClient("127.0.0.1", seen.port) as client:
            assert client.send("sum", [1, 2, 3]) == 6
            assert seen["sum"].count == 1
            assert client.send("sum", [4]) == 4
    assert seen["sum"].p99_ms < 60_000
    assert [call.response for call in seen.exchanges] == [6, 4]
    assert not seen.findings, seen.findings
    with pytest.raises(KeyError, match="no exchange of divide passed; .*: sum"):
        seen["divide"]
    seen.save(tmp_path / "kept.pcapng")
    assert (tmp_path / "kept.pcapng").stat().st_size > 500


def test_that_fails(nest_traffic, port):
    watching = nest_traffic(port=port)
    with watching as seen, BlockingClient("127.0.0.1", seen.port) as nest:
        with pytest.raises(Exception):
            nest.send({"cmd": "refuse"}, 1)
        assert seen["cmd:refuse"].count == 2
"""


def test_a_test_sees_what_passes_and_one_that_fails_shows_its_ladder(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_sum.py").write_text(_TESTS, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 failed, 1 passed" in run.stdout, run.stdout
    _, _, section = run.stdout.partition("Nest traffic of port ")
    assert "refuse 1 #1" in section
    assert "►" in section
