from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from captures.brokers import NatsServer
from servers import Client, Tcp
from servers.nats import Nats
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs


@pytest.fixture(scope="module")
def broker() -> Iterator[NatsServer]:
    with NatsServer() as server:
        yield server


@pytest.mark.parametrize("calc", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_asks_every_calc_over_nats_and_tells_it_over_tcp(  # noqa: PLR0913
    programs: Programs,
    broker: NatsServer,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    *,
    main: Kind,
    calc: Kind,
) -> None:
    ports = {"nats": broker.port, "calc": free_port()}
    with (
        on_the_wire("hybrid", tmp_path, *ports.values()) as shown,
        _running(programs, ports, main, calc) as (port, calc_http),
    ):
        answers = [
            httpx.get(
                f"http://127.0.0.1:{each}/sum",
                params={"num": "1,2,3.5"},
                timeout=PATIENCE,
            )
            for each in (port, calc_http)
        ]
        sums = [
            asyncio.run(_sum(Client(transport)))
            for transport in (Tcp("127.0.0.1", ports["calc"]), Nats(broker.url))
        ]

    assert [(each.status_code, each.text) for each in answers] == [(200, "6.5")] * 2
    assert sums == [6, 6]
    assert "NATS connections" in shown.text
    assert "sum" in shown.text
    assert "log" in shown.text
    assert "".join(capfd.readouterr()).count("求和1111") == 1


@contextmanager
def _running(
    programs: Programs, ports: dict[str, int], main: Kind, calc: Kind
) -> Iterator[tuple[int, int]]:
    """Give the ports of HTTP of both programs."""
    if main == calc == "python":
        with programs.whole("hybrid", "http", "calc_http", ports=ports) as whole:
            yield whole["http"], whole["calc_http"]
        return
    with (
        programs.running(
            "hybrid", "calc", calc, port_name="calc_http", ports=ports
        ) as calc_http,
        programs.running("hybrid", "main", main, ports=ports) as port,
    ):
        yield port, calc_http


async def _sum(client: Client) -> object:
    async with client:
        return await client.send("sum", [1, 2, 3])


def test_without_a_broker_it_ends_with_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NATS_PORT", str(free_port()))
    ended = subprocess.run(
        [sys.executable, "-m", "servers.demos.hybrid", "calc"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )

    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "cannot connect to nats://127.0.0.1:" in line
