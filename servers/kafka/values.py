"""Data as the values of records, and values as data, by the rules of Nest's parser.

=======================  ==========================  ===============================
data                     value                       … which arrives as
=======================  ==========================  ===============================
an object, an array      its JSON                    the same
a string                 its characters              a string; JSON, if it looks so
a number, true, false    its JSON                    a string: ``"6"``
null, undefined          none                        null
bytes                    the bytes                   a string; a Buffer, if the first
                                                     byte is 0
=======================  ==========================  ===============================

Source: ``packages/microservices/serializers/kafka-request.serializer.ts``;
``helpers/kafka-parser.ts``, ``decode``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED, Json, JsonText, dumps, loads
from protocol.javascript import number_to_string
from servers.forms import Buffer
from servers.payloads import to_text

if TYPE_CHECKING:
    from .options import Options

_NULL = b"null"
_STRUCTURED = (b"{", b"[")
_DIGITS = (b"-", *(b"%d" % digit for digit in range(10)))


def value_of(data: Json) -> bytes | None:
    """Return the value that a client sends for data; None for no value.

    Raises:
        EncodeError: JSON cannot hold the data.
    """
    if data is None or data is UNDEFINED:
        return None
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    if isinstance(data, str):
        return utf8(str.__str__(data))  # of an enumeration, its value
    return written(to_text(data))


def written(text: bytes) -> bytes | None:
    """Return the value for JSON text; None for no value."""
    if text.startswith(b'"'):
        string = loads(text)
        assert isinstance(string, str)
        return utf8(string)
    if text.startswith(_DIGITS):
        number = loads(text)
        return number_to_string(number).encode() if type(number) is float else text
    return None if text == _NULL else text


def read(value: bytes | None, options: Options) -> JsonText:
    """Return the JSON text of the data that a value holds."""
    if value is None:
        return JsonText(_NULL)
    if options.keep_binary or value.startswith(b"\0"):
        return JsonText(to_text(Buffer(value)))
    if value.startswith(_STRUCTURED) or options.values == "json":
        text = value.decode(errors="replace")
        try:
            loads(text)
        except ValueError:
            pass
        else:
            return JsonText(text.encode())
    return JsonText(dumps(value.decode(errors="replace")))


def utf8(text: str) -> bytes:
    """Return a string as Node writes it: half of a surrogate pair becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        units = text.encode("utf-16-le", "surrogatepass")
        return units.decode("utf-16-le", "replace").encode()
