"""What the body of a message says, and what of that may be shown.

A body says something where it reads as JSON, whatever its type is called: Nest sends
numbers as ``text/html``. All else is counted, and becomes ``x`` where secrets are
hidden; so does what is compressed, which cannot be written again in as many bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.web.cutting import inflated_body
from protocol import UNDEFINED, Json, JsonText, UndefinedType, dumps, loads, truthy
from protocol.named_tuple import NamedTuple

from .bodies import MOST
from .graphql import failure_in, without_literals

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment
    from inspector.carriers.web.heads import Head

_BEGINNINGS = b'{["-0123456789tfn'
_BLANKS = b" \t\r\n"
_FAILED = 400


class Content(NamedTuple):
    """A body, as far as it may be shown.

    Attributes:
        text: Its JSON; UNDEFINED where it has none.
        value: The value of that; UNDEFINED likewise.
        shown: Its bytes, as many as travelled.
    """

    text: JsonText | UndefinedType
    value: Json
    shown: bytes


def read_content(
    data: bytes, head: Head, conceal: Concealment | None, *, key: bytes
) -> Content:
    """Read a whole body.

    Args:
        data: Its bytes, without chunks.
        head: The head of its message.
        conceal: What hides secrets; None where nothing is hidden.
        key: What it is of a packet: ``data`` or ``response``.
    """
    coding = head.fields.get("content-encoding", "").lower()
    text: bytes | None = data
    if coding not in {"", "identity"}:
        text = None if conceal is not None else inflated_body(data, coding, MOST)
    return read_text(data, text, conceal, key=key)


def read_text(
    data: bytes, text: bytes | None, conceal: Concealment | None, *, key: bytes
) -> Content:
    """Read what may be JSON.

    Args:
        data: The bytes that travelled.
        text: What they say; None where nobody knows.
        conceal: What hides secrets; None where nothing is hidden.
        key: What it is of a packet: ``data`` or ``response``.
    """
    value = UNDEFINED if text is None else read_json(text)
    if text is None or value is UNDEFINED:
        hidden = data if conceal is None else b"x" * len(data)
        return Content(UNDEFINED, UNDEFINED, hidden)
    if conceal is None:
        return Content(JsonText(text.strip(_BLANKS)), value, data)
    lead = b'{"%b":' % key
    shown = conceal.body(lead + without_literals(text) + b"}")[len(lead) : -1]
    return Content(JsonText(shown.strip(_BLANKS)), read_json(shown), shown)


def read_json(text: bytes) -> Json:
    """Return the value of a JSON text; UNDEFINED for anything else."""
    if text.lstrip(_BLANKS)[:1] not in _FIRST:
        return UNDEFINED
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return UNDEFINED


_FIRST = {bytes([each]) for each in _BEGINNINGS}


def error_of(head: Head, content: Content) -> JsonText | UndefinedType:
    """Return why a request failed; UNDEFINED where it did not.

    A status of 400 and more says so, or an answer of GraphQL that has no data.
    """
    if head.status >= _FAILED:
        if content.text is not UNDEFINED and truthy(content.value):
            return content.text
        words = head.reason or "no reason"
        return JsonText(dumps({"statusCode": head.status, "message": words}))
    failure = failure_in(content.value)
    return JsonText(dumps(failure)) if truthy(failure) else UNDEFINED
