"""One thing that was looked at."""

from __future__ import annotations

from enum import StrEnum

from protocol.named_tuple import NamedTuple


class Mark(StrEnum):
    """How a thing was found.

    Only ``BROKEN`` is a failure: what is absent is needed by some commands alone.
    """

    GOOD = "good"
    ABSENT = "absent"
    BROKEN = "broken"


class Check(NamedTuple):
    """A thing that was looked at.

    Attributes:
        group: The heading that it is under: ``capture``, ``programs`` …
        name: What it is, in one word.
        mark: How it was found.
        found: What was found: a version, a place, a number.
        meaning: What follows from that, for the user.
        fix: The command that mends it; empty where nothing is to be mended, or no
            command can.
    """

    group: str
    name: str
    mark: Mark
    found: str
    meaning: str
    fix: str = ""
