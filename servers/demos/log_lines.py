"""A line of JSON for each call that a service handles, in the Elastic Common Schema.

The fields are those of ``protocol-inspect --format ecs``, so that one index may have
both: ``nest.id`` and ``client.port`` are the same where a line of the service and an
exchange in a capture are about the same call.

Source: https://www.elastic.co/guide/en/ecs/8.11/ecs-field-reference.html
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from protocol import dumps
from servers import stream_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from protocol import Json
    from servers import Service
    from servers.server import Context
    from servers.server.middleware import ServerProceed

# decision 167: the fields are those of what was captured
logger = logging.getLogger("servers.demos.calls")

_VERSION = "8.11.0"


class EcsFormatter(logging.Formatter):
    """Makes a JSON object of a record, in one line.

    Args:
        service: What the field ``service.name`` says.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without an end."""
        when = datetime.fromtimestamp(record.created, UTC)
        document: dict[str, Any] = {
            "@timestamp": when.isoformat(timespec="microseconds"),
            "ecs": {"version": _VERSION},
            "log": {"level": record.levelname.lower(), "logger": record.name},
            "message": record.getMessage(),
            "service": {"name": self._service},
            **getattr(record, "ecs", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            document["error"] = {"type": type(error).__name__, "message": str(error)}
        return json.dumps(document, ensure_ascii=False, default=str)


def log_calls(service: Service) -> None:
    """Log every call of a service once it has ended, a stream after its last value."""

    @service.use
    async def logged(context: Context, proceed: ServerProceed) -> Json:
        begun = time.perf_counter()
        try:
            result = await proceed()
        except Exception as error:
            _log(context, begun, error)
            raise
        if (values := stream_of(result)) is not None:
            streaming: Any = _logged(context, begun, values)
            return streaming
        _log(context, begun)
        return result


async def _logged(
    context: Context, begun: float, values: AsyncGenerator[Any, None]
) -> AsyncGenerator[Any, None]:
    try:
        async for value in values:
            yield value
    except Exception as error:
        _log(context, begun, error)
        raise
    _log(context, begun)


def _log(context: Context, begun: float, error: Exception | None = None) -> None:
    nanoseconds = round((time.perf_counter() - begun) * 1e9)
    kind = "event" if context.is_event else "message"
    how = "completed" if error is None else "error"
    level = logging.INFO if error is None else logging.ERROR
    event = {
        "kind": "event",
        "module": "nest",
        "dataset": "nest.call",
        "action": kind,
        "duration": nanoseconds,
        "outcome": "success" if error is None else "failure",
    }
    fields = {"event": event, "client": _peer(context.peer), "nest": _nest(context)}
    words = f"{kind} {context.route} {how}"
    logger.log(level, words, exc_info=error, extra={"ecs": fields})


def _nest(context: Context) -> dict[str, str]:
    kind = "event" if context.is_event else "message"
    found = {"kind": kind, "route": context.route}
    return found if context.is_event else found | {"id": dumps(context.id).decode()}


def _peer(peer: str) -> dict[str, Any]:
    host, _, port = peer.rpartition(":")
    host = host.strip("[]")
    return {"address": host, "ip": host, "port": int(port)} if port.isdecimal() else {}
