"""Which recordings are sent, and why the others are not."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from protocol import UNDEFINED
from servers.recorded.hidden import hides

from .reading import reads_only

if TYPE_CHECKING:
    from servers.recorded.recordings import Recording


class Reason(StrEnum):
    """Why a recording is not sent."""

    WRITES = "not read-only by name"
    EVENT = "an event"
    REDACTED = "redacted"
    NO_DATA = "without data, which no client of Nest sends"


class Choice(NamedTuple):
    """What is to be sent.

    Attributes:
        routes: Patterns of routes, as of a shell; empty for all.
        servers: Patterns of whoever was asked, by address or name; empty for all.
        kinds: ``message``, ``event`` or both.
        allowed: Patterns of routes that may be sent though they may write.
        allow_all: Whether all may be sent.
        allow_redacted: Whether what redaction has changed may be sent.
    """

    routes: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("message", "event")
    allowed: tuple[str, ...] = ()
    allow_all: bool = False
    allow_redacted: bool = False

    def is_meant(self, recording: Recording) -> bool:
        """Whether a recording is one of those that are asked for."""
        if recording.kind not in self.kinds:
            return False
        if self.routes and not _matches(recording.route, self.routes):
            return False
        servers = self.servers
        return not servers or any(_matches(each, servers) for each in recording.server)

    # decision 190: Nothing is sent that does not say that it only reads
    def refusal(self, recording: Recording) -> Reason | None:
        """Return why a recording that is meant is not sent; None if it is."""
        data = recording.data
        if data is UNDEFINED or data is None:
            return Reason.NO_DATA
        allowed = self.allow_all or _matches(recording.route, self.allowed)
        if not allowed and recording.kind == "event":
            return Reason.EVENT
        if not allowed and not reads_only(recording.pattern):
            return Reason.WRITES
        if self.allow_redacted:
            return None
        sent = (recording.pattern, data, recording.metadata)
        return Reason.REDACTED if any(map(hides, sent)) else None


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, each) or text == each for each in patterns)
