"""How long the tests wait for what must happen.

A limit that a busy machine reaches says nothing about the code. This one serves all
tests and is long, so that a test that reaches it has hung. What must *not* happen is
proved by an event that comes after it, never by waiting.
"""

from __future__ import annotations

PATIENCE = 600.0  # seconds
