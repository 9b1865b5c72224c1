"""Ejection: a server that hangs gets no calls while others can take them.

A server that is stopped, or whose event loop is blocked, still has its connection: the
kernel acknowledges what is sent. What tells is that calls time out while not one byte
arrives. Whether it is back is asked with a request that no handler has, which every
Nest server answers at once; so no caller waits for the answer.
"""

from __future__ import annotations

import msgspec

from .backoff import Backoff


class Ejection(msgspec.Struct, frozen=True, kw_only=True):
    """When a server of several gets no calls for a time.

    Attributes:
        timeouts: Calls in a row that get no reply in time, with not one byte from the
            server since they were made; 0 never ejects a server.
        probes: The waits between the requests that ask whether it is back.
        pattern: The pattern of these requests, which should have no handler.
    """

    timeouts: int = 3
    probes: Backoff = Backoff(first=1.0, longest=30.0)
    pattern: str = "servers.client.probe"


class Health:
    """What a client knows about one connection to a server.

    Args:
        options: When the server is ejected.

    Attributes:
        ejected: Whether the server gets no calls while others can take them.
    """

    def __init__(self, options: Ejection) -> None:
        self.ejected = False
        self._options = options
        self._silent = 0  # calls in a row
        self._since = 0.0  # when the last of them timed out
        self._probes = 0
        self._next_probe = 0.0

    def timed_out(self, seconds: float, last_read: float, now: float) -> bool:
        """Note a call without a reply in time; return whether that ejects the server.

        Args:
            seconds: How long the call waited.
            last_read: When the server last sent anything, on the event loop's clock.
            now: The time on that clock.
        """
        if self.ejected:
            return False
        if last_read >= self._since:
            self._silent = 0
        self._since = now
        if last_read > now - seconds:
            return False
        self._silent += 1
        if not 0 < self._options.timeouts <= self._silent:
            return False
        self.ejected = True
        self._probes, self._next_probe = 0, now
        return True

    def recovered(self, last_read: float) -> bool:
        """Return whether the server has sent anything since it was ejected."""
        if self.ejected and last_read >= self._since:
            self.ejected, self._silent = False, 0
            return True
        return False

    def probe_due(self, now: float) -> bool:
        """Return whether to ask now, in which case the next time is later."""
        if now < self._next_probe:
            return False
        self._probes += 1
        self._next_probe = now + self._options.probes.wait(self._probes)
        return True
