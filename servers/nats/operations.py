"""NATS's operations that carry messages, as bytes: what nats-py is too slow for.

::

    MSG subject sid [reply] size              ↵ body ↵
    HMSG subject sid [reply] headers total    ↵ headers body ↵
    PUB subject [reply] size                  ↵ body ↵
    HPUB subject [reply] headers total        ↵ headers body ↵

``↵`` is CR LF; ``total`` is the size of headers and body. All other operations are left
to whoever reads the rest.

Source: https://docs.nats.io/reference/reference-protocols/nats-protocol, "Protocol
messages"; ADR-4, "NATS Message Headers".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

_MESSAGE = re.compile(rb"MSG (\S+) (\d{1,18}) (?:(\S+) )?(\d{1,18})\r\n")
_HEADED = re.compile(rb"HMSG (\S+) (\d{1,18}) (?:(\S+) )?(\d{1,18}) (\d{1,18})\r\n")
_OTHER = re.compile(rb"(?:PING|PONG|\+OK|INFO [^\r\n]+|-ERR '[^\r\n]+')\r\n")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_END = b"\r\n"
_VERSION = b"NATS/1.0"
_STATUS = 3  # digits
_BREAKS = str.maketrans("\r\n", "  ")  # would end a header, and begin an operation

_LARGEST = 64 * 1024 * 1024
"""Bytes of a message: the most that a server's ``max_payload`` can be."""
_LONGEST = 64 * 1024
"""Bytes of a line that is waited for; of a server without options, 4096."""


class OversizedMessageError(ConnectionError):
    """A server announces a message that is larger than any can be."""


class Arrived(NamedTuple):
    """A message for a subscription.

    Attributes:
        sid: The number of the subscription.
        subject: What it was sent to.
        reply: Where the sender waits for replies; empty for nowhere.
        body: The body.
        headers: Names and values; what a server says itself is ``Status``.
    """

    sid: bytes
    subject: str
    reply: str
    body: bytes
    headers: Mapping[str, str]


_NO_HEADERS: Mapping[str, str] = {}


class OperationReader:
    """Take the messages of subscriptions out of what a server sends.

    Args:
        sids: The numbers of the subscriptions.

    Attributes:
        lost: Whether something has come that is no operation of a server. From there on
            everything is rest.
    """

    def __init__(self, sids: Container[bytes]) -> None:
        self.lost = False
        self._sids = sids
        self._buffer = bytearray()
        self._wanted = 0  # bytes, before which no message is whole; 0 for a line

    def receive(self, data: bytes) -> tuple[list[Arrived], bytes]:
        """Return the messages that are whole now, and everything else.

        Raises:
            OversizedMessageError: A message is larger than any can be.
        """
        if self.lost:
            return [], data
        if self._buffer:
            self._buffer += data
            if self._waits(data):
                return [], b""
            data, self._buffer = bytes(self._buffer), bytearray()
        return self._divide(data)

    def _waits(self, data: bytes) -> bool:
        """Whether with the newest bytes nothing is whole."""
        if self._wanted:
            return len(self._buffer) < self._wanted
        return b"\n" not in data and len(self._buffer) < _LONGEST

    def _divide(self, data: bytes) -> tuple[list[Arrived], bytes]:
        arrived: list[Arrived] = []
        rest: list[bytes] = []
        at, size = 0, len(data)
        match, sids = _MESSAGE.match, self._sids
        self._wanted = 0
        while at < size:
            found = match(data, at)
            if found is None:
                at = self._divide_unusual(data, at, arrived, rest)
                if self._buffer or self.lost:
                    break
                continue
            subject, sid, reply, length = found.groups()
            start = found.end()
            end = start + int(length)
            if end + 2 > size:
                self._keep(data, at, end + 2)
                break
            if sid in sids:
                body = data[start:end]
                arrived.append(_arrived(sid, subject, reply, body, _NO_HEADERS))
            else:
                rest.append(data[at : end + 2])
            at = end + 2
        return arrived, b"".join(rest)

    def _divide_unusual(
        self, data: bytes, at: int, arrived: list[Arrived], rest: list[bytes]
    ) -> int:
        """Take what is not a message without headers; return where it ends."""
        headed = _HEADED.match(data, at)
        if headed is not None:
            return self._divide_headed(data, headed, arrived, rest)
        other = _OTHER.match(data, at)
        if other is not None:
            rest.append(other[0])
            return other.end()
        if data.find(_END, at) < 0 and len(data) - at < _LONGEST:
            self._buffer += data[at:]
        else:
            self.lost = True
            rest.append(data[at:])
        return at

    def _divide_headed(
        self,
        data: bytes,
        found: re.Match[bytes],
        arrived: list[Arrived],
        rest: list[bytes],
    ) -> int:
        """Take a message with headers; return where it ends."""
        subject, sid, reply, length, total = found.groups()
        at, start = found.span()
        middle, end = start + int(length), start + int(total)
        if middle > end:
            self.lost = True
            rest.append(data[at:])
        elif end + 2 > len(data):
            self._keep(data, at, end + 2)
        elif sid in self._sids:
            headers = read_headers(data[start:middle])
            arrived.append(_arrived(sid, subject, reply, data[middle:end], headers))
        else:
            rest.append(data[at : end + 2])
        return end + 2

    def _keep(self, data: bytes, at: int, end: int) -> None:
        """Keep the beginning of a message until the rest of it has come.

        Raises:
            OversizedMessageError: It is larger than any can be.
        """
        self._wanted = end - at
        if self._wanted > _LARGEST + _LONGEST:
            raise OversizedMessageError(f"a message of {self._wanted:,} bytes")
        self._buffer += data[at:]


