"""The fixtures, in runs of pytest that find the plugin by its entry point alone."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CONFTEST = """
import pytest
from servers import Service

service = Service()


@service.message("sum")
def total(numbers: list[int]) -> int:
    return sum(numbers)


@pytest.fixture
def nest_service():
    return service
"""
_TESTS = """
import asyncio

import pytest
from servers import BlockingClient, RequestTimeoutError


def test_blocking(nest_client, nest_server):
    assert nest_client.send("sum", [1, 2, 3]) == 6
    assert nest_server.accepted == 1


def test_asyncio(nest_connected):
    async def call():
        async with nest_connected(timeout=60) as nest:
            return await nest.send("sum", [4, 5])

    assert asyncio.run(call()) == 9


def test_recorded(nest_fixture, tmp_path):
    file = tmp_path / "answers.jsonl"
    file.write_text('{"pattern":"get","data":{"at":1},"replies":[{"response":5}]}')
    users = nest_fixture(file, ignore=["$.at"])
    with BlockingClient(port=users.port) as nest:
        assert nest.send("get", {"at": 2}) == 5
        nest.emit("log", 1)
        assert nest.send("get", {"at": 1}) == 5
    assert users.answered == {"ignoring": 1, "exact": 1}
    assert (users.unknown, users.events) == (0, {"log": 1})
    assert "2 requests answered as recorded" in repr(users)


def test_misspelt(nest_fixture, tmp_path):
    file = tmp_path / "answers.jsonl"
    file.write_text('{"pattern":"get","data":1,"replies":[{"resposne":5}]}')
    nest_fixture(file)
"""


def _pytest(folder: Path, *options: str) -> tuple[int, str]:
    """Return the exit code and the output of a run in a folder."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


def test_the_fixtures_run_a_service_and_its_clients(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "test_service.py").write_text(_TESTS)
    code, said = _pytest(tmp_path)

    assert code == 0, said
    assert "4 passed, 1 warning" in said
    assert 'line 1, reply 1: unknown key "resposne", the nearest is "response"' in said


def test_a_service_that_nobody_names_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "test_service.py").write_text(_TESTS)
    code, said = _pytest(tmp_path)

    assert code == 1
    assert "define a fixture nest_service" in said
    assert "Traceback" not in said


def test_the_fixtures_are_listed_with_what_they_give(tmp_path: Path) -> None:
    code, said = _pytest(tmp_path, "--fixtures")
    listed = re.findall(r"^(nest_\w+) .*\n +(.*)$", said, re.MULTILINE)

    assert code in {0, 5}
    assert dict(listed) == {
        "nest_service": "The service under test.",
        "nest_server": "Run the service on a free port, in a thread of its own.",
        "nest_client": "Give a client of the running service.",
        "nest_connected": "Give what connects clients to the service without sockets.",
        "nest_fixture": "Give what runs services that answer as recorded.",
        "nest_traffic": "Give what watches a port while a block of the test runs.",
    }
