"""Frames redacted where they are seen, so that every output has them so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.seen import Anomaly, Sighting
from inspector.pipeline import Tap
from protocol import parse_packet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.calls.observing import SightingItem

    from .texts import Redaction

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*+(?:”|\Z)")


class RedactingTap(Tap):
    """Hide secrets in the frames that pass, before anything else reads them.

    Args:
        redaction: What is hidden.
        changed: Is told of every frame, before and after.
    """

    def __init__(
        self,
        redaction: Redaction,
        changed: Callable[[Sighting, Sighting], None] | None = None,
    ) -> None:
        self._redaction = redaction
        self._changed = changed

    def sightings(self, sightings: Iterator[SightingItem]) -> Iterator[SightingItem]:
        """Pass on what is seen, its secrets hidden."""
        for item in sightings:
            if isinstance(item, Sighting):
                redacted = self._redacted(item)
                if self._changed is not None:
                    self._changed(item, redacted)
                yield redacted
            else:
                if isinstance(item, Anomaly):
                    reason = _QUOTED.sub("'…'", item.error.reason)
                    item.error.reason = reason
                yield item

    def _redacted(self, sighting: Sighting) -> Sighting:
        frame = sighting.frame
        body = self._redaction.redact(frame.body)
        if body == frame.body:
            return sighting
        redacted = msgspec.structs.replace(frame, body=body)
        packet = parse_packet(redacted)
        return msgspec.structs.replace(sighting, frame=redacted, packet=packet)
