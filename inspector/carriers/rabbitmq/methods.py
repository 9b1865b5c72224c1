r"""Which methods there are, what their arguments say, and where the next one begins.

::

    \x01 channel size │ class method arguments │ \xCE      arguments by their layout

=====  ====================  =====  ====================
``B``  octet, or some bits   ``s``  short string
``h``  16 bits               ``S``  long string
``l``  32 bits               ``T``  table of fields
``L``  64 bits
=====  ====================  =====  ====================

Source: AMQP 0-9-1, the XML specification, with the extensions of RabbitMQ: ``confirm``,
``basic.nack``, ``connection.blocked`` and ``connection.update-secret``.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, TypeAlias

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .tables import text_of

if TYPE_CHECKING:
    from inspector.carriers.base import Side

Argument: TypeAlias = int | str | bytes
"""A long string, and a table, are the bytes of it."""
PUBLISH, RETURN, DELIVER = 60 << 16 | 40, 60 << 16 | 50, 60 << 16 | 60
GET, GET_OK, GET_EMPTY = 60 << 16 | 70, 60 << 16 | 71, 60 << 16 | 72
ACK, REJECT, NACK = 60 << 16 | 80, 60 << 16 | 90, 60 << 16 | 120
LAYOUTS = {
    10: {
        10: ("connection.start", "BBTSS"),
        11: ("connection.start-ok", "TsSs"),
        20: ("connection.secure", "S"),
        21: ("connection.secure-ok", "S"),
        30: ("connection.tune", "hlh"),
        31: ("connection.tune-ok", "hlh"),
        40: ("connection.open", "ssB"),
        41: ("connection.open-ok", "s"),
        50: ("connection.close", "hshh"),
        51: ("connection.close-ok", ""),
        60: ("connection.blocked", "s"),
        61: ("connection.unblocked", ""),
        70: ("connection.update-secret", "Ss"),
        71: ("connection.update-secret-ok", ""),
    },
    20: {
        10: ("channel.open", "s"),
        11: ("channel.open-ok", "S"),
        20: ("channel.flow", "B"),
        21: ("channel.flow-ok", "B"),
        40: ("channel.close", "hshh"),
        41: ("channel.close-ok", ""),
    },
    30: {10: ("access.request", "sB"), 11: ("access.request-ok", "h")},
    40: {
        10: ("exchange.declare", "hssBT"),
        11: ("exchange.declare-ok", ""),
        20: ("exchange.delete", "hsB"),
        21: ("exchange.delete-ok", ""),
        30: ("exchange.bind", "hsssBT"),
        31: ("exchange.bind-ok", ""),
        40: ("exchange.unbind", "hsssBT"),
        51: ("exchange.unbind-ok", ""),
    },
    50: {
        10: ("queue.declare", "hsBT"),
        11: ("queue.declare-ok", "sll"),
        20: ("queue.bind", "hsssBT"),
        21: ("queue.bind-ok", ""),
        30: ("queue.purge", "hsB"),
        31: ("queue.purge-ok", "l"),
        40: ("queue.delete", "hsB"),
        41: ("queue.delete-ok", "l"),
        50: ("queue.unbind", "hsssT"),
        51: ("queue.unbind-ok", ""),
    },
    60: {
        10: ("basic.qos", "lhB"),
        11: ("basic.qos-ok", ""),
        20: ("basic.consume", "hssBT"),
        21: ("basic.consume-ok", "s"),
        30: ("basic.cancel", "sB"),
        31: ("basic.cancel-ok", "s"),
        40: ("basic.publish", "hssB"),
        50: ("basic.return", "hsss"),
        60: ("basic.deliver", "sLBss"),
        70: ("basic.get", "hsB"),
        71: ("basic.get-ok", "LBssl"),
        72: ("basic.get-empty", "s"),
        80: ("basic.ack", "LB"),
        90: ("basic.reject", "LB"),
        100: ("basic.recover-async", "B"),
        110: ("basic.recover", "B"),
        111: ("basic.recover-ok", ""),
        120: ("basic.nack", "LB"),
    },
    85: {10: ("confirm.select", "B"), 11: ("confirm.select-ok", "")},
    90: {
        10: ("tx.select", ""),
        11: ("tx.select-ok", ""),
        20: ("tx.commit", ""),
        21: ("tx.commit-ok", ""),
        30: ("tx.rollback", ""),
        31: ("tx.rollback-ok", ""),
    },
}
"""Class → method → what it is called, and the layout of its arguments."""
METHODS = {
    number << 16 | method: described
    for number, methods in LAYOUTS.items()
    for method, described in methods.items()
}
"""Class and method as one number → the same."""
WITH_CONTENT = {PUBLISH, RETURN, DELIVER, GET_OK}
"""Methods that a header and a body follow."""
_FRAMED = 8  # bytes of a frame around its payload
_CODE = 4  # of class and method
_END = 0xCE
_FIXED = {"B": Struct(">B"), "h": Struct(">H"), "l": Struct(">I"), "L": Struct(">Q")}
_LONG = Struct(">I")
_SIZE = Struct(">I")
# A method of a message, or what settles one, on a channel that is not 0.
_BEGINS = (
    rb"\x01(?!\x00\x00)[\x00-\xff]{2}\x00\x00[\x00-\x03][\x00-\xff]"
    rb"\x00\x3c\x00[\x28\x32\x3c\x47\x50\x5a\x78]"
)
_BEGINNING = lazy_regex(_BEGINS)
_BEGINNING_SIZE = 11
_SEARCHED = lazy_regex(rb"\xce(?=" + _BEGINS + rb")")
REACH = 1_024
"""Bytes that have to be seen together to find a method: the longest has 790."""


class Said(NamedTuple):
    """A method without a message.

    Attributes:
        side: Who says it.
        channel: On which channel.
        code: Class and method.
        arguments: What it says.
        begin: Place of the first byte of its frame.
        text: All bytes of that …
        original: … and as they travelled, where that conceals something.
    """

    side: Side
    channel: int
    code: int
    arguments: list[Argument]
    begin: int
    text: bytes
    original: bytes = b""


def read_arguments(
    code: int, data: bytes, place: int, end: int
) -> list[Argument] | None:
    """Return the arguments of a method; None where they do not fit its layout.

    Args:
        code: Class and method.
        data: What holds them.
        place: Where they begin …
        end: … and end.
    """
    found: list[Argument] = []
    for kind in METHODS[code][1]:
        fixed = _FIXED.get(kind)
        if fixed is not None:
            after = place + fixed.size
            if after > end:
                return None
            found.append(fixed.unpack_from(data, place)[0])
        else:
            head = 1 if kind == "s" else _LONG.size
            begin = place + head
            if begin > end:
                return None
            size = data[place] if head == 1 else _LONG.unpack_from(data, place)[0]
            after = begin + size
            if after > end:
                return None
            text = data[begin:after]
            found.append(text_of(text) if kind == "s" else text)
        place = after
    return found if place == end else None


def spans_of_arguments(code: int, data: bytes, place: int) -> list[tuple[int, int]]:
    """Return where the arguments of a method begin and end, without their sizes.

    Args:
        code: Class and method, whose arguments fit their layout.
        data: What holds them.
        place: Where they begin.
    """
    spans: list[tuple[int, int]] = []
    for kind in METHODS[code][1]:
        if kind in _FIXED:
            begin, size = place, _FIXED[kind].size
        elif kind == "s":
            begin, size = place + 1, data[place]
        else:
            begin, size = place + _LONG.size, _LONG.unpack_from(data, place)[0]
        place = begin + size
        spans.append((begin, place))
    return spans


def code_at(data: bytes, place: int) -> int:
    """Return class and method at the beginning of a payload."""
    code: int = _LONG.unpack_from(data, place)[0]
    return code


def first_method(data: bytes, place: int) -> tuple[int, bool]:
    """Find the first method of a message after a frame, or of what settles one.

    Args:
        data: Consecutive bytes of one side.
        place: Where to look for the end octet before it.

    Returns:
        The place of that octet, and whether the whole method is there. If not, it may
        begin there, or nowhere before the end.
    """
    while True:
        match = _SEARCHED.search(data, place)
        if match is None:
            tail = max(place, len(data) - _BEGINNING_SIZE)
            found = data.find(_END, tail)
            return (len(data) if found < 0 else found), False
        place = match.start()
        fits = is_method(data, place + 1)
        if fits is not False:
            return place, fits is True
        place += 1


def is_method(data: bytes, place: int) -> bool | None:
    """Whether a method of a message, or what settles one, is at a place.

    None where it may be, and its end is missing.
    """
    if not _BEGINNING.match(data, place):
        return None if len(data) - place < _BEGINNING_SIZE else False
    size: int = _SIZE.unpack_from(data, place + 3)[0]
    begin = place + _FRAMED - 1
    end = begin + size
    if size > REACH - _FRAMED - 1:
        return False
    if end >= len(data):
        return None
    if data[end] != _END:
        return False
    return read_arguments(code_at(data, begin), data, begin + _CODE, end) is not None
