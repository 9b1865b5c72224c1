r"""Channels in values, with what of them is to be hidden.

::

    *3⏎$7⏎publish⏎$11⏎users.alice⏎…  ─►  *3⏎$7⏎publish⏎$11⏎users.xxxx1⏎…

What is read of a value, is read of what is shown of it: so whatever joins by channels
still does. The channel of replies is shown as that of the request is. Of a pattern such
as ``users.*`` whole words stay that are ``*``; a word like ``us*`` is hidden as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .channels import REPLY
from .values import ARRAY, PUSH

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment

    from .reading import Value

_REPLY = REPLY.encode()
_END = ord("\n")  # with which the line before a string ends
_ALL = None  # whatever follows the name of the command
_CHANNELS: dict[bytes, int | None] = {
    b"PUBLISH": 1,
    b"SUBSCRIBE": _ALL,
    b"UNSUBSCRIBE": _ALL,
    b"PSUBSCRIBE": _ALL,
    b"PUNSUBSCRIBE": _ALL,
    b"MESSAGE": 1,
    b"PMESSAGE": 2,
}
"""Command or push → how many members after its name are channels or patterns."""


def hide_channels(value: Value, conceal: Concealment) -> Value:
    """Return a value with what is to be hidden of its channels, as long as before.

    Args:
        value: A command, or what the broker hands on; anything else has none.
        conceal: What hides parts of them.
    """
    name = value.member(0).upper()
    if name not in _CHANNELS or value.kind not in (ARRAY, PUSH) or not value.whole:
        return value  # of a command that is a line nothing is shown but its name
    low = value.low
    shown = bytearray(value.text)
    for begin, end in _channels_of(value, _CHANNELS[name]):
        shown[begin - low : end - low] = _hidden(value.source[begin:end], conceal)
    sent = value.text
    if shown == sent:
        return value
    return msgspec.structs.replace(
        value,
        source=bytes(shown),
        low=0,
        high=len(shown),
        spans=[(begin - low, end - low) for begin, end in value.spans],
        sent=sent,
    )


def _channels_of(value: Value, count: int | None) -> list[tuple[int, int]]:
    """Return where in its source the channels of a value are."""
    if count is not None:
        return value.spans[1 : count + 1]
    # Of a value with many members not all have a place. A confirmation has a number.
    return [span for span in value.texts()[1:] if value.source[span[0] - 1] == _END]


def _hidden(channel: bytes, conceal: Concealment) -> bytes:
    """Return a channel, or a pattern, as it may be shown."""
    if channel.endswith(_REPLY):
        return conceal.channel(channel.removesuffix(_REPLY)) + _REPLY
    return conceal.channel(channel)
