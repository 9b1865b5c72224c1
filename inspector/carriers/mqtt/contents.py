"""What control packets say, after their first bytes.

Each function takes a whole control packet, where its head ends in it, and whether it is
one of MQTT 5; it raises :class:`~.fields.MalformedError` where the content is
malformed.

Source: MQTT 3.1.1 and 5.0, chapter 3.
"""

from __future__ import annotations

import msgspec

from inspector.carriers.base import Span

from .fields import MalformedError, number_at, text_at
from .headers import QUALITY, UNSUBACK
from .properties import NO_PROPERTIES, REASON_STRING, Properties, properties_at

_NUMBER = 2  # bytes of the number of a packet


class Published(msgspec.Struct, gc=False):
    """A PUBLISH.

    Attributes:
        topic: Where it is sent to; empty where an alias says that.
        number: What acknowledgements refer to; 0 for quality of service 0.
        payload: Where the payload begins in the packet.
        properties: What is said besides.
    """

    topic: str
    number: int
    payload: int
    properties: Properties = NO_PROPERTIES


class Acknowledged(msgspec.Struct, gc=False):
    """A CONNACK, DISCONNECT or acknowledgement.

    Attributes:
        number: Of what it refers to; 0 where it has none.
        code: The reason code: below 0x80 for success.
        properties: What is said besides.
    """

    number: int = 0
    code: int = 0
    properties: Properties = NO_PROPERTIES

    @property
    def reason(self) -> str:
        """What the sender says of the reason, in its own words."""
        return str(self.properties.values.get(REASON_STRING, ""))


class Listed(msgspec.Struct, gc=False):
    """A SUBSCRIBE or UNSUBSCRIBE, or what acknowledges it.

    Attributes:
        number: What the acknowledgement refers to.
        filters: The filters in it.
        codes: The reason code of each, where it is the acknowledgement.
        spans: Where the filters stand in the packet.
        properties: What is said besides.
    """

    number: int
    filters: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    properties: Properties = NO_PROPERTIES


def read_publish(data: bytes, head: int, *, five: bool) -> Published:
    """Return what a PUBLISH says."""
    end = len(data)
    topic, place = _topic_at(data, head, end)
    number = 0
    if data[0] & QUALITY:
        number = number_at(data, place, end)
        place += _NUMBER
        if not number:
            raise MalformedError("its number is 0")
    if not five:
        if not topic:
            raise MalformedError("its topic is empty")
        return Published(topic, number, place)
    if place < end and not data[place]:  # as it is nearly always
        return Published(topic, number, place + 1)
    properties, place = properties_at(data, place, end)
    return Published(topic, number, place, properties)


def _topic_at(data: bytes, place: int, end: int) -> tuple[str, int]:
    """Return the string at a place, as most are: of ASCII characters that print."""
    begin = place + _NUMBER
    if begin <= end:
        after = begin + (data[place] << 8 | data[place + 1])
        raw = data[begin:after]
        if after <= end and raw.isascii() and b"\0" not in raw:
            return str(raw, "ascii"), after
    return text_at(data, place, end)


def read_acknowledgement(data: bytes, head: int, *, five: bool) -> Acknowledged:
    """Return what a PUBACK, PUBREC, PUBREL or PUBCOMP says."""
    number = number_at(data, head, len(data))
    said = _reason_at(data, head + _NUMBER, five=five)
    said.number = number
    return said


def read_connack(data: bytes, head: int, *, five: bool) -> Acknowledged:
    """Return what a CONNACK says."""
    if len(data) < head + 2 or data[head] > 1:
        raise MalformedError("its flags are malformed")
    said = Acknowledged(code=data[head + 1])
    place = head + 2
    if five:
        said.properties, place = properties_at(data, place, len(data))
    _end(data, place)
    return said


def read_disconnect(data: bytes, head: int, *, five: bool) -> Acknowledged:
    """Return what a DISCONNECT or an AUTH says."""
    return _reason_at(data, head, five=five)


def read_subscribe(data: bytes, head: int, *, five: bool) -> Listed:
    """Return what a SUBSCRIBE says."""
    return _filters_at(data, head, five=five, options=1)


def read_unsubscribe(data: bytes, head: int, *, five: bool) -> Listed:
    """Return what an UNSUBSCRIBE says."""
    return _filters_at(data, head, five=five, options=0)


def read_listed(data: bytes, head: int, *, five: bool) -> Listed:
    """Return what a SUBACK or UNSUBACK says."""
    end = len(data)
    number, place = number_at(data, head, end), head + _NUMBER
    properties = NO_PROPERTIES
    if five:
        properties, place = properties_at(data, place, end)
    codes = tuple(data[place:])
    none = data[0] >> 4 == UNSUBACK and not five
    if bool(codes) is none:
        raise MalformedError("it has reason codes" if none else "it has no reason code")
    return Listed(number, codes=codes, properties=properties)


def _filters_at(data: bytes, head: int, *, five: bool, options: int) -> Listed:
    """Return the filters of a packet, each with some bytes of options after it."""
    end = len(data)
    number, place = number_at(data, head, end), head + _NUMBER
    properties = NO_PROPERTIES
    if five:
        properties, place = properties_at(data, place, end)
    filters, spans = [], []
    while place < end:
        begin = place + _NUMBER
        text, place = text_at(data, place, end)
        spans.append(Span(begin, place))
        if options and (place >= end or data[place] & 3 == 3):  # noqa: PLR2004 — a quality of service that there is not
            raise MalformedError("the options of a filter are malformed")
        place += options
        filters.append(text)
    if not (filters and number and all(filters)):
        raise MalformedError("it has no filter, or no number")
    return Listed(number, tuple(filters), (), tuple(spans), properties)


def _reason_at(data: bytes, place: int, *, five: bool) -> Acknowledged:
    """Return the reason code and the properties that a packet may end with."""
    said, end = Acknowledged(), len(data)
    if place < end and five:
        said.code = data[place]
        place += 1
        if place < end:
            said.properties, place = properties_at(data, place, end)
    _end(data, place)
    return said


def _end(data: bytes, place: int) -> None:
    """Demand that a packet ends at a place."""
    if place != len(data):
        raise MalformedError("bytes follow its content")
