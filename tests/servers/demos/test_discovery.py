"""Services and clients of both kinds that know each other by Consul alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE, await_port, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Programs


@pytest.fixture(scope="module")
def consul() -> Iterator[str]:
    """Give the URL of the Consul that is there, or of the stand-in, by its command."""
    if given := os.environ.get("CONSUL_HTTP_ADDR"):
        yield given if "://" in given else f"http://{given}"
        return
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "servers.demos.consul"],
        env=os.environ | {"CONSUL_PORT": str(port)},
    )
    try:
        assert await_port(process, port)
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait(PATIENCE)


def test_every_main_finds_every_calc_and_loses_those_that_leave(
    programs: Programs, consul: str, tmp_path: Path
) -> None:
    environment = {"CONSUL_HTTP_ADDR": consul}
    with ExitStack() as stack:
        whole = stack.enter_context(
            programs.whole("discovery", "http", "calc", environment=environment)
        )
        other = stack.enter_context(
            programs.running("discovery", "main", "nest", environment=environment)
        )
        mains = dict(zip(KINDS, (whole["http"], other), strict=True))
        for main in mains.values():
            _await_servers(main, {whole["calc"]})
        with programs.running(
            "discovery", "calc", "nest", port_name="calc", environment=environment
        ) as calc:
            ports = (whole["calc"], calc)
            with on_the_wire(
                "discovery", tmp_path, *ports, names=f"consul://{consul[7:]}"
            ) as shown:
                for main in mains.values():
                    _await_servers(main, set(ports))
                    assert [_sum(main) for _ in range(4)] == ["6"] * 4
        for main in mains.values():
            _await_servers(main, {whole["calc"]})
            assert [_sum(main) for _ in range(4)] == ["6"] * 4

    assert " calc " in shown.text
    for port in ports:
        assert f" :{port} " not in shown.text  # it has a name


def _sum(main: int) -> str:
    url = f"http://127.0.0.1:{main}/sum?num=1,2,3"
    return httpx.get(url, timeout=PATIENCE).text


def _await_servers(main: int, ports: set[int]) -> None:
    """Wait until an application has found these; it looks when it is first asked."""
    wanted = sorted(f"127.0.0.1:{each}" for each in ports)
    end = time.monotonic() + PATIENCE
    httpx.get(f"http://127.0.0.1:{main}/sum?num=1", timeout=PATIENCE)
    url = f"http://127.0.0.1:{main}/servers"
    while (found := httpx.get(url, timeout=PATIENCE).json()) != wanted:
        assert time.monotonic() < end, found
        time.sleep(0.02)


def test_without_consul_a_service_ends_with_one_line() -> None:
    ports = {"CALC_PORT": str(free_port()), "CONSUL_HTTP_ADDR": ""}
    ended = subprocess.run(
        [sys.executable, "-m", "servers.demos.discovery", "calc"],
        env=os.environ | ports | {"CONSUL_PORT": str(free_port())},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )

    assert ended.returncode == 1
    assert "cannot register with Consul: " in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
