"""Topics of control packets, with what of them is to be hidden.

::

    PUBLISH users/alice/reply  ─►  PUBLISH users/xxxx1/reply

What is read of a packet, is read of what is shown of it: so whatever joins by topics
still does. The topic of replies is shown as that of the request is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .topics import REPLY, SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Concealment, Span

    from .reading import Control

_REPLY, _SHARE = REPLY.encode(), SHARE.encode()


def hide_topics(
    control: Control, topics: Iterable[Span], conceal: Concealment
) -> Control:
    """Return a control packet with what is to be hidden of its topics.

    Args:
        control: The packet.
        topics: Where they stand in it, from its first byte on.
        conceal: What hides parts of them.
    """
    shown = bytearray(control.data)
    for begin, end in topics:
        shown[begin:end] = _hidden(control.data[begin:end], conceal)
    if shown == control.data:
        return control
    return msgspec.structs.replace(control, data=bytes(shown), sent=control.data)


def _hidden(topic: bytes, conceal: Concealment) -> bytes:
    """Return a topic, or a filter, as it may be shown."""
    if topic.startswith(_SHARE):
        group, slash, rest = topic[len(_SHARE) :].partition(b"/")
        rest = _hidden(rest, conceal) if rest else rest
        return _SHARE + conceal.channel(group) + slash + rest
    if topic.endswith(_REPLY):
        return conceal.channel(topic.removesuffix(_REPLY)) + _REPLY
    return conceal.channel(topic)
