r"""The headers of a message, and which of them are secret.

::

    NATS/1.0 503⏎⏎                      a status of the server's: nobody has subscribed
    NATS/1.0⏎traceparent: 00-…⏎⏎        what the sender has set

Source: ``nats-architecture-and-design``, ADR-4; ``net/textproto`` of Go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Span
from protocol import dumps

from .lines import HEADERS

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment
    from protocol import Json

_BLANKS = b" \t\r\n"
_FOLDED = b" \t"  # with which a line begins that goes on with the one before


class Headers(msgspec.Struct, frozen=True, gc=False):
    """What stands before a payload.

    Attributes:
        status: The server's status, such as ``503``; empty where the message is a
            client's.
        facts: Header → its value, or its values where it occurs more than once.
        secret: Places of values, from the beginning of the headers on, that are secret.
    """

    status: str
    facts: dict[str, Json]
    secret: tuple[Span, ...] = ()


def read_headers(block: bytes, conceal: Concealment | None) -> Headers:
    """Return what a block of headers says, without its secrets.

    Args:
        block: The headers, from ``NATS/1.0`` on.
        conceal: What hides secrets; None where nothing is hidden.
    """
    first, *lines = block.split(b"\n")
    if not first.startswith(HEADERS):
        return Headers("", {}, () if conceal is None else (Span(0, len(block)),))
    facts: dict[str, Json] = {}
    secret: list[Span] = []
    place = len(first) + 1
    for line in lines:
        name, colon, value = line.partition(b":")
        text = line.strip(_BLANKS)
        if text and conceal is not None and (not colon or line[0] in _FOLDED):
            # The line before goes on, or nobody knows what it is: nothing of it is said
            begin = place + line.index(text)
            secret.append(Span(begin, begin + len(text)))
        elif colon:
            shown, said = _text(name), _text(value)
            if conceal is not None and _is_secret(conceal, shown, said):
                end = place + len(line.rstrip(_BLANKS))
                secret.append(Span(end - len(value.strip(_BLANKS)), end))
                said = "x" * len(said)
            _add(facts, shown, said)
        place += len(line) + 1
    words = first.split()
    status = words[1].decode("utf-8", "replace") if len(words) > 1 else ""
    return Headers(status, facts, tuple(secret))


def _text(part: bytes) -> str:
    return part.strip(_BLANKS).decode("utf-8", "replace")


def _is_secret(conceal: Concealment, name: str, value: str) -> bool:
    """Whether a value would be hidden as one of a payload, under the same name."""
    text = dumps({"data": {name: value}})
    return conceal.body(text) != text


def _add(facts: dict[str, Json], name: str, value: str) -> None:
    before = facts.get(name)
    if before is None:
        facts[name] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        facts[name] = [before, value]
