"""Typed replies: the JSON text of a value, read into the type that its caller expects.

The readers are those of a service's parameters, so a type means the same on both sides.
That of a type is made once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

from protocol import UNDEFINED, Json, loads
from servers.declared import includes
from servers.errors import InvalidDataError, InvalidReplyError, UsageError
from servers.readers import reader_of

from .calls import Text

Read: TypeAlias = Callable[[Text], Any]
"""Makes a value of JSON text, or of UNDEFINED, where a reply has no value.

Raises:
    InvalidDataError: The text does not fit.
"""

_KEPT = 512  # types whose readers are kept


def plain(text: Text) -> Json:
    """Return what JSON text means, UNDEFINED for no text."""
    return UNDEFINED if text is UNDEFINED else loads(text)


# decision 115: Typed replies are read from their text, by the readers of handlers
def reading(returns: Any) -> Read:  # noqa: ANN401 — any type there is
    """Return what reads replies into a type; the plain one for None.

    Raises:
        UsageError: JSON cannot be read into the type.
    """
    if returns is None:
        return plain
    # Unions are equal in any order, in which pydantic tries their members.
    order = "" if isinstance(returns, type) else repr(returns)
    try:
        return _reading(returns, order)
    except TypeError:  # not hashable, as Annotated with a list
        return _reading.__wrapped__(returns, order)


@lru_cache(_KEPT)
def _reading(returns: Any, _order: str) -> Read:  # noqa: ANN401
    if returns in (Any, object):
        return plain
    decode, refused, again = reader_of(returns, "a reply", UsageError)
    may_be_absent = includes(returns, msgspec.UnsetType)

    def read(text: Text) -> Any:  # noqa: ANN401
        if text is UNDEFINED:
            if may_be_absent:
                return UNDEFINED
            raise InvalidDataError("Invalid data: there is no value")
        try:
            return decode(text)
        except refused as error:
            return again(text, error)

    return read


def read_reply(read: Read, text: Text, pattern: Json, address: str) -> Any:  # noqa: ANN401
    """Return the value of a reply.

    Args:
        read: Reads the text.
        text: What was received.
        pattern: What was called.
        address: ``host:port`` of the server.

    Raises:
        InvalidReplyError: The text does not fit.
    """
    try:
        return read(text)
    except InvalidDataError as error:
        reason = str(error).removeprefix("Invalid data: ")
        raise InvalidReplyError(reason, plain(text), pattern, address) from None