def _arrived(
    sid: bytes,
    subject: bytes,
    reply: bytes | None,
    body: bytes,
    headers: Mapping[str, str],
) -> Arrived:
    sent_to = str(subject, "utf-8", "backslashreplace")
    inbox = str(reply, "utf-8", "backslashreplace") if reply else ""
    return Arrived(sid, sent_to, inbox, body, headers)


def read_headers(block: bytes) -> dict[str, str]:
    """Return the headers of a message, as nats-py returns them.

    Of several of one name the last counts. What is no header is passed over.

    Args:
        block: From the version to the empty line.
    """
    first, _, rest = block.partition(_END)
    headers: dict[str, str] = {}
    status = first[len(_VERSION) + 1 :]
    if status:
        code, description = status[:_STATUS].strip(), status[_STATUS + 1 :]
        if code.isdigit():
            headers["Status"] = code.decode()
        if description:
            headers["Description"] = str(description, "utf-8", "replace")
    for line in rest.split(_END):
        field, colon, value = line.partition(b":")
        name = str(field.strip(), "ascii", "replace")
        if colon and "\ufffd" not in name and not any(map(str.isspace, name)):
            headers[name] = str(value.strip(), "utf-8", "replace")
    return headers


def header_block(headers: Mapping[str, str]) -> bytes:
    """Return headers as they are sent, from the version to the empty line.

    A line break in a value becomes a space.

    Raises:
        ValueError: A name is none.
    """
    lines = [_VERSION]
    for given, value in headers.items():
        name = given.strip()
        if not name:
            continue
        if not _NAME.fullmatch(name):
            raise ValueError(f"{given[:80]!r} is not the name of a header")
        lines.append(f"{name}: {value.strip().translate(_BREAKS)}".encode())
    return _END.join((*lines, _END))


def published(subject: str, reply: str, block: bytes, body: bytes) -> bytes:
    """Return a message that is to be sent.

    Args:
        subject: Where to; it has no spaces.
        reply: Where replies are awaited; empty for nowhere.
        block: As :func:`header_block` returns it; empty for no headers.
        body: The body.
    """
    to = f"{subject} {reply}" if reply else subject
    if not block:
        return b"PUB %b %d\r\n%b\r\n" % (to.encode(), len(body), body)
    sizes = len(block), len(block) + len(body)
    return b"HPUB %b %d %d\r\n%b%b\r\n" % (to.encode(), *sizes, block, body)
