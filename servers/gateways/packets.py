"""Packets of Socket.IO from what a client sends: text, and attachments after it.

python-socketio reads them; here what they carry stays the JSON text that came, and
what they may carry has limits.
"""

from __future__ import annotations

from typing import Any

from socketio import packet

from protocol import UNDEFINED, Json, JsonText, UndefinedType, loads
from servers.payloads import to_text

from .members import elements_of

CONNECT, DISCONNECT, EVENT, ACK = (
    packet.CONNECT,
    packet.DISCONNECT,
    packet.EVENT,
    packet.ACK,
)
_OF_BYTES: dict[int, int] = {packet.BINARY_EVENT: EVENT, packet.BINARY_ACK: ACK}
_ATTACHMENTS = 1_000
"""The most attachments of a packet; each costs its client at least a frame."""


class _Texts:
    """A module of JSON for python-socketio, which leaves the members of arrays as text.

    So numbers and strings reach a handler as they do over TCP.
    """

    @staticmethod
    def loads(text: str) -> Any:  # noqa: ANN401 — an array of texts, or JSON
        return elements_of(text) if text.startswith("[") else loads(text)


class Packet(packet.Packet):  # type: ignore[misc]  # without types
    """A packet that a client has sent.

    Attributes:
        packet_type: What it is.
        namespace: The place; None for ``/``.
        id: The number of an acknowledgement; None for none.
        data: What it carries; of an event and an acknowledgement an array of texts.
    """

    json = _Texts

    def __init__(self, encoded: str) -> None:
        super().__init__(encoded_packet=encoded)
        if self.attachment_count > _ATTACHMENTS:
            raise ValueError("too many attachments")
        self._size = 0

    @property
    def kind(self) -> int:
        """What it is, whether with attachments or without."""
        kind: int = self.packet_type
        return _OF_BYTES.get(kind, kind)

    @property
    def whole(self) -> bool:
        """Whether all its attachments have come."""
        return bool(self.attachment_count == len(self.attachments))

    def attach(self, attachment: object, most: int) -> None:
        """Take an attachment; the last one completes the data.

        Args:
            attachment: What came.
            most: Bytes of all of them together.

        Raises:
            ValueError: That is no attachment, or they are too large.
        """
        if not isinstance(attachment, bytes):
            raise ValueError("no attachment, but a text")  # noqa: TRY004 — it is parsed
        self._size += len(attachment)
        if self._size > most:
            raise ValueError(f"attachments of more than {most} bytes")
        self.add_attachment(attachment)

    @classmethod
    def reconstruct_binary(cls, data: list[bytes], attachments: list[bytes]) -> Any:  # noqa: ANN401
        """Return what it carries with the attachments in it, as texts in Base64."""
        values = [loads(each) for each in data]
        whole = super().reconstruct_binary(values, attachments)
        return [to_text(each) for each in whole]

    def event(self) -> tuple[str, JsonText | UndefinedType]:
        """Return the name of an event, and the JSON text of what it carries.

        One argument is what it carries; several are a list, as in Nest.

        Raises:
            ValueError: It has no name.
        """
        name, *arguments = self.data or [b"null"]
        event = loads(name)
        if not isinstance(event, str):
            raise ValueError("an event without a name")  # noqa: TRY004 — it is parsed
        if not arguments:
            return event, UNDEFINED
        if len(arguments) == 1:
            return event, JsonText(arguments[0])
        return event, JsonText(b"[%b]" % b",".join(arguments))

    def values(self) -> list[Json]:
        """Return the values of an acknowledgement."""
        return [loads(each) for each in self.data or []]
