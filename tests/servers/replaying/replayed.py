"""A service to replay against, and what was recorded of one like it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from protocol import dumps
from servers import Context, RpcError, Service
from servers.recorded.recordings import recordings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from protocol import Json
    from servers.recorded.recordings import Recording


class Counted:
    """A service that counts.

    Attributes:
        service: The service.
        ids: The ids of its requests.
        events: The data of its events.
        most: The most calls that it had at a time.
    """

    def __init__(self) -> None:
        self.ids: list[Json] = []
        self.events: list[Json] = []
        self.most = self._now = 0
        self.service = Service()
        self.service.message("get.double")(self.double)
        self.service.message("count")(self.count)
        self.service.message("get.user")(self.user)
        self.service.message("get.slow")(self.slow)
        self.service.event("log")(self.events.append)

    def double(self, number: int, context: Context) -> int:
        """Return twice a number."""
        self.ids.append(context.id)
        return number * 2

    async def count(self, most: int) -> AsyncIterator[int]:
        """Yield numbers."""
        for number in range(most):
            yield number + 1

    def user(self, number: int) -> dict[str, Json]:
        """Return a user, or refuse."""
        if number:
            raise RpcError({"code": 404, "at": 2})
        return {"name": "reader", "at": 2, "token": "secret"}

    async def slow(self, _: object) -> int:
        """Take some time."""
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0.001)
        self._now -= 1
        return 1


def exchange(
    pattern: Json, data: Json, *values: Json, err: Json = None, **more: Json
) -> bytes:
    """Return the line of an exchange with its replies.

    Args:
        pattern: What was called.
        data: With what.
        values: The values of its replies.
        err: The error that ended it.
        more: Other keys of the line.
    """
    replies: list[dict[str, Json]] = [{"response": each} for each in values]
    if err is not None:
        replies.append({"err": err})
    members = {
        "type": "exchange",
        "kind": "message",
        "outcome": "completed",
        "pattern": pattern,
        "data": data,
        "replies": replies,
        "latency_ns": 500_000,
        "duration_ns": 500_000,
        **more,
    }
    return dumps(members)


def recording(
    pattern: Json, data: Json, *values: Json, err: Json = None, **more: Json
) -> Recording:
    """Return what such a line says."""
    text = exchange(pattern, data, *values, err=err, **more)
    return next(recordings([text], "a.jsonl"))
