"""What a client is asked to do, how it is answered, and what it should see."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.conformance.card import Check  # noqa: TC001 — of a named tuple
from protocol import UNDEFINED, dumps, encode_frame
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from protocol import Json

PREFIX = "conformance."
"""What every pattern of a card begins with."""
PLAN, GOT = f"{PREFIX}plan", f"{PREFIX}got"
LOST = "lost"
"""What is expected of a call that has to fail on the client's side."""


class Call(NamedTuple):
    """One thing that a client is asked to do.

    Attributes:
        data: The payload.
        pattern: The pattern; that of its check, if it is UNDEFINED.
        kind: ``send`` for a request, ``emit`` for an event.
    """

    data: Json = 1
    pattern: Json = UNDEFINED
    kind: str = "send"


class Write(NamedTuple):
    """Bytes for the connections of requests; those of one go out in one write.

    Attributes:
        pieces: The number of a request of the step, from 0, and bytes.
        pause_s: Seconds to wait afterwards.
    """

    pieces: Sequence[tuple[int, bytes]]
    pause_s: float = 0


class Close:
    """The end of the connection of the first request."""


if TYPE_CHECKING:
    Action: TypeAlias = Write | Close
    Script: TypeAlias = Callable[[Sequence[Json]], Sequence[Action]]
    """From the ids of the requests, in the order of the calls, to what is written."""


class Step(NamedTuple):
    """One check of a client.

    Attributes:
        check: The check.
        calls: What it does, all at once.
        script: How we answer.
        expected: What it should report of each call: ``{"values": […]}``, with an
            ``error`` if it ends with one, or :data:`LOST`.
    """

    check: Check
    calls: Sequence[Call]
    script: Script
    expected: Sequence[dict[str, Json] | str]

    def pattern(self, call: Call) -> Json:
        """Return the pattern of one of its calls."""
        if call.pattern is UNDEFINED:
            return PREFIX + self.check.name
        return call.pattern

    def planned(self) -> dict[str, Json]:
        """Return the step as it is in the plan."""
        calls: list[Json] = [
            {"kind": each.kind, "pattern": self.pattern(each), "data": each.data}
            for each in self.calls
        ]
        return {"check": self.check.name, "calls": calls}


def reply(call_id: Json, **members: Json) -> bytes:
    """Return a reply as Nest orders its keys."""
    return encode_frame(dumps({**members, "id": call_id}))


def last(call_id: Json, value: Json) -> bytes:
    """Return the reply that brings a value and the end."""
    return reply(call_id, response=value, isDisposed=True)


def values(*items: Json) -> dict[str, Json]:
    """Return what is expected of a call that ends well."""
    return {"values": list(items)}


def failed(error: Json, *before: Json) -> dict[str, Json]:
    """Return what is expected of a call that ends with an error."""
    return {"values": list(before), "error": error}


def at_once(frames: Sequence[bytes]) -> list[Action]:
    """Write frames for the first request, together."""
    return [Write([(0, b"".join(frames))])]


def in_pieces(pieces: Sequence[bytes], pause_s: float) -> list[Action]:
    """Write pieces for the first request, each by itself."""
    return [Write([(0, piece)], pause_s) for piece in pieces]
