"""What the line of a call says: values, streams, events, errors."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from servers import RemoteError, Service
from servers.demos.log_lines import EcsFormatter, log_calls
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    handler = logging.Handler()
    formatter = EcsFormatter("calc")
    handler.emit = lambda record: found.append(json.loads(formatter.format(record)))  # type: ignore[method-assign]
    logger = logging.getLogger("servers.demos.calls")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield found
    logger.removeHandler(handler)
    logger.setLevel(level)


async def test_each_call_has_one_line_when_it_has_ended(
    lines: list[dict[str, Any]],
) -> None:
    service = Service()
    log_calls(service)

    @service.message("count")
    async def count(last: int) -> AsyncIterator[int]:
        for number in range(last):
            assert not lines
            yield number

    @service.message("fail")
    def fail() -> None:
        raise ValueError("in vain 😀")

    async with connected(service) as nest:
        assert [each async for each in nest.stream("count", 3)] == [0, 1, 2]
        with pytest.raises(RemoteError):
            await nest.send("fail", {})

    streamed, failed = lines
    assert streamed["message"] == "message count completed"
    assert streamed["event"]["outcome"] == "success"
    assert streamed["nest"].keys() == {"kind", "route", "id"}
    assert streamed["service"] == {"name": "calc"}
    assert failed["message"] == "message fail error"
    assert failed["log"]["level"] == "error"
    assert failed["event"]["outcome"] == "failure"
    assert failed["error"] == {"type": "ValueError", "message": "in vain 😀"}
