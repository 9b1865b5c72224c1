from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from servers import Client, UsageError
from servers.launching.reloading import reload
from tests.patience import PATIENCE
from tests.servers.launching.commands import messages, serving
from tests.servers.serving.probes import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.serving.programs import Program

_ENDED = ["INFO shutting down", "INFO stopped"]
_SERVICE = """
from servers import Service
service = Service()
service.message("version")(lambda: {version!r})
"""


def _version(port: int) -> object:
    async def call() -> object:
        async with Client("127.0.0.1", port) as nest:
            return await nest.send("version", 0)

    return asyncio.run(call())


def _started(service: Program) -> None:
    """Wait until it serves and is watched, in whichever order that is told."""
    for each in ("listening on", "watching . for changes"):
        if not any(each in line for line in service.lines):
            service.told(each)


def _write(folder: Path, version: str) -> None:
    """Write the service; its length changes, or Python could take it for the same."""
    (folder / "edited.py").write_text(_SERVICE.format(version=version))


def test_a_service_is_started_again_when_its_file_changes(tmp_path: Path) -> None:
    port = free_port()
    _write(tmp_path, "1")
    arguments = ("edited", "--host", "127.0.0.1", "--port", str(port), "--reload")
    with serving(tmp_path, *arguments, "--grace", "0") as service:
        _started(service)
        assert _version(port) == "1"

        (tmp_path / "notes.txt").touch()  # which is no reason
        _write(tmp_path, "22")
        service.told("edited.py changed; starting again")
        service.told("listening on")
        assert _version(port) == "22"

        (tmp_path / "edited.py").write_text("service = Nothing")
        service.told("NameError: name 'Nothing' is not defined")
        service.told(r"the service ended \(1\); waiting for a change")
        _write(tmp_path, "4444")
        service.told("listening on")
        assert _version(port) == "4444"

        service.process.send_signal(signal.SIGINT)
        assert messages(service.rest()) == _ENDED
        assert service.process.wait(PATIENCE) == 0
    assert not any("notes.txt" in line for line in service.lines)


def test_a_service_ends_with_the_process_that_watches(tmp_path: Path) -> None:
    _write(tmp_path, "1")
    arguments = ("edited", "--host", "127.0.0.1", "--port", "0", "--reload")
    with serving(tmp_path, *arguments, "--grace", "0") as service:
        _started(service)
        service.process.kill()
        assert messages(service.rest()) == _ENDED  # the pipe has closed


def test_without_watchfiles_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(UsageError, match=r"pip install 'protocol-inspect\[reload\]'"):
        reload(["edited"], [tmp_path], patience=1)
