r"""Operations of GraphQL in requests of HTTP: what each is called, and what failed.

::

    {"query":"query Users { users { id } }"}      ─► query Users
    {"query":"mutation { addUser(name: \"a\") }"}  ─► mutation addUser
    {"query":"{ me { id } }"}                      ─► query me

Source: the GraphQL specification, October 2021, section 2; GraphQL over HTTP.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from protocol import Json

_IGNORED = lazy_regex(r"[\s,\ufeff]+|#[^\n\r]*")
_OPERATION = lazy_regex(r"(query|mutation|subscription)\b[\s,]*([_A-Za-z]\w*)?")
_FIELD = lazy_regex(r"\{[\s,]*(?:[_A-Za-z]\w*[\s,]*:[\s,]*)?(\.\.\.|[_A-Za-z]\w*)")
_NAME = lazy_regex(r"[_A-Za-z]\w{0,199}")
_TYPES = ("query", "mutation", "subscription", "fragment", "{")
_LONGEST = 1 << 14
"""Characters of a document that are looked at."""
_LITERAL = lazy_regex(
    rb'(\\")((?:\\\\(?:\\.|[^\\])|\\[^"\\]|[^"\\])*)(\\"|(?=["\\])|\Z)', re.DOTALL
)
"""A string of GraphQL in one of JSON: what it escapes is escaped twice."""
_NUMBER = lazy_regex(rb"(:\s*-?)([0-9][0-9.]*)")
_QUERY = lazy_regex(rb'"query"\s*:\s*"((?:[^"\\]|\\.)*)(?:"|\\?\Z)', re.DOTALL)
_DIGIT = lazy_regex(rb"[0-9]")
_INKED = lazy_regex(rb"[^{}()\s]")
_BLOCK = rb"\"\"\""
_SPELLED = (b"\\u0022", b"\\u005c", b"\\u005C")


def operation_of(body: Json) -> str:
    """Return the operation that a body asks for; nothing where that is not GraphQL."""
    if not isinstance(body, dict):
        return ""
    document, name = body.get("query"), body.get("operationName")
    name = name if isinstance(name, str) and _NAME.fullmatch(name) else ""
    if isinstance(document, str):
        return operation_in(document, name)
    extensions = body.get("extensions")
    kept = isinstance(extensions, dict) and "persistedQuery" in extensions
    return f"operation {name}" if kept and name else ""


def operation_in(document: str, name: str = "") -> str:
    """Return the operation of a document; nothing where it is no document.

    Args:
        document: Its text.
        name: Which of its operations is meant; empty where it has one.
    """
    text = _IGNORED.sub(" ", document[:_LONGEST]).strip()
    if not text.startswith(_TYPES) or "{" not in text:
        return ""
    kind, own = _operation(text, name)
    called = name or own
    if not called:
        field = _FIELD.search(text)
        called = field[1] if field and field[1] != "..." else ""
    return f"{kind} {called}".strip()


def _operation(text: str, name: str) -> tuple[str, str]:
    """Return the type and the name of the operation that is meant."""
    if text.startswith("{"):
        return "query", ""
    first = ("query", "")
    for place, found in enumerate(_OPERATION.finditer(text)):
        if not place:
            first = found[1], found[2] or ""
        if name and found[2] == name:
            return found[1], name
    return first


def failure_in(body: Json) -> Json:
    """Return the first error of an answer that has no data; None where it has."""
    if not isinstance(body, dict):
        return None
    errors, data = body.get("errors"), body.get("data")
    if not isinstance(errors, list) or not errors:
        return None
    empty = data is None or (
        isinstance(data, dict) and all(each is None for each in data.values())
    )
    return errors[0] if empty else None


def without_literals(text: bytes) -> bytes:
    """Return the JSON of a request whose documents have no literals, as long as it was.

    A document may have a password in it, which no key names.
    """
    return _QUERY.sub(_document, text)


def _document(found: re.Match[bytes]) -> bytes:
    whole, document = found[0], found[1]
    if _BLOCK in document or any(each in document for each in _SPELLED):
        shown = _between_first_and_last(document)
    else:
        shown = _LITERAL.sub(_hidden, document)
    shown = _NUMBER.sub(lambda each: each[1] + _DIGIT.sub(b"1", each[2]), shown)
    begin = found.start(1) - found.start()
    return whole[:begin] + shown + whole[begin + len(document) :]


def _hidden(found: re.Match[bytes]) -> bytes:
    return found[1] + b"x" * len(found[2]) + found[3]


def _between_first_and_last(document: bytes) -> bytes:
    """Return a document without all that may be in a literal, however it is spelled."""
    marks = [document.find(each) for each in (b'\\"', *_SPELLED)]
    begin = min(each for each in marks if each >= 0)
    shown = _INKED.sub(b"x", document[begin:])
    return document[:begin] + shown
