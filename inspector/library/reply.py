"""A reply as a value."""

from __future__ import annotations

import msgspec

from protocol import UNDEFINED, Json, JsonText, Response, UndefinedType, loads

from .reprs import shortened


class Reply(msgspec.Struct, frozen=True):
    """One answer to a request; a stream is several, the last ``is_disposed``.

    Attributes:
        response: A value; UNDEFINED if absent.
        err: What the handler threw; UNDEFINED where it threw nothing.
        is_disposed: Whether the server says that no more will come.
        status: ``"error"`` in the reply to a request that nobody handles.
        extra: Keys that Nest does not know, with their values.
    """

    response: Json = UNDEFINED
    err: Json = UNDEFINED
    is_disposed: bool = False
    status: Json = UNDEFINED
    extra: dict[str, Json] = {}

    @classmethod
    def of(cls, reply: Response) -> Reply:
        """Return what a response on the wire says."""
        return cls(
            payload_value(reply.response),
            payload_value(reply.err),
            reply.is_disposed,
            payload_value(reply.status),
            {key: loads(text) for key, text in reply.extra.items()}
            if reply.extra
            else {},
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the reply as its JSON line has it, absent keys left out."""
        members = {"err": self.err, "response": self.response}
        members["isDisposed"] = self.is_disposed or UNDEFINED
        members["status"] = self.status
        return present(members | self.extra)

    def __str__(self) -> str:
        if self.err is UNDEFINED:
            return shortened(self.response) or "no value"
        message = self.err.get("message") if isinstance(self.err, dict) else None
        return f"error {shortened(self.err if message is None else message)}"


def payload_value(payload: JsonText | UndefinedType | Json) -> Json:
    """Return what a payload says; a value that is decoded already, as it is."""
    return loads(payload) if isinstance(payload, JsonText) else payload


def present(members: dict[str, Json]) -> dict[str, Json]:
    """Return members without those that are absent."""
    return {name: value for name, value in members.items() if value is not UNDEFINED}
