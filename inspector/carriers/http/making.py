"""Units of messages: packets, parts of bodies, and what is written of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Idle, Skipped
from inspector.carriers.sessions import WrittenTransfer
from inspector.carriers.web.heads import read_head
from protocol import UNDEFINED, JsonText, Request, Response, UndefinedType
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .contents import Content, error_of, read_content
from .events import read_event
from .requests import metadata_of, pattern_of, query_of, shown_path

if TYPE_CHECKING:
    import re
    from collections.abc import Hashable, Sequence

    from inspector.carriers.base import Concealment, Side, Unit
    from inspector.carriers.web.heads import Head
    from protocol import Packet

    from .bodies import Reach

_X = b"x"
_REASONS = {each.phrase.encode() for each in HTTPStatus}
_TARGET = lazy_regex(rb"(?P<method>[A-Z]+ )(?P<path>[^\s?]*)(?P<query>\?\S*)?")
_PARAMETER = lazy_regex(rb"(?<=[?&])(?:([^=&]*=)([^&]*)|[^=&]+)")
_SCHEME = lazy_regex(
    rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*|(?:\[[^\]/]*\]|[^/:]*):[0-9]+\Z"
)
_REASON = lazy_regex(rb"HTTP/1\.[01] [1-5][0-9]{2} ([^\r\n]*)")


class Piece(NamedTuple):
    """Bytes of a message that are a unit.

    Attributes:
        side: Who sent them.
        begin: The place of the first.
        raw: The bytes.
        reach: Where in them what of the body is.
        key: What joins a request and its response.
        headed: Whether they begin with the head.
    """

    side: Side
    begin: int
    raw: bytes
    reach: Reach
    key: Hashable
    headed: bool


class Maker:
    """Make the units of one connection.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self._conceal = conceal

    def shown(self, head: Head) -> Head:
        """Return a head as it may be shown."""
        if self._conceal is None:
            return head
        data = _shown_head(head, self._conceal)
        return read_head(data, head.begin) or head

    def request(self, piece: Piece, head: Head, *, part: bool = False) -> Unit:
        """Return a request, with all of its body or with the first part of that."""
        shown, data = self.shown(head), bytes(piece.reach.content)
        content = self._read(data, shown, b"data", part=part)
        text = content.text
        if text is UNDEFINED and not data:
            text = query_of(shown)
        pattern, metadata = pattern_of(shown, content.value), metadata_of(shown)
        packet = Request(pattern, 0, text, metadata)
        return self._transfer(piece, shown, packet, text, content.shown)

    def response(self, piece: Piece, head: Head) -> Unit:
        """Return a response that is complete: of a last part, the body is not known."""
        shown, data = self.shown(head), bytes(piece.reach.content)
        content = self._read(data, shown, b"response", part=not piece.headed)
        err = error_of(shown, content)
        value = content.text if err is UNDEFINED else UNDEFINED
        packet = Response(0, value, err, is_disposed=True, status=_status(head))
        return self._transfer(piece, shown, packet, content.text, content.shown)

    def broken(self, piece: Piece, head: Head) -> Unit:
        """Return a message whose end the capture lacks, with nothing of its body."""
        shown = self.shown(head)
        packet: Packet
        if head.method:
            metadata = metadata_of(shown)
            packet = Request(pattern_of(shown, UNDEFINED), 0, UNDEFINED, metadata)
        else:
            nothing = read_content(b"", shown, None, key=b"response")
            packet = Response(0, err=error_of(shown, nothing), status=_status(head))
        return self._transfer(piece, shown, packet, UNDEFINED, None)

    def event(self, piece: Piece, head: Head, size: int) -> Unit:
        """Return a server-sent event, so much of the content that was read."""
        event = read_event(bytes(piece.reach.content[:size]), self._conceal)
        extra = {} if event.name is UNDEFINED else {"event": event.name}
        status = _status(head) if piece.headed else UNDEFINED
        packet = Response(0, event.value, status=status, extra=extra)
        shown = self.shown(head)
        return self._transfer(piece, shown, packet, event.value, event.shown)

    def ended(self, piece: Piece, head: Head) -> Unit:
        """Return the end of a stream of events."""
        packet = Response(0, is_disposed=True, status=_status(head))
        return self._transfer(piece, head, packet, UNDEFINED, None)

    def part(self, piece: Piece, head: Head) -> Unit:
        """Return a part of a body that is too long to be kept."""
        said = self._said(piece, self.shown(head), None)
        conceals = self._conceal is not None
        return Errand(
            side=piece.side,
            begin=piece.begin,
            end=piece.begin + len(piece.raw),
            verb="body",
            about=(piece.key,),
            text=said,
            original=piece.raw if conceals else b"",
        )

    def interim(self, side: Side, head: Head) -> Unit:
        """Return a response that another one follows."""
        conceals = self._conceal is not None
        return Idle(
            side=side,
            begin=head.begin,
            end=head.end,
            verb=f"{head.status}",
            text=self.shown(head).data,
            original=head.data if conceals else b"",
        )

    def _read(self, data: bytes, head: Head, key: bytes, *, part: bool) -> Content:
        """Return a body; nothing of one of which this is a part."""
        if not part:
            return read_content(data, head, self._conceal, key=key)
        shown = data if self._conceal is None else _X * len(data)
        return Content(UNDEFINED, UNDEFINED, shown)

    def _said(self, piece: Piece, head: Head, content: bytes | None) -> bytes:
        """Return the bytes of a unit as they may be written.

        Args:
            piece: The bytes.
            head: What may be shown of the head.
            content: What may be shown of the content; None for nothing.
        """
        if self._conceal is None:
            return piece.raw
        size, reach = len(piece.raw), piece.reach
        shown = bytearray(piece.raw)
        if piece.headed:
            shown[: len(head.data)] = head.data
        for begin, end in _inside(reach.hidden, size):
            shown[begin:end] = _X * (end - begin)
        done = 0
        for begin, end in _inside(reach.spans, size):
            count = end - begin
            part = None if content is None else content[done : done + count]
            shown[begin:end] = _X * count if part is None else part
            done += count
        return bytes(shown)

    def _transfer(
        self,
        piece: Piece,
        head: Head,
        packet: Packet,
        text: JsonText | UndefinedType,
        content: bytes | None,
    ) -> WrittenTransfer:
        """Return a packet, and what may be shown of its head and its content."""
        conceals = self._conceal is not None
        return WrittenTransfer(
            side=piece.side,
            begin=piece.begin,
            end=piece.begin + len(piece.raw),
            packet=packet,
            body=b"" if text is UNDEFINED else bytes(text),
            correlation=piece.key,
            sent=piece.raw if conceals else b"",
            shown=self._said(piece, head, content) if conceals else b"",
        )


