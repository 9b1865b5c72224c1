from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from servers import Client, RemoteError, client_tls
from tests.patience import PATIENCE
from tests.servers.certificates import Certificates
from tests.servers.launching.commands import (
    PROGRAM,
    SERVICE,
    messages,
    outcome,
    serving,
)
from tests.servers.serving.probes import ask, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.serving.programs import Program

_ANY = ("--host", "127.0.0.1", "--port", "0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "orders.py").write_text(SERVICE, encoding="utf-8")
    return tmp_path


def _echo(*address: Any, **options: Any) -> object:  # noqa: ANN401
    async def call() -> object:
        async with Client(*address, **options) as nest:
            return await nest.send("echo", "é")

    return asyncio.run(call())


def _end(service: Program, number: signal.Signals = signal.SIGTERM) -> None:
    service.process.send_signal(number)
    assert messages(service.rest()) == ["INFO shutting down", "INFO stopped"]
    assert service.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_is_served_until_a_signal(
    number: signal.Signals, workers: str, folder: Path
) -> None:
    with serving(folder, "orders", *_ANY, "--workers", workers) as service:
        assert _echo("127.0.0.1", service.port()) == "é"
        _end(service, number)
    (line,) = service.lines
    assert messages(line)[0].startswith("INFO listening on 127.0.0.1:")


def test_a_factory_makes_the_service_at_a_path(folder: Path) -> None:
    path = folder / "s"
    with serving(folder, "orders:make", "--factory", "--uds", "s") as service:
        service.told("listening on unix:s")
        assert _echo(uds=path) == "é"
        _end(service)
    assert not path.exists()


def test_a_socket_is_inherited(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port, fd = sock.getsockname()[1], sock.fileno()
        with subprocess.Popen(
            [PROGRAM, "orders", "--fd", str(fd)], cwd=folder, pass_fds=[fd]
        ) as process:
            assert _echo("127.0.0.1", port, wait_for_server=True) == "é"
            process.terminate()
            assert process.wait(PATIENCE) == 0


def test_tls_and_probes(folder: Path) -> None:
    files, port = Certificates.issued(folder), free_port()
    tls = ("--tls-certificate", str(files.server), "--tls-key", str(files.server_key))
    clients = ("--tls-client-authority", str(files.authority))
    health = ("--health-port", str(port))
    ours = client_tls(
        authority=files.authority, certificate=files.client, key=files.client_key
    )
    with serving(folder, "orders", *_ANY, *tls, *clients, *health) as service:
        assert _echo("127.0.0.1", service.port(), tls=ours) == "é"
        assert asyncio.run(ask(port, "/readyz"))[0] == 200
        _end(service)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_told_twice_it_ends_at_once(workers: str, folder: Path) -> None:
    async def hang() -> None:
        async with Client("127.0.0.1", port) as nest:
            hanging = asyncio.ensure_future(nest.send("hang", 0))
            await asyncio.to_thread(service.out.readline)
            service.process.send_signal(signal.SIGINT)
            await asyncio.to_thread(service.told, "shutting down")
            service.process.send_signal(signal.SIGINT)
            await asyncio.wait([hanging])
            hanging.exception()

    several = ("--workers", workers, "--grace", str(PATIENCE))
    with serving(folder, "orders", *_ANY, *several) as service:
        port = service.port()
        asyncio.run(hang())
        assert service.process.wait(PATIENCE) == 130
        assert service.rest() == ""


def test_told_again_in_the_middle_of_a_step_it_ends_at_once(folder: Path) -> None:
    (folder / "interrupted.py").write_text(
        """
import logging, os, signal
from orders import service

def interrupt(record):
    if record.getMessage() == "shutting down":
        os.kill(os.getpid(), signal.SIGINT)
    return True

logging.getLogger("servers.server").addFilter(interrupt)
"""
    )

    async def hang() -> None:
        async with Client("127.0.0.1", port) as nest:
            hanging = asyncio.ensure_future(nest.send("hang", 0))
            await asyncio.to_thread(service.out.readline)
            service.process.send_signal(signal.SIGINT)
            await asyncio.wait([hanging])
            hanging.exception()

    # The call in flight would be waited for until its grace is over, as no test can.
    grace = ("--grace", str(10 * PATIENCE))
    with serving(folder, "interrupted", *_ANY, *grace) as service:
        port = service.port()
        asyncio.run(hang())
        assert service.process.wait(PATIENCE) == 130


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["orders:nothing"], 2, "orders has no 'nothing'; it has orders:service"),
        (["orders", "--uds", "s", "--fd", "3"], 2, "uds and fd are two places"),
        (["orders", "--port", "65536"], 2, "Invalid value for '--port'"),
        (["orders", "--tls-key", "orders.py"], 2, "TLS needs both"),
        (["orders", "--workers", "2", "--reload"], 2, "--reload is for one worker"),
        ([], 2, "Missing argument 'MODULE[:SERVICE]'"),
        (["orders", "--fd", "99"], 3, "cannot listen on file descriptor 99: Bad"),
        (["no_app", "--workers", "2", *_ANY], 2, "no module 'no_app' in "),
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str], code: int, line: str, folder: Path
) -> None:
    found, out, (told,) = outcome(folder, *arguments)

    assert (found, out) == (code, "")
    assert told.startswith(f"protocol-serve: {line}")


