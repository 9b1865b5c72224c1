"""How long to wait before the next try to connect: longer each time, and never exactly.

The n-th wait is drawn between half and all of ``first * factor**(n-1)``, at most
``longest``, so that the clients of a server that restarts do not come back at once.
"""

from __future__ import annotations

import random

import msgspec


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """The waits between failed attempts.

    Attributes:
        first: Seconds after the first failure.
        factor: How much longer each wait is than the one before.
        longest: Seconds that no wait is above.
        jitter: The share of a wait that is left to chance, from 0 to 1.
    """

    first: float = 0.05
    factor: float = 2.0
    longest: float = 5.0
    jitter: float = 0.5

    def wait(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row, at least 1."""
        # Beyond some thirty doublings the longest wait is reached in any case.
        growth = self.factor ** min(failures - 1, 64)
        longest = min(self.first * growth, self.longest)
        return longest * (1 - self.jitter * random.random())  # noqa: S311 — no secret
