"""Nest calls a service in two processes, by TCP and at a Unix socket, until it ends."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from tests.interop.nests import VERSIONS
from tests.interop.pairs import opened
from tests.patience import PATIENCE
from tests.servers.serving.programs import Program, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.nests import Nest, Nests

_CLIENTS = 4
_MANY = 8  # calls of each at once
_ENOUGH = 200  # finished calls before the service ends


async def _answered(
    nest: Nest, place: int | str, service: Program, file: Path
) -> Counter[int]:
    """Let clients call on and on, end the service; return what they are answered."""
    async with AsyncExitStack() as stack:
        floods = []
        for _ in range(_CLIENTS):
            caller = await stack.enter_async_context(opened(nest, place))
            flood = nest.do("flood", client=caller.number, pattern="work", many=_MANY)
            floods.append(asyncio.ensure_future(flood))
        while _finished(file).total() < _ENOUGH:  # noqa: ASYNC110 — of processes
            await asyncio.sleep(0.002)
        service.process.send_signal(signal.SIGTERM)
        answered = await asyncio.gather(*floods)
        return Counter(number for each in answered for number in each)


def _finished(file: Path) -> Counter[int]:
    """Return the calls that have finished, in whichever process."""
    return Counter(map(int, file.read_text(encoding="ascii").split()))


@pytest.mark.parametrize("way", ["tcp", "uds"])
@pytest.mark.parametrize("version", VERSIONS)
async def test_nest_loses_no_reply_of_two_workers(
    version: str, way: str, nests: Nests, tmp_path: Path
) -> None:
    file, path = tmp_path / "finished", str(tmp_path / "s")
    options = {"uds": path} if way == "uds" else {"reuse_port": True}
    with serving(file, workers=2, grace=60, **options) as service:
        if way == "uds":
            service.told("listening on unix:")
        place = path if way == "uds" else service.port()
        answered = await _answered(nests[version], place, service, file)
        assert service.process.wait(PATIENCE) == 0
    finished = _finished(file)
    assert finished.total() >= _ENOUGH
    assert not finished - answered
