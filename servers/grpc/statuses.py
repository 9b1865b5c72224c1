"""Errors of handlers as statuses of gRPC, and back.

As in Nest, the ``code`` of an error is the status, if it is one, and ``details`` or
``message`` is what the caller is told; without a code the status is UNKNOWN. That there
is no handler is UNIMPLEMENTED.

Source: ``@grpc/grpc-js``, ``src/server-call.ts``, ``serverErrorToStatus``;
``packages/microservices/exceptions/base-rpc-exception-filter.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocol import NO_MESSAGE_HANDLER, dumps

if TYPE_CHECKING:
    from protocol import Json

UNKNOWN, UNIMPLEMENTED, INTERNAL, UNAVAILABLE = 2, 12, 13, 14
_CODES = range(1, 17)


class Status(NamedTuple):
    """How a call fails.

    Attributes:
        code: The status.
        message: What the caller is told.
    """

    code: int
    message: str


def status_of(err: Json) -> Status:
    """Return how a call fails whose reply has an ``err``."""
    if err == NO_MESSAGE_HANDLER:
        return Status(UNIMPLEMENTED, NO_MESSAGE_HANDLER)
    if not isinstance(err, dict):
        return Status(UNKNOWN, err if isinstance(err, str) else dumps(err).decode())
    code = err.get("code")
    known = code if type(code) is int and code in _CODES else UNKNOWN
    said = err.get("details", err.get("message", ""))
    return Status(known, said if isinstance(said, str) else dumps(said).decode())


def error_of(code: int, name: str, message: str) -> Json:
    """Return the ``err`` of a call that failed with a status."""
    return {"code": code, "status": name, "message": message}
