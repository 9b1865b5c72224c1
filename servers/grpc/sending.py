"""Messages of a client: one, a list, or whatever can be iterated over.

JSON has no streams, so a letter carries one beside its body: an iterable whose messages
are taken as the call goes on, each when the one before has left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakSet

import grpc
import msgspec

from protocol import UNDEFINED, Response, dumps, loads, parse_body
from protocol.descriptors import DescriptorError, write_message
from servers.brokers import letters
from servers.brokers.letters import Letter
from servers.client.packets import Bodies
from servers.errors import CallError
from servers.records import Record

if TYPE_CHECKING:
    from protocol import Json
    from protocol.descriptors import Method

Messages: TypeAlias = Iterable[Any] | AsyncIterable[Any]
_VALUES = (str, bytes, bytearray, memoryview, Mapping, list, tuple, set, frozenset)
"""What JSON holds as it is, though it can be iterated over."""
_begun: WeakSet[Any] = WeakSet()  # iterators of which messages were taken


# decision 173
class StreamLetter(Letter):
    """The body of a request whose messages come as its call goes on.

    Attributes:
        messages: The messages.
    """

    messages: Messages


def request_letter(pattern: Json, data: Json, metadata: Json, identity: str) -> Letter:
    """Return a request; its data may be a stream of messages.

    Raises:
        InvalidMessageError: The pattern or the data is None or UNDEFINED.
        PatternError: The pattern is not a pattern.
        EncodeError: JSON cannot hold the data.
    """
    inner = data.data if isinstance(data, Record) else data
    if not is_stream(inner):
        return letters.request_letter(pattern, data, metadata, identity)
    empty: Json = []
    if isinstance(data, Record):
        empty = msgspec.structs.replace(data, data=empty)
    plain = letters.request_letter(pattern, empty, metadata, identity)
    letter = StreamLetter(plain)
    letter.channel, letter.record, letter.messages = plain.channel, plain.record, inner
    return letter


LETTERS = Bodies(request_letter, letters.event_letter)


def is_stream(data: object) -> bool:
    """Whether something is a stream of messages, and no value of JSON."""
    if isinstance(data, AsyncIterable):
        return True
    return isinstance(data, Iterable) and not isinstance(
        data, (*_VALUES, msgspec.Struct)
    )


def sent(letter: Letter, method: Method) -> bytes | Sending:
    """Return what a call sends: a message, or a stream of them.

    Raises:
        DescriptorError: A message is not of its type, or a stream is sent where one
            message is taken.
    """
    if isinstance(letter, StreamLetter):
        if not method.takes_stream:
            raise DescriptorError(_one_message(method, "a stream"))
        return Sending(letter.messages, method)
    packet = parse_body(letter)
    assert not isinstance(packet, Response)
    data = None if packet.data is UNDEFINED else loads(packet.data)
    if not method.takes_stream:
        return _message(data, method)
    values = data if isinstance(data, list) else [data]
    return Sending([_message(each, method) for each in values], method)


class Sending:
    """The messages of a client's stream, as they leave.

    Args:
        messages: Where they come from: messages as bytes, or values of JSON.
        method: What is called.

    Attributes:
        error: Why no more come, if that is an error.
    """

    def __init__(self, messages: Messages, method: Method) -> None:
        self.error: Exception | None = None
        self._messages = messages
        self._method = method

    async def feed(self, call: Any) -> None:  # noqa: ANN401 — of grpcio
        """Send each message, and the end; an error is kept, and ends the call.

        A call that ends before takes no more; who reads it learns why. grpcio would
        leave an iterator as it is then, which waits for ever.
        """
        try:
            async for each in _each(self._messages):
                is_message = isinstance(each, bytes)
                await call.write(each if is_message else _message(each, self._method))
            await call.done_writing()
        except (asyncio.InvalidStateError, grpc.aio.AioRpcError):
            pass
        except Exception as error:  # noqa: BLE001 — it is theirs, and raised by the call
            self.error = error
            call.cancel()


async def _each(messages: Messages) -> AsyncIterator[Any]:
    """Yield messages, wherever they come from.

    Raises:
        CallError: It was begun before, and has no beginning any more.
    """
    if isinstance(messages, AsyncIterator | Iterator):
        if messages in _begun:
            raise CallError("its messages were sent before: a stream is sent once")
        with suppress(TypeError):  # what has no weak references
            _begun.add(messages)
    if isinstance(messages, AsyncIterable):
        async for each in messages:
            yield each
    else:
        for each in messages:
            yield each


def _message(value: Json, method: Method) -> bytes:
    """Return a message.

    Raises:
        DescriptorError: The value is not one of its type.
    """
    text = b"{}" if value is None else dumps(value)
    try:
        return write_message(text, method.request)
    except DescriptorError:
        if isinstance(value, dict):
            raise
        raise DescriptorError(_one_message(method, _NAMES[type(value)])) from None


_NAMES: dict[type, str] = {
    list: "an array",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


def _one_message(method: Method, what: str) -> str:
    name = method.request.DESCRIPTOR.full_name
    many = "messages are" if method.takes_stream else "it takes one message,"
    return f"{many} an object of {name}, and not {what}"
