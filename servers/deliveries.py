"""What a broker says of a message besides its body."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 — msgspec reads the fields

import msgspec


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A message as a broker delivered it; each broker adds what it says besides.

    Attributes:
        channel: Where it was sent to: a subject, a topic, a channel, a queue.
        headers: What the caller sent beside the payload.
    """

    channel: str
    headers: Mapping[str, str] = {}