def skipped(side: Side, begin: int, end: int) -> Unit:
    """Return bytes of which nothing is read."""
    return Skipped(side=side, begin=begin, end=end)


def _status(head: Head) -> JsonText:
    return JsonText(f"{head.status}".encode())


def _inside(spans: Sequence[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Return the spans in the first bytes, so many of them."""
    return [(begin, min(end, size)) for begin, end in spans if begin < size]


def _shown_head(head: Head, conceal: Concealment) -> bytes:
    """Return a head without its secrets, in as many bytes."""
    data = bytearray(head.data)
    for begin, end in head.secret:
        data[begin - head.begin : end - head.begin] = _X * (end - begin)
    if not head.method:
        reason = _REASON.match(data)
        if reason is not None and reason[1] not in _REASONS:
            data[reason.start(1) : reason.end(1)] = _X * len(reason[1])
        return bytes(data)
    line = _TARGET.match(data)
    assert line is not None
    path = bytes(line["path"])
    lead = _SCHEME.match(path)
    kept = lead.end() if lead else 0
    begin, end = line.span("path")
    data[begin + kept : end] = shown_path(path[kept:], conceal)
    if line["query"]:
        begin, end = line.span("query")
        data[begin:end] = _PARAMETER.sub(_without_value, bytes(line["query"]))
    return bytes(data)


def _without_value(found: re.Match[bytes]) -> bytes:
    name = found[1]
    if name is None:
        return _X * len(found[0])
    return name + _X * len(found[2])
