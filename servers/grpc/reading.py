"""Messages as JSON, as their method describes them, and what its file lacks.

A field that a ``.proto`` file does not have is lost without a trace: its reader passes
over it, as readers of other versions are meant to. So it is said in the log, once for
each method and side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import JsonText
from protocol.descriptors import DescriptorError, read_known

if TYPE_CHECKING:
    from protocol.descriptors import Method
    from servers.logs import SafeLogger


class Reader:
    """Reads the messages of the other side.

    Args:
        logger: Where it is said what is lost.
    """

    def __init__(self, logger: SafeLogger) -> None:
        self._logger = logger
        self._said: set[tuple[str, bool]] = set()

    def request(self, data: bytes, method: Method) -> JsonText:
        """Return a message of a client.

        Raises:
            DescriptorError: It is not of its type.
        """
        return self._read(data, method, asks=True)

    def reply(self, data: bytes, method: Method) -> JsonText:
        """Return a message of a service.

        Raises:
            DescriptorError: It is not of its type.
        """
        return self._read(data, method, asks=False)

    def _read(self, data: bytes, method: Method, *, asks: bool) -> JsonText:
        kind = method.request if asks else method.reply
        what, name = "request" if asks else "reply", kind.DESCRIPTOR.full_name
        known = read_known(data, kind)
        if known is None:
            raise DescriptorError(f"the {what} is not a {name}")
        if known.unknown and (method.path, asks) not in self._said:
            self._said.add((method.path, asks))
            self._logger.warning(
                "%s: a %s has fields that %s does not have, which are lost: %s; "
                "was the other side built with another .proto file?",
                *(method.path, what, name, ", ".join(known.unknown)),
            )
        return JsonText(known.text)
