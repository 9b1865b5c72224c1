"""How an exchange passed over a broker, as values: the keys of its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from inspector.calls.passages import Passage
from inspector.filters.passages import OF_PASSAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol import Json, UndefinedType


class Passing:
    """What an exchange says of its hops; each is UNDEFINED over a direct carrier."""

    __slots__ = ()

    @property
    def _passage(self) -> Passage | Mapping[str, Any] | None:
        raise NotImplementedError

    @property
    def channel(self) -> str | UndefinedType:
        """Where its request was sent to: a subject, a topic, a queue."""
        return cast("str | UndefinedType", self._of_passage("channel"))

    @property
    def reply_channel(self) -> str | UndefinedType:
        """Where its request wants the replies."""
        return cast("str | UndefinedType", self._of_passage("reply_channel"))

    @property
    def hops(self) -> list[dict[str, Json]] | UndefinedType:
        """Its hops to the broker and from there, in the order of the capture."""
        return cast("list[dict[str, Json]] | UndefinedType", self._of_passage("hops"))

    @property
    def errands(self) -> list[dict[str, Json]] | UndefinedType:
        """What its carrier did for it, such as subscribing to its reply channel."""
        return cast(
            "list[dict[str, Json]] | UndefinedType", self._of_passage("errands")
        )

    @property
    def handlers(self) -> list[str] | UndefinedType:
        """Whom the request reached, as ``address:port``."""
        return cast("list[str] | UndefinedType", self._of_passage("handlers"))

    @property
    def queue_ns(self) -> int | UndefinedType:
        """From the broker's hands to the first handler, in nanoseconds."""
        return cast("int | UndefinedType", self._of_passage("queue_ns"))

    @property
    def handler_ns(self) -> int | UndefinedType:
        """From there to that handler's first reply, in nanoseconds."""
        return cast("int | UndefinedType", self._of_passage("handler_ns"))

    @property
    def return_ns(self) -> int | UndefinedType:
        """From the broker's hands back to the caller, in nanoseconds."""
        return cast("int | UndefinedType", self._of_passage("return_ns"))

    def _kept_passage(self) -> dict[str, Any]:
        """Return all of that by itself."""
        return {name: self._of_passage(name) for name in OF_PASSAGE}

    def _of_passage(self, name: str) -> Any:  # noqa: ANN401 — what the property says
        passage = self._passage
        if passage is None or isinstance(passage, Passage):
            return OF_PASSAGE[name](passage)
        return passage[name]
