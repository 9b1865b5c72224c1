"""What is known of the parent of an exchange, and by what evidence."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Evidence(StrEnum):
    """What shows that an exchange was made for the sake of another."""

    TRACE = "trace"
    """Both name the same trace."""
    SOCKET = "socket_id"
    """Both name the same socket of a client."""
    DATA = "data"
    """Its data is that of the other, is in it, or has it in itself."""
    ANSWER = "answer"
    """Its data is what another call of the same parent has answered."""
    REPLY = "reply"
    """What it answered is in the reply of the other."""
    LANE = "lane"
    """Its port is known as the other service's, which had one request alone then."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """The parent of an exchange, or those that it may be.

    Attributes:
        parent: Its number; None where several may be, or one without enough evidence.
        evidence: What shows it; None while there is no parent.
        possible: The numbers of those that it may be, in order; some of many.
    """

    parent: int | None = None
    evidence: Evidence | None = None
    possible: tuple[int, ...] = ()
