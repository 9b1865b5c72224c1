"""A caller that looks at what it sends for integers that JavaScript rounds.

What was looked at is JSON text already, and is sent as that: it is written once, and
an iterator yields its values once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import UNDEFINED
from servers.errors import named
from servers.records import Record

from .caller import Caller
from .packets import checked_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json
    from servers.hooks import Hooks
    from servers.integers import Integers
    from servers.limits import Limits

    from .middleware import Outgoing
    from .streams import Values
    from .wire import Wires


class CheckingCaller(Caller):
    """Make the calls of a client whose option ``unsafe_integers`` asks for a check.

    Args:
        integers: Refuses, or warns.
        wires: The ways to the servers.
        limits: How much servers may make us buffer, and how long wait.
        hooks: Callbacks for calls; None for no callbacks.
        successor: Returns the caller of the event loop that runs.
    """

    def __init__(
        self,
        integers: Integers,
        wires: Wires,
        limits: Limits,
        hooks: Hooks | None,
        successor: Callable[[], Caller],
    ) -> None:
        super().__init__(wires, limits, hooks, successor)
        self._integers = integers

    async def send(
        self, pattern: Json, data: Json, metadata: Json, seconds: float | None
    ) -> Json:
        """Send a message and return the last value of its reply.

        Raises:
            EncodeError: An integer is refused.
            CallError: The reply has no value.
        """
        data, metadata = self._checked(pattern, data, metadata)
        return await super().send(pattern, data, metadata, seconds)

    def begin(self, *_: object) -> None:
        """Begin nothing at once: what is looked at is sent by :meth:`send`."""

    async def read(self, outgoing: Outgoing, tried: list[str] | None = None) -> Any:  # noqa: ANN401
        """Send a message; return the last value of its reply, of the type expected.

        Raises:
            EncodeError: An integer is refused.
            CallError: The reply has no value, or not of this type.
        """
        return await super().read(self._looked_at(outgoing), tried)

    async def values(
        self, outgoing: Outgoing, tried: list[str] | None = None
    ) -> Values:
        """Send a message; return an iterator over the values of its reply.

        Raises:
            EncodeError: An integer is refused.
            ConnectError: No connection could be made.
        """
        return await super().values(self._looked_at(outgoing), tried)

    async def _event(self, outgoing: Outgoing) -> None:
        await super()._event(self._looked_at(outgoing))

    def _looked_at(self, outgoing: Outgoing) -> Outgoing:
        data, metadata = self._checked(
            outgoing.pattern, outgoing.data, outgoing.metadata
        )
        return outgoing.replace(data=data, metadata=metadata)

    def _checked(self, pattern: Json, data: Json, metadata: Json) -> tuple[Json, Json]:
        """Return data and metadata as text.

        Raises:
            EncodeError: One of the three has an integer that is refused.
            PatternError: The pattern is not a pattern.
            InvalidMessageError: The pattern is None or UNDEFINED.
        """
        if type(pattern) is not str:
            pattern = checked_pattern(pattern)
        text_of, route = self._integers.text_of, named(pattern)
        if type(pattern) is not str:
            text_of(pattern, route, "pattern")
        if isinstance(data, Record):
            text = text_of(data.data, route, "data")
            data = msgspec.structs.replace(data, data=text)
        elif data is not None and data is not UNDEFINED:
            data = text_of(data, route, "data")
        if metadata is not UNDEFINED:
            metadata = text_of(metadata, route, "metadata")
        return data, metadata
