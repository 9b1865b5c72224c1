"""The quick way to reply: the value of a plain handler and its envelope in one step.

What :func:`~servers.server.replies.value_body` gives in two steps, for the values that
nearly every call returns. A test holds the two equal.
"""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING

import msgspec

from servers.payloads import says_null

if TYPE_CHECKING:
    from protocol import Json


class _Reply(msgspec.Struct, gc=False):
    """The reply with the only value."""

    response: Json
    isDisposed: bool  # noqa: N815 — the key on the wire
    id: Json


# Types that are neither awaitable, nor a generator, nor UNDEFINED.
_ORDINARY = frozenset({NoneType, bool, int, str, list, dict, float})
_encode = msgspec.json.Encoder().encode


def quick_reply(value: Json, identity: Json) -> bytes | None:
    """Return the body of the reply with the only value of a call.

    Args:
        value: What a handler returned.
        identity: The id of the request.

    Returns:
        None where the value needs a closer look: it may not be a value at all, JSON
        may not be able to hold it, or a number in it may not be finite.
    """
    if type(value) not in _ORDINARY:
        return None
    try:
        body = _encode(_Reply(value, True, identity))  # noqa: FBT003 — by position
    except Exception:  # noqa: BLE001 — value_body says what is wrong
        return None
    if value is not None and says_null(body):
        return None
    return body
