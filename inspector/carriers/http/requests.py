"""What a request asks for: its pattern, and what it says of whom it is for.

================================  ==========================================
``GET /sum?data=1``               ``GET /sum``: a query is data, if no body is
``POST /graphql`` with a query    ``POST /graphql query Users``
``CONNECT example.com:443``       ``CONNECT example.com:443``
``GET http://host/sum``           ``GET /sum``
================================  ==========================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from protocol import UNDEFINED, Json, JsonText, UndefinedType, dumps
from protocol.lazy_regex import lazy_regex

from .graphql import operation_in, operation_of

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment
    from inspector.carriers.web.heads import Head

TRACE = ("traceparent", "tracestate")
"""Fields that say whom a request is for. Source: W3C Trace Context, section 3."""
_PROXIED = ("forwarded", "x-forwarded-for")
_ABSOLUTE = lazy_regex(r"\A[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*")
_MOST = 1_024
"""Characters of a pattern."""
_SEGMENT = lazy_regex(rb"[^/?#]+")
_QUOTED = lazy_regex(rb'["\\\x00-\x1f]')
_HEAD, _TAIL = b'{"data":"', b'"}'
_PATTERN_HEAD = b'{"pattern":"'


def pattern_of(head: Head, body: Json) -> str:
    """Return the pattern of a request.

    Args:
        head: Its head, as it may be shown.
        body: The value of its body; UNDEFINED where it has none.
    """
    path = _ABSOLUTE.sub("", head.path, count=1)
    words = [head.method, path or "/"]
    operation = operation_of(body)
    if not operation and "query=" in head.target:
        asked = head.parameters
        operation = operation_in(asked.get("query", ""), asked.get("operationName", ""))
    if operation:
        words.append(operation)
    return " ".join(words)[:_MOST]


def query_of(head: Head) -> JsonText | UndefinedType:
    """Return the query of a request without a body, as JSON; values are strings."""
    query = head.target.partition("?")[2]
    if not query:
        return UNDEFINED
    found: dict[str, Json] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        before = found.get(name)
        if before is None:
            found[name] = value
        else:
            found[name] = [*(before if isinstance(before, list) else [before]), value]
    return JsonText(dumps(found))


def metadata_of(head: Head) -> JsonText | UndefinedType:
    """Return whom a request is for, by its trace and by the proxies before it."""
    found = {name: head.fields[name] for name in TRACE if name in head.fields}
    found |= {name: head.fields[name] for name in _PROXIED if name in head.fields}
    return JsonText(dumps(found)) if found else UNDEFINED


def shown_path(line: bytes, conceal: Concealment) -> bytes:
    """Return the path of a target as it may be shown, in as many bytes.

    What of it looks like a secret is hidden, as in payloads, and so is what
    ``--redact-channel`` hides.
    """
    return _SEGMENT.sub(lambda found: _shown_segment(found[0], conceal), line)


def _shown_segment(segment: bytes, conceal: Concealment) -> bytes:
    if _QUOTED.search(segment):
        return b"x" * len(segment)
    shown = conceal.body(_HEAD + segment + _TAIL)
    if shown != _HEAD + segment + _TAIL:
        return b"x" * len(segment)
    shown = conceal.addressed(_PATTERN_HEAD + segment + _TAIL)
    named = shown[len(_PATTERN_HEAD) : -len(_TAIL)]
    return named if len(named) == len(segment) else b"x" * len(segment)
