"""Units of frames: the packets that they say, and what is written of them.

::

    HEADERS, DATA of a client      ─► Request      and each further message: CallErrand
    HEADERS, DATA of a server      ─► Response
    trailers, RST_STREAM of one    ─► the Response that ends a call
    all else of a stream           ─► CallErrand, of the connection Idle

The status of a call is in its last packet: an ``err`` with ``code``, ``status`` and
``message``, as clients are given them, or the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from inspector.carriers.base import Idle
from inspector.carriers.sessions import WrittenTransfer
from inspector.carriers.streamed import UNREAD_STATUS, CallErrand
from protocol import UNDEFINED, Json, JsonText, Request, Response, dumps

from . import statuses
from .concealing import shown_error, shown_metadata, shown_path
from .frames import HEAD
from .side import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inspector.carriers.base import Concealment, Side, Unit
    from protocol import Packet, UndefinedType

    from .calls import Call
    from .frames import Frame

_OURS = {
    "content-type",
    "te",
    "user-agent",
    "accept-encoding",
    "grpc-accept-encoding",
    "grpc-status",
    "grpc-message",
    "date",
    "server",
}
"""Fields that are no metadata of an application's."""
_IDENTITY = "identity"
_OK_HTTP = "200"


class Maker:
    """Makes units of one connection.

    Attributes:
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self.conceal = conceal

    def request(  # noqa: PLR0913, PLR0917 — what a request is made of
        self,
        side: Side,
        stream: int,
        call: Call,
        said: Mapping[str, str],
        text: JsonText | UndefinedType,
        parts: Sequence[Part],
    ) -> WrittenTransfer:
        """Return the request that a call begins with."""
        path = call.path
        if self.conceal is not None:
            path = shown_path(path, self.conceal)
        packet = Request(path, stream, text, self._metadata(said))
        return self._transfer(side, packet, text, parts)

    def reply(
        self,
        side: Side,
        stream: int,
        text: JsonText | UndefinedType,
        parts: Sequence[Part],
    ) -> Unit:
        """Return a message of a server."""
        return self._transfer(side, Response(stream, text), text, parts)

    def end(
        self, side: Side, stream: int, said: Mapping[str, str], parts: Sequence[Part]
    ) -> Unit:
        """Return the end of a call, by trailers."""
        code, message = _status_of(said)
        if code is None or code == statuses.OK:
            packet = Response(stream, is_disposed=True)
            unit = self._transfer(side, packet, UNDEFINED, parts)
            unit.facts = None if code is not None else {UNREAD_STATUS: True}
            return unit
        return self.failed(side, stream, code, message, parts)

    def failed(
        self, side: Side, stream: int, code: int, message: str, parts: Sequence[Part]
    ) -> Unit:
        """Return the end of a call by an error."""
        error: Json = {
            "code": code,
            "status": statuses.name_of(code),
            "message": message,
        }
        text = JsonText(dumps(error))
        if self.conceal is not None:
            text = JsonText(shown_error(text, self.conceal))
        packet = Response(stream, err=text, is_disposed=True)
        return self._transfer(side, packet, text, parts)

    def reset(self, side: Side, frame: Frame, *, over: bool, answers: bool) -> Unit:
        """Return the end of a call before its time.

        Args:
            side: Who ends it.
            frame: RST_STREAM.
            over: Whether the call had ended before.
            answers: Whether that is the answer to it.
        """
        stream, code = frame.head.stream, int.from_bytes(frame.data[HEAD:], "big")
        verb = f"RST_STREAM {statuses.error_name(code)}"
        part = Part(frame.begin, frame.data, frame.data)
        if not answers:
            return self.errand(side, stream, verb, [part], ends=not over)
        status = statuses.status_of_error(code)
        return self.failed(side, stream, status, verb, [part])

    def errand(  # noqa: PLR0913 — what an errand may be
        self,
        side: Side,
        stream: int,
        verb: str,
        parts: Sequence[Part],
        *,
        message: JsonText | UndefinedType = UNDEFINED,
        listed: bool = False,
        ends: bool = False,
    ) -> Unit:
        """Return a unit of a call that is no packet."""
        text, original = self._texts(parts)
        return CallErrand(
            side=side,
            begin=parts[0].begin,
            end=parts[-1].end,
            verb=verb,
            about=(stream,),
            message=message,
            listed=listed,
            ends=ends,
            text=text,
            original=original,
        )

    def idle(self, side: Side, verb: str, parts: Sequence[Part]) -> Unit:
        """Return a unit of the connection."""
        text, original = self._texts(parts)
        begin, end = parts[0].begin, parts[-1].end
        return Idle(
            side=side, begin=begin, end=end, verb=verb, text=text, original=original
        )

    def _metadata(self, said: Mapping[str, str]) -> JsonText | UndefinedType:
        """Return the metadata of a request."""
        found = metadata_in(said)
        if not found:
            return UNDEFINED
        text = dumps(found)
        if self.conceal is not None:
            text = shown_metadata(text, self.conceal)
        return JsonText(text)

    def _texts(self, parts: Sequence[Part]) -> tuple[bytes, bytes]:
        """Return the bytes of a unit as they may be written, and as they travelled."""
        if self.conceal is None:
            return b"", b""
        shown = b"".join(part.shown for part in parts)
        return shown, b"".join(part.sent for part in parts)

    def _transfer(
        self,
        side: Side,
        packet: Packet,
        text: JsonText | UndefinedType,
        parts: Sequence[Part],
    ) -> WrittenTransfer:
        shown, sent = self._texts(parts)
        return WrittenTransfer(
            side=side,
            begin=parts[0].begin,
            end=parts[-1].end,
            packet=packet,
            body=b"" if text is UNDEFINED else bytes(text),
            sent=sent,
            shown=shown,
        )


def metadata_in(said: Mapping[str, str]) -> dict[str, Json]:
    """Return what of a header block is an application's."""
    return {
        name: value
        for name, value in said.items()
        if not name.startswith(":")
        and name not in _OURS
        and not (name == "grpc-encoding" and value == _IDENTITY)
    }


def _status_of(said: Mapping[str, str]) -> tuple[int | None, str]:
    """Return the status of a call, and its message; None where it cannot be read."""
    code = said.get("grpc-status", "")
    message = unquote_to_bytes(said.get("grpc-message", "")).decode("utf-8", "replace")
    if code.isdecimal():
        return int(code[:9]), message
    http = said.get(":status", _OK_HTTP)
    if http == _OK_HTTP:
        return None, ""
    return statuses.status_of_http(http), message or f"HTTP {http}"
