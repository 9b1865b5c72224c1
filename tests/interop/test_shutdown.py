"""A service of ours that gets SIGTERM while its clients call on and on.

Every call whose handler finished is answered, whatever the size of the reply and
whatever the client has sent that nobody reads any more.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servers import CallError, Client
from tests.interop.nests import VERSIONS
from tests.interop.pairs import opened
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.interop.nests import Nests

_ROOT = Path(__file__).parents[2]
_MANY = 16  # calls at once
_SIZES = (100, 20_000, 300_000, 1_000_000)


@contextmanager
def _service(size: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the service in a process of its own; return that and the port."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.interop.stopping", str(size)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stderr is not None
            found = re.search(r":(\d+)", process.stderr.readline())
            assert found is not None
            yield process, int(found[1])
        finally:
            process.kill()


async def _flood(client: Client) -> list[int]:
    """Call with ever higher numbers, many at once, until calls fail."""
    answered: list[int] = []
    numbers = itertools.count()

    async def go_on() -> None:
        for number in numbers:
            try:
                await client.send("work", number, timeout=PATIENCE)
            except CallError:
                return
            answered.append(number)

    await asyncio.gather(*(go_on() for _ in range(_MANY)))
    return answered


async def _stopped(process: subprocess.Popen[str]) -> list[int]:
    """Send SIGTERM while calls come; return those that finished."""
    assert process.stderr is not None
    assert await asyncio.to_thread(process.stderr.readline) == "busy\n"
    process.send_signal(signal.SIGTERM)
    out, _ = await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    assert process.returncode == 0
    finished: list[int] = json.loads(out)
    return finished


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("version", VERSIONS)
async def test_nests_client_loses_no_reply(
    version: str, size: int, nests: Nests
) -> None:
    nest = nests[version]
    with _service(size) as (process, port):
        async with opened(nest, port) as caller:
            flood = nest.do("flood", client=caller.number, pattern="work", many=_MANY)
            answered, finished = await asyncio.gather(flood, _stopped(process))

    assert len(finished) > _MANY
    assert set(finished) <= set(answered)


@pytest.mark.parametrize("again", range(2))
@pytest.mark.parametrize("size", _SIZES)
async def test_our_client_loses_no_reply(size: int, again: int) -> None:
    del again  # a second time
    with _service(size) as (process, port):
        async with Client("127.0.0.1", port) as client:
            answered, finished = await asyncio.gather(_flood(client), _stopped(process))

    assert len(finished) > _MANY
    assert set(finished) <= set(answered)
