"""One connection to a server that is graded."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from inspector.conformance.card import FailedError
from inspector.conformance.matching import ends_call, same
from inspector.conformance.reading import Frame, Reader
from protocol import encode_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from inspector.conformance.card import Transcript
    from protocol import Json

_READ = 1 << 16  # bytes


class Line:
    """A connection that writes what it is given, and reads whatever comes.

    Args:
        address: Host and port.
        patience_s: Seconds to wait for what has to come.
        transcript: Takes what passes.

    Raises:
        FailedError: Nobody accepts the connection.
    """

    def __init__(
        self, address: tuple[str, int], patience_s: float, transcript: Transcript
    ) -> None:
        self._patience_s, self._transcript = patience_s, transcript
        self._reader = Reader()
        self._ended = self._reset = False
        self.frames: list[Frame] = []
        """All that came, in order."""
        try:
            self._socket = socket.create_connection(address, patience_s)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise FailedError(f"no new connection is accepted: {reason}") from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def write(self, *pieces: bytes, pause_s: float = 0) -> None:
        """Write pieces, each in a segment of its own.

        A peer that has closed is not an error here: what is read says so.
        """
        for piece in pieces:
            self._transcript.add_sent(piece)
            with suppress(OSError):
                self._socket.sendall(piece)
            if pause_s:
                time.sleep(pause_s)

    def send(self, *bodies: bytes) -> None:
        """Write packets as frames, all in one write."""
        self.write(b"".join(map(encode_frame, bodies)))

    def say_no_more(self) -> None:
        """Send a FIN, and go on to read."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def replies(self, call_id: Json) -> list[Frame]:
        """Return the replies to a request, once it is over.

        Raises:
            FailedError: It does not get over, or the connection ends.
        """
        self._await(lambda: self._is_over(call_id), "reply")
        return self.replies_so_far(call_id)

    def replies_so_far(self, call_id: Json) -> list[Frame]:
        """Return the replies with an id, which is compared as Nest does: exactly."""
        return [each for each in self.frames if same(each.members.get("id"), call_id)]

    def first(self, count: int) -> list[Frame]:
        """Return the first frames, once as many have come.

        Raises:
            FailedError: They do not.
        """
        self._await(lambda: len(self.frames) >= count, "reply")
        return self.frames[:count]

    def listen(self, seconds: float) -> list[Frame]:
        """Return what has come after some more time."""
        until = time.monotonic() + seconds
        while not self._ended and (left := until - time.monotonic()) > 0:
            self._read(left)
        return self.frames

    def has_ended(self) -> bool:
        """Return whether the server ends its side, in time."""
        until = time.monotonic() + self._patience_s
        while not self._ended and (left := until - time.monotonic()) > 0:
            self._read(left)
        return self._ended

    @property
    def rest(self) -> bytes:
        """What came, and is no frame."""
        return self._reader.held

    def _is_over(self, call_id: Json) -> bool:
        return any(ends_call(each.members) for each in self.replies_so_far(call_id))

    def _await(self, done: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + self._patience_s
        while not done():
            left = until - time.monotonic()
            if self._reader.broken:
                raise FailedError(self._reader.broken)
            if self._ended or left <= 0:
                self._take(b"", last=True)
                if done():
                    return
                raise FailedError(self._why_not(what))
            self._read(left)

    def _why_not(self, what: str) -> str:
        if self._reader.broken:
            return self._reader.broken
        seen = f"no {what}"
        if self.frames:
            seen = "the call does not end"
        if self._ended:
            how = "reset" if self._reset else "closed"
            return f"{seen}: the connection was {how}"
        return f"{seen} within {self._patience_s:g} s"

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._socket], [], [], seconds)
        if not ready:
            return
        try:
            data = self._socket.recv(_READ)
        except OSError:
            data, self._reset = b"", True
        if data:
            self._transcript.add_came(data)
        else:
            self._ended = True
        self._take(data, last=not data)

    def _take(self, data: bytes, *, last: bool) -> None:
        self.frames += self._reader.feed(data, last=last)
