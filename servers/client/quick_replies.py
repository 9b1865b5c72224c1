"""The quick way from replies to calls: one step for the replies that most calls get.

Nearly every reply is one value and the end, for a call that waits for one value. It is
decoded value and all, and resolves the future that the caller awaits. Anything else is
recognised by what fails here and read by ``parse_body`` and ``deliver``; a test holds
the two ways equal.
"""

from __future__ import annotations

import asyncio
from operator import length_hint
from typing import TYPE_CHECKING

import msgspec

from protocol import REFUSED, UNDEFINED, Json

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Reply(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """The only value, and the end."""

    id: str
    response: Json = UNDEFINED
    is_disposed: bool = msgspec.field(default=False, name="isDisposed")


_read = msgspec.json.Decoder(_Reply).decode
# What makes a reply unusual: its text, an id that no call for one value waits for, or a
# call that was given up.
_UNUSUAL = (*REFUSED, KeyError, asyncio.InvalidStateError)


# decision 78: Ordinary replies take a quick way, and everything else the general one
def quick_settle(
    bodies: Sequence[bytes], asked: dict[str, asyncio.Future[Json]]
) -> int:
    """Resolve calls for one value, until a reply is unusual.

    Args:
        bodies: Replies, as JSON text.
        asked: The calls by the ids of their requests; those resolved are removed.

    Returns:
        How many replies were used; the next one is unusual.
    """
    read, claim = _read, asked.pop
    left = iter(bodies)  # knows how many are left, which need not be counted
    try:
        for body in left:
            reply = read(body)
            if not reply.is_disposed:
                break
            claim(reply.id).set_result(reply.response)
        else:
            return len(bodies)
    except _UNUSUAL:
        pass
    return len(bodies) - length_hint(left) - 1
