"""Everything that can be wrong with the bytes or the objects of this protocol.

ProtocolError
├── EncodeError                       we were asked to send what the wire cannot carry
└── DecodeError                       the peer sent what the protocol does not allow
    ├── FramingError                  … where the next frame begins is unknown
    │   ├── CorruptedLengthError          the bytes before the ``#`` are not a number
    │   ├── SplitCharacterError           the length ends between two surrogates
    │   ├── BufferLimitError              more is buffered than Nest's reader holds
    │   ├── FrameTooLongError             the length is above our reader's own limit
    │   └── TruncatedFrameError           the stream ended inside a frame
    └── PacketError                   … but the next frame can still be read
        ├── InvalidJsonError              the body is not JSON
        └── UnknownPacketError            the JSON is not a request, event or response

The tree is split by what the reader can still do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def reduced(error: Exception) -> tuple[Any, ...]:
    """Return how pickle makes an equal error, for ``__reduce__``.

    By default an exception is unpickled by a call of its class with ``args``, the
    arguments of ``Exception.__init__``, which need not be those of the class. Here the
    class is not called: ``args`` and the attributes are restored.
    """
    return _restored, (type(error), error.args), vars(error)


def _restored(kind: type[Exception], arguments: tuple[Any, ...]) -> Exception:
    error = kind.__new__(kind, *arguments)
    error.args = arguments  # which OSError leaves to its own __init__
    return error


class ProtocolError(Exception):
    """The protocol was broken, by us or by the peer."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle makes an equal error."""
        return reduced(self)


class EncodeError(ProtocolError):
    """The object has no representation on the wire."""


class DecodeError(ProtocolError):
    """The peer's bytes have no meaning in this protocol.

    Attributes:
        reason: What is wrong, without the place; suitable for grouping.
        offset: Bytes from the start of the stream to the first byte of the
            frame at fault.
    """

    def __init__(self, reason: str, *, offset: int = 0) -> None:
        super().__init__(reason, offset)
        self.reason = reason
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.reason} (frame at byte {self.offset})"


class FramingError(DecodeError):
    """Where the next frame begins can no longer be known."""


class CorruptedLengthError(FramingError):
    """The bytes before the ``#`` are not a number to JavaScript's parseInt.

    Source: ``packages/microservices/errors/corrupted-packet-length.exception.ts``.
    """


class SplitCharacterError(FramingError):
    """The length ends between the two UTF-16 code units of one character.

    Nest cuts the character in two and answers with an invalid-JSON error.
    """


class BufferLimitError(FramingError):
    """More text is buffered than Nest's reader holds.

    Source: ``packages/microservices/errors/max-packet-length-exceeded.exception.ts``.
    """


class FrameTooLongError(FramingError):
    """The declared length is above the limit that our caller has set."""


class TruncatedFrameError(FramingError):
    """The stream ended inside a frame."""


class PacketError(DecodeError):
    """This frame says nothing, but the next one can still be read."""


class InvalidJsonError(PacketError):
    """The body is not JSON.

    Source: ``packages/microservices/errors/invalid-json-format.exception.ts``.
    """


class UnknownPacketError(PacketError):
    """The body is JSON, but no request, event or response."""
