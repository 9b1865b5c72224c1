from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from servers.demos.programs import port_of
from tests.servers.demos.systems import of_python
from tests.servers.demos.twins import PATIENCE, await_port, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _start(
    application: str,
    arguments: Sequence[str] = (),
    *,
    ports: Mapping[str, int] | None = None,
) -> subprocess.Popen[bytes]:
    environment = os.environ | {name: str(port) for name, port in (ports or {}).items()}
    command = [sys.executable, *of_python(application), *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def _refused(application: str, *arguments: str, **ports: int) -> tuple[int, str]:
    process = _start(application, arguments, ports=ports)
    _, words = process.communicate(timeout=PATIENCE)
    return process.returncode, words.decode()


@pytest.mark.parametrize(
    ("application", "names", "path", "number"),
    [
        ("main_user", ["USER"], "sum?num=1,2", signal.SIGINT),
        ("main_calc_log", ["CALC", "LOG"], "sum?num=1,2", signal.SIGTERM),
        ("create_user", ["USER"], "users", signal.SIGINT),
        ("gateway_auth", ["AUTH"], "auth/login", signal.SIGTERM),
    ],
)
def test_one_command_starts_a_whole_application(
    application: str, names: list[str], path: str, number: signal.Signals
) -> None:
    ports = {f"{name}_PORT": free_port() for name in [*names, "HTTP"]}
    process = _start(application, ports=ports)
    try:
        assert await_port(process, ports["HTTP_PORT"])
        url = f"http://127.0.0.1:{ports['HTTP_PORT']}/{path}"
        if application == "gateway_auth":
            credentials = {"username": "nobody", "password": "none"}
            assert (
                httpx.post(url, json=credentials, timeout=PATIENCE).status_code == 401
            )
        else:
            expected = "Method Not Allowed" if path == "users" else "3"
            assert httpx.get(url, timeout=PATIENCE).text == expected
        process.send_signal(number)
        _, words = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()

    assert process.returncode == 0
    assert words.decode().count("listening on ") == len(ports)
    assert "Traceback" not in words.decode()


@pytest.mark.parametrize("name", ["HTTP_PORT", "USER_PORT"])
def test_a_port_in_use_is_told_in_one_line(name: str) -> None:
    ports = {"HTTP_PORT": 0, "USER_PORT": free_port()}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports[name] = taken.getsockname()[1]
        code, words = _refused("main_user", **ports)

    assert code == 1
    last = words.splitlines()[-1]
    assert f"cannot listen on 127.0.0.1:{ports[name]}: " in last
    assert "Traceback" not in words


def test_a_program_that_does_not_exist_is_a_usage_error() -> None:
    code, words = _refused("main_user", "nothing")

    assert code == 2
    assert "no program is called nothing" in words


def test_a_port_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALC_PORT", raising=False)
    assert port_of("calc", 8888) == 8888
    monkeypatch.setenv("CALC_PORT", "1234")
    assert port_of("calc", 8888) == 1234