@pytest.mark.parametrize(
    ("exits", "code", "said"),
    [
        ("3", 3, []),
        ("", 0, []),
        ("'no database'", 1, ["protocol-serve: no database"]),
    ],
)
def test_a_module_that_exits_has_its_code_and_its_words(
    exits: str, code: int, said: list[str], folder: Path
) -> None:
    (folder / "exits.py").write_text(f"raise SystemExit({exits})\n", encoding="utf-8")
    assert outcome(folder, "exits", *_ANY) == (code, "", said)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("run", ["service.run()", "asyncio.run(service.serve())"])
def test_a_module_that_runs_its_service_is_told_how_not_to(
    run: str, workers: str, folder: Path
) -> None:
    (folder / "runs.py").write_text(f"{SERVICE}\n{run}\n", encoding="utf-8")
    code, _, lines = outcome(folder, "runs", *_ANY, "--workers", workers)

    (told,) = lines
    assert code == 2
    assert told == (
        "protocol-serve: this command runs the service: "
        "leave out service.run(…), or put it under "
        'if __name__ == "__main__":'
    )


def test_what_is_no_certificate_is_told_in_one_line(folder: Path) -> None:
    tls = ["--tls-certificate", "orders.py", "--tls-key", "orders.py"]
    code, _, (told,) = outcome(folder, "orders", *tls)

    assert code == 2
    assert told.startswith("protocol-serve: TLS: ")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_lifespan_that_fails_is_told_without_our_frames(
    workers: str, folder: Path
) -> None:
    (folder / "failing.py").write_text(
        "from contextlib import asynccontextmanager\n"
        "from servers import Service\n"
        "@asynccontextmanager\n"
        "async def lifespan(service):\n"
        "    raise ConnectionError('no database')\n"
        "    yield\n"
        "service = Service(lifespan=lifespan)\n",
        encoding="utf-8",
    )
    code, _, lines = outcome(folder, "failing", *_ANY, "--workers", workers)

    assert code == 1
    assert lines[0] == "Traceback (most recent call last):"
    assert [line for line in lines if line.startswith("  File ")] == [
        f'  File "{folder / "failing.py"}", line 5, in lifespan'
    ]
    assert lines[-1] == "ConnectionError: no database"


@pytest.mark.parametrize(("level", "ours"), [("info", False), ("debug", True)])
def test_a_handler_that_fails_is_told_with_the_frames_of_the_user(
    level: str,
    ours: bool,  # noqa: FBT001
    folder: Path,
) -> None:
    fails = '@service.message("fails")\nasync def fails(data):\n    return 1 / data\n'
    (folder / "fails.py").write_text(SERVICE + fails, encoding="utf-8")

    async def call() -> None:
        async with Client("127.0.0.1", service.port()) as nest:
            with pytest.raises(RemoteError):
                await nest.send("fails", 0)

    with serving(folder, "fails", *_ANY, "--log-level", level) as service:
        asyncio.run(call())
        service.process.terminate()
        told = service.rest()
    assert 'fails.py", line ' in told
    assert ("/servers/server/" in told) == ours


def test_less_is_logged_if_that_is_wanted(folder: Path) -> None:
    path = folder / "s"
    quiet = ("--uds", "s", "--log-level", "warning")
    with serving(folder, "orders", *quiet) as service:
        assert _echo(uds=path, wait_for_server=True) == "é"
        service.process.terminate()
        assert service.rest() == ""


def test_help_and_version(folder: Path) -> None:
    assert outcome(folder, "--version")[1].startswith("protocol-serve, version ")
    code, text, lines = outcome(folder, "-h", COLUMNS="80")
    assert (code, lines) == (0, [])
    assert max(map(len, text.splitlines())) <= 80
    assert "--life-fd" not in text


def test_options_are_completed(folder: Path) -> None:
    code, out, _ = outcome(
        folder,
        _PROTOCOL_SERVE_COMPLETE="bash_complete",
        COMP_WORDS="protocol-serve orders --wor",
        COMP_CWORD="2",
    )
    assert (code, out) == (0, "plain,--workers\n")
