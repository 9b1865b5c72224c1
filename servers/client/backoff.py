"""Exponential backoff: the waits between attempts to connect.

The n-th wait is a random share of ``first * factor**(n-1)``, at most of ``longest``, so
that the clients of a server that restarts do not all return at once.
"""

from __future__ import annotations

import random

import msgspec


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """The waits between failed attempts.

    Attributes:
        first: Seconds after the first failure.
        factor: Ratio of each wait to the one before.
        longest: Upper bound of every wait, in seconds.
        jitter: The random share of a wait, from 0 to 1.
    """

    first: float = 0.05
    factor: float = 2.0
    longest: float = 5.0
    jitter: float = 0.5

    def wait(self, failures: int) -> float:
        """Return the seconds to wait after a number of failures in a row, from 1."""
        # After some thirty doublings the longest wait is reached in any case.
        growth = self.factor ** min(failures - 1, 64)
        longest = min(self.first * growth, self.longest)
        return longest * (1 - self.jitter * random.random())  # noqa: S311 — no secret
