"""Status codes: what an error says of who is at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED, Json, JsonText, loads

if TYPE_CHECKING:
    from protocol import UndefinedType

REFUSED = range(400, 500)
"""Status codes that say that the caller is at fault (RFC 9110, section 15.5)."""
FAILED = range(500, 600)
"""Status codes that say that the server is at fault (RFC 9110, section 15.6)."""
MASKED = JsonText(b'{"status":"error","message":"Internal server error"}')
"""What Nest sends in place of an error that is no ``RpcException``.

Source: ``exceptions/base-rpc-exception-filter.ts``, ``handleUnknownError``.
"""
_STATUS = range(100, 600)
_KEYS = ("statusCode", "status")
"""Where an error of Nest has its status code.

Source: ``@nestjs/common``, ``exceptions/http.exception.ts``: ``statusCode`` is a key of
its response, ``status`` one of the exception itself.
"""


def status_of(err: JsonText | UndefinedType) -> int | None:
    """Return the status code of an error; None where it has no such code."""
    if err is UNDEFINED:
        return None
    value: Json = loads(err)
    if not isinstance(value, dict):
        return None
    found = (value.get(key) for key in _KEYS)
    return next((each for each in found if type(each) is int and each in _STATUS), None)
