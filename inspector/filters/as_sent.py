"""Values and payloads as a JSON line has them: as they travelled, in UTF-8."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import UNDEFINED, Json, JsonText, Response, UndefinedType, dumps

# A number is looked for in bytes in a tenth of the time that bytes of one are.
_LINE_FEED, _RETURN = b"\n\r"


class _ReplyLine(msgspec.Struct, gc=False):
    """The keys of a reply; a struct is the quickest to encode."""

    err: Any
    response: Any
    isDisposed: Any  # noqa: N815 — as on the wire
    status: Any


def value_as_sent(value: Json) -> Any:  # noqa: ANN401 — a JSON value, or its text
    """Return a value that msgspec can encode, lone surrogates included."""
    if value is UNDEFINED or (type(value) is str and value.isascii()):
        return value
    return JsonText(dumps(value))


def payload_as_sent(payload: JsonText | UndefinedType) -> JsonText | UndefinedType:
    """Return a payload on one line; bytes that are not UTF-8 are replaced."""
    if payload is UNDEFINED:
        return UNDEFINED
    text = bytes(payload)
    if text.isascii() and _LINE_FEED not in text and _RETURN not in text:
        return payload
    try:
        text.decode()
    except UnicodeDecodeError:
        text = text.decode("utf-8", "replace").encode()
    return JsonText(text.replace(b"\r", b" ").replace(b"\n", b" "))


def replies_as_sent(replies: list[Response]) -> list[Any]:
    """Return replies as they travelled, without their id."""
    return [_reply(reply) for reply in replies]


def printable(text: str) -> str:
    """Return a text without what UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode()


def present(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that are not absent."""
    return {key: value for key, value in members.items() if value is not UNDEFINED}


def _reply(reply: Response) -> _ReplyLine | dict[str, Any]:
    err, status = reply.err, reply.status  # which hardly any reply has
    line = _ReplyLine(
        err if err is UNDEFINED else payload_as_sent(err),
        payload_as_sent(reply.response),
        True if reply.is_disposed else UNDEFINED,
        status if status is UNDEFINED else payload_as_sent(status),
    )
    if not reply.extra:
        return line
    extra = {printable(key): payload_as_sent(text) for key, text in reply.extra.items()}
    return present(msgspec.structs.asdict(line)) | extra
